//! The process: how it starts, what it refuses, how it ends.

mod harness;

use std::os::unix::net::UnixDatagram;

use harness::{Folder, Server, run};

#[test]
fn version_and_help_are_printed_and_nothing_starts() {
    let folder = Folder::new();
    for option in ["-v", "--version"] {
        let (status, out, _) = run(&folder, &[option]);
        assert_eq!(status, 0);
        assert!(out.starts_with("Basalt server v=7.2.4 basalt="), "{out}");
    }
    let (status, out, _) = run(&folder, &["--help"]);
    assert_eq!(status, 0);
    assert!(out.contains("--check-system"), "{out}");
    assert!(run(&folder, &["--check-system"]).1.contains("[tcp-backlog]"));
}

#[test]
fn a_wrong_line_is_refused_with_its_place_and_the_reason() {
    let folder = Folder::new();
    let file = folder.write("a.conf", "port 7000\n\nnosuch-directive 1\n");
    let (status, _, error) = run(&folder, &[&file]);
    assert_eq!(status, 1);
    assert!(error.contains("line 3") && error.contains(">>> 'nosuch-directive 1'"), "{error}");
    assert!(error.contains("Bad directive or wrong number of arguments"), "{error}");
}

#[test]
fn lines_about_what_is_not_there_yet_are_refused_with_the_reason() {
    let folder = Folder::new();
    for (line, reason) in [
        ("user alice on >secret ~* +@all", "users other than 'default'"),
        ("rename-command NOPE x", "No such command in rename-command"),
        ("rename-command GET SET", "Target command name already exists"),
        ("loadmodule /x.so", "modules cannot be loaded"),
        ("sentinel monitor a 127.0.0.1 1 1", "sentinel directive while not in sentinel mode"),
    ] {
        let file = folder.write("a.conf", line);
        let (status, _, error) = run(&folder, &[&file]);
        assert_eq!(status, 1, "{line}");
        assert!(error.contains(reason) && error.contains("line 1"), "{line}: {error}");
    }
}

#[test]
fn it_does_not_pretend_to_be_a_sentinel() {
    let (status, _, error) = run(&Folder::new(), &["a.conf", "--sentinel"]);
    assert_eq!(status, 1);
    assert!(error.contains("Sentinel"), "{error}");
}

#[test]
fn a_taken_port_ends_the_start() {
    let server = Server::start(&[]);
    let port = server.port.to_string();
    let (status, _, error) =
        run(&server.folder, &["--port", &port, "--bind", "127.0.0.1", "--save", ""]);
    assert_eq!(status, 1);
    assert!(error.contains("Could not create server TCP listening socket"), "{error}");
}

#[test]
fn the_log_tells_that_the_server_is_there_and_that_it_leaves() {
    let mut server = Server::start(&[]);
    let pid = format!(" PID: {}", server.child.id());
    let initialized = |line: &String| line.contains(&pid) && line.contains("Server initialized");
    assert!(server.seen.iter().any(initialized), "{:?}", server.seen);
    server.signal("TERM");
    server.wait_for("Received SIGTERM scheduling shutdown...");
    server.wait_for("User requested shutdown...");
    server.wait_for("ready to exit, bye bye...");
    assert_eq!(server.ended().0, 0);
}

#[test]
fn a_hangup_is_harmless_and_an_interrupt_is_not() {
    let mut server = Server::start(&[]);
    server.signal("HUP");
    assert_eq!(server.connect().ask("PING"), "PONG");
    server.signal("INT");
    server.wait_for("Received SIGINT scheduling shutdown...");
    assert_eq!(server.ended().0, 0);
}

#[test]
fn shutdown_closes_the_connection_and_ends_the_process() {
    let server = Server::start(&[]);
    let mut client = server.connect();
    assert_eq!(client.ask("SHUTDOWN ABORT"), "ERR No shutdown in progress.");
    client.send("SHUTDOWN NOSAVE");
    assert!(client.read().is_none());
    assert_eq!(server.ended().0, 0);
}

#[test]
fn shutdown_writes_a_snapshot_first_where_it_is_asked_to() {
    let server = Server::start(&[]);
    let file = server.folder.path().join("dump.rdb");
    let mut client = server.connect();
    client.ask("SET a 1");
    client.send("SHUTDOWN SAVE");
    assert!(client.read().is_none());
    let folder = file.parent().unwrap().to_owned();
    let mut server = server;
    server.wait_for("Saving the final RDB snapshot before exiting.");
    server.wait_for("bye bye");
    assert!(std::fs::read(folder.join("dump.rdb")).unwrap().starts_with(b"REDIS"));
}

#[test]
fn the_pid_file_is_there_as_long_as_the_server() {
    let folder = Folder::new();
    let path = folder.path().join("a.pid");
    let shown = path.display().to_string();
    let mut server = Server::start_in(folder, &["--pidfile", &shown], |_| {});
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.trim(), server.child.id().to_string());
    server.signal("TERM");
    server.wait_for("bye bye");
    server.child.wait().unwrap();
    assert!(!path.exists());
}

#[test]
fn systemd_is_told_when_the_server_is_ready_and_when_it_leaves() {
    let folder = Folder::new();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let mut server = Server::start_in(folder, &["--supervised", "systemd"], |command| {
        command.env("NOTIFY_SOCKET", &path);
    });
    let heard = || {
        let mut buffer = [0; 200];
        let read = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    };
    assert!(heard().contains("READY=1"));
    server.signal("TERM");
    server.wait_for("bye bye");
    assert_eq!(heard(), "STOPPING=1\n");
}

#[test]
fn a_daemon_is_another_process_that_goes_on() {
    let folder = Folder::new();
    let (log, pid_file) = (folder.path().join("log"), folder.path().join("pid"));
    let port = harness::free_port();
    let options = [
        "--daemonize",
        "yes",
        "--port",
        &port.to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--logfile",
        &log.display().to_string(),
        "--pidfile",
        &pid_file.display().to_string(),
    ];
    assert_eq!(run(&folder, &options).0, 0);
    // The first process ends before the second one listens.
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(std::time::Instant::now() < patience, "nobody listens");
        std::thread::yield_now();
    }
    let mut client = harness::Client::connect(port);
    // Who replies has written the pid file before.
    let info = client.ask("INFO server");
    let pid = std::fs::read_to_string(&pid_file).unwrap();
    assert!(info.contains(&format!("process_id:{}", pid.trim())));
    client.send("SHUTDOWN NOSAVE");
    assert!(client.read().is_none());
}

#[test]
fn a_crash_leaves_a_report_with_what_each_worker_ran() {
    let mut server = Server::start(&["--enable-debug-command", "yes", "--debug-context", "why"]);
    let mut client = server.connect();
    client.send("DEBUG PANIC");
    server.wait_for("=== BASALT BUG REPORT START: Cut & paste starting from here ===");
    server.wait_for("ran: debug");
    server.wait_for("Context: why");
    server.wait_for("STACK TRACE");
    server.wait_for("=== BASALT BUG REPORT END");
    let (status, _) = server.ended();
    assert_ne!(status, 0);
}
