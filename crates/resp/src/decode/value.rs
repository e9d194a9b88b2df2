//! One reply as a value, for those who look at replies instead of passing them on.
//!
//! The types are those of RESP3; RESP2 uses a subset, in which both nulls are [`Value::Null`].

use crate::number::DoubleText;
use crate::reply::Reply;

/// A decoded reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `+OK`
    Status(Vec<u8>),
    /// `-ERR ...`, without the minus.
    Error(Vec<u8>),
    /// `!`: an error that may hold any bytes.
    BlobError(Vec<u8>),
    /// `:1`
    Integer(i64),
    /// `$`: any bytes.
    Bulk(Vec<u8>),
    /// `$-1`, `*-1` or `_`
    Null,
    /// `*`
    Array(Vec<Value>),
    /// `%`: keys and values, in the order they came.
    Map(Vec<(Value, Value)>),
    /// `~`
    Set(Vec<Value>),
    /// `>`: not the answer to a command.
    Push(Vec<Value>),
    /// `,`
    Double {
        /// The number.
        value: f64,
        /// Its digits as the server printed them, which people should see unchanged.
        text: String,
    },
    /// `#t` or `#f`
    Boolean(bool),
    /// `(`: the digits of an integer of any size.
    BigNumber(Vec<u8>),
    /// `=`: a text for people.
    Verbatim {
        /// What kind of text, such as `txt` or `mkd`.
        format: [u8; 3],
        /// The text itself.
        text: Vec<u8>,
    },
    /// `|`: a value with remarks about it.
    Attribute {
        /// The remarks.
        attributes: Vec<(Value, Value)>,
        /// The value that they are about.
        value: Box<Value>,
    },
}

impl Value {
    /// A double that prints as Basalt prints it.
    #[must_use]
    pub fn double(value: f64) -> Self {
        Self::Double { value, text: DoubleText::new(value).as_str().to_owned() }
    }

    /// A bulk string of these bytes.
    #[must_use]
    pub fn bulk(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bulk(bytes.into())
    }

    /// Whether this is an error of either kind.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_) | Self::BlobError(_))
    }

    /// The bytes of a string of any kind, errors excepted.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Status(text) | Self::Bulk(text) | Self::BigNumber(text) => Some(text),
            Self::Verbatim { text, .. } => Some(text),
            Self::Double { text, .. } => Some(text.as_bytes()),
            Self::Error(_)
            | Self::BlobError(_)
            | Self::Integer(_)
            | Self::Null
            | Self::Array(_)
            | Self::Map(_)
            | Self::Set(_)
            | Self::Push(_)
            | Self::Boolean(_)
            | Self::Attribute { .. } => None,
        }
    }

    /// The elements of an array, a set or a push.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) | Self::Set(items) | Self::Push(items) => Some(items),
            Self::Status(_)
            | Self::Error(_)
            | Self::BlobError(_)
            | Self::Integer(_)
            | Self::Bulk(_)
            | Self::Null
            | Self::Map(_)
            | Self::Double { .. }
            | Self::Boolean(_)
            | Self::BigNumber(_)
            | Self::Verbatim { .. }
            | Self::Attribute { .. } => None,
        }
    }

    /// Writes this value in the writer's protocol.
    pub fn write(&self, reply: &mut Reply<'_>) {
        match self {
            Self::Status(text) => reply.status_bytes(text),
            Self::Error(text) => reply.error_bytes(text),
            Self::BlobError(text) => reply.blob_error_bytes(text),
            Self::Integer(n) => reply.integer(*n),
            Self::Bulk(bytes) => reply.bulk(bytes),
            Self::Null => reply.null(),
            Self::Array(items) => {
                reply.array(items.len());
                write_all(items, reply);
            }
            Self::Set(items) => {
                reply.set(items.len());
                write_all(items, reply);
            }
            Self::Push(items) => {
                reply.push(items.len());
                write_all(items, reply);
            }
            Self::Map(pairs) => {
                reply.map(pairs.len());
                write_pairs(pairs, reply);
            }
            Self::Double { value, .. } => reply.double(*value),
            Self::Boolean(value) => reply.boolean(*value),
            Self::BigNumber(digits) => reply.big_number_bytes(digits),
            Self::Verbatim { format, text } => reply.verbatim_bytes(*format, text),
            Self::Attribute { attributes, value } => {
                if reply.attribute(attributes.len()) {
                    write_pairs(attributes, reply);
                }
                value.write(reply);
            }
        }
    }
}

fn write_all(items: &[Value], reply: &mut Reply<'_>) {
    for item in items {
        item.write(reply);
    }
}

fn write_pairs(pairs: &[(Value, Value)], reply: &mut Reply<'_>) {
    for (key, value) in pairs {
        key.write(reply);
        value.write(reply);
    }
}
