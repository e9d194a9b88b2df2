//! What holds when all clients are gone, whatever they sent.
//!
//! # Invariants
//!
//! 1. Nothing is locked, nobody waits or watches, and no worker wants every shard.
//! 2. `DBSIZE` counts the entries, and `KEYS *` names those that have not expired.
//! 3. Settings that were changed survive being written to a file.
//! 4. The log is whole commands, and an engine that ran them holds the same.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::config::{Config, Permission, RdbVersionCheck};
use engine::dispatch::{Outcome, Request, resolve};
use engine::engine::{Alert, Setup};
use engine::{Engine, Session, Worker, lookup};
use resp::{Decoder, Output, OwnedArgs, Value};

use crate::file;
use crate::world::{CLIENTS, Client, OBSERVER, START_MS, World};

/// Checks all of it.
pub fn at_the_end(mut world: World) {
    for index in 0..CLIENTS {
        world.clients[index].check_replies();
        world.reconnect(index);
    }
    while !world.migrations.is_empty() && !world.is_held_back() {
        world.settle(true);
    }
    let mut admin = world.connect();
    admin.session.authenticated = true;
    admin.session.refresh_guard();
    ask(&mut world.worker, &mut admin, &["CLIENT", "UNPAUSE"]);
    nothing_is_left(&mut world);
    databases_are_counted(&mut world, &mut admin);
    if world.worker.engine.config.version() != world.config_version {
        let mut config = Config::clone(&world.worker.engine.config.load());
        // Ours is smaller than a file allows.
        config.clients.proto_max_bulk_len_bytes = 1 << 20;
        file::check_settings(b"", &config);
    }
    if world.logs {
        the_log_tells_all(&mut world, &mut admin);
    }
}

fn nothing_is_left(world: &mut World) {
    world.worker.sweep_leftovers();
    let engine = &world.worker.engine;
    for index in 0..engine.shards.len() {
        let shard = engine.shards.lock(index).try_lock().expect("no shard is held");
        assert!(shard.waiting.is_empty(), "nobody waits");
        assert!(shard.watched.is_empty() || !world.migrations.is_empty(), "nobody watches");
    }
    let readers = if world.logs { vec![OBSERVER] } else { Vec::new() };
    assert_eq!(engine.log.readers(), readers, "replicas that are gone read no log");
    assert!(engine.script_token.try_lock().is_some(), "no script runs");
    assert_eq!(engine.exclusive_wanted.load(Ordering::Relaxed), 0);
    assert!(!engine.has_alert(Alert::ScriptBusy) && !engine.has_alert(Alert::Monitored));
}

fn databases_are_counted(world: &mut World, admin: &mut Client) {
    for db in 0..world.worker.config.general.databases.min(16) {
        ask(&mut world.worker, admin, &["SELECT", &db.to_string()]);
        let named = ask(&mut world.worker, admin, &["KEYS", "*"]);
        let named = named.as_slice().expect("KEYS replies with keys").len();
        let counted = ask(&mut world.worker, admin, &["DBSIZE"]);
        let (all, alive) = entries(world, db);
        assert_eq!(counted, Value::Integer(all as i64), "database {db}");
        assert!(named == alive || world.worker.config.general.import_mode, "{named} of {alive}");
    }
    ask(&mut world.worker, admin, &["SELECT", "0"]);
}

/// Entries of a database, and those among them that have not expired.
fn entries(world: &World, db: u32) -> (usize, usize) {
    let (mut all, mut alive) = (0, 0);
    let shards = &world.worker.engine.shards;
    for index in 0..shards.len() {
        let shard = shards.lock(index).lock();
        let Some(table) = shard.existing_table(db) else { continue };
        all += table.len();
        let is_alive = |at: u64| at > world.now_ms;
        alive += table.iter().filter(|entry| entry.expire_at_ms().is_none_or(is_alive)).count();
    }
    (all, alive)
}

fn the_log_tells_all(world: &mut World, admin: &mut Client) {
    // First, as it may make room.
    let ours = ask(&mut world.worker, admin, &["DEBUG", "DIGEST"]);
    let mut bytes = Vec::new();
    let log = &world.worker.engine.log;
    log.read(OBSERVER, usize::MAX, &mut |part| bytes.extend_from_slice(part));
    let mut config = Config::default();
    config.security.enable_debug_command = Permission::Yes;
    config.clients.proto_max_bulk_len_bytes = 1 << 20;
    config.persistence.rdb_version_check = RdbVersionCheck::Relaxed;
    config.general.databases = world.worker.config.general.databases;
    let setup = Setup { workers: 1, seed: 2, now_ms: START_MS, run_id: "1".repeat(40) };
    let mut other = Worker::new(0, Arc::new(Engine::new(config, setup)));
    other.begin_turn(START_MS);
    // Payloads are logged as they came.
    other.engine.skip_checksums.store(true, Ordering::Relaxed);
    let mut reader = world.connect();
    reader.session = Session::new(reader.session.info.clone(), 0, true);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let decoded = Decoder::new().decode(rest).expect("the log can be read");
        let (value, used) = decoded.expect("records are whole");
        rest = &rest[used..];
        let words = value.as_slice().expect("a record is a command").iter();
        let words = words.map(|word| word.as_bytes().expect("of words"));
        let args: OwnedArgs = words.collect();
        let command = lookup::find(args.as_args().at(0)).expect("that is known");
        let command = resolve(command, args.as_args());
        assert!(command.spec.arity.accepts(args.len()), "{args:?}");
        // Words between a server and its replicas are no changes.
        if command.name() == "replconf" {
            continue;
        }
        let reply = run(&mut other, &mut reader, &args);
        assert!(!matches!(reply, Value::Error(_)), "{args:?} -> {reply:?}");
    }
    let theirs = ask(&mut other, &mut reader, &["DEBUG", "DIGEST"]);
    assert_eq!(ours, theirs, "after {}", String::from_utf8_lossy(&bytes));
}

fn ask(worker: &mut Worker, client: &mut Client, words: &[&str]) -> Value {
    run(worker, client, &words.iter().collect())
}

fn run(worker: &mut Worker, client: &mut Client, args: &OwnedArgs) -> Value {
    let mut out = Output::new();
    let request = Request::new(args.as_args());
    let outcome = worker.execute(&mut client.session, request, &mut out);
    assert!(matches!(outcome, Outcome::Done), "{args:?} has to wait");
    worker.outbox.letters.clear();
    worker.outbox.actions.clear();
    let decoded = Decoder::new().decode(&out.take_all()).expect("what is written can be read");
    decoded.expect("whole replies are written").0
}
