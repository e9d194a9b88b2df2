//! A session: connects when needed, runs commands, prints their replies.

use std::fmt;
use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;

use resp::{Args, OwnedArgs, Value};

use crate::connection::{Connection, plain};
use crate::format::{Form, text};
use crate::options::{Dialect, Options};
use crate::state::{State, replies_as_is};

/// How long to wait for messages before looking at the input again.
const TICK: Duration = Duration::from_millis(50);

/// Why a command could not be run, or not be answered.
#[derive(Debug)]
pub enum Failure {
    /// No connection could be made; the text says to where and why.
    Connect(String),
    /// The connection broke.
    Broken(io::Error),
    /// The output cannot be written to: nobody reads it.
    Output(io::Error),
    /// With `-e`: the server's error.
    Refused(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(text) | Self::Refused(text) => f.write_str(text),
            Self::Broken(error) | Self::Output(error) => write!(f, "Error: {}", plain(error)),
        }
    }
}

/// The client's side of one conversation.
pub struct Session<'a, W: Write> {
    options: &'a Options,
    connection: Option<Connection>,
    state: State,
    form: Form,
    show_pushes: bool,
    /// Whether commands come one by one, so that a server's error ends nothing.
    interactive: bool,
    out: W,
}

impl<'a, W: Write> Session<'a, W> {
    /// A session that prints to `out`, which is a terminal or is not.
    pub fn new(options: &'a Options, out: W, is_terminal: bool, interactive: bool) -> Self {
        Self {
            options,
            connection: None,
            state: State::default(),
            form: options.form.unwrap_or(if is_terminal { Form::People } else { Form::Raw }),
            show_pushes: options.show_pushes.unwrap_or(is_terminal),
            interactive,
            out,
        }
    }

    /// The prompt for the next command.
    pub fn prompt(&self) -> String {
        match self.connection {
            Some(_) => self.state.prompt(&self.options.address()),
            None => "not connected> ".into(),
        }
    }

    /// The form in which replies are printed.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Where replies are printed.
    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Connects, authenticates, selects the database and the protocol.
    pub fn connect(&mut self) -> Result<&mut Connection, Failure> {
        self.state = State::default();
        self.connection = None;
        let mut connection = Connection::open(self.options).map_err(|error| {
            let address = self.options.address();
            Failure::Connect(format!("Could not connect to Basalt at {address}: {}", plain(&error)))
        })?;
        self.authenticate(&mut connection)?;
        self.select(&mut connection)?;
        self.greet(&mut connection)?;
        Ok(self.connection.insert(connection))
    }

    /// The connection alone, for a mode that speaks for itself.
    pub fn into_connection(self) -> Result<Connection, Failure> {
        self.connection.ok_or_else(not_connected)
    }

    /// compat: a wrong password is only reported; the command then fails by itself.
    fn authenticate(&self, connection: &mut Connection) -> Result<(), Failure> {
        let Some(password) = &self.options.password else { return Ok(()) };
        let mut args = OwnedArgs::from_iter(["AUTH"]);
        if let Some(user) = &self.options.user {
            args.push(user);
        }
        args.push(password);
        let reply = connection.call(args.as_args()).map_err(Failure::Broken)?;
        if let Some(error) = error_text(&reply) {
            eprintln!("AUTH failed: {error}");
        }
        Ok(())
    }

    /// deviates: `redis-cli` goes on in database 0 when the database cannot be selected; a
    /// `FLUSHDB` would then empty another one than was meant. It goes on here only when the
    /// server wants a password first.
    fn select(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        if self.options.db == 0 {
            return Ok(());
        }
        let args = OwnedArgs::from_iter(["SELECT", &self.options.db.to_string()]);
        let reply = connection.call(args.as_args()).map_err(Failure::Broken)?;
        match error_text(&reply) {
            Some(error) if error.starts_with("NOAUTH") => {
                eprintln!("SELECT {} failed: {error}", self.options.db);
            }
            Some(error) => {
                let db = self.options.db;
                return Err(Failure::Connect(format!("SELECT {db} failed: {error}")));
            }
            None => self.state.db = self.options.db,
        }
        Ok(())
    }

    fn greet(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        match self.options.dialect {
            Dialect::Unsaid | Dialect::Resp2 => return Ok(()),
            Dialect::Resp3 | Dialect::PreferResp3 => {}
        }
        let args = OwnedArgs::from_iter(["HELLO", "3"]);
        let reply = connection.call(args.as_args()).map_err(Failure::Broken)?;
        if let Some(error) = error_text(&reply) {
            eprintln!("HELLO 3 failed: {error}");
        }
        self.state.observe(args.as_args(), &reply);
        Ok(())
    }

    /// Runs a command `repeat` times, for ever when negative, and prints every reply.
    pub fn run(&mut self, args: Args<'_>, repeat: i64) -> Result<(), Failure> {
        if self.connection.is_none() {
            self.connect()?;
        }
        let outcome = self.run_connected(args, repeat);
        if let Err(Failure::Broken(_)) = outcome {
            self.connection = None;
            // The server closes by way of an answer to this command.
            if args.at(0).eq_ignore_ascii_case(b"shutdown") {
                return Ok(());
            }
        }
        outcome
    }

    fn run_connected(&mut self, args: Args<'_>, repeat: i64) -> Result<(), Failure> {
        let mut left = repeat;
        while left != 0 {
            left = if left < 0 { left } else { left - 1 };
            self.connected()?.send(args).map_err(Failure::Broken)?;
            self.answer(args)?;
            sleep(self.options.interval);
        }
        Ok(())
    }

    /// Prints the replies to one command.
    fn answer(&mut self, args: Args<'_>) -> Result<(), Failure> {
        let command = args.at(0).to_ascii_lowercase();
        if command == b"monitor" {
            return self.monitor();
        }
        if command.ends_with(b"subscribe") {
            return self.confirmations(&command, args.len());
        }
        let as_is = replies_as_is(args) && !self.state.in_multi;
        let reply = self.reply(as_is)?;
        self.state.observe(args, &reply);
        Ok(())
    }

    /// Prints what the server does, for ever, unless it refuses.
    fn monitor(&mut self) -> Result<(), Failure> {
        while !self.reply(false)?.is_error() {}
        Ok(())
    }

    /// Prints one confirmation for each channel, or one when none is named.
    fn confirmations(&mut self, command: &[u8], args: usize) -> Result<(), Failure> {
        let mut expected = (args - 1).max(1);
        while expected > 0 {
            let reply = self.connected()?.receive().map_err(Failure::Broken)?;
            let kind = self.state.observe_push(&reply);
            let in_turn = kind == Some(command) || reply.is_error();
            let is_other_push = kind.is_some() || matches!(reply, Value::Push(_));
            self.refuse(&reply)?;
            self.print(&reply, false)?;
            if in_turn {
                expected -= 1;
            }
            if reply.is_error() || (!in_turn && !is_other_push) {
                // An error, or `+QUEUED`, answers for all of them.
                return Ok(());
            }
        }
        Ok(())
    }

    /// Prints messages until there are no more subscriptions, or `interrupted`.
    pub fn messages(&mut self, mut interrupted: impl FnMut() -> bool) -> Result<(), Failure> {
        while self.state.is_subscribed() {
            let connection = self.connected()?;
            if let Some(reply) = connection.buffered().map_err(Failure::Broken)? {
                self.state.observe_push(&reply);
                self.print(&reply, false)?;
            } else if interrupted() {
                break;
            } else {
                connection.wait(TICK).map_err(Failure::Broken)?;
            }
        }
        Ok(())
    }

    /// Whether messages may come at any time.
    pub fn is_subscribed(&self) -> bool {
        self.state.is_subscribed()
    }

    /// Reads and prints the next reply; pushes in front of it are printed if wanted.
    fn reply(&mut self, as_is: bool) -> Result<Value, Failure> {
        loop {
            let reply = self.connected()?.receive().map_err(Failure::Broken)?;
            let is_push = matches!(reply, Value::Push(_))
                || (self.state.is_subscribed() && self.state.observe_push(&reply).is_some());
            if !is_push {
                self.refuse(&reply)?;
                self.print(&reply, as_is)?;
                return Ok(reply);
            }
            if self.state.observe_push(&reply).is_some() || self.show_pushes {
                self.print(&reply, false)?;
            }
        }
    }

    /// Sends a command of the client's own and returns its reply unprinted.
    pub fn ask(&mut self, args: Args<'_>) -> Result<Value, Failure> {
        if self.connection.is_none() {
            self.connect()?;
        }
        self.connected()?.call(args).map_err(Failure::Broken)
    }

    /// With `-e`, an error ends the run.
    fn refuse(&self, reply: &Value) -> Result<(), Failure> {
        match error_text(reply) {
            Some(error) if self.options.exit_on_error && !self.interactive => {
                Err(Failure::Refused(error))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn print(&mut self, reply: &Value, as_is: bool) -> Result<(), Failure> {
        let text = match invalidated(reply) {
            Some(text) if self.form == Form::People => text,
            Some(_) | None => text(reply, self.form, as_is, &self.options.delimiters),
        };
        self.out.write_all(&text).and_then(|()| self.out.flush()).map_err(Failure::Output)
    }

    fn connected(&mut self) -> Result<&mut Connection, Failure> {
        self.connection.as_mut().ok_or_else(not_connected)
    }
}

fn not_connected() -> Failure {
    Failure::Connect("Not connected".into())
}

fn error_text(reply: &Value) -> Option<String> {
    match reply {
        Value::Error(text) | Value::BlobError(text) => {
            Some(String::from_utf8_lossy(text).into_owned())
        }
        _ => None,
    }
}

/// A push about keys of client tracking, on one line.
fn invalidated(reply: &Value) -> Option<Vec<u8>> {
    let Value::Push(items) = reply else { return None };
    let [kind, Value::Array(keys)] = &items[..] else { return None };
    if kind.as_bytes() != Some(b"invalidate") {
        return None;
    }
    let keys: Vec<_> = keys
        .iter()
        .map(|key| format!("'{}'", String::from_utf8_lossy(key.as_bytes().unwrap_or_default())))
        .collect();
    Some(format!("-> invalidate: {}\n", keys.join(", ")).into_bytes())
}
