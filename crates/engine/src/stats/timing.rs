//! The time and size of each command: one reading of the clock, and what follows from it.
//!
//! A command's time is what passed since the one before it ended (or since the batch began). In a
//! pipeline, short commands of one kind are measured up to sixteen at a time, as reading the clock
//! costs as much as a tenth of one. Their times are their share, but the histogram counts one of
//! them as if it had taken all of the time: it never hides a slow one.
//!
//! HOT: once per command; the cold part begins where a limit is reached.

use resp::Args;

use crate::clients::ClientInfo;
use crate::command::{Command, Flag};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::dispatch::{Request, resolve};
use crate::engine::{Alert, Engine};
use crate::host::Host;
use crate::lookup;
use crate::monitor::{self, Seen};
use crate::session::Session;
use crate::stats::Counters;
use crate::stats::command_log::{LogEntry, LogKind, shortened};
use crate::worker::Worker;

/// Bytes of a request and its reply up to which a command counts as short.
const SHORT_BYTES: usize = 4096;

/// When the last command ended, and the limits above which one is noted.
#[derive(Debug, Default)]
pub(crate) struct Timing {
    last: u64,
    blocked: u64,
    /// Commands that ended since then, and their number in statistics.
    pending: (u64, usize),
    limits: Limits,
}

/// What makes a command worth noting.
#[derive(Clone, Copy, Debug, Default)]
struct Limits {
    /// The lower of the next two.
    ticks: u64,
    slow_ticks: u64,
    latency_ticks: u64,
    request_bytes: u64,
    reply_bytes: u64,
    spread: bool,
    /// Short commands may be measured together.
    together: bool,
}

impl Limits {
    fn new(config: &Config, host: &Host) -> Limits {
        let settings = &config.observability;
        let slow_ticks = host.ticks_of(settings.commandlog_execution_slower_than_us);
        let latency_ticks = match settings.latency_monitor_threshold_ms {
            0 => u64::MAX,
            ms => host.ticks_of(i64::try_from(ms.saturating_mul(1000)).unwrap_or(i64::MAX)),
        };
        let bytes = |limit: i64| u64::try_from(limit).unwrap_or(u64::MAX);
        let request_bytes = bytes(settings.commandlog_request_larger_than_bytes);
        let reply_bytes = bytes(settings.commandlog_reply_larger_than_bytes);
        Limits {
            ticks: slow_ticks.min(latency_ticks),
            slow_ticks,
            latency_ticks,
            request_bytes,
            reply_bytes,
            spread: settings.latency_tracking,
            together: slow_ticks.min(latency_ticks) >= host.ticks_of(1000)
                && request_bytes.min(reply_bytes) >= SHORT_BYTES as u64,
        }
    }
}

/// A command that ran: what it was, and what it cost.
#[derive(Clone, Copy)]
struct Ran<'a> {
    command: &'static Command,
    args: Args<'a>,
    ticks: u64,
    reply_bytes: u64,
}

impl Timing {
    pub(crate) fn new(config: &Config, host: &Host) -> Timing {
        Timing { limits: Limits::new(config, host), ..Timing::default() }
    }

    /// Whether nothing depends on this command's own time or size.
    #[inline]
    fn may_wait(&self, args: Args<'_>, reply_bytes: u64) -> bool {
        self.limits.together && args.extent() + (reply_bytes as usize) < SHORT_BYTES
    }

    pub(crate) fn reconfigure(&mut self, config: &Config, host: &Host) {
        self.limits = Limits::new(config, host);
    }
}

impl Worker {
    /// A batch of commands begins: what passed before belongs to none of them.
    #[inline]
    pub fn begin_batch(&mut self) {
        self.count_pending();
        self.timing.last = (self.engine.host.ticks)();
    }

    /// Ticks since the command before this one ended.
    #[inline]
    fn lap(&mut self) -> u64 {
        let now = (self.engine.host.ticks)();
        let ticks = now.saturating_sub(self.timing.last);
        self.timing.last = now;
        ticks
    }

    /// A command has run.
    #[inline]
    pub(crate) fn account(
        &mut self,
        session: &Session,
        (command, request): (&'static Command, Request<'_>),
        reply_bytes: u64,
    ) {
        let Request { args, more, .. } = request;
        self.engine.counters[self.index].commands.add(1);
        if more && self.timing.may_wait(args, reply_bytes) {
            self.timing.pending = (self.timing.pending.0 + 1, command.number());
        } else {
            self.record(&session.info, (command, args), reply_bytes);
        }
        if self.engine.has_alert(Alert::Monitored) {
            self.show(session, (command, args));
        }
    }

    /// Reads the clock, and records this command and those like it that wait for that.
    #[inline]
    fn record(
        &mut self,
        client: &ClientInfo,
        (command, args): (&'static Command, Args<'_>),
        reply_bytes: u64,
    ) {
        if self.timing.pending.1 != command.number() {
            self.count_pending();
        }
        let ticks = self.lap();
        let others = std::mem::take(&mut self.timing.pending.0);
        let spread = self.timing.limits.spread;
        let stats = &self.engine.counters[self.index].by_command[command.number()];
        stats.record(ticks, spread);
        if others > 0 {
            stats.record_others(others, ticks / (others + 1), spread);
        }
        self.note_if_worth(client, Ran { command, args, ticks, reply_bytes });
    }

    fn note_if_worth(&self, client: &ClientInfo, ran: Ran<'_>) {
        let limits = &self.timing.limits;
        if is_worth_noting(&ran, limits) {
            note(&self.engine, &self.config, (client, self.now_ms), &ran, limits);
        }
    }

    /// Counts commands behind which nobody read the clock: something ended their batch early.
    #[inline]
    fn count_pending(&mut self) {
        let (count, number) = std::mem::take(&mut self.timing.pending);
        if count > 0 {
            let stats = &self.engine.counters[self.index].by_command[number];
            stats.record_others(count, 0, self.timing.limits.spread);
        }
    }

    #[cold]
    fn show(&mut self, session: &Session, (command, args): (&'static Command, Args<'_>)) {
        let seen = Seen { db: session.db, script: false, now_ms: self.now_ms };
        monitor::feed(&self.engine, &mut self.outbox, &session.info, seen, (command, args));
    }

    /// A command has begun, and its client waits: it is shown now and counted when it ends.
    #[cold]
    pub(crate) fn account_blocked(
        &mut self,
        session: &Session,
        (command, args): (&'static Command, Args<'_>),
    ) {
        self.timing.blocked = self.lap();
        if self.engine.has_alert(Alert::Monitored) {
            self.show(session, (command, args));
        }
    }

    /// What the command took that has just blocked its client.
    pub fn blocked_ticks(&self) -> u64 {
        self.timing.blocked
    }

    /// A command has ended whose client waited. compat: the wait is no part of its time.
    pub fn account_unblocked(
        &mut self,
        client: &ClientInfo,
        args: Args<'_>,
        (ticks, reply_bytes): (u64, u64),
    ) {
        let Some(command) = lookup::find(args.at(0)).map(|found| resolve(found, args)) else {
            return;
        };
        client.totals[2].add(1);
        let counters = &self.engine.counters[self.index];
        counters.commands.add(1);
        counters.by_command[command.number()].record(ticks, self.timing.limits.spread);
        self.note_if_worth(client, Ran { command, args, ticks, reply_bytes });
    }
}

/// Counts and notes a command that runs inside of another one.
pub(crate) fn account_inner(
    ctx: &mut Ctx<'_>,
    (command, args): (&'static Command, Args<'_>),
    (script, began, reply_bytes): (bool, u64, u64),
) {
    let engine = &**ctx.engine;
    let ticks = (engine.host.ticks)().saturating_sub(began);
    let counters: &Counters = ctx.keys.counters;
    counters.commands.add(1);
    ctx.session.info.totals[2].add(1);
    counters.by_command[command.number()].record(ticks, ctx.config.observability.latency_tracking);
    let limits = Limits::new(ctx.config, &engine.host);
    let ran = Ran { command, args, ticks, reply_bytes };
    if is_worth_noting(&ran, &limits) {
        note(engine, ctx.config, (&ctx.session.info, ctx.keys.now_ms), &ran, &limits);
    }
    if engine.has_alert(Alert::Monitored) {
        let seen = Seen { db: ctx.keys.db, script, now_ms: ctx.keys.now_ms };
        monitor::feed(engine, ctx.outbox, &ctx.session.info, seen, (command, args));
    }
}

#[inline]
fn is_worth_noting(ran: &Ran<'_>, limits: &Limits) -> bool {
    ran.ticks >= limits.ticks
        || ran.args.extent() as u64 > limits.request_bytes
        || ran.reply_bytes > limits.reply_bytes
}

#[cold]
fn note(
    engine: &Engine,
    config: &Config,
    (client, now_ms): (&ClientInfo, u64),
    ran: &Ran<'_>,
    limits: &Limits,
) {
    let settings = &config.observability;
    let us = engine.host.micros(ran.ticks);
    let at_s = now_ms / 1000;
    if ran.ticks >= limits.latency_ticks {
        let fast = ran.command.flags.has(Flag::Fast);
        let event = if fast { "fast-command" } else { "command" };
        engine.latency.add(event, at_s, us / 1000);
    }
    if ran.command.flags.has(Flag::SkipCommandLog) {
        return;
    }
    let add = |kind, value, most| {
        let entry = LogEntry {
            id: 0,
            at_s,
            value,
            words: shortened(ran.command, ran.args),
            address: client.address.clone(),
            name: client.labels.lock().name.clone(),
        };
        engine.command_log.add(kind, entry, most);
    };
    if ran.ticks >= limits.slow_ticks {
        add(LogKind::Slow, us, settings.commandlog_slow_execution_max_len);
    }
    let request_bytes = wire_bytes(ran.args);
    if request_bytes > limits.request_bytes {
        add(LogKind::LargeRequest, request_bytes, settings.commandlog_large_request_max_len);
    }
    if ran.reply_bytes > limits.reply_bytes {
        add(LogKind::LargeReply, ran.reply_bytes, settings.commandlog_large_reply_max_len);
    }
}

/// What the command took on the wire: `*2`, then `$3` and `GET`, ... with their line ends.
fn wire_bytes(args: Args<'_>) -> u64 {
    let line = |number: usize| number.checked_ilog10().unwrap_or(0) as usize + 4;
    let words = args.iter().map(|word| line(word.len()) + word.len() + 2);
    (line(args.len()) + words.sum::<usize>()) as u64
}
