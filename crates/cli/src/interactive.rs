//! Commands line by line: at a prompt on a terminal, or from a file or a pipe.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use resp::{Args, quote};

use crate::format::Form;
use crate::lines::Lines;
use crate::options::Options;
use crate::session::{Failure, Session};

/// A command that took this long has its time shown.
const SLOW: Duration = Duration::from_millis(500);

/// What a line asks for beyond commands of the server.
enum Step {
    Next,
    Quit,
}

/// Runs the lines of standard input until its end or `quit`.
pub fn run(options: &Options, is_terminal: bool) -> io::Result<()> {
    let mut options = options.clone();
    let mut lines = Lines::of_stdin();
    // `connect` goes on with another server.
    while let Some((host, port)) = run_on_server(&options, is_terminal, &mut lines)? {
        (options.host, options.port, options.socket) = (host, port, None);
    }
    Ok(())
}

/// Runs lines on one server; returns another when one was asked for.
fn run_on_server(
    options: &Options,
    is_terminal: bool,
    lines: &mut Lines,
) -> io::Result<Option<(String, u16)>> {
    let prompting = io::stdin().is_terminal();
    let mut session = Session::new(options, io::stdout(), is_terminal, true);
    if let Err(failure) = session.connect() {
        eprintln!("{failure}");
    }
    loop {
        if prompting {
            invite(&session)?;
        }
        if let Err(failure) = session.messages(|| lines.is_waiting()) {
            eprintln!("{failure}");
        }
        let Some(line) = lines.next()? else { return Ok(None) };
        let Ok(args) = quote::split(&line) else {
            println!("Invalid argument(s)");
            continue;
        };
        let args = args.as_args();
        if let Some(server) = other_server(args) {
            return Ok(Some(server));
        }
        if let Step::Quit = step(&mut session, args)? {
            return Ok(None);
        }
    }
}

/// Prompts for a line, or says that messages are awaited.
fn invite<W: Write>(session: &Session<'_, W>) -> io::Result<()> {
    if session.is_subscribed() {
        println!("Reading messages... (press Ctrl-C to quit, or type a command)");
    } else {
        print!("{}", session.prompt());
    }
    io::stdout().flush()
}

/// The server that `connect host port` names.
fn other_server(args: Args<'_>) -> Option<(String, u16)> {
    if args.len() != 3 || !args.at(0).eq_ignore_ascii_case(b"connect") {
        return None;
    }
    let host = String::from_utf8_lossy(args.at(1)).into_owned();
    let port = std::str::from_utf8(args.at(2)).ok()?.parse().ok()?;
    Some((host, port))
}

/// Runs one line.
fn step<W: Write>(session: &mut Session<'_, W>, args: Args<'_>) -> io::Result<Step> {
    if args.is_empty() {
        return Ok(Step::Next);
    }
    let (repeat, args) = match repetition(args) {
        Ok(split) => split,
        Err(message) => {
            println!("{message}");
            return Ok(Step::Next);
        }
    };
    match &*args.at(0).to_ascii_lowercase() {
        b"quit" | b"exit" => return Ok(Step::Quit),
        b"clear" => print!("\x1b[H\x1b[2J"),
        b"help" | b"?" => print!("{HELP}"),
        _ => return issue(session, args, repeat),
    }
    Ok(Step::Next)
}

fn issue<W: Write>(session: &mut Session<'_, W>, args: Args<'_>, repeat: i64) -> io::Result<Step> {
    let begun = Instant::now();
    match session.run(args, repeat) {
        Ok(()) => {}
        // Nobody reads the output any more.
        Err(Failure::Output(_)) => return Ok(Step::Quit),
        Err(failure @ (Failure::Connect(_) | Failure::Broken(_) | Failure::Refused(_))) => {
            eprintln!("{failure}");
        }
    }
    if session.form() == Form::People && begun.elapsed() >= SLOW {
        println!("({:.2}s)", begun.elapsed().as_secs_f64());
    }
    Ok(Step::Next)
}

/// How often to run the command: a number in front of it, else once.
fn repetition(args: Args<'_>) -> Result<(i64, Args<'_>), &'static str> {
    let number = std::str::from_utf8(args.at(0)).ok().and_then(|text| text.parse::<i64>().ok());
    match number {
        Some(times) if args.len() > 1 && times > 0 => Ok((times, args.tail(1))),
        Some(_) if args.len() > 1 => Err("Invalid basalt-cli repeat command option value."),
        Some(_) | None => Ok((1, args)),
    }
}

const HELP: &str = "basalt-cli: type a command and its arguments.
      \"two words\"        an argument with blanks; \\n, \\x00 and \\\" are known inside
      5 ping             run a command five times
      connect <host> <port>
      clear, quit
";

#[cfg(test)]
mod tests {
    use super::*;
    use resp::OwnedArgs;

    fn split(line: &str) -> Result<(i64, String), &'static str> {
        let args = OwnedArgs::from_iter(line.split(' '));
        repetition(args.as_args())
            .map(|(times, rest)| (times, String::from_utf8_lossy(rest.at(0)).into_owned()))
    }

    #[test]
    fn a_number_in_front_repeats_the_command() {
        assert_eq!(split("5 ping"), Ok((5, "ping".into())));
        assert_eq!(split("ping"), Ok((1, "ping".into())));
        assert_eq!(split("5"), Ok((1, "5".into())));
        assert!(split("0 ping").is_err() && split("-1 ping").is_err());
    }

    #[test]
    fn connect_needs_a_host_and_a_port() {
        let server = |line: &str| other_server(OwnedArgs::from_iter(line.split(' ')).as_args());
        assert_eq!(server("CONNECT db 7000"), Some(("db".into(), 7000)));
        assert_eq!(server("connect db"), None);
        assert_eq!(server("connect db x"), None);
    }
}
