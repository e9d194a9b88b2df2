//! `MONITOR`: every command that runs, shown to the clients that asked.
//!
//! A command is shown after it ran, by the worker that ran it; a command that was parked ran only
//! once, and what is inside a transaction comes before its `EXEC`.

use std::sync::Arc;

use resp::Args;
use resp::quote::repr_string;

use crate::clients::ClientInfo;
use crate::command::{Command, Flag};
use crate::engine::{Alert, Engine};
use crate::letter::{Letter, Outbox};
use crate::redact;

/// Where and when a command ran.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) db: u32,
    /// It was called by a script.
    pub(crate) script: bool,
    pub(crate) now_ms: u64,
}

impl Engine {
    /// Adds a monitoring client.
    pub fn add_monitor(&self, worker: usize, client: u64) {
        let mut monitors = self.monitors.lock();
        monitors.push((worker, client));
        self.set_alert(Alert::Monitored, true);
    }

    /// Removes a monitoring client.
    pub fn remove_monitor(&self, client: u64) {
        let mut monitors = self.monitors.lock();
        monitors.retain(|(_, other)| *other != client);
        self.set_alert(Alert::Monitored, !monitors.is_empty());
    }
}

/// Shows a command that ran to all who monitor.
#[cold]
pub(crate) fn feed(
    engine: &Engine,
    outbox: &mut Outbox,
    client: &ClientInfo,
    seen: Seen,
    (command, args): (&'static Command, Args<'_>),
) {
    if !command.flags.has(Flag::SkipMonitor) {
        show(engine, outbox, client, seen, (command, args));
    }
}

/// Shows a command that is about to run, if what it runs inside of it is to come after it.
#[cold]
pub(crate) fn feed_before(
    engine: &Engine,
    outbox: &mut Outbox,
    client: &ClientInfo,
    seen: Seen,
    (command, args): (&'static Command, Args<'_>),
) {
    if command.flags.has(Flag::SkipMonitor) {
        show(engine, outbox, client, seen, (command, args));
    }
}

fn show(
    engine: &Engine,
    outbox: &mut Outbox,
    client: &ClientInfo,
    seen: Seen,
    (command, args): (&'static Command, Args<'_>),
) {
    if command.flags.has(Flag::Admin) {
        return;
    }
    let line: Arc<[u8]> = line(engine, client, seen, (command, args)).into_bytes().into();
    for &(worker, client) in engine.monitors.lock().iter() {
        outbox.post(worker, Letter::Monitor { client, line: line.clone() });
    }
}

/// `+1700000000.123456 [0 127.0.0.1:50000] "SET" "key" "value"`
fn line(
    engine: &Engine,
    client: &ClientInfo,
    seen: Seen,
    (command, args): (&'static Command, Args<'_>),
) -> String {
    let us = match (engine.host.wall_us)() {
        0 => seen.now_ms * 1000,
        us => us,
    };
    let from = match (seen.script, client.unix) {
        (true, _) => "lua".to_owned(),
        (false, true) => format!("unix:{}", client.address.trim_end_matches(":0")),
        (false, false) => client.address.clone(),
    };
    let mut line = format!("+{}.{:06} [{} {from}]", us / 1_000_000, us % 1_000_000, seen.db);
    for (at, word) in args.iter().enumerate() {
        let secret = redact::is_secret(command, args, at);
        line.push(' ');
        line.push_str(&repr_string(if secret { redact::PLACEHOLDER } else { word }));
    }
    line.push_str("\r\n");
    line
}
