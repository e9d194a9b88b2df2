//! What the command line and the environment ask for.

use std::time::Duration;

use crate::format::{Delimiters, Form};

/// Which protocol to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// What a connection starts with: RESP2.
    Unsaid,
    /// `-2`
    Resp2,
    /// `-3`: fails on a server that does not know it.
    Resp3,
    /// What `--json` prefers, for its maps.
    PreferResp3,
}

/// Which addresses of a host are tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// In the resolver's order.
    Any,
    /// `-4`
    V4First,
    /// `-6`
    V6First,
}

/// Where one of the arguments comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StdinArgument {
    /// All arguments are on the command line.
    None,
    /// `-x`: standard input is appended as the last argument.
    Last,
    /// `-X tag`: standard input replaces the argument that equals the tag.
    Tagged(Vec<u8>),
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Run the command given, or those read from standard input.
    Commands,
    /// `--pipe`
    Pipe,
    /// `--scan`
    Scan,
    /// `--eval file`
    Eval(String),
}

/// The options of one run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Name or address of the server.
    pub host: String,
    /// Its TCP port.
    pub port: u16,
    /// Path of a Unix socket, instead of host and port.
    pub socket: Option<String>,
    /// How long connecting may take.
    pub connect_timeout: Option<Duration>,
    /// Which addresses go first.
    pub family: Family,
    /// The user to authenticate as.
    pub user: Option<Vec<u8>>,
    /// The password.
    pub password: Option<Vec<u8>>,
    /// Whether other users of the machine could see the password in the process list.
    pub password_was_visible: bool,
    /// `--no-auth-warning`
    pub no_auth_warning: bool,
    /// The database to select.
    pub db: i64,
    /// The protocol to speak.
    pub dialect: Dialect,
    /// The form of output; `None` picks by where it goes.
    pub form: Option<Form>,
    /// `-d` and `-D`
    pub delimiters: Delimiters,
    /// `--show-pushes`; `None` shows them on a terminal.
    pub show_pushes: Option<bool>,
    /// How often to run the command; negative is for ever.
    pub repeat: i64,
    /// How long to wait after each run.
    pub interval: Duration,
    /// Which argument standard input is.
    pub stdin_argument: StdinArgument,
    /// `--quoted-input`
    pub quoted_input: bool,
    /// `-e`
    pub exit_on_error: bool,
    /// `--verbose`
    pub verbose: bool,
    /// What to do.
    pub mode: Mode,
    /// How long `--pipe` waits for replies after the last byte was sent; `None` is for ever.
    pub pipe_timeout: Option<Duration>,
    /// `--pattern`
    pub pattern: Option<Vec<u8>>,
    /// `--count`
    pub count: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 6379,
            socket: None,
            connect_timeout: None,
            family: Family::Any,
            user: None,
            password: None,
            password_was_visible: false,
            no_auth_warning: false,
            db: 0,
            dialect: Dialect::Unsaid,
            form: None,
            delimiters: Delimiters::default(),
            show_pushes: None,
            repeat: 1,
            interval: Duration::ZERO,
            stdin_argument: StdinArgument::None,
            quoted_input: false,
            exit_on_error: false,
            verbose: false,
            mode: Mode::Commands,
            pipe_timeout: Some(Duration::from_secs(30)),
            pattern: None,
            count: None,
        }
    }
}

impl Options {
    /// The server as messages and the prompt name it.
    pub fn address(&self) -> String {
        match &self.socket {
            Some(path) => path.clone(),
            None if self.host.contains(':') => format!("[{}]:{}", self.host, self.port),
            None => format!("{}:{}", self.host, self.port),
        }
    }
}
