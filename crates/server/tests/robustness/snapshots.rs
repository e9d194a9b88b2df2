//! Snapshots while clients write, while the disk stands still and when the process is killed.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bare::{Bare, info, wait_for_info};
use super::harness::{Client, Folder, Server, shown};
use super::rdb::{self, Contents};

/// Keys of one writer.
const KEYS: u64 = 3000;
const WRITERS: u64 = 3;
/// Transactions that are sent together.
const BATCH: u64 = 50;

/// Transaction number `n` of a writer counts itself, sets one key and removes another.
fn transaction(writer: u64, n: u64, out: &mut String) {
    let (set, removed) = (n * 7 % KEYS, n * 13 % KEYS);
    write!(
        out,
        "MULTI\r\nDEL {writer}:{removed}\r\nSET {writer}:{set} {n}\r\n\
         SET count:{writer} {n}\r\nEXEC\r\n"
    )
    .expect("a string takes everything");
}

/// What a writer's transactions up to `count` leave.
fn state_after(writer: u64, count: u64) -> Contents {
    let mut state = Contents::new();
    for n in 1..=count {
        state.remove(&(0, format!("{writer}:{}", n * 13 % KEYS)));
        state.insert((0, format!("{writer}:{}", n * 7 % KEYS)), n.to_string());
    }
    state.insert((0, format!("count:{writer}")), count.to_string());
    state
}

fn write_until(port: u16, writer: u64, stop: &AtomicBool) {
    let mut client = Bare::connect(port);
    let mut next = 1;
    while !stop.load(Ordering::Relaxed) {
        let mut commands = String::new();
        (next..next + BATCH).for_each(|n| transaction(writer, n, &mut commands));
        client.run(&commands);
        next += BATCH;
    }
}

#[test]
fn a_snapshot_under_writes_holds_the_keys_of_one_moment() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let (port, stop) = (server.port, AtomicBool::new(false));
    let mut client = server.connect();
    assert_eq!(client.ask("DEBUG POPULATE 60000 other"), "OK");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let stop = &stop;
            scope.spawn(move || write_until(port, writer, stop));
        }
        for round in 0..3 {
            let full = || client_counts(&server).iter().all(|count| *count > (round + 1) * KEYS);
            while !full() {}
            let before = client_counts(&server);
            client.ask("BGSAVE");
            let after = client_counts(&server);
            wait_for_info(&server, "rdb_bgsave_in_progress", "0");
            let file = fs::read(server.folder.path().join("dump.rdb")).expect("the snapshot");
            check_moment(rdb::strings(&file), &before, &after);
        }
        stop.store(true, Ordering::Relaxed);
    });
}

fn client_counts(server: &Server) -> Vec<u64> {
    let mut client = server.connect();
    (0..WRITERS)
        .map(|writer| client.ask(&format!("GET count:{writer}")).parse().unwrap_or(0))
        .collect()
}

/// Each writer's keys are those after as many transactions as its count says, and the count lies
/// between those that were read before and after the cut.
fn check_moment(mut contents: Contents, before: &[u64], after: &[u64]) {
    let others = contents.extract_if(.., |(_, key), _| key.starts_with("other"));
    assert_eq!(others.count(), 60_000);
    let mut expected = Contents::new();
    for writer in 0..WRITERS {
        let count = &contents[&(0, format!("count:{writer}"))];
        let count: u64 = count.parse().expect("a number");
        let writer_index = writer as usize;
        assert!((before[writer_index]..=after[writer_index]).contains(&count));
        expected.append(&mut state_after(writer, count));
    }
    assert!(contents == expected, "the file mixes moments");
}

/// One large value of each type, one of them with deadlines of its own, and one of a few large
/// elements.
fn add_large_values(client: &mut Client) {
    let script = "for i = 1, 20000 do local n = tostring(i) \
        redis.call('rpush', 'list', 'element:' .. n) redis.call('sadd', 'set', 'member:' .. n) \
        redis.call('hset', 'hash', 'field:' .. n, n) redis.call('zadd', 'zset', n, 'm:' .. n) \
        redis.call('hsetex', 'timed', 'EX', '100000', 'FIELDS', '1', 'field:' .. n, n) \
        redis.call('xadd', 'stream', n .. '-1', 'field', n) end \
        for i = 1, 20 do redis.call('rpush', 'wide', string.rep('x', 100000)) end \
        redis.call('xgroup', 'create', 'stream', 'g', '0') \
        redis.call('xreadgroup', 'group', 'g', 'c', 'streams', 'stream', '>') return 'OK'";
    assert_eq!(client.ask(&format!("EVAL \"{script}\" 0")), "OK");
}

/// Starts a server whose next snapshot finds a pipe in place of its file, and so never ends.
fn with_a_stuck_disk(options: &[&str]) -> (Server, Vec<u8>) {
    let server = Server::start(options);
    let mut client = server.connect();
    assert_eq!(client.ask("SET kept 1"), "OK");
    assert_eq!(client.ask("SAVE"), "OK");
    let folder = server.folder.path();
    let old = fs::read(folder.join("dump.rdb")).expect("the first snapshot");
    let pipe = folder.join(format!("temp-{}.rdb", server.child.id()));
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    (server, old)
}

#[test]
fn a_kill_during_a_snapshot_leaves_the_old_file_as_it_was() {
    let (mut server, old) = with_a_stuck_disk(&[]);
    let folder = server.folder.path().to_path_buf();
    let mut client = server.connect();
    assert_eq!(client.ask("SET new 1"), "OK");
    add_large_values(&mut client);
    assert_eq!(client.ask("BGSAVE"), "Background saving started");
    let pipe = folder.join(format!("temp-{}.rdb", server.child.id()));
    // More than everything but the large values has.
    let mut begun = vec![0; 100_000];
    let mut reader = File::open(pipe).expect("the pipe");
    reader.read_exact(&mut begun).expect("the snapshot has begun");
    server.child.kill().expect("it runs");
    server.child.wait().expect("it was started");
    // Deadlines of fields make it a file of Valkey's.
    assert_eq!(&begun[..6], b"VALKEY");
    assert_eq!(fs::read(folder.join("dump.rdb")).ok(), Some(old));
}

#[test]
fn a_full_disk_leaves_the_old_file_and_all_values_as_they_were() {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let mut client = server.connect();
    assert_eq!((client.ask("SET kept 1"), client.ask("SAVE")), ("OK".to_owned(), "OK".to_owned()));
    let folder = server.folder.path();
    let old = fs::read(folder.join("dump.rdb")).expect("the first snapshot");
    add_large_values(&mut client);
    let digest = client.ask("DEBUG DIGEST");
    for _ in 0..2 {
        let place = folder.join(format!("temp-{}.rdb", server.child.id()));
        std::os::unix::fs::symlink("/dev/full", &place).expect("the folder can be written");
        assert_eq!(client.ask("BGSAVE"), "Background saving started");
        wait_for_info(&server, "rdb_bgsave_in_progress", "0");
        assert_eq!(info(&mut client, "rdb_last_bgsave_status"), "err");
        assert!(fs::symlink_metadata(&place).is_err(), "what cannot be finished is removed");
        assert_eq!(fs::read(folder.join("dump.rdb")).ok().as_ref(), Some(&old));
    }
    assert_eq!(client.ask("DEBUG DIGEST"), digest);
    assert_eq!(
        (client.ask("SAVE"), client.ask("HSET hash f v")),
        ("OK".to_owned(), "1".to_owned())
    );
    assert_eq!(info(&mut client, "rdb_last_bgsave_status"), "ok");
}

#[test]
fn a_disk_that_stands_still_holds_up_nobody() {
    // So many workers that not all of their last parts fit into the writer's queue.
    let (server, old) = with_a_stuck_disk(&["--workers", "12"]);
    let mut client = server.connect();
    assert_eq!(client.ask("BGSAVE"), "Background saving started");
    for n in 0..1000 {
        assert_eq!(client.ask(&format!("SET key:{n} {n}")), "OK");
    }
    for _ in 0..24 {
        assert_eq!(server.connect().ask("PING"), "PONG");
    }
    assert_eq!(info(&mut client, "rdb_bgsave_in_progress"), "1");
    assert!(client.ask("BGSAVE").starts_with("ERR Background save already in progress"));
    assert_eq!(fs::read(server.folder.path().join("dump.rdb")).ok(), Some(old));
}

#[test]
fn a_snapshot_that_fails_is_reported_and_the_next_one_works() {
    let server = Server::start(&[]);
    let mut client = server.connect();
    assert_eq!(client.ask("SET kept 1"), "OK");
    let place = server.folder.path().join(format!("temp-{}.rdb", server.child.id()));
    fs::create_dir(&place).expect("the folder can be written");
    client.send("SAVE");
    let reply = shown(&client.read().expect("a reply"));
    assert!(reply.starts_with("ERR"), "{reply}");
    assert_eq!(info(&mut client, "rdb_last_bgsave_status"), "err");
    fs::remove_dir(&place).expect("it is empty");
    assert_eq!(client.ask("SAVE"), "OK");
    assert_eq!(info(&mut client, "rdb_last_bgsave_status"), "ok");
    let file = fs::read(server.folder.path().join("dump.rdb")).expect("the snapshot");
    assert_eq!(rdb::strings(&file)[&(0, "kept".to_owned())], "1");
}

#[test]
fn a_dump_from_before_this_server_stays_under_another_name() {
    let folder = Folder::new();
    folder.write("dump.rdb", "somebody's data");
    let server = Server::start_in(folder, &[], |_| {});
    let mut client = server.connect();
    assert_eq!(client.ask("SET new 1"), "OK");
    assert_eq!((client.ask("SAVE"), client.ask("SAVE")), ("OK".to_owned(), "OK".to_owned()));
    let entries = fs::read_dir(server.folder.path()).expect("the folder").flatten();
    let kept: Vec<_> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("dump.rdb.before-"))
        .map(|entry| fs::read(entry.path()).expect("it is there"))
        .collect();
    assert_eq!(kept, [b"somebody's data".to_vec()]);
    let file = fs::read(server.folder.path().join("dump.rdb")).expect("the snapshot");
    assert_eq!(rdb::strings(&file)[&(0, "new".to_owned())], "1");
}

/// A server with a save point whose last snapshot has failed.
fn unable_to_save(options: &[&str]) -> Server {
    let save = ["--save", "3600 1", "--enable-debug-command", "yes"];
    let server = Server::start(&[&save, options].concat());
    let mut client = server.connect();
    assert_eq!(client.ask("SET kept 1"), "OK");
    let place = server.folder.path().join(format!("temp-{}.rdb", server.child.id()));
    fs::create_dir(&place).expect("the folder can be written");
    assert_eq!(client.ask("BGSAVE"), "Background saving started");
    wait_for_info(&server, "rdb_bgsave_in_progress", "0");
    assert_eq!(info(&mut client, "rdb_last_bgsave_status"), "err");
    fs::remove_dir(&place).expect("it is empty");
    server
}

#[test]
fn writes_are_refused_while_the_last_snapshot_has_failed() {
    let server = unable_to_save(&[]);
    let mut client = server.connect();
    let error = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to \
                 persist to disk. Commands that may modify the data set are disabled, because \
                 this instance is configured to report errors during writes if RDB snapshotting \
                 fails (stop-writes-on-bgsave-error option). Please check the Redis logs for \
                 details about the RDB error.";
    for refused in ["SET kept 2", "PING", "FLUSHALL", "BLPOP list 0", "DEL none", "SWAPDB 0 1"] {
        assert_eq!(client.ask(refused), error, "{refused}");
    }
    for runs in ["GET kept", "TOUCH kept", "DBSIZE", "EVAL \"return 1\" 0", "PUBLISH a b"] {
        assert!(!client.ask(runs).starts_with("MISCONF"), "{runs}");
    }
    // A transaction goes with what was refused in it; one that writes is refused as a whole.
    for step in ["MULTI", "SET kept 2", "GET kept"] {
        client.ask(step);
    }
    assert!(client.ask("EXEC").starts_with("EXECABORT Transaction discarded because of previous"));
    client.ask("CONFIG SET stop-writes-on-bgsave-error no");
    assert_eq!(client.ask("SET kept 3"), "OK");
    for step in ["MULTI", "SET kept 4"] {
        client.ask(step);
    }
    server.connect().ask("CONFIG SET stop-writes-on-bgsave-error yes");
    assert_eq!(client.ask("EXEC"), format!("EXECABORT Transaction discarded because of: {error}"));
    // Without save points nobody expects to be saved.
    client.ask("CONFIG SET save \"\"");
    assert_eq!(client.ask("PING"), "PONG");
    client.ask("CONFIG SET save \"60 1\" extended-redis-compatibility no");
    assert_eq!(client.ask("PING"), error.replace("Redis", "Basalt"));
    assert!(client.ask("INFO errorstats").contains("errorstat_MISCONF:count=8"));
    assert_eq!((client.ask("SAVE"), client.ask("SET kept 5")), ("OK".into(), "OK".into()));
}

#[test]
fn scripts_are_refused_by_what_they_may_write_while_the_last_snapshot_has_failed() {
    let server = unable_to_save(&[]);
    let mut client = server.connect();
    let mut eval = |script: &str| client.ask(&format!("EVAL {script:?} 1 kept"));
    assert!(eval("return redis.call('set', KEYS[1], 2)").starts_with("MISCONF Redis is"));
    assert!(eval("return redis.pcall('set', KEYS[1], 2).err").starts_with("MISCONF Redis is"));
    assert_eq!(eval("return redis.call('ping')"), "PONG");
    assert_eq!(eval("return redis.call('get', KEYS[1])"), "1");
    assert!(eval("#!lua\nreturn 1").starts_with("MISCONF Redis is"));
    assert!(eval("#!lua flags=allow-oom,allow-stale\nreturn 1").starts_with("MISCONF Redis is"));
    assert_eq!(eval("#!lua flags=no-writes\nreturn redis.call('get', KEYS[1])"), "1");
}

#[test]
fn what_a_killed_server_has_left_of_a_snapshot_is_removed_by_the_next() {
    let (mut server, _) = with_a_stuck_disk(&[]);
    let folder = server.folder.path().to_path_buf();
    let dead = server.child.id();
    let mut client = server.connect();
    assert_eq!(client.ask("BGSAVE"), "Background saving started");
    server.child.kill().expect("it runs");
    server.child.wait().expect("it was started");
    let pipe = folder.join(format!("temp-{dead}.rdb"));
    fs::remove_file(&pipe).expect("the pipe");
    let names = |names: &[&str]| names.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    let ours = format!("temp-{}.rdb", std::process::id());
    let kept = names(&[
        "temp-.rdb",
        "temp-1x.rdb",
        "temp-+1.rdb",
        "xtemp-99999999.rdb",
        "temp-99999999.rdb.bak",
        "temp-99999999999999999999.rdb",
        "temp-0.rdb",
        &ours,
        "dump.rdb",
    ]);
    let gone = names(&[&format!("temp-{dead}.rdb"), "temp-99999999.rdb"]);
    for path in kept.iter().chain(&gone) {
        fs::write(path, "half").expect("the folder can be written");
    }
    fs::create_dir(folder.join("temp-99999998.rdb")).expect("the folder can be written");
    std::os::unix::fs::symlink("dump.rdb", folder.join("temp-99999997.rdb")).expect("as above");
    let next = Server::start(&["--dir", &folder.to_string_lossy()]);
    assert!(next.seen.concat().contains(&format!("Removed temp-{dead}.rdb")));
    for path in &kept {
        assert!(path.exists(), "{path:?}");
    }
    for path in &gone {
        assert!(!path.exists(), "{path:?}");
    }
    assert!(folder.join("temp-99999998.rdb").is_dir());
    assert!(fs::symlink_metadata(folder.join("temp-99999997.rdb")).is_ok());
}
