//! From a command's words to its effects: the one way that every command takes.
//!
//! ```text
//! find -> admit (if the session is guarded) -> hold back (if there is an alert) -> lock
//!      -> run -> serve waiters -> log -> unlock -> free
//! ```
//!
//! HOT: no allocation, no system call and no clock on the common path; watched by
//! `cargo xtask bench`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use resp::{Args, Output, Reply};

use crate::admit::{self, Admission};
use crate::blocking::Waiter;
use crate::command::{Command, Locks};
use crate::commit;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Keyspace;
use crate::keyspace::locked::Locked;
use crate::prefetch::{Hint, Hints};
use crate::script::{NoPump, Pump};
use crate::session::Session;
use crate::worker::Worker;
use crate::{locking, lookup};

/// What became of a command.
#[derive(Debug)]
pub enum Outcome {
    /// It ran, or was refused; the reply is there.
    Done,
    /// A shard was busy or commands are paused; nothing changed, and it is to be tried again.
    Parked,
    /// The client waits, until a moment or for ever; the reply comes later.
    Blocked {
        /// For what.
        waiter: Arc<Waiter>,
        /// Until when, in milliseconds since 1970.
        until_ms: Option<u64>,
    },
}

/// One command as it came in.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Its words; at least one.
    pub args: Args<'a>,
    /// Its command, if it was looked up already.
    pub command: Option<&'static Command>,
    /// The positions of all its keys in their order, if they were computed already.
    pub hints: &'a [Hint],
    /// The next command of the batch is of the same kind, and both are short: the clock is read
    /// behind that one.
    pub more: bool,
}

impl<'a> Request<'a> {
    /// A command of which nothing is known yet.
    pub fn new(args: Args<'a>) -> Request<'a> {
        Request { args, command: None, hints: &[], more: false }
    }
}

impl Worker {
    /// Runs one command for a client; the reply is appended to `out`. Nobody is served meanwhile.
    pub fn execute(
        &mut self,
        session: &mut Session,
        request: Request<'_>,
        out: &mut Output,
    ) -> Outcome {
        self.execute_pumped(session, request, out, &mut NoPump)
    }

    /// Runs one command for a client; the reply is appended to `out`. While a script takes long,
    /// `pump` serves others.
    #[inline]
    pub fn execute_pumped(
        &mut self,
        session: &mut Session,
        request: Request<'_>,
        out: &mut Output,
        pump: &mut dyn Pump,
    ) -> Outcome {
        let args = request.args;
        let Some(command) = request.command.or_else(|| lookup::find(args.at(0))) else {
            return self.refuse(session, (None, &admit::unknown_command(args)), out);
        };
        let command = resolve(command, args);
        let unresolved = args.len() > 1 && !command.spec.subcommands.is_empty();
        if !command.spec.arity.accepts(args.len()) || unresolved {
            let error = admit::misfit(command, args);
            return self.refuse(session, (Some(command), &error), out);
        }
        if session.guarded {
            match admit::admit(self, session, (command, args), out) {
                Admission::Run => {}
                Admission::Answered => return Outcome::Done,
            }
        }
        if self.engine.alerts.load(Ordering::Relaxed) != 0
            && let Some(outcome) = admit::hold_back(self, session, (command, args), out)
        {
            return outcome;
        }
        if self.config.memory.maxmemory_bytes != 0
            && let Err(error) = admit::check_memory(self, session, command)
        {
            return self.refuse(session, (Some(command), &error), out);
        }
        let before = out.end();
        let outcome = self.lock_and_run(session, (command, request), out, pump);
        self.conclude(session, (command, request), (&outcome, before), out);
        outcome
    }

    /// Runs a command of the server's own: no client sent it, so it is neither refused nor counted.
    pub(crate) fn execute_unseen(
        &mut self,
        session: &mut Session,
        (command, args): (&'static Command, Args<'_>),
        out: &mut Output,
    ) -> Outcome {
        self.lock_and_run(session, (command, Request::new(args)), out, &mut NoPump)
    }

    #[cold]
    fn refuse(
        &mut self,
        session: &mut Session,
        refusal: (Option<&'static Command>, &CommandError),
        out: &mut Output,
    ) -> Outcome {
        admit::refuse(self, session, refusal, out);
        Outcome::Done
    }

    #[inline]
    fn lock_and_run(
        &mut self,
        session: &mut Session,
        (command, request): (&'static Command, Request<'_>),
        out: &mut Output,
        pump: &mut dyn Pump,
    ) -> Outcome {
        let Worker { engine, config, effects, outbox, random, .. } = self;
        let Worker { wants_exclusive, now_ms, index, mark, .. } = self;
        let engine = &*engine;
        let counters = &engine.counters[*index];
        let args = request.args;
        counters.running.set(command.number() as u64);
        let locked = lock(engine, wants_exclusive, session, (command, request));
        let Some(locked) = locked else {
            counters.parked.add(1);
            return Outcome::Parked;
        };
        effects.logging = engine.log.is_active();
        let mark = admit::mark(engine, session, *mark);
        let (db, now_ms, hints) = (session.db, *now_ms, Hints::new(request.hints));
        let keys = Keyspace { locked, db, now_ms, effects, mark, counters, hints };
        let before = out.end();
        let reply = Reply::new(out, session.protocol);
        let (atomic, block, parked) = (false, None, false);
        let mut ctx = Ctx {
            reply,
            keys,
            session,
            engine,
            config,
            outbox,
            random,
            command,
            atomic,
            block,
            pump,
            parked,
        };
        run_handler(&mut ctx, args);
        let outcome = commit::finish(&mut ctx, before);
        drop(ctx);
        if !effects.garbage.is_empty() {
            self.disposal.take(&mut effects.garbage, counters);
        }
        outcome
    }

    /// What follows a command when its locks are gone. `before` is where its reply begins.
    #[inline]
    fn conclude(
        &mut self,
        session: &mut Session,
        (command, request): (&'static Command, Request<'_>),
        (outcome, before): (&Outcome, u64),
        out: &mut Output,
    ) {
        match outcome {
            Outcome::Done => {
                let bytes = out.end().saturating_sub(before) + out.promised_after(before) as u64;
                self.account(session, (command, request), bytes);
            }
            Outcome::Blocked { .. } => self.account_blocked(session, (command, request.args)),
            Outcome::Parked => {}
        }
        if !self.outbox.actions.is_empty() {
            self.refresh_config();
        }
        if session.guarded {
            admit::mute(session, command, out, before);
        }
    }
}

/// The subcommand that the second word chooses, or the command itself.
#[inline]
pub fn resolve(command: &'static Command, args: Args<'_>) -> &'static Command {
    if command.spec.subcommands.is_empty() {
        return command;
    }
    let sub = args.get(1).and_then(|name| lookup::find_subcommand(command, name));
    sub.unwrap_or(command)
}

#[inline]
fn lock<'a>(
    engine: &'a crate::Engine,
    wants_exclusive: &mut bool,
    session: &Session,
    (command, request): (&'static Command, Request<'_>),
) -> Option<Locked<'a>> {
    let barred = engine.exclusive_wanted.load(Ordering::Relaxed) != 0;
    if command.single_key == 0 || command.spec.locks != Locks::Keys || barred {
        return locking::lock(engine, wants_exclusive, session, (command, request));
    }
    let position = match request.hints {
        [(_, position)] => *position,
        _ => engine.shards.position(request.args.at(usize::from(command.single_key))),
    };
    let mut locked = Locked::one(&engine.shards, engine.shards.index(position))?;
    if command.is_write() && !locked.shard(position).waiting.is_empty() {
        drop(locked);
        return locking::lock(engine, wants_exclusive, session, (command, request));
    }
    Some(locked)
}

/// Runs the handler of `ctx.command`; an error becomes the reply.
#[inline]
pub(crate) fn run_handler(ctx: &mut Ctx<'_>, args: Args<'_>) {
    let (before, db) = (ctx.reply.position(), ctx.keys.db);
    ctx.keys.effects.begin();
    if let Err(error) = (ctx.command.spec.run)(ctx, args) {
        ctx.reply.output().truncate_to(before);
        if error == CommandError::Park {
            ctx.parked = true;
            return;
        }
        let text = error.to_string();
        ctx.keys.counters.by_command[ctx.command.number()].failed.add(1);
        ctx.keys.counters.count_error(&text);
        ctx.reply.error(text);
    }
    ctx.keys.effects.end(db, args);
}
