//! Scripts with a host that answers a few commands.

use resp::{Args, Output, OwnedArgs, Protocol, Reply};
use scripting::{Facts, Host, State};

/// Answers `ECHO`, `INTEGER`, `NULL`, `MAP`, `FAIL`; stops at a tick when told to.
#[derive(Default)]
struct Answers {
    stop_at_tick: bool,
    logged: Vec<(u8, Vec<u8>)>,
}

impl Host for Answers {
    fn call(&mut self, args: Args<'_>, protocol: Protocol) -> Vec<u8> {
        let mut output = Output::new();
        let mut reply = Reply::new(&mut output, protocol);
        match args.at(0) {
            b"ECHO" => reply.bulk(args.at(1)),
            b"INTEGER" => reply.integer(7),
            b"OK" => reply.ok(),
            b"NULL" => reply.null(),
            b"ARRAY" => {
                reply.array(args.len() - 1);
                args.tail(1).iter().for_each(|arg| reply.bulk(arg));
            }
            b"MAP" => {
                reply.map(1);
                reply.bulk(b"k");
                reply.double(1.5);
            }
            _ => reply.error("ERR no such command"),
        }
        output.take_all()
    }

    fn may_call(&mut self, args: Args<'_>) -> Option<bool> {
        (args.at(0) == b"ECHO").then_some(true)
    }

    fn tick(&mut self) -> bool {
        !self.stop_at_tick
    }

    fn log(&mut self, level: u8, text: &[u8]) {
        self.logged.push((level, text.to_vec()));
    }
}

fn state() -> State {
    let facts = Facts {
        redis_version: "7.2.4",
        redis_version_number: 0x0007_0204,
        server_name: "basalt",
        seed: 1,
    };
    State::new(&facts)
}

fn eval(state: &mut State, source: &str, protocol: Protocol) -> String {
    let sha = [b'a'; 40];
    if let Err(error) = state.load(sha, source.as_bytes()) {
        return format!("-{error}");
    }
    let keys = OwnedArgs::from_iter(["k1", "k2"]);
    let argv = OwnedArgs::from_iter(["a1"]);
    let mut host = Answers::default();
    let outcome = state.run(&sha, keys.as_args(), argv.as_args(), &mut host);
    let mut output = Output::new();
    state.reply(&outcome, &mut Reply::new(&mut output, protocol), &mut |_| {});
    String::from_utf8_lossy(&output.take_all()).replace("\r\n", " ").trim_end().to_owned()
}

fn check(source: &str, expect: &str) {
    assert_eq!(eval(&mut state(), source, Protocol::Resp2), expect, "{source}");
}

#[test]
fn values_become_replies() {
    check("return 1.9", ":1");
    check("return 'x'", "$1 x");
    check("return true", ":1");
    check("return false", "$-1");
    check("return nil", "$-1");
    check("return {1, 'b', nil, 3}", "*2 :1 $1 b");
    check("return {ok = 'fine'}", "+fine");
    check("return {err = 'MY bad'}", "-MY bad");
    check("return {double = 1.5}", "$3 1.5");
    check("return {map = {a = 1}}", "*2 $1 a :1");
    check("return {KEYS[2], ARGV[1], #KEYS}", "*3 $2 k2 $2 a1 :2");
    check("return _G", "*0");
    check("return redis.REDIS_VERSION", "$5 7.2.4");
}

#[test]
fn resp3_has_its_own_types() {
    let eval = |source| eval(&mut state(), source, Protocol::Resp3);
    assert_eq!(
        eval("redis.setresp(3) return {true, {double = 2}, {map = {a = false}}}"),
        "*3 #t ,2 %1 $1 a #f"
    );
    assert_eq!(eval("redis.setresp(3) return redis.call('MAP').map.k.double"), ":1");
    assert_eq!(eval("redis.setresp(3) return type(redis.call('NULL'))"), "$3 nil");
    assert_eq!(eval("return type(redis.call('NULL'))"), "$7 boolean");
    assert_eq!(eval("return {set = {a = true}}"), "~1 $1 a");
    assert_eq!(eval("return {verbatim_string = {format = 'txt', string = 'x'}}"), "=5 txt:x");
}

#[test]
fn replies_become_values() {
    check("return redis.call('ECHO', 'x')", "$1 x");
    check("return redis.call('ECHO', 12) .. redis.call('ECHO', 0.1)", "$5 120.1");
    check("return redis.call('INTEGER') + 1", ":8");
    check("return redis.call('OK')", "+OK");
    check("return redis.call('OK').ok", "$2 OK");
    check("return redis.call('ARRAY', 'a', 'b')", "*2 $1 a $1 b");
    check("return redis.pcall('FAIL').err", "$19 ERR no such command");
}

#[test]
fn errors_say_where_they_were_raised() {
    check("return redis.call('FAIL')", "-ERR no such command script: on @user_script:1.");
    check("\n\nlocal a = redis.call('FAIL')", "-ERR no such command script: on @user_script:3.");
    check("return redis.pcall('FAIL')", "-ERR no such command");
    check("error('x')", "-ERR user_script:1: x script: on @user_script:1.");
    check("error({err = 'MY boo'})", "-MY boo script: on @user_script:1.");
    check("error()", "-ERR nil script: on @user_script:1.");
    check(
        "return redis.call()",
        "-ERR Please specify at least one argument for this call script: on @user_script:1.",
    );
    check(
        "return redis.call({})",
        "-ERR Command arguments must be strings or integers script: on @user_script:1.",
    );
    check("return {pcall(redis.call, 'FAIL')}", "*2 $-1 $19 ERR no such command");
    check("return redis.error_reply('MY boo')", "-MY boo");
    check("return redis.error_reply('-MY boo')", "-MY boo");
    check("return redis.error_reply('boo')", "-ERR boo");
    check("return redis.error_reply()", "-ERR wrong number or type of arguments");
    check("return redis.sha1hex()", "-ERR wrong number of arguments script: on @user_script:1.");
    check(
        "return redis.setresp(5)",
        "-ERR RESP version must be 2 or 3. script: on @user_script:1.",
    );
}

#[test]
fn globals_and_libraries_are_protected() {
    let readonly = "-ERR user_script:1: Attempt to modify a readonly table script: on \
                    @user_script:1.";
    for source in ["foo = 1", "string.x = 1", "redis.call = 1", "_G.x = 1", "KEYS = {}"] {
        check(source, readonly);
    }
    let plain = "-ERR Attempt to modify a readonly table script: on @user_script:1.";
    for source in [
        "rawset(_G, 1, 2)",
        "local a = setmetatable(_G, {}) return a",
        "table.insert(_G, 1)",
        "rawset(string, 'x', 1)",
        "setmetatable(redis, nil)",
    ] {
        check(source, plain);
    }
    check("getmetatable(_G).__index = 1", readonly);
    check("getmetatable('').__index = 1", readonly);
    check("for k in pairs(redis) do if k == 'call' then return 1 end end", ":1");
    check(
        "local _, t = pairs(redis) t.x = 1",
        "-ERR user_script:1: Attempt to modify a readonly table script: on @user_script:1.",
    );
    for name in ["print", "dofile", "loadfile", "require", "io", "debug", "newproxy", "setfenv"] {
        check(
            &format!("return {name}"),
            &format!(
                "-ERR user_script:1: Script attempted to access nonexistent global variable \
                 '{name}' script: on @user_script:1."
            ),
        );
    }
}

#[test]
fn code_that_is_loaded_lives_in_the_same_sandbox() {
    check("return loadstring('return 1 + 1')()", ":2");
    check("return loadstring('retur')", "$-1");
    check("return {loadstring('\\27Lua')}", "*0");
    check("return pcall(loadstring('x = 1'))", "$-1");
    check(
        "local n = 0 return load(function() n = n + 1 if n == 1 then return 'return 5' end end)()",
        ":5",
    );
    check("return loadstring(string.dump(function() return 1 end)) == nil", ":1");
}

#[test]
fn unpack_has_limits() {
    let text = "-ERR user_script:1: too many results to unpack script: on @user_script:1.";
    for range in ["1, 1e8", "-2, 2147483647", "0, 2147483647", "-2147483648, -2", "1, 1e300"] {
        check(&format!("local a = unpack({{1, 2, 3}}, {range}) return a"), text);
    }
    check("return {unpack({1, 2, 3}, 2)}", "*2 :2 :3");
    check("return {unpack({1, 2, 3}, 3, 1)}", "*0");
}

#[test]
fn a_stopped_script_cannot_catch_it() {
    for source in [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() end) end",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    ] {
        let mut state = state();
        state.load([b'b'; 40], source.as_bytes()).expect(source);
        let empty = OwnedArgs::new();
        let mut host = Answers { stop_at_tick: true, ..Answers::default() };
        let outcome = state.run(&[b'b'; 40], empty.as_args(), empty.as_args(), &mut host);
        let mut output = Output::new();
        state.reply(&outcome, &mut Reply::new(&mut output, Protocol::Resp2), &mut |_| {});
        let reply = String::from_utf8_lossy(&output.take_all()).into_owned();
        assert!(reply.starts_with("-ERR Script killed by user with SCRIPT KILL."), "{reply}");
        assert_eq!(eval(&mut state, "return 1", Protocol::Resp2), ":1", "{source}");
    }
}

#[test]
fn a_table_that_contains_itself_ends_somewhere() {
    let reply = eval(&mut state(), "local a = {} a[1] = a return a", Protocol::Resp2);
    assert!(reply.ends_with("-ERR reached lua stack limit"), "{}", &reply[reply.len() - 100..]);
}

#[test]
fn random_numbers_repeat_from_a_seed() {
    let mut state = state();
    let source = "math.randomseed(7) return math.random(1000)";
    let first = eval(&mut state, source, Protocol::Resp2);
    assert_eq!(first, eval(&mut state, source, Protocol::Resp2));
    assert_ne!(
        eval(&mut state, "return tostring(math.random())", Protocol::Resp2),
        eval(&mut state, "return tostring(math.random())", Protocol::Resp2)
    );
}

#[test]
fn bit_operations_are_32_bits_wide() {
    check("return bit.tohex(65535, -4)", "$4 FFFF");
    check("return bit.tohex(65535, -2147483648)", "$8 0000FFFF");
    check("return bit.band(0xffff0000, 0x0ff00000)", ":267386880");
    check("return bit.bnot(0)", ":-1");
    check("return bit.tobit(0xffffffff)", ":-1");
    check("return bit.lshift(1, 31)", ":-2147483648");
    check("return bit.arshift(-8, 1)", ":-4");
    check("return bit.bxor(1, 2, 4)", ":7");
}

#[test]
fn what_is_logged_reaches_the_host() {
    let mut state = state();
    state.load([b'c'; 40], b"redis.log(redis.LOG_WARNING, 'a', 1, 'b')").expect("compiles");
    let empty = OwnedArgs::new();
    let mut host = Answers::default();
    state.run(&[b'c'; 40], empty.as_args(), empty.as_args(), &mut host);
    assert_eq!(host.logged, [(3, b"a 1 b".to_vec())]);
}

#[test]
fn json_goes_both_ways() {
    check(
        "return cjson.encode({1, 'a/b', true, cjson.null, {}})",
        "$23 [1,\"a\\/b\",true,null,{}]",
    );
    check("return cjson.encode({a = {b = 0.1}})", "$15 {\"a\":{\"b\":0.1}}");
    check("return cjson.encode(cjson.decode('[]'))", "$2 {}");
    check("return cjson.decode('{\"a\": [1, 2.5, \"x\\\\u00e9\"]}').a[3]", "$3 x\u{e9}");
    check("return cjson.decode('[1e3]')[1]", ":1000");
    check("return cjson.decode('[null]')[1] == cjson.null", ":1");
    check(
        "return cjson.decode('{nope}')",
        "-ERR user_script:1: Expected object key string but found invalid token at character 2 \
         script: on @user_script:1.",
    );
    check("return pcall(cjson.encode, {pcall})", "$-1");
    check("local a = {} a[1] = a return pcall(cjson.encode, a)", "$-1");
    check("return pcall(cjson.decode, string.rep('[', 2000))", "$-1");
}
