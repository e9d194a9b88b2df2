//! What scripts may use: `prelude.lua`, and the native functions behind it.
//!
//! The prelude builds the tables that scripts see and makes them read-only; what plain Lua 5.1
//! cannot do, or must not do (`unpack` of a billion, byte code), is native or wrapped there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mlua::chunk::ChunkMode;
use mlua::{Error, Function, LightUserData, Lua, LuaString, MultiValue, Result, Table, Value};
use parking_lot::Mutex;
use resp::Protocol;

use crate::arguments::Complaint;
use crate::from_lua::{number, trimmed};
use crate::{bit, json, msgpack, structs, to_lua};

const PRELUDE: &str = include_str!("prelude.lua");
/// How the prelude calls itself in errors; its frames are never where a script failed.
const PRELUDE_NAME: &str = "=prelude";
/// Longer sources are refused: the lexer counts in 32 bits (CVE-2025-46819).
const LONGEST_SOURCE: usize = 256 << 20;

/// An error that the server raises inside a script.
#[derive(Debug)]
pub struct ScriptError {
    /// The whole text, its code first.
    text: Vec<u8>,
    /// Whether the host has counted it.
    counted: bool,
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.text))
    }
}

impl std::error::Error for ScriptError {}

/// An error with this text, raised.
pub fn raise(text: impl Into<Vec<u8>>) -> Error {
    Error::external(ScriptError { text: text.into(), counted: false })
}

/// The error of a command, which the host has counted, raised.
pub fn raise_counted(text: impl Into<Vec<u8>>) -> Error {
    Error::external(ScriptError { text: text.into(), counted: true })
}

/// What is true while one script runs. One thread at a time has an interpreter, behind a mutex that
/// orders what it left here; these are atomics because Lua's hooks see them shared.
pub struct Run {
    /// It is to end, whatever it catches.
    pub stopped: AtomicBool,
    /// The protocol of the replies that it gets.
    pub resp3: AtomicBool,
    /// What it wrote to the log and nobody has taken yet.
    pub log: Mutex<Vec<(u8, Vec<u8>)>>,
    /// The way to the host, as long as it runs.
    pub gate: Mutex<Option<Function>>,
    /// The settings of `cjson`.
    pub json: json::Shared,
    /// The state of `math.random`: 48 bits.
    random: AtomicU64,
}

impl Run {
    /// Nothing runs.
    pub fn new(seed: u64) -> Run {
        Run {
            stopped: AtomicBool::new(false),
            resp3: AtomicBool::new(false),
            log: Mutex::new(Vec::new()),
            gate: Mutex::new(None),
            json: json::Shared::default(),
            random: AtomicU64::new(seed & MASK_48),
        }
    }

    /// The protocol that the script chose.
    pub fn protocol(&self) -> Protocol {
        if self.resp3.load(Ordering::Relaxed) { Protocol::Resp3 } else { Protocol::Resp2 }
    }

    /// Asks the host through the gate.
    pub fn ask(&self, question: Question, values: MultiValue) -> Result<Value> {
        let Some(gate) = self.gate.lock().clone() else { return Ok(Value::Nil) };
        let mut all = values;
        all.push_front(Value::Boolean(question == Question::Tick));
        all.push_front(Value::LightUserData(SENTINEL()));
        gate.call(all)
    }
}

/// What the gate is asked beside commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether to go on.
    Tick,
    /// Whether the user may run a command.
    MayCall,
}

/// The first argument of a question: a value that no script can make.
#[allow(non_snake_case)]
fn SENTINEL() -> LightUserData {
    LightUserData(std::ptr::without_provenance_mut(1))
}

/// The question that these arguments of the gate are, taken off them.
pub fn question(values: &mut MultiValue) -> Option<Question> {
    match values.front() {
        Some(Value::LightUserData(pointer)) if pointer.0 == SENTINEL().0 => {
            values.pop_front();
            let tick = values.pop_front() == Some(Value::Boolean(true));
            Some(if tick { Question::Tick } else { Question::MayCall })
        }
        _ => None,
    }
}

/// What the prelude gives back.
pub struct Sandbox {
    /// The contents of the table of globals.
    pub globals: Table,
    /// The contents of `redis`.
    pub redis: Table,
    /// Runs a script under the handler that says where it failed.
    pub run: Function,
}

/// Builds the sandbox. `facts` become fields of `redis`.
pub fn build(lua: &Lua, run: &Arc<Run>, facts: Table) -> Result<Sandbox> {
    let native = lua.create_table()?;
    add_control(lua, &native, run)?;
    add_redis(lua, &native, run)?;
    native.set("load", lua.create_function(load)?)?;
    native.set("bit", bit::library(lua)?)?;
    native.set("cjson", json::library(lua, &run.json)?)?;
    native.set("cmsgpack", msgpack::library(lua)?)?;
    native.set("struct", structs::library(lua)?)?;
    let prelude = lua.load(PRELUDE).set_name(PRELUDE_NAME).set_mode(ChunkMode::Text);
    let (globals, redis, run) = prelude.call((native, facts))?;
    Ok(Sandbox { globals, redis, run })
}

/// Compiles text, never byte code, while the collector rests.
pub fn compile(lua: &Lua, source: &[u8], name: &str) -> std::result::Result<Function, String> {
    if source.len() > LONGEST_SOURCE {
        return Err("source is too long".to_owned());
    }
    lua.gc_stop();
    let chunk = lua.load(source).set_name(name).set_mode(ChunkMode::Text);
    let function = chunk.into_function();
    lua.gc_restart();
    function.map_err(|error| match error {
        Error::SyntaxError { message, .. } => message,
        error => error.to_string(),
    })
}

fn load(lua: &Lua, (source, name): (LuaString, LuaString)) -> Result<(Value, Value)> {
    let source = source.as_bytes();
    let name = name.to_string_lossy();
    let name = name.split('\0').next().unwrap_or_default();
    if source.first() == Some(&0x1b) {
        return Ok((Value::Nil, Value::String(lua.create_string("byte code is not loaded")?)));
    }
    Ok(match compile(lua, &source, name) {
        Ok(function) => (Value::Function(function), Value::Nil),
        Err(message) => (Value::Nil, Value::String(lua.create_string(message)?)),
    })
}

fn add_control(lua: &Lua, native: &Table, run: &Arc<Run>) -> Result<()> {
    let state = run.clone();
    let stopped = move |_: &Lua, ()| Ok(state.stopped.load(Ordering::Relaxed));
    native.set("stopped", lua.create_function(stopped)?)?;
    let reason = |lua: &Lua, ()| to_lua::error(lua, b"ERR Script killed by user with SCRIPT KILL.");
    native.set("kill_reason", lua.create_function(reason)?)?;
    native.set("seen", lua.create_function(seen)?)?;
    native.set("place", lua.create_function(|lua, ()| Ok(place(lua)))?)?;
    let state = run.clone();
    let random = move |_: &Lua, ()| {
        let next = state.random.load(Ordering::Relaxed).wrapping_mul(0x5_DEEC_E66D) + 0xB;
        let next = next & MASK_48;
        state.random.store(next, Ordering::Relaxed);
        let most = i32::MAX as u64;
        Ok(((next >> 17) % most) as f64 / most as f64)
    };
    native.set("random", lua.create_function(random)?)?;
    let state = run.clone();
    let seed = move |_: &Lua, seed: f64| {
        let low = u64::from(seed as i64 as u32);
        state.random.store(low << 16 | 0x330E, Ordering::Relaxed);
        Ok(())
    };
    native.set("random_seed", lua.create_function(seed)?)
}

const MASK_48: u64 = (1 << 48) - 1;

/// A native error as scripts see it: plain text, or a table with the whole reply.
fn seen(lua: &Lua, error: Value) -> Result<Value> {
    let Value::Error(error) = error else {
        return to_lua::error(
            lua,
            format!("ERR {}", error.to_string().unwrap_or_default()).as_bytes(),
        );
    };
    let mut cause = &*error;
    while let Error::CallbackError { cause: inner, .. } = cause {
        cause = inner;
    }
    let Error::ExternalError(inner) = cause else {
        return to_lua::error(lua, format!("ERR {cause}").as_bytes());
    };
    if let Some(Complaint(text)) = inner.downcast_ref() {
        return lua.create_string(text).map(Value::String);
    }
    match inner.downcast_ref() {
        Some(ScriptError { text, counted: true }) => to_lua::counted_error(lua, text),
        Some(ScriptError { text, counted: false }) => to_lua::error(lua, text),
        None => to_lua::error(lua, format!("ERR {inner}").as_bytes()),
    }
}

/// Where the script is: ` script: on @user_script:1.`
fn place(lua: &Lua) -> String {
    for level in 0.. {
        let found = lua.inspect_stack(level, |debug| {
            let source = debug.source().source?.into_owned();
            let line = debug.current_line().filter(|line| *line > 0)?;
            (source != PRELUDE_NAME).then(|| format!(" script: on {source}:{line}."))
        });
        match found {
            None => break,
            Some(Some(place)) => return place,
            Some(None) => {}
        }
    }
    String::new()
}

fn add_redis(lua: &Lua, native: &Table, run: &Arc<Run>) -> Result<()> {
    native.set("sha1hex", lua.create_function(sha1hex)?)?;
    native.set("error_reply", lua.create_function(error_reply)?)?;
    native.set("status_reply", lua.create_function(status_reply)?)?;
    let state = run.clone();
    let log = move |_: &Lua, values: MultiValue| {
        state.log.lock().push(log_line(&values)?);
        Ok(())
    };
    native.set("log", lua.create_function(log)?)?;
    let state = run.clone();
    let setresp = move |_: &Lua, values: MultiValue| {
        let [version] = one(values, "ERR server.setresp() requires one argument.")?;
        match number(&version).unwrap_or(0.0) as i64 {
            2 => state.resp3.store(false, Ordering::Relaxed),
            3 => state.resp3.store(true, Ordering::Relaxed),
            _ => return Err(raise("ERR RESP version must be 2 or 3.")),
        }
        Ok(())
    };
    native.set("setresp", lua.create_function(setresp)?)?;
    native.set("set_repl", lua.create_function(set_repl)?)?;
    let state = run.clone();
    let acl_check = move |_: &Lua, values: MultiValue| state.ask(Question::MayCall, values);
    native.set("acl_check_cmd", lua.create_function(acl_check)?)
}

fn one(values: MultiValue, complaint: &'static str) -> Result<[Value; 1]> {
    <[Value; 1]>::try_from(values.into_vec()).map_err(|_| raise(complaint))
}

/// What scripts write is always logged: an effect that the replicas lack would be lost with this
/// server. The flags are checked and then ignored.
fn set_repl(_: &Lua, values: MultiValue) -> Result<()> {
    let [flags] = one(values, "ERR server.set_repl() requires one argument.")?;
    if !(0..=3).contains(&(number(&flags).unwrap_or(0.0) as i64)) {
        return Err(raise(
            "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        ));
    }
    Ok(())
}

fn sha1hex(lua: &Lua, values: MultiValue) -> Result<LuaString> {
    let [text] = one(values, "ERR wrong number of arguments")?;
    let digest = match lua.coerce_string(text)? {
        Some(text) => sha1_smol::Sha1::from(&*text.as_bytes()).hexdigest(),
        None => sha1_smol::Sha1::new().hexdigest(),
    };
    lua.create_string(digest)
}

fn error_reply(lua: &Lua, values: MultiValue) -> Result<Value> {
    let Some(text) = only_string(&values) else {
        return to_lua::error(lua, b"ERR wrong number or type of arguments");
    };
    let text = text.as_bytes();
    let text = trimmed(text.strip_prefix(b"-").unwrap_or(&text));
    match text.contains(&b' ') {
        true => to_lua::error(lua, text),
        // A single word is no error code.
        false => to_lua::error(lua, &[b"ERR ", text].concat()),
    }
}

fn status_reply(lua: &Lua, values: MultiValue) -> Result<Value> {
    let Some(text) = only_string(&values) else {
        return to_lua::error(lua, b"ERR wrong number or type of arguments");
    };
    let table = lua.create_table()?;
    table.raw_set("ok", text)?;
    Ok(Value::Table(table))
}

fn only_string(values: &MultiValue) -> Option<LuaString> {
    match (values.len(), values.front()) {
        (1, Some(Value::String(text))) => Some(text.clone()),
        _ => None,
    }
}

fn log_line(values: &MultiValue) -> Result<(u8, Vec<u8>)> {
    if values.len() < 2 {
        return Err(raise("ERR server.log() requires two arguments or more."));
    }
    let Some(level) = values.front().and_then(number) else {
        return Err(raise("ERR First argument must be a number (log level)."));
    };
    if !(0.0..=3.0).contains(&level) {
        return Err(raise("ERR Invalid log level."));
    }
    let mut text = Vec::new();
    for value in values.iter().skip(1) {
        if !text.is_empty() {
            text.push(b' ');
        }
        match value {
            Value::String(part) => text.extend_from_slice(&part.as_bytes()),
            Value::Integer(n) => crate::number::write(&mut text, *n as f64),
            Value::Number(n) => crate::number::write(&mut text, *n),
            _ => {}
        }
    }
    Ok((level as u8, text))
}
