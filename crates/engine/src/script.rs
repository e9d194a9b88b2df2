//! What all workers share of the scripts: their sources, the interpreters, who runs one, and how
//! it can be stopped.
//!
//! # Invariants
//!
//! 1. Scripts that may write run in one interpreter, under the script token. Read-only ones run
//!    in an interpreter of their worker, without it.
//! 2. `Alert::ScriptBusy` is raised while somebody is in `busy`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard, RwLock};
use resp::Args;
use scripting::state::Sha;
use scripting::{Facts, State};
use structures::{ShardGuard, Stop, Stoppable, Tally};

use crate::command::{Command, Locks};
use crate::engine::{Alert, Engine};
use crate::error::CommandError;
use crate::shebang::{Flags, Shebang};

/// Scripts that came by `EVAL` and are kept; those of `SCRIPT LOAD` stay for good.
const EVALUATED_MAX: usize = 500;

/// What a worker does for others while a script keeps it busy.
pub trait Pump {
    /// The time, in milliseconds from any beginning.
    fn now_ms(&mut self) -> u64;

    /// Serves the worker's other connections for a moment.
    fn serve(&mut self);
}

/// Serves nobody, and time stands still.
pub struct NoPump;

impl Pump for NoPump {
    fn now_ms(&mut self) -> u64 {
        0
    }

    fn serve(&mut self) {}
}

/// The right to run scripts that may write: one client of the server has it at a time.
///
/// Who has it may wait for shards while holding others (`Locked::escalate`); nobody else may.
pub struct ScriptToken<'a>(
    #[expect(dead_code, reason = "it is held, not read")] ShardGuard<'a, ()>,
);

impl<'a> ScriptToken<'a> {
    /// The token, if nobody has it.
    pub fn take(engine: &'a Engine) -> Option<ScriptToken<'a>> {
        engine.script_token.try_lock().map(ScriptToken)
    }
}

/// A script. Its flags are hints: a script that is seen too late to need every shard gets them when
/// it meets the first undeclared key; so are the numbers that say which one was used last.
#[derive(Debug)]
pub struct Script {
    /// Its name: the SHA-1 of its body.
    pub sha: Sha,
    /// Its text.
    pub body: Arc<[u8]>,
    /// What its first line says of it.
    pub shebang: Shebang,
    /// It has used keys that it did not declare, so it starts with every shard.
    pub exclusive: AtomicBool,
    /// It came by `SCRIPT LOAD`, and stays.
    loaded: AtomicBool,
    used: AtomicU64,
}

impl Script {
    fn new(body: &[u8]) -> Result<Script, CommandError> {
        let shebang = Shebang::parse(body)?;
        Ok(Script {
            sha: sha(body),
            body: body.into(),
            shebang,
            exclusive: AtomicBool::new(false),
            loaded: AtomicBool::new(false),
            used: AtomicU64::new(0),
        })
    }

    /// The part that is Lua; its lines keep their numbers.
    pub fn source(&self) -> &[u8] {
        &self.body[self.shebang.len..]
    }

    /// Whether it has said that it changes nothing.
    pub fn writes_nothing(&self) -> bool {
        self.shebang.flags.is_some_and(|flags| flags.has(Flags::NO_WRITES))
    }
}

fn sha(body: &[u8]) -> Sha {
    let digest = sha1_smol::Sha1::from(body).digest().bytes();
    let mut hex = [0; 40];
    for (pair, byte) in hex.chunks_exact_mut(2).zip(digest) {
        pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    hex
}

#[derive(Default)]
struct Table {
    by_sha: HashMap<Sha, Arc<Script>>,
    by_body: HashMap<Arc<[u8]>, Arc<Script>>,
    /// How many came by `EVAL` alone.
    evaluated: usize,
}

/// An interpreter that is made when it is first needed, and anew after `SCRIPT FLUSH`.
#[derive(Default)]
pub struct Interpreter {
    state: Option<State>,
    epoch: u64,
}

impl Interpreter {
    /// The interpreter, made if need be.
    pub fn state(&mut self, scripts: &Scripts) -> &mut State {
        let epoch = scripts.epoch.load(Ordering::Acquire);
        if self.epoch != epoch {
            self.state = None;
            self.epoch = epoch;
        }
        self.state.get_or_insert_with(|| State::new(&scripts.facts))
    }
}

/// All scripts.
pub struct Scripts {
    table: RwLock<Table>,
    /// Some script starts exclusive.
    exclusive: AtomicBool,
    epoch: AtomicU64,
    clock: AtomicU64,
    facts: Facts,
    writer: Mutex<Interpreter>,
    readers: Vec<Mutex<Interpreter>>,
    running: Vec<Stoppable>,
    busy: Tally,
    /// Scripts that were forgotten to make room.
    pub evicted: AtomicU64,
    /// `DEBUG SET-DISABLE-DENY-SCRIPTS 1`
    pub allow_all: AtomicBool,
}

impl Scripts {
    /// No scripts, for this many workers.
    pub fn new(workers: usize, seed: u64) -> Scripts {
        let facts = Facts {
            redis_version: "7.2.4",
            redis_version_number: 0x0007_0204,
            server_name: "basalt",
            seed,
        };
        Scripts {
            table: RwLock::default(),
            exclusive: AtomicBool::new(false),
            epoch: AtomicU64::new(0),
            clock: AtomicU64::new(0),
            facts,
            writer: Mutex::default(),
            readers: (0..workers).map(|_| Mutex::default()).collect(),
            running: (0..workers).map(|_| Stoppable::default()).collect(),
            busy: Tally::default(),
            evicted: AtomicU64::new(0),
            allow_all: AtomicBool::new(false),
        }
    }

    /// The interpreter of those who have the token.
    pub fn writer(&self) -> MutexGuard<'_, Interpreter> {
        self.writer.lock()
    }

    /// The interpreter of a worker's read-only scripts.
    pub fn reader(&self, worker: usize) -> MutexGuard<'_, Interpreter> {
        self.readers[worker].lock()
    }

    /// The script that a worker runs.
    pub fn running(&self, worker: usize) -> &Stoppable {
        &self.running[worker]
    }

    /// A script by its SHA, in either case.
    pub fn find(&self, sha: &[u8]) -> Option<Arc<Script>> {
        let sha: Sha = sha.to_ascii_lowercase().try_into().ok()?;
        let found = self.table.read().by_sha.get(&sha).cloned();
        found.inspect(|script| self.touch(script))
    }

    /// A script by its text: known, or new and not yet kept.
    pub fn of_body(&self, body: &[u8]) -> Result<Arc<Script>, CommandError> {
        let known = self.table.read().by_body.get(body).cloned();
        match known {
            Some(script) => {
                self.touch(&script);
                Ok(script)
            }
            None => Script::new(body).map(Arc::new),
        }
    }

    fn touch(&self, script: &Script) {
        if !script.loaded.load(Ordering::Relaxed) {
            script.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// Keeps a script that compiles; for good if it came by `SCRIPT LOAD`.
    pub fn keep(&self, script: &Arc<Script>, loaded: bool) {
        let mut table = self.table.write();
        if let Some(known) = table.by_sha.get(&script.sha).cloned() {
            if loaded && !known.loaded.swap(true, Ordering::Relaxed) {
                table.evaluated -= 1;
            }
            return;
        }
        if !loaded {
            while table.evaluated >= EVALUATED_MAX {
                self.evict(&mut table);
            }
            table.evaluated += 1;
        }
        script.loaded.store(loaded, Ordering::Relaxed);
        self.touch(script);
        table.by_sha.insert(script.sha, script.clone());
        table.by_body.insert(script.body.clone(), script.clone());
    }

    fn evict(&self, table: &mut Table) {
        let evaluated =
            table.by_sha.values().filter(|script| !script.loaded.load(Ordering::Relaxed));
        let oldest = evaluated.min_by_key(|script| script.used.load(Ordering::Relaxed)).cloned();
        if let Some(oldest) = oldest {
            table.by_sha.remove(&oldest.sha);
            table.by_body.remove(&oldest.body);
            self.evicted.fetch_add(1, Ordering::Relaxed);
        }
        table.evaluated -= 1;
    }

    /// Whether a script is known well enough to be compiled by now.
    pub fn is_kept(&self, script: &Script) -> bool {
        self.table.read().by_sha.contains_key(&script.sha)
    }

    /// Forgets all scripts, and with the next one the interpreters.
    pub fn flush(&self) {
        *self.table.write() = Table::default();
        self.exclusive.store(false, Ordering::Relaxed);
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// Number of scripts, and the bytes of their texts.
    pub fn size(&self) -> (usize, usize) {
        let table = self.table.read();
        (table.by_sha.len(), table.by_sha.values().map(|script| script.body.len() + 40).sum())
    }

    /// Notes that a script uses keys that it does not declare.
    pub fn start_exclusive(&self, script: &Script) {
        script.exclusive.store(true, Ordering::Relaxed);
        self.exclusive.store(true, Ordering::Release);
    }

    /// Whether the script of this command starts with every shard.
    pub fn starts_exclusive(&self, command: &Command, args: Args<'_>) -> bool {
        if !self.exclusive.load(Ordering::Acquire) {
            return false;
        }
        let table = self.table.read();
        let script = if command.name().starts_with("evalsha") {
            let sha = Sha::try_from(args.at(1).to_ascii_lowercase());
            sha.ok().and_then(|sha| table.by_sha.get(&sha))
        } else {
            table.by_body.get(args.at(1))
        };
        script.is_some_and(|script| script.exclusive.load(Ordering::Relaxed))
    }

    /// Whether a command is a script that says in its first line that it changes nothing.
    pub fn writes_nothing(&self, command: &Command, args: Args<'_>) -> bool {
        if command.spec.locks != Locks::Script {
            return false;
        }
        let script = match command.name().starts_with("evalsha") {
            true => self.find(args.at(1)),
            false => self.of_body(args.at(1)).ok(),
        };
        script.is_some_and(|script| script.writes_nothing())
    }

    /// A script of this worker has run for too long: from now on others are answered with BUSY.
    pub fn begin_busy(&self, engine: &Engine, worker: usize) {
        if self.running[worker].become_long() {
            self.busy.join(|| engine.set_alert(Alert::ScriptBusy, true));
        }
    }

    /// A script of this worker has ended.
    pub fn end(&self, engine: &Engine, worker: usize) {
        if self.running[worker].end() {
            self.busy.leave(|| engine.set_alert(Alert::ScriptBusy, false));
        }
    }

    /// `SCRIPT KILL`
    pub fn kill(&self) -> Result<(), CommandError> {
        let stops: Vec<Stop> = self.running.iter().map(Stoppable::stop).collect();
        if stops.contains(&Stop::Accepted) {
            return Ok(());
        }
        if stops.contains(&Stop::TooLate) {
            return Err(CommandError::text(
                "UNKILLABLE Sorry the script already executed write commands against the \
                 dataset. You can either wait the script termination or kill the server in a \
                 hard way using the SHUTDOWN NOSAVE command.",
            ));
        }
        Err(CommandError::text("NOTBUSY No scripts in execution right now."))
    }
}
