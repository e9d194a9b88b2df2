//! What a malformed request is answered with before its connection is closed.
//!
//! The texts are part of the protocol: clients and test suites match on them.

use std::fmt;

/// Why a request cannot be understood. One reply, then the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// An inline line is longer than the limit.
    TooBigInline,
    /// The line of a `*` header does not end within the limit.
    TooBigMultibulkCount,
    /// The number after `*` is none, or too large.
    InvalidMultibulkLength,
    /// More arguments than a client may send before it has authenticated.
    UnauthenticatedMultibulkLength,
    /// The line of a `$` header does not end within the limit.
    TooBigBulkCount,
    /// A header that should begin with `$` begins with this byte.
    ExpectedDollar(u8),
    /// The number after `$` is none, negative, or above `proto-max-bulk-len`.
    InvalidBulkLength,
    /// A longer argument than a client may send before it has authenticated.
    UnauthenticatedBulkLength,
    /// A quote of an inline line is not closed, or is closed inside a word.
    UnbalancedQuotes,
    /// A header or a bulk does not end with CR LF.
    InvalidCrlf,
}

impl ProtocolError {
    /// The whole error reply, from `-` to CR LF.
    #[must_use]
    pub fn reply(&self) -> Vec<u8> {
        let mut reply = b"-ERR Protocol error: ".to_vec();
        if let Self::ExpectedDollar(got) = *self {
            // Not by way of `Display`: the byte goes out as it came in, even when it is no text.
            reply.extend_from_slice(b"expected '$', got '");
            reply.push(printable_in_line(got));
            reply.push(b'\'');
        } else {
            reply.extend_from_slice(self.to_string().as_bytes());
        }
        reply.extend_from_slice(b"\r\n");
        reply
    }
}

/// The byte, or a space for one that would end the line early.
fn printable_in_line(byte: u8) -> u8 {
    if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooBigInline => "too big inline request",
            Self::TooBigMultibulkCount => "too big mbulk count string",
            Self::InvalidMultibulkLength => "invalid multibulk length",
            Self::UnauthenticatedMultibulkLength => "unauthenticated multibulk length",
            Self::TooBigBulkCount => "too big bulk count string",
            Self::ExpectedDollar(got) => {
                let got = char::from(printable_in_line(*got));
                return write!(f, "expected '$', got '{got}'");
            }
            Self::InvalidBulkLength => "invalid bulk length",
            Self::UnauthenticatedBulkLength => "unauthenticated bulk length",
            Self::UnbalancedQuotes => "unbalanced quotes in request",
            Self::InvalidCrlf => "invalid CRLF in request",
        })
    }
}

impl std::error::Error for ProtocolError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reply_is_one_error_line() {
        let reply = ProtocolError::InvalidBulkLength.reply();
        assert_eq!(reply, b"-ERR Protocol error: invalid bulk length\r\n");
    }

    #[test]
    fn the_unexpected_byte_is_echoed_unless_it_would_end_the_line() {
        let reply = ProtocolError::ExpectedDollar(0xff).reply();
        assert_eq!(reply, b"-ERR Protocol error: expected '$', got '\xff'\r\n");
        let reply = ProtocolError::ExpectedDollar(b'\r').reply();
        assert_eq!(reply, b"-ERR Protocol error: expected '$', got ' '\r\n");
    }
}
