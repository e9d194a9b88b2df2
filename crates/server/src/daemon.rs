//! The process among others: in the background, under an init system, with a pid file.
//!
//! Without `fork` a server goes to the background by starting itself again: the second process
//! begins a session of its own with its streams closed, and the first one ends. A failure of the
//! second one to start is in its log.

use std::env;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use engine::config::{Config, Supervised};

/// Says that this process is the one in the background.
const MARK: &str = "BASALT_IN_BACKGROUND";

/// Where the pid goes where nobody says it.
const PID_FILE: &str = "/var/run/basalt.pid";

/// Which init system is told of the server's state.
pub fn supervisor(config: &Config) -> &'static str {
    let named = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    match config.general.supervised {
        Supervised::No => "no",
        Supervised::Systemd => "systemd",
        Supervised::Upstart => "upstart",
        Supervised::Auto if named("NOTIFY_SOCKET") => "systemd",
        Supervised::Auto if named("UPSTART_JOB") => "upstart",
        Supervised::Auto => "no",
    }
}

/// Goes to the background if the settings ask for that. True in the process that is to end.
pub fn go_to_background(config: &Config, arguments: &[Vec<u8>]) -> io::Result<bool> {
    if !config.general.daemonize || supervisor(config) != "no" {
        return Ok(false);
    }
    if env::var_os(MARK).is_some() {
        // The first process cannot be the leader of a group, so this cannot fail.
        let _ = rustix::process::setsid();
        return Ok(false);
    }
    use std::os::unix::ffi::OsStrExt;
    let words = arguments.iter().skip(1).map(|word| std::ffi::OsStr::from_bytes(word));
    let mut again = Command::new(env::current_exe()?);
    again.args(words).env(MARK, "1");
    again.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    Ok(true)
}

/// Writes the process id where the settings say; gives the file to remove at the end.
pub fn write_pid_file(config: &Config) -> Option<String> {
    let path = match config.general.pidfile.as_str() {
        "" if config.general.daemonize => PID_FILE,
        "" => return None,
        path => path,
    };
    // compat: a pid file that cannot be written keeps no server from starting.
    let written = std::fs::write(path, format!("{}\n", std::process::id()));
    written.ok().map(|()| path.to_owned())
}

/// Tells the init system.
pub fn notify(supervisor: &str, state: &str) -> io::Result<()> {
    match supervisor {
        "systemd" => notify_systemd(state),
        "upstart" if state.contains("READY=1") => {
            // compat: upstart waits until the process has stopped itself once.
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::STOP).map_err(Into::into)
        }
        _ => Ok(()),
    }
}

fn notify_systemd(state: &str) -> io::Result<()> {
    let path = env::var("NOTIFY_SOCKET").map_err(|_| io::Error::from(ErrorKind::NotFound))?;
    let socket = UnixDatagram::unbound()?;
    match path.strip_prefix('@') {
        #[cfg(target_os = "linux")]
        Some(name) => {
            use std::os::linux::net::SocketAddrExt;
            let at = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
            socket.send_to_addr(state.as_bytes(), &at)?;
        }
        _ => {
            socket.send_to(state.as_bytes(), path)?;
        }
    }
    Ok(())
}
