//! What a command answers when it refuses: the exact texts.

use std::borrow::Cow;
use std::fmt;

use types::hll::HllError;

/// The reply to a command that is refused. `Display` is the whole reply, error code included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// The key holds another type.
    WrongType,
    /// The number of arguments is wrong for this command (`client|kill` for a subcommand).
    WrongArity(String),
    /// The options contradict each other or are unknown.
    Syntax,
    /// An argument or value should be a 64-bit integer.
    NotInteger,
    /// An argument or value should be a number.
    NotFloat,
    /// A key that must exist does not.
    NoSuchKey,
    /// Source and destination are one key.
    SameObject,
    /// An index or offset is outside what is possible.
    OutOfRange,
    /// Memory is above `maxmemory` and nothing could be evicted.
    OutOfMemory,
    /// The client has not authenticated.
    NoAuth,
    /// Not an error: the handler needs a shard that is busy; it changed nothing yet.
    Park,
    /// A reply with its own text and error code.
    Text(Cow<'static, str>),
}

impl CommandError {
    /// A reply with its own text, the error code included.
    pub fn text(text: impl Into<Cow<'static, str>>) -> CommandError {
        CommandError::Text(text.into())
    }

    /// `ERR`, a space and the text.
    pub fn err(text: impl fmt::Display) -> CommandError {
        CommandError::Text(Cow::Owned(format!("ERR {text}")))
    }
}

impl From<HllError> for CommandError {
    fn from(error: HllError) -> CommandError {
        CommandError::text(error.to_string())
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CommandError::WrongType => {
                "WRONGTYPE Operation against a key holding the wrong kind of value"
            }
            CommandError::WrongArity(name) => {
                return write!(f, "ERR wrong number of arguments for '{name}' command");
            }
            CommandError::Syntax => "ERR syntax error",
            CommandError::NotInteger => "ERR value is not an integer or out of range",
            CommandError::NotFloat => "ERR value is not a valid float",
            CommandError::NoSuchKey => "ERR no such key",
            CommandError::SameObject => "ERR source and destination objects are the same",
            CommandError::OutOfRange => "ERR index out of range",
            CommandError::OutOfMemory => "OOM command not allowed when used memory > 'maxmemory'.",
            CommandError::NoAuth => "NOAUTH Authentication required.",
            CommandError::Park => "BUSY the shard of this key is in use",
            CommandError::Text(text) => text,
        })
    }
}

impl std::error::Error for CommandError {}
