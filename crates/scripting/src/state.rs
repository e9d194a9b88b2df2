//! The interpreter: loading and running scripts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mlua::{
    Function, HookTriggers, Lua, LuaOptions, MultiValue, Result, StdLib, Table, Value, VmState,
};
use resp::{Args, OwnedArgs, Protocol, Reply};

use crate::from_lua::{self, Names, OnError};
use crate::sandbox::{self, Question, Run, Sandbox, raise, raise_counted};
use crate::{Host, number, to_lua};

/// Instructions between two calls of `Host::tick`.
const TICK_INSTRUCTIONS: u32 = 100_000;
/// Compiled scripts that a state keeps.
const COMPILED_MAX: usize = 4096;

/// The SHA-1 of a script, in hex.
pub type Sha = [u8; 40];

/// What scripts may know of the server.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `REDIS_VERSION`
    pub redis_version: &'static str,
    /// `REDIS_VERSION_NUM`: a byte each for major, minor and patch.
    pub redis_version_number: u32,
    /// `SERVER_NAME`
    pub server_name: &'static str,
    /// Where `math.random` begins.
    pub seed: u64,
}

/// What a script returned.
pub struct Outcome {
    value: std::result::Result<Value, Failure>,
    protocol: Protocol,
}

/// The error of a script.
struct Failure {
    /// The whole reply.
    text: Vec<u8>,
    /// Whether the host has counted it.
    counted: bool,
}

/// A Lua interpreter and the scripts that it has compiled.
pub struct State {
    lua: Lua,
    run: Arc<Run>,
    sandbox: Sandbox,
    names: Names,
    functions: HashMap<Sha, Function>,
}

impl State {
    /// An interpreter without scripts.
    ///
    /// # Panics
    ///
    /// When there is no memory for it.
    pub fn new(facts: &Facts) -> State {
        State::build(facts).expect("the prelude is part of the program and runs")
    }

    fn build(facts: &Facts) -> Result<State> {
        let libraries = StdLib::TABLE | StdLib::STRING | StdLib::MATH | StdLib::OS;
        let lua = Lua::new_with(libraries, LuaOptions::new().catch_rust_panics(false))?;
        let run = Arc::new(Run::new(facts.seed));
        let sandbox = sandbox::build(&lua, &run, facts_table(&lua, facts)?)?;
        let names = Names::new(&lua)?;
        let state = run.clone();
        let every = HookTriggers::new().every_nth_instruction(TICK_INSTRUCTIONS);
        lua.set_global_hook(every, move |_, _| {
            let goes_on = state.ask(Question::Tick, MultiValue::new())?;
            if goes_on == Value::Boolean(false) {
                return Err(raise("ERR stopped"));
            }
            Ok(VmState::Continue)
        })?;
        Ok(State { lua, run, sandbox, names, functions: HashMap::new() })
    }

    /// Whether a script is compiled.
    pub fn knows(&self, sha: &Sha) -> bool {
        self.functions.contains_key(sha)
    }

    /// Compiles a script; the error is Lua's.
    pub fn load(&mut self, sha: Sha, source: &[u8]) -> std::result::Result<(), String> {
        let function = sandbox::compile(&self.lua, source, "@user_script")?;
        if self.functions.len() >= COMPILED_MAX {
            self.functions.clear();
        }
        self.functions.insert(sha, function);
        Ok(())
    }

    /// Runs a script that is compiled.
    ///
    /// # Panics
    ///
    /// When it is not.
    pub fn run(
        &mut self,
        sha: &Sha,
        keys: Args<'_>,
        argv: Args<'_>,
        host: &mut dyn Host,
    ) -> Outcome {
        let function = self.functions.get(sha).expect("the caller has loaded the script").clone();
        self.run.stopped.store(false, Ordering::Relaxed);
        self.run.resp3.store(false, Ordering::Relaxed);
        *self.run.json.lock() = Default::default();
        let caller = RefCell::new(Caller { host, run: &self.run, args: OwnedArgs::new() });
        let result = self.call(function, (keys, argv), &caller);
        let host = caller.into_inner().host;
        for (level, text) in self.run.log.lock().drain(..) {
            host.log(level, &text);
        }
        let value = match result {
            Ok((true, value)) => Ok(value),
            Ok((false, error)) => Err(failure(&error)),
            Err(error) => {
                Err(Failure { text: format!("ERR {error}").into_bytes(), counted: false })
            }
        };
        Outcome { value, protocol: self.run.protocol() }
    }

    fn call(
        &self,
        function: Function,
        (keys, argv): (Args<'_>, Args<'_>),
        caller: &RefCell<Caller<'_>>,
    ) -> Result<(bool, Value)> {
        let lua = &self.lua;
        let result = lua.scope(|scope| {
            let call = scope.create_function(|lua, values: MultiValue| {
                caller.borrow_mut().call(lua, values, true)
            })?;
            let pcall = scope.create_function(|lua, values: MultiValue| {
                caller.borrow_mut().call(lua, values, false)
            })?;
            *self.run.gate.lock() = Some(pcall.clone());
            self.sandbox.redis.raw_set("call", call)?;
            self.sandbox.redis.raw_set("pcall", pcall)?;
            self.sandbox.globals.raw_set("KEYS", strings(lua, keys)?)?;
            self.sandbox.globals.raw_set("ARGV", strings(lua, argv)?)?;
            self.sandbox.run.call(function)
        });
        *self.run.gate.lock() = None;
        result
    }

    /// Writes what a script returned, or its error. `on_error` gets to know each error in it: its
    /// text, or nothing where the host has counted it.
    pub fn reply(&self, outcome: &Outcome, reply: &mut Reply<'_>, on_error: &mut OnError<'_>) {
        match &outcome.value {
            Ok(value) => {
                let before = reply.position();
                let written =
                    from_lua::write(value, &self.names, outcome.protocol, reply, on_error);
                if let Err(error) = written {
                    reply.output().truncate_to(before);
                    let text = format!("ERR {error}");
                    on_error(Some(text.as_bytes()));
                    reply.error(text);
                }
            }
            Err(Failure { text, counted }) => {
                on_error((!counted).then_some(text));
                reply.error_bytes(text);
            }
        }
    }

    /// Bytes that the interpreter occupies.
    pub fn used_bytes(&self) -> usize {
        self.lua.used_memory()
    }
}

fn facts_table(lua: &Lua, facts: &Facts) -> Result<Table> {
    let table = lua.create_table()?;
    for name in ["REDIS_VERSION", "VALKEY_VERSION"] {
        table.set(name, facts.redis_version)?;
    }
    for name in ["REDIS_VERSION_NUM", "VALKEY_VERSION_NUM"] {
        table.set(name, facts.redis_version_number)?;
    }
    table.set("SERVER_NAME", facts.server_name)?;
    Ok(table)
}

fn strings(lua: &Lua, args: Args<'_>) -> Result<Table> {
    let table = lua.create_table_with_capacity(args.len(), 0)?;
    for (i, arg) in args.iter().enumerate() {
        table.raw_set(i + 1, lua.create_string(arg)?)?;
    }
    Ok(table)
}

/// What the prelude says of an error: its text, and whether it was counted.
fn failure(error: &Value) -> Failure {
    let parts = error.as_table().map(|table| (table.raw_get(1), table.raw_get(2)));
    match parts {
        Some((Ok(Value::String(text)), counted)) => {
            Failure { text: text.as_bytes().to_vec(), counted: counted.unwrap_or(false) }
        }
        _ => Failure { text: b"ERR unknown error".to_vec(), counted: false },
    }
}

/// The way from a script to its host.
struct Caller<'a> {
    host: &'a mut dyn Host,
    run: &'a Run,
    args: OwnedArgs,
}

impl Caller<'_> {
    fn call(&mut self, lua: &Lua, mut values: MultiValue, raises: bool) -> Result<Value> {
        if let Some(question) = sandbox::question(&mut values) {
            return self.answer(question, &values);
        }
        if let Err(complaint) = self.collect(&values) {
            return if raises { Err(raise(complaint)) } else { to_lua::error(lua, complaint) };
        }
        let protocol = self.run.protocol();
        let reply = self.host.call(self.args.as_args(), protocol);
        match reply.first() {
            None => {
                self.run.stopped.store(true, Ordering::Relaxed);
                Err(raise("ERR stopped"))
            }
            Some(b'-') if raises => Err(raise_counted(from_lua::trimmed(&reply[1..]))),
            Some(b'-') => to_lua::counted_error(lua, from_lua::trimmed(&reply[1..])),
            Some(_) => to_lua::reply(lua, &reply, protocol),
        }
    }

    fn answer(&mut self, question: Question, values: &MultiValue) -> Result<Value> {
        match question {
            Question::Tick => {
                for (level, text) in self.run.log.lock().drain(..) {
                    self.host.log(level, &text);
                }
                let goes_on = !self.run.stopped.load(Ordering::Relaxed) && self.host.tick();
                self.run.stopped.store(!goes_on, Ordering::Relaxed);
                Ok(Value::Boolean(goes_on))
            }
            Question::MayCall => {
                self.collect(values).map_err(raise)?;
                match self.host.may_call(self.args.as_args()) {
                    Some(may) => Ok(Value::Boolean(may)),
                    None => Err(raise("ERR Invalid command passed to server.acl_check_cmd()")),
                }
            }
        }
    }

    fn collect(&mut self, values: &MultiValue) -> std::result::Result<(), &'static [u8]> {
        if values.is_empty() {
            return Err(b"ERR Please specify at least one argument for this call");
        }
        self.args.clear();
        let mut digits = Vec::new();
        for value in values {
            match value {
                Value::String(text) => self.args.push(&text.as_bytes()),
                Value::Integer(n) => {
                    digits.clear();
                    number::write(&mut digits, *n as f64);
                    self.args.push(&digits);
                }
                Value::Number(n) => {
                    digits.clear();
                    number::write(&mut digits, *n);
                    self.args.push(&digits);
                }
                _ => return Err(b"ERR Command arguments must be strings or integers"),
            }
        }
        Ok(())
    }
}
