//! The line of one client in `CLIENT LIST`.

use std::fmt::Write;
use std::sync::atomic::Ordering::Relaxed;

use crate::clients::ClientInfo;
use crate::lookup;

/// Letters of the flags, in the order in which they are listed.
pub(super) const FLAG_LETTERS: &[u8] = b"OSMPxbtRBdcuAUreTIiEN";

/// What a connection occupies without its buffers, about.
const CONNECTION_BYTES: u64 = 1600;

/// The letters of a client's flags; `N` where there are none.
pub(super) fn flags(client: &ClientInfo) -> String {
    let subscribed = client.subscriptions.iter().any(|count| count.value() > 0);
    let all = [
        (client.monitor.load(Relaxed), 'O'),
        (client.replica.load(Relaxed), 'S'),
        (subscribed, 'P'),
        (client.queued.value() > 0, 'x'),
        (client.blocked.load(Relaxed), 'b'),
        (client.killed.load(Relaxed), 'A'),
        (client.unix, 'U'),
        (client.read_only.load(Relaxed), 'r'),
        (client.no_evict.load(Relaxed), 'e'),
        (client.no_touch.load(Relaxed), 'T'),
        (client.import_source.load(Relaxed), 'I'),
    ];
    let set: String = all.iter().filter(|(set, _)| *set).map(|(_, letter)| letter).collect();
    if set.is_empty() { "N".into() } else { set }
}

/// The user that a client is authenticated as.
pub(super) fn user(client: &ClientInfo) -> String {
    match client.labels.lock().user.as_str() {
        "" => "default".into(),
        user => user.into(),
    }
}

/// The whole line, without its end.
///
/// compat: the fields and their order are those of Valkey 9.1; what we do not have (`argv-mem`,
/// `multi-mem`, `obl`) is 0.
pub(in crate::commands::connection) fn describe(client: &ClientInfo, now_ms: u64) -> String {
    let mut line = String::with_capacity(400);
    let mut field = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string does not fail.
        let _ = write!(line, " {name}={value}");
    };
    let labels = client.labels.lock().clone();
    let seconds_since = |ms: u64| now_ms.saturating_sub(ms) / 1000;
    let [sub, psub, ssub] = &client.subscriptions;
    field("id", &client.id);
    field("addr", &client.address);
    field("laddr", &client.local_address);
    field("fd", &client.fd);
    field("name", &labels.name);
    field("age", &seconds_since(client.created_ms));
    field("idle", &seconds_since(client.active_ms.value()));
    field("flags", &flags(client));
    field("capa", &if client.redirect.load(Relaxed) { "r" } else { "" });
    field("db", &client.db.value());
    field("sub", &sub.value());
    field("psub", &psub.value());
    field("ssub", &ssub.value());
    field("multi", &(client.queued.value() as i64 - 1));
    field("watch", &client.watched.value());
    describe_memory(client, &mut field);
    field("cmd", &last_command(client));
    field("user", &user(client));
    field("redir", &-1);
    field("resp", &client.protocol.value().max(2));
    field("lib-name", &labels.library);
    field("lib-ver", &labels.library_version);
    field("tot-net-in", &client.totals[0].value());
    field("tot-net-out", &client.totals[1].value());
    field("tot-cmds", &client.totals[2].value());
    line.split_off(1)
}

fn describe_memory(client: &ClientInfo, field: &mut dyn FnMut(&str, &dyn std::fmt::Display)) {
    let [used, free] = &client.query_bytes;
    let [room, peak] = &client.reply_buffer;
    let pending = client.output_bytes.value();
    field("qbuf", &used.value());
    field("qbuf-free", &free.value());
    field("argv-mem", &0);
    field("multi-mem", &0);
    field("rbs", &room.value());
    field("rbp", &peak.value());
    field("obl", &0);
    field("oll", &u8::from(pending > 0));
    field("omem", &pending);
    let fields = client.field_set_bytes.value();
    let buffers = used.value() + free.value() + pending.max(room.value());
    field("tot-mem", &(CONNECTION_BYTES + buffers + fields));
    field("events", &"r");
}

fn last_command(client: &ClientInfo) -> &'static str {
    let number = client.last_command.value() as usize;
    let all = lookup::numbered();
    number.checked_sub(1).and_then(|at| all.get(at)).map_or("NULL", |found| &found.full_name)
}
