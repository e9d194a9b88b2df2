-- What scripts see. Runs once, with the native functions, and returns
-- the table of globals, the contents of `redis`, and the function that runs a script.
--
-- A protected table is an empty one whose reads go to its contents and whose writes fail. Its
-- contents are known to `next` and `pairs` alone.

local native, facts = ...
local raw = {}
for name, value in pairs(_G) do raw[name] = value end
local contents = {}
local READONLY = "Attempt to modify a readonly table"

local function refuse() raw.error(READONLY, 2) end

local locked_metatable = {}

local function protect(table)
    local proxy = {}
    contents[proxy] = table
    return raw.setmetatable(proxy, {
        __index = table, __newindex = refuse, __metatable = locked_metatable,
    })
end

-- The metatable that scripts get to see of anything protected.
contents[locked_metatable] = {}
raw.setmetatable(locked_metatable, { __newindex = refuse, __metatable = locked_metatable })
raw.getmetatable("").__metatable = locked_metatable

local function check_writable(table)
    if contents[table] then raw.error(READONLY, 0) end
end

-- An error as a script may see it: native ones become tables or text.
local function seen(reason)
    if native.stopped() then raw.error(native.kill_reason(), 0) end
    if raw.type(reason) == "userdata" then return native.seen(reason) end
    return reason
end

local function caught(ok, ...)
    if ok then return true, ... end
    local reason = seen((...))
    if raw.type(reason) == "table" and raw.type(raw.rawget(reason, "err")) == "string" then
        reason = raw.rawget(reason, "err")
    end
    return false, reason
end

local function resumed(ok, ...)
    if ok then return true, ... end
    return false, seen((...))
end

local function unwrapped(ok, ...)
    if ok then return ... end
    raw.error(seen((...)), 0)
end

local globals = {}
for _, name in raw.ipairs {
    "assert", "collectgarbage", "error", "gcinfo", "ipairs", "rawequal", "rawget", "select",
    "tonumber", "tostring", "type", "_VERSION", "getmetatable",
} do
    globals[name] = raw[name]
end

function globals.pcall(...) return caught(raw.pcall(...)) end

function globals.xpcall(callee, handler)
    return resumed(raw.xpcall(callee, function(reason) return handler(seen(reason)) end))
end

function globals.setmetatable(table, ...)
    if raw.type(table) == "table" then check_writable(table) end
    return raw.setmetatable(table, ...)
end

function globals.rawset(table, ...)
    if raw.type(table) == "table" then check_writable(table) end
    return raw.rawset(table, ...)
end

function globals.next(table, ...) return raw.next(contents[table] or table, ...) end

function globals.pairs(table)
    if contents[table] then return globals.next, table, nil end
    return raw.pairs(table)
end

local INT_MIN, INT_MAX = -2147483648, 2147483647
function globals.unpack(list, first, last)
    local from, to = first or 1, last
    if to == nil and raw.type(list) == "table" then to = #list end
    if raw.type(from) == "number" and raw.type(to) == "number" then
        local sane = from >= INT_MIN and from <= INT_MAX and to >= INT_MIN and to <= INT_MAX
        if not sane and from <= to or to - from >= 7999 then
            raw.error("too many results to unpack", 2)
        end
        if from > to then return end
    end
    -- No more arguments than needed: they take room from the results.
    if last ~= nil then return raw.unpack(list, first, last) end
    if first ~= nil then return raw.unpack(list, first) end
    return raw.unpack(list)
end

function globals.loadstring(source, name)
    if raw.type(source) == "number" then source = raw.tostring(source) end
    if raw.type(source) ~= "string" then
        raw.error("bad argument #1 to 'loadstring' (string expected, got " .. raw.type(source) .. ")", 2)
    end
    return native.load(source, name or source)
end

function globals.load(reader, name)
    local parts = {}
    while true do
        local part = reader()
        if part == nil or part == "" then break end
        if raw.type(part) ~= "string" then return nil, "reader function must return a string" end
        parts[#parts + 1] = part
    end
    return native.load(raw.table.concat(parts), name or "=(load)")
end

local function copy(table)
    local result = {}
    for name, value in raw.pairs(table) do result[name] = value end
    return result
end

local list = copy(raw.table)
for _, name in raw.ipairs { "insert", "remove", "sort" } do
    local original = list[name]
    list[name] = function(table, ...)
        if contents[table] then raw.error(READONLY, 0) end
        return original(table, ...)
    end
end
globals.table = protect(list)
globals.string = protect(copy(raw.string))
globals.os = protect { clock = raw.os.clock }

local coroutines = copy(raw.coroutine)
function coroutines.resume(...) return resumed(raw.coroutine.resume(...)) end
function coroutines.wrap(callee)
    local thread = raw.coroutine.create(callee)
    return function(...) return unwrapped(raw.coroutine.resume(thread, ...)) end
end
globals.coroutine = protect(coroutines)

local math = copy(raw.math)
local floor = math.floor
function math.random(low, high)
    local value = native.random()
    if low == nil then return value end
    if high == nil then low, high = 1, low end
    low, high = floor(low), floor(high)
    if low > high then raw.error("bad argument #1 to 'random' (interval is empty)", 2) end
    return floor(value * (high - low + 1)) + low
end
function math.randomseed(seed) native.random_seed(raw.tonumber(seed) or 0) end
globals.math = protect(math)

local redis = {
    LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
    REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3,
    log = native.log, acl_check_cmd = native.acl_check_cmd, sha1hex = native.sha1hex, error_reply = native.error_reply,
    status_reply = native.status_reply, setresp = native.setresp, set_repl = native.set_repl,
    breakpoint = function() return false end,
    debug = function() end,
    replicate_commands = function() return true end,
}
for name, value in raw.pairs(facts) do redis[name] = value end
globals.redis = protect(redis)
globals.server = globals.redis

globals.bit = protect(native.bit)
globals.cjson = protect(native.cjson)
globals.cmsgpack = protect(native.cmsgpack)
globals.struct = protect(native.struct)

raw.setmetatable(globals, {
    __index = function(_, name)
        raw.error("Script attempted to access nonexistent global variable '"
            .. raw.tostring(name) .. "'", 2)
    end,
})

-- The table of globals itself becomes the protected one: whatever is compiled later sees it so.
local environment = _G
for name in raw.pairs(raw) do environment[name] = nil end
contents[environment] = globals
globals._G = environment
raw.setmetatable(environment, {
    __index = globals, __newindex = refuse, __metatable = locked_metatable,
})

-- The error of a script: its text and where it was raised, and whether the host has counted it.
local function located(reason)
    if native.stopped() then
        reason = native.kill_reason()
    elseif raw.type(reason) == "userdata" then
        reason = native.seen(reason)
    end
    if raw.type(reason) ~= "table" then reason = { err = "ERR " .. raw.tostring(reason) } end
    local text = raw.rawget(reason, "err")
    if raw.type(text) ~= "string" then text = "ERR unknown error" end
    return { text .. native.place(), raw.rawget(reason, "ignore_error_stats_update") == true }
end

local function run(script) return raw.xpcall(script, located) end

return globals, redis, run
