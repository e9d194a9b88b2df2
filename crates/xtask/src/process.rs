//! Other programs: running one as a step, finding one on the PATH, keeping a server as long
//! as it is needed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A command line run from `folder`, with nothing to read on its standard input.
pub fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command line to its end; fails with its name when it does.
pub fn must(command: &mut Command) -> Result<(), String> {
    let name = describe(command);
    eprintln!("$ {name}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{name}` ended with {status}")),
        Err(error) => Err(format!("`{name}` cannot be run: {error}")),
    }
}

/// Runs a command line and returns what it printed, its errors included in a failure.
pub fn output_of(command: &mut Command) -> Result<String, String> {
    let name = describe(command);
    let output = command.output().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`{name}` ended with {}\n{errors}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A port nobody listens on now, chosen by the operating system.
pub fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}

/// A server that is killed when this value goes.
pub struct Server {
    pub port: u16,
    child: Child,
}

impl Server {
    /// Starts a command line that will listen on `port`, and waits until PING is answered.
    pub fn start(mut command: Command, port: u16) -> Result<Server, String> {
        let name = describe(&command);
        let child = command.spawn().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
        let mut server = Server { port, child };
        let deadline = Instant::now() + START_LIMIT;
        while !answers(port) {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("`{name}` ended with {status} before it answered"));
            }
            if Instant::now() > deadline {
                return Err(format!("`{name}` does not answer on port {port}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether PING is still answered.
    pub fn answers(&self) -> bool {
        answers(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has ended by itself cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut reply = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok()
        && stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut reply).is_ok()
        && &reply == b"+PONG"
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_in_the_message() {
        let message = must(&mut command(Path::new("."), "false", &["x"])).unwrap_err();
        assert!(message.contains("`false x` ended with"), "{message}");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error_and_not_a_panic() {
        assert!(must(&mut command(Path::new("."), "no-such-program", &[])).is_err());
        assert!(on_path("no-such-program").is_none());
    }

    #[test]
    fn a_server_that_ends_before_it_answers_is_reported_at_once() {
        let port = free_port().unwrap();
        let Err(message) = Server::start(command(Path::new("."), "true", &[]), port) else {
            panic!("`true` is no server");
        };
        assert!(message.contains("before it answered"), "{message}");
    }
}
