//! basalt-cli, the command line client.
//!
//! ```text
//! flags ──▶ options ──▶ session ──▶ connection ──▶ server
//!                          │             │
//!                       stdout ◀── format ◀── resp::decode
//! ```
//!
//! compat: flags, output and exit codes are those of `redis-cli`, so that scripts written for it
//! work; what it lacks so far (TLS, cluster, statistics) is refused, not ignored.

mod connection;
mod flags;
mod format;
mod interactive;
mod lines;
mod one_shot;
mod options;
mod pipe;
mod session;
mod state;
mod uri;

use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use flags::CommandLine;
use options::{Mode, Options};
use session::{Failure, Session};

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    let (mut options, rest) = match flags::parse(arguments) {
        Ok(CommandLine::Run(options, rest)) => (options, rest),
        Ok(CommandLine::Help) => return print(&flags::help()),
        Ok(CommandLine::Version) => {
            return print(&format!("basalt-cli {}\n", env!("CARGO_PKG_VERSION")));
        }
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    complete(&mut options);
    match run(&options, rest) {
        Ok(true) | Err(Failure::Output(_)) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Adds what the environment says, and warns about a password that others can see.
fn complete(options: &mut Options) {
    if options.password_was_visible && !options.no_auth_warning {
        eprintln!(
            "Warning: Using a password with '-a' or '-u' option on the command line interface may \
             not be safe."
        );
    }
    if options.password.is_none() {
        options.password = std::env::var_os("REDISCLI_AUTH").map(OsStringExt::into_vec);
    }
}

/// Does what the options ask for; true when all went well.
fn run(options: &Options, arguments: Vec<Vec<u8>>) -> Result<bool, Failure> {
    // compat: the test suites of Redis set FAKETTY to get the output for people through a pipe.
    let is_terminal = io::stdout().is_terminal() || std::env::var_os("FAKETTY").is_some();
    let mut session = Session::new(options, io::stdout(), is_terminal, false);
    match &options.mode {
        Mode::Pipe => {
            session.connect()?;
            let connection = session.into_connection()?;
            pipe::run(io::stdin(), connection, options.pipe_timeout).map_err(Failure::Broken)
        }
        Mode::Scan => one_shot::scan(&mut session, options).map(|()| true),
        Mode::Eval(path) => one_shot::eval(&mut session, options, path, arguments),
        Mode::Commands if arguments.is_empty() => {
            drop(session);
            interactive::run(options, is_terminal).map_err(Failure::Broken)?;
            Ok(true)
        }
        Mode::Commands => one_shot::command(&mut session, options, arguments),
    }
}

/// Prints to a reader that may have gone.
fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) | Err(_) => ExitCode::SUCCESS,
    }
}
