//! A server for each test, started from the binary that `BASALT_SERVER` names.
#![forbid(unsafe_code)]

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const LIMIT: Duration = Duration::from_secs(20);

/// A running server with a folder of its own; both go with the value.
pub struct Server {
    child: Child,
    folder: PathBuf,
    client: redis::Client,
}

impl Server {
    /// Starts a server on a free port and waits until it answers. `name` is the test's own.
    pub fn start(name: &str) -> Server {
        let program = env::var_os("BASALT_SERVER").expect("BASALT_SERVER names the binary");
        let folder = env::temp_dir().join(format!("interop-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--save", "", "--dir"]).arg(&folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("the binary can be run");
        let address = format!("redis://127.0.0.1:{port}/");
        let client = redis::Client::open(address).expect("the address is well formed");
        let mut server = Server { child, folder, client };
        wait_until(|| server.has_ended() || server.answers());
        assert!(!server.has_ended(), "the server ended before it answered");
        server
    }

    /// A connection that speaks the older version of the protocol.
    pub fn connect(&self) -> redis::Connection {
        self.client.get_connection().expect("the server accepts connections")
    }

    /// A connection that speaks RESP3.
    pub fn connect_resp3(&self) -> redis::Connection {
        let address = self.client.get_connection_info().addr().to_string();
        let client = redis::Client::open(format!("redis://{address}/?protocol=resp3"));
        let connection = client.expect("the address is well formed").get_connection();
        connection.expect("the server accepts connections")
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    fn answers(&self) -> bool {
        let ping = |mut connection| redis::cmd("PING").query::<String>(&mut connection);
        self.client.get_connection().and_then(ping).is_ok_and(|reply| reply == "PONG")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has ended by itself cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Polls until the condition holds.
pub fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition did not come true");
        thread::sleep(Duration::from_millis(5));
    }
}
