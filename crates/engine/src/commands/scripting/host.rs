//! The engine as the host of a script: its commands run in the middle of `EVAL`.

use std::sync::atomic::Ordering;

use resp::{Args, Protocol};
use scripting::Host;

use crate::admit::count_refusal;
use crate::command::{Command, Flag};
use crate::ctx::Ctx;
use crate::dispatch::resolve;
use crate::key_specs::for_each_key;
use crate::letter::Action;
use crate::locking::needs_all;
use crate::lookup;
use crate::script::Script;
use crate::shebang::Flags;

/// How a script's run ended.
pub(super) enum End {
    /// It is over.
    Done,
    /// It changed nothing, and needs every shard.
    Restart,
}

/// Runs the commands of one script.
pub(super) struct ScriptHost<'h, 'a> {
    ctx: &'h mut Ctx<'a>,
    script: &'h Script,
    read_only: bool,
    /// It has the script token: it may wait for shards.
    may_wait: bool,
    /// Memory was full when it began, and it has not written yet.
    denies_growth: bool,
    wrote: bool,
    restart: bool,
    started_ms: u64,
    /// What to restore: the database, and whether commands may block.
    before: (u32, bool),
}

/// Whether memory is above `maxmemory`.
pub(super) fn is_memory_full(ctx: &Ctx<'_>) -> bool {
    let limit = ctx.config.memory.maxmemory_bytes;
    limit != 0 && structures::alloc::used_bytes() as u64 > limit
}

impl<'h, 'a> ScriptHost<'h, 'a> {
    /// A script begins.
    pub(super) fn begin(
        ctx: &'h mut Ctx<'a>,
        script: &'h Script,
        read_only: bool,
        may_wait: bool,
    ) -> ScriptHost<'h, 'a> {
        let before = (ctx.keys.db, ctx.atomic);
        ctx.atomic = true;
        ctx.keys.effects.atomic = true;
        let allows = script.shebang.flags.is_some_and(|flags| flags.has(Flags::ALLOW_OOM));
        let denies_growth = !allows && is_memory_full(ctx);
        let started_ms = ctx.pump.now_ms();
        ScriptHost {
            ctx,
            script,
            read_only,
            may_wait,
            denies_growth,
            wrote: false,
            restart: false,
            started_ms,
            before,
        }
    }

    /// The script is over.
    pub(super) fn end(self) -> End {
        let (db, atomic) = self.before;
        if self.ctx.keys.db != db {
            self.ctx.select(db);
        }
        self.ctx.atomic = atomic;
        let engine = self.ctx.engine;
        engine.scripts.end(engine, self.ctx.session.worker);
        if self.restart { End::Restart } else { End::Done }
    }

    /// Why a command does not run, if so.
    fn refusal(&self, command: &Command, args: Args<'_>) -> Option<&'static str> {
        if !command.spec.subcommands.is_empty() {
            return Some("ERR Unknown command called from script");
        }
        if !command.spec.arity.accepts(args.len()) {
            return Some("ERR Wrong number of args calling command from script");
        }
        let allows_all = self.ctx.engine.scripts.allow_all.load(Ordering::Relaxed);
        if command.flags.has(Flag::NoScript) && !allows_all {
            return Some("ERR This Valkey command is not allowed from script");
        }
        if self.read_only && (command.is_write() || command.flags.has(Flag::MayReplicate)) {
            return Some("ERR Write commands are not allowed from read-only scripts.");
        }
        if self.denies_growth && !self.wrote && command.flags.has(Flag::DenyOom) {
            return Some("OOM command not allowed when used memory > 'maxmemory'.");
        }
        None
    }

    /// Counts a command that does not run, and replies to it.
    #[cold]
    fn refuse(&self, command: Option<&Command>, text: &str) -> Vec<u8> {
        count_refusal(self.ctx.keys.counters, command, text);
        format!("-{text}\r\n").into_bytes()
    }

    /// Gets hold of the shards of a command; false where the script has to begin anew.
    fn reach(&mut self, command: &Command, args: Args<'_>) -> bool {
        let locked = &self.ctx.keys.locked;
        let mut holds = !needs_all(command, args) || locked.holds_all();
        for_each_key(command, args, &mut |at, _| {
            let shards = locked.shards();
            holds &= locked.holds(shards.index(shards.position(args.at(at))));
        });
        holds || self.widen()
    }

    /// Gets hold of every shard; false where the script has to begin anew.
    #[cold]
    fn widen(&mut self) -> bool {
        let engine = self.ctx.engine;
        engine.scripts.start_exclusive(self.script);
        if !self.may_wait {
            self.restart = true;
            return false;
        }
        // From here on nobody else begins; who runs finishes, and lets go.
        engine.exclusive_wanted.fetch_add(1, Ordering::Relaxed);
        self.ctx.keys.locked.escalate();
        engine.exclusive_wanted.fetch_sub(1, Ordering::Relaxed);
        true
    }

    fn run(&mut self, command: &'static Command, args: Args<'_>, protocol: Protocol) -> Vec<u8> {
        let ctx = &mut *self.ctx;
        let before = ctx.reply.position();
        let outer = ctx.reply.protocol();
        ctx.reply.set_protocol(protocol);
        ctx.run_inner(command, args);
        ctx.reply.set_protocol(outer);
        assert!(!ctx.parked, "a script holds what its commands need");
        ctx.reply.output().take_after(before)
    }
}

impl Host for ScriptHost<'_, '_> {
    fn call(&mut self, args: Args<'_>, protocol: Protocol) -> Vec<u8> {
        let Some(command) = lookup::find(args.at(0)).map(|command| resolve(command, args)) else {
            return self.refuse(None, "ERR Unknown command called from script");
        };
        if let Some(text) = self.refusal(command, args) {
            return self.refuse(Some(command), text);
        }
        if !self.reach(command, args) {
            return Vec::new();
        }
        if command.is_write() && !self.wrote {
            let worker = self.ctx.session.worker;
            if !self.ctx.engine.scripts.running(worker).begin_changes() {
                // The next tick ends it.
                return b"-ERR Script killed by user with SCRIPT KILL.\r\n".to_vec();
            }
            self.wrote = true;
        }
        self.run(command, args, protocol)
    }

    fn may_call(&mut self, args: Args<'_>) -> Option<bool> {
        lookup::find(args.at(0)).map(|_| true)
    }

    fn tick(&mut self) -> bool {
        let threshold_ms = self.ctx.config.security.busy_reply_threshold_ms;
        let elapsed_ms = self.ctx.pump.now_ms().saturating_sub(self.started_ms);
        if threshold_ms == 0 || elapsed_ms < threshold_ms {
            return true;
        }
        let (engine, worker) = (self.ctx.engine, self.ctx.session.worker);
        engine.scripts.begin_busy(engine, worker);
        self.ctx.pump.serve();
        !engine.scripts.running(worker).is_stopped()
    }

    fn log(&mut self, level: u8, text: &[u8]) {
        let text = String::from_utf8_lossy(text).into_owned();
        self.ctx.outbox.actions.push(Action::Log { level, text });
    }
}
