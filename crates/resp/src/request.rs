//! The request parser: finds the complete commands in a read buffer, and resumes where it
//! stopped.
//!
//! ```text
//! *2\r\n $3\r\nGET\r\n $3\r\nkey\r\n       a multibulk request: count, then each argument
//! get "key"\r\n                            an inline request: one line, quoted as in `quote`
//! ```
//!
//! The parser owns no bytes. It is given the whole unread buffer each time and remembers how far
//! it got: a command of a million arguments that arrives byte by byte is looked at once.
//!
//! ```text
//!            count()               header()            payload()
//! between ───────────▶ at a `$` ───────────▶ in a bulk ─────────┐
//!    ▲                    ▲                                     │ more arguments
//!    │ last argument      └─────────────────────────────────────┤
//!    └──────────────────────────────────────────────────────────┘
//! ```
//!
//! HOT: runs for every command; no allocation once the batch has its size, no copy of arguments.
//! Watched by `benches/request.rs`.
//!
//! # Invariants
//!
//! 1. `start <= pos <= buf.len()`: `start` is where the unfinished command begins, `pos` the first
//!    byte that was not understood yet.
//! 2. `missing > 0` exactly while a multibulk request is unfinished; only then `partial` holds
//!    spans and `bulk_len` may be known.
//! 3. Whether and how a stream fails does not depend on how it was cut into reads.

use memchr::memchr;

use crate::args::Span;
use crate::batch::Batch;
use crate::error::ProtocolError;
use crate::number::parse_i64;
use crate::quote;

/// What a client may send before it has authenticated.
const UNAUTHENTICATED_ARGUMENTS: i64 = 10;
const UNAUTHENTICATED_BULK: i64 = 16_384;

/// Spans kept for the next unfinished command; a larger vector is given back.
const KEPT_PARTIAL: usize = 1024;

/// The bounds that requests are held to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one argument: `proto-max-bulk-len`.
    pub max_bulk: usize,
    /// Arguments of one command.
    pub max_multibulk: i64,
    /// Bytes of an inline line or of a header line.
    pub max_inline: usize,
    /// Whether the client has authenticated, or need not.
    pub authenticated: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bulk: 512 * 1024 * 1024,
            max_multibulk: i64::from(i32::MAX),
            max_inline: 64 * 1024,
            authenticated: true,
        }
    }
}

/// Why [`RequestParser::parse`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The buffer holds no further complete command.
    NeedMore {
        /// Bytes still missing from the argument being read, its CR LF included, for the caller to
        /// reserve; 0 when its length is not known yet.
        hint: usize,
    },
    /// As many commands as asked for were found; the buffer may hold more.
    Full,
    /// What follows the commands found is no request. They run first, then the error is sent.
    Error(ProtocolError),
}

/// Resumable state of reading one connection's requests.
#[derive(Debug, Default)]
pub struct RequestParser {
    start: usize,
    pos: usize,
    missing: usize,
    bulk_len: Option<usize>,
    partial: Vec<Span>,
}

/// What ends a pass over the buffer before its limit.
enum Stop {
    NeedMore(usize),
    Error(ProtocolError),
}

impl From<ProtocolError> for Stop {
    fn from(error: ProtocolError) -> Self {
        Self::Error(error)
    }
}

impl RequestParser {
    /// A parser for a new connection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends to `batch` as many complete commands as `buf` holds from where the last call
    /// stopped, at most `max` of them; empty requests (blank lines, `*0`, `*-1`) are skipped.
    ///
    /// For a client that has not authenticated, one command is the most: it may be the `AUTH` that
    /// lifts the limits of the next.
    pub fn parse(&mut self, buf: &[u8], limits: &Limits, batch: &mut Batch, max: usize) -> Parsed {
        let most = if limits.authenticated { max } else { max.min(1) };
        let target = batch.len().saturating_add(most);
        while batch.len() < target {
            if let Err(stop) = self.step(buf, limits, batch) {
                return match stop {
                    Stop::NeedMore(hint) => Parsed::NeedMore { hint },
                    Stop::Error(error) => Parsed::Error(error),
                };
            }
        }
        Parsed::Full
    }

    /// The first `n` bytes of the buffer were removed; `n` is at most [`Self::consumable`], such
    /// as the end of a command.
    ///
    /// # Panics
    ///
    /// When bytes of the unfinished command were removed.
    pub fn consumed(&mut self, n: usize) {
        assert!(n <= self.consumable(), "an unfinished request lost its first bytes");
        self.start = self.start.saturating_sub(n);
        self.pos -= n;
    }

    /// How many bytes at the front of the buffer belong to complete or skipped requests.
    #[must_use]
    pub fn consumable(&self) -> usize {
        if self.missing > 0 { self.start } else { self.pos }
    }

    /// Whether the header of an unfinished command was read.
    #[must_use]
    pub fn is_mid_command(&self) -> bool {
        self.missing > 0
    }

    /// The bytes of heap memory that are held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.partial.capacity() * size_of::<Span>()
    }

    /// Reads one request: appends a command, or skips an empty one.
    #[inline]
    fn step(&mut self, buf: &[u8], limits: &Limits, batch: &mut Batch) -> Result<(), Stop> {
        if self.missing > 0 {
            return self.resume(buf, limits, batch);
        }
        self.start = self.pos;
        match buf.get(self.pos) {
            None => Err(Stop::NeedMore(0)),
            Some(b'*') => {
                self.missing = self.count(buf, limits)?;
                if self.missing == 0 {
                    return Ok(());
                }
                self.begin(buf, limits, batch)
            }
            Some(_) => self.inline(buf, limits, batch),
        }
    }

    /// Reads the arguments of a new command straight into the batch.
    #[inline]
    fn begin(&mut self, buf: &[u8], limits: &Limits, batch: &mut Batch) -> Result<(), Stop> {
        let first = batch.spans.len();
        let outcome = self.arguments(buf, limits, &mut batch.spans);
        if outcome.is_ok() {
            batch.seal(self.start, self.pos, false);
        } else {
            self.partial.extend_from_slice(&batch.spans[first..]);
            batch.spans.truncate(first);
        }
        outcome
    }

    /// Reads on in a command that an earlier call began. Its spans stay here until it is complete:
    /// moving them to the batch and back on every read would be quadratic.
    #[cold]
    fn resume(&mut self, buf: &[u8], limits: &Limits, batch: &mut Batch) -> Result<(), Stop> {
        let mut spans = std::mem::take(&mut self.partial);
        let outcome = self.arguments(buf, limits, &mut spans);
        if outcome.is_ok() {
            batch.spans.extend_from_slice(&spans);
            batch.seal(self.start, self.pos, false);
            spans.clear();
            spans.shrink_to(KEPT_PARTIAL);
        }
        self.partial = spans;
        outcome
    }

    /// Reads arguments until none is missing or the buffer ends.
    #[inline]
    fn arguments(
        &mut self,
        buf: &[u8],
        limits: &Limits,
        spans: &mut Vec<Span>,
    ) -> Result<(), Stop> {
        while self.missing > 0 {
            let len = match self.bulk_len {
                Some(len) => len,
                None => self.header(buf, limits)?,
            };
            let end = self.pos + len;
            let Some(line_end) = buf.get(end..end + 2) else {
                self.bulk_len = Some(len);
                return Err(Stop::NeedMore(end + 2 - buf.len()));
            };
            if line_end != b"\r\n" {
                self.bulk_len = Some(len);
                return Err(ProtocolError::InvalidCrlf.into());
            }
            spans.push(Span { start: self.pos - self.start, len });
            self.pos = end + 2;
            self.bulk_len = None;
            self.missing -= 1;
        }
        Ok(())
    }

    /// Reads the `*n` line at `pos`; 0 stands for every empty request.
    #[inline]
    fn count(&mut self, buf: &[u8], limits: &Limits) -> Result<usize, Stop> {
        let (count, next) = match plain_number(buf, self.pos + 1) {
            Some((count, next)) => (count as i64, next),
            None => self.odd_count(buf, limits)?,
        };
        if count > limits.max_multibulk {
            return Err(ProtocolError::InvalidMultibulkLength.into());
        }
        if count > UNAUTHENTICATED_ARGUMENTS && !limits.authenticated {
            return Err(ProtocolError::UnauthenticatedMultibulkLength.into());
        }
        self.pos = next;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Reads the `$n` line at `pos`.
    #[inline]
    fn header(&mut self, buf: &[u8], limits: &Limits) -> Result<usize, Stop> {
        let plain = match buf.get(self.pos) {
            Some(b'$') => plain_number(buf, self.pos + 1),
            Some(_) | None => None,
        };
        let (len, next) = match plain {
            Some((len, next)) => (len as i64, next),
            None => self.odd_header(buf, limits)?,
        };
        let size = usize::try_from(len).ok().filter(|&size| size <= limits.max_bulk);
        let size = size.ok_or(ProtocolError::InvalidBulkLength)?;
        if len > UNAUTHENTICATED_BULK && !limits.authenticated {
            return Err(ProtocolError::UnauthenticatedBulkLength.into());
        }
        self.pos = next;
        Ok(size)
    }

    /// A `*` line that is unfinished, negative, very long or wrong.
    #[cold]
    fn odd_count(&self, buf: &[u8], limits: &Limits) -> Result<(i64, usize), Stop> {
        let end = self.line_end(buf, limits, ProtocolError::TooBigMultibulkCount)?;
        if buf[end + 1] != b'\n' {
            return Err(ProtocolError::InvalidCrlf.into());
        }
        let count = parse_i64(&buf[self.pos + 1..end]);
        Ok((count.ok_or(ProtocolError::InvalidMultibulkLength)?, end + 2))
    }

    /// A `$` line that is unfinished, negative, very long or wrong.
    #[cold]
    fn odd_header(&self, buf: &[u8], limits: &Limits) -> Result<(i64, usize), Stop> {
        let end = self.line_end(buf, limits, ProtocolError::TooBigBulkCount)?;
        if buf[self.pos] != b'$' {
            return Err(ProtocolError::ExpectedDollar(buf[self.pos]).into());
        }
        if buf[end + 1] != b'\n' {
            return Err(ProtocolError::InvalidCrlf.into());
        }
        let len = parse_i64(&buf[self.pos + 1..end]);
        Ok((len.ok_or(ProtocolError::InvalidBulkLength)?, end + 2))
    }

    /// Where the CR of the line at `pos` is, once the byte after it has arrived too.
    fn line_end(&self, buf: &[u8], limits: &Limits, too_big: ProtocolError) -> Result<usize, Stop> {
        let line = &buf[self.pos..];
        let len = memchr(b'\r', line);
        if len.unwrap_or(line.len()) > limits.max_inline {
            return Err(too_big.into());
        }
        match len {
            Some(len) if len + 1 < line.len() => Ok(self.pos + len),
            Some(_) | None => Err(Stop::NeedMore(0)),
        }
    }

    /// Reads an inline request.
    #[cold]
    fn inline(&mut self, buf: &[u8], limits: &Limits, batch: &mut Batch) -> Result<(), Stop> {
        let rest = &buf[self.pos..];
        let len = memchr(b'\n', rest);
        if len.unwrap_or(rest.len()) > limits.max_inline {
            return Err(ProtocolError::TooBigInline.into());
        }
        let Some(len) = len else { return Err(Stop::NeedMore(0)) };
        let line = rest[..len].strip_suffix(b"\r").unwrap_or(&rest[..len]);
        let first = batch.spans.len();
        if quote::split_into(line, &mut batch.unquoted, &mut batch.spans).is_err() {
            batch.spans.truncate(first);
            return Err(ProtocolError::UnbalancedQuotes.into());
        }
        self.pos += len + 1;
        if batch.spans.len() > first {
            batch.seal(self.start, self.pos, true);
        }
        Ok(())
    }
}

/// Reads digits and their CR LF at `at`, as nearly every header has them: the number and the
/// offset after the line. None for anything else, which the slow path then looks at.
#[inline]
fn plain_number(buf: &[u8], at: usize) -> Option<(usize, usize)> {
    let first = buf.get(at)?.wrapping_sub(b'0');
    if first > 9 {
        return None;
    }
    let mut number = usize::from(first);
    let mut next = at + 1;
    loop {
        let byte = *buf.get(next)?;
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            let ends = byte == b'\r' && *buf.get(next + 1)? == b'\n';
            return ends.then_some((number, next + 2));
        }
        // No leading zero, and nine digits at most: it cannot overflow, and longer is rare.
        if number == 0 || next - at >= 9 {
            return None;
        }
        number = number * 10 + usize::from(digit);
        next += 1;
    }
}
