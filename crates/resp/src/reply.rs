//! The reply writer: the only place that tells RESP2 from RESP3.
//!
//! Handlers say what a reply *is* (a map, a double, a null); this says how the client's protocol
//! spells it. Types that RESP2 lacks become their older form: maps are flat arrays, sets and pushes
//! arrays, doubles and verbatim strings bulks, booleans integers.
//!
//! HOT: every reply passes here; header and payload go out after one check for room.
//! Watched by `benches/reply.rs`.
//!
//! # Invariants
//!
//! 1. A line reply (status, error) never contains CR or LF, whatever text it is given.
//! 2. Deferred lengths are resolved innermost first.

use std::fmt::{Display, Write as _};

use crate::Protocol;
use crate::number::{Characters, DoubleText, ShortText};
use crate::output::{Output, SharedBytes};

/// A shared bulk below this size is copied: that is cheaper than a slice of its own in the write.
const COPIED: usize = 4 * 1024;

/// Room for a type byte, 20 digits and a line end.
const HEADER: usize = 23;

/// Writes replies of one client in its protocol.
pub struct Reply<'a> {
    out: &'a mut Output,
    protocol: Protocol,
}

/// An aggregate whose length is not known yet; see [`Reply::defer_array`].
#[must_use = "an aggregate without its header breaks the stream"]
#[derive(Debug)]
pub struct Deferred {
    at: u64,
    kind: Aggregate,
}

#[derive(Clone, Copy, Debug)]
enum Aggregate {
    Array,
    Map,
    Set,
}

impl<'a> Reply<'a> {
    /// A writer that appends to `out`.
    #[must_use]
    pub fn new(out: &'a mut Output, protocol: Protocol) -> Self {
        Self { out, protocol }
    }

    /// The client's protocol.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// What follows is written in `protocol`: `HELLO` answers in the one it switches to.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// What is written to.
    #[must_use]
    pub fn output(&mut self) -> &mut Output {
        self.out
    }

    /// The position just past what was written.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.out.end()
    }

    /// `+OK`
    #[inline]
    pub fn ok(&mut self) {
        self.out.extend_from_slice(b"+OK\r\n");
    }

    /// A status line such as `+QUEUED`.
    pub fn status(&mut self, text: &str) {
        self.line(b'+', text);
    }

    /// An error line: `error` is the whole text, such as `ERR syntax error`.
    pub fn error(&mut self, error: impl Display) {
        self.line(b'-', error);
    }

    /// A status line of bytes that need not be text, such as what a script returns.
    pub fn status_bytes(&mut self, text: &[u8]) {
        self.line_of_bytes(b'+', text);
    }

    /// An error line of bytes that need not be text.
    pub fn error_bytes(&mut self, error: &[u8]) {
        self.line_of_bytes(b'-', error);
    }

    /// An error that may hold any text; RESP2 has only the error line.
    pub fn blob_error(&mut self, error: impl Display) {
        self.blob_error_bytes(error.to_string().as_bytes());
    }

    /// An error that may hold any bytes.
    pub fn blob_error_bytes(&mut self, error: &[u8]) {
        match self.protocol {
            Protocol::Resp2 => self.line_of_bytes(b'-', error),
            Protocol::Resp3 => self.payload(b'!', error),
        }
    }

    /// An integer.
    #[inline]
    pub fn integer(&mut self, n: i64) {
        self.header(b':', n);
    }

    /// A bulk string.
    #[inline(always)]
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.payload(b'$', bytes);
    }

    /// A bulk string of what `value` displays as.
    pub fn bulk_display(&mut self, value: impl Display) {
        let text = value.to_string();
        self.payload(b'$', text.as_bytes());
    }

    /// A bulk string that is not copied when it is large.
    pub fn shared_bulk(&mut self, shared: SharedBytes) {
        let len = (*shared).as_ref().len();
        if len < COPIED {
            return self.bulk((*shared).as_ref());
        }
        self.header(b'$', len as i64);
        self.out.push_shared(shared);
        self.out.extend_from_slice(b"\r\n");
    }

    /// No value.
    #[inline]
    pub fn null(&mut self) {
        self.out.extend_from_slice(match self.protocol {
            Protocol::Resp2 => b"$-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// No array: what RESP2 answers when an array was to be expected.
    pub fn null_array(&mut self) {
        self.out.extend_from_slice(match self.protocol {
            Protocol::Resp2 => b"*-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// The header of an array of `len` replies, which follow.
    #[inline]
    pub fn array(&mut self, len: usize) {
        self.header(b'*', len as i64);
    }

    /// The header of a map of `pairs` keys and values, which follow in turns.
    pub fn map(&mut self, pairs: usize) {
        self.aggregate(Aggregate::Map, pairs);
    }

    /// The header of a set of `len` replies, which follow.
    pub fn set(&mut self, len: usize) {
        self.aggregate(Aggregate::Set, len);
    }

    /// The header of a push of `len` replies, which follow.
    pub fn push(&mut self, len: usize) {
        let kind = match self.protocol {
            Protocol::Resp2 => b'*',
            Protocol::Resp3 => b'>',
        };
        self.header(kind, len as i64);
    }

    /// The header of `pairs` attributes, which follow, in front of the reply that they describe.
    /// False in RESP2, which has none: then nothing was written, and nothing may follow.
    #[must_use]
    pub fn attribute(&mut self, pairs: usize) -> bool {
        match self.protocol {
            Protocol::Resp2 => false,
            Protocol::Resp3 => {
                self.header(b'|', pairs as i64);
                true
            }
        }
    }

    /// A double.
    #[inline]
    pub fn double(&mut self, value: f64) {
        match ShortText::new(value) {
            Some(short) => self.short_double(&short),
            None => self.long_double(value),
        }
    }

    #[inline(never)]
    fn long_double(&mut self, value: f64) {
        let text = DoubleText::new(value);
        match self.protocol {
            Protocol::Resp2 => self.bulk(text.as_bytes()),
            Protocol::Resp3 => self.line(b',', text),
        }
    }

    #[inline(always)]
    fn short_double(&mut self, text: &ShortText) {
        let tail = self.out.room(HEADER + ShortText::MAX + 8);
        match self.protocol {
            Protocol::Resp2 => push_header(tail, b'$', text.len() as i64),
            Protocol::Resp3 => tail.push(b','),
        }
        for Characters { text, len } in text.parts() {
            push_first(tail, text, len);
        }
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(match (self.protocol, value) {
            (Protocol::Resp2, false) => b":0\r\n",
            (Protocol::Resp2, true) => b":1\r\n",
            (Protocol::Resp3, false) => b"#f\r\n",
            (Protocol::Resp3, true) => b"#t\r\n",
        });
    }

    /// An integer of any size, as decimal digits.
    pub fn big_number(&mut self, digits: &str) {
        self.big_number_bytes(digits.as_bytes());
    }

    /// An integer of any size, as the bytes of its digits.
    pub fn big_number_bytes(&mut self, digits: &[u8]) {
        match self.protocol {
            Protocol::Resp2 => self.bulk(digits),
            Protocol::Resp3 => self.line_of_bytes(b'(', digits),
        }
    }

    /// A text for people; `format` is its three letters, such as `txt`.
    ///
    /// # Panics
    ///
    /// When `format` is not three bytes.
    pub fn verbatim(&mut self, format: &str, text: &str) {
        let format = format.as_bytes().try_into().expect("a verbatim format has three letters");
        self.verbatim_bytes(format, text.as_bytes());
    }

    /// A text for people that need not be UTF-8.
    pub fn verbatim_bytes(&mut self, format: [u8; 3], text: &[u8]) {
        match self.protocol {
            Protocol::Resp2 => self.bulk(text),
            Protocol::Resp3 => {
                self.header(b'=', text.len() as i64 + 4);
                self.out.extend_from_slice(&format);
                self.out.extend_from_slice(b":");
                self.out.extend_from_slice(text);
                self.out.extend_from_slice(b"\r\n");
            }
        }
    }

    /// Bytes that are a complete reply already.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Begins an array whose length is known only after its replies were written. Inserting the
    /// header then moves those replies: cheap for small ones.
    pub fn defer_array(&mut self) -> Deferred {
        Deferred { at: self.out.end(), kind: Aggregate::Array }
    }

    /// Begins a map whose number of pairs is known only afterwards.
    pub fn defer_map(&mut self) -> Deferred {
        Deferred { at: self.out.end(), kind: Aggregate::Map }
    }

    /// Begins a set whose length is known only afterwards.
    pub fn defer_set(&mut self) -> Deferred {
        Deferred { at: self.out.end(), kind: Aggregate::Set }
    }

    /// Writes the header that was deferred. `n` counts elements, or a map's pairs.
    pub fn resolve(&mut self, deferred: Deferred, n: usize) {
        let (kind, len) = self.spelled(deferred.kind, n);
        let mut header = Vec::with_capacity(HEADER);
        push_header(&mut header, kind, len as i64);
        self.out.insert_at(deferred.at, &header);
    }

    fn aggregate(&mut self, kind: Aggregate, n: usize) {
        let (kind, len) = self.spelled(kind, n);
        self.header(kind, len as i64);
    }

    /// The type byte and the length that an aggregate has in this protocol.
    fn spelled(&self, kind: Aggregate, n: usize) -> (u8, usize) {
        match (self.protocol, kind) {
            (_, Aggregate::Array) | (Protocol::Resp2, Aggregate::Set) => (b'*', n),
            (Protocol::Resp2, Aggregate::Map) => (b'*', n * 2),
            (Protocol::Resp3, Aggregate::Map) => (b'%', n),
            (Protocol::Resp3, Aggregate::Set) => (b'~', n),
        }
    }

    #[inline]
    fn header(&mut self, kind: u8, n: i64) {
        push_header(self.out.room(HEADER), kind, n);
    }

    #[inline(always)]
    fn payload(&mut self, kind: u8, bytes: &[u8]) {
        let tail = self.out.room(HEADER + bytes.len() + 2);
        push_header(tail, kind, bytes.len() as i64);
        tail.extend_from_slice(bytes);
        tail.extend_from_slice(b"\r\n");
    }

    /// A type byte, a text without line ends, a line end.
    fn line(&mut self, kind: u8, text: impl Display) {
        let tail = self.out.room(64);
        tail.push(kind);
        let from = tail.len();
        // Appending to memory fails only if `Display` itself does; what it wrote until then is
        // still a line.
        let _ = write!(Text(tail), "{text}");
        end_line(tail, from);
    }

    fn line_of_bytes(&mut self, kind: u8, text: &[u8]) {
        let tail = self.out.room(text.len() + 3);
        tail.push(kind);
        let from = tail.len();
        tail.extend_from_slice(text);
        end_line(tail, from);
    }
}

/// Ends the line whose text begins at `from`; line ends inside it become spaces.
fn end_line(tail: &mut Vec<u8>, from: usize) {
    for byte in &mut tail[from..] {
        if matches!(byte, b'\r' | b'\n') {
            *byte = b' ';
        }
    }
    tail.extend_from_slice(b"\r\n");
}

/// A vector as a target of formatting.
struct Text<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// The numbers below 100 with a line end, the first character lowest.
const SHORT_LINES: [u32; 100] = {
    let mut lines = [0; 100];
    let mut n = 0;
    while n < 100 {
        let (tens, ones) = (b'0' + n as u8 / 10, b'0' + n as u8 % 10);
        lines[n] = match n {
            0..10 => u32::from_le_bytes([ones, b'\r', b'\n', 0]),
            _ => u32::from_le_bytes([tens, ones, b'\r', b'\n']),
        };
        n += 1;
    }
    lines
};

/// Appends `kind`, `n` in decimal and CR LF. Nearly all lengths have one or two digits: those are
/// put together in a register.
#[inline(always)]
fn push_header(tail: &mut Vec<u8>, kind: u8, n: i64) {
    match SHORT_LINES.get(n as usize) {
        Some(line) => {
            let len = 4 + usize::from(n >= 10);
            push_first(tail, u64::from(kind) | u64::from(*line) << 8, len);
        }
        None => push_long_header(tail, kind, n),
    }
}

#[inline(never)]
fn push_long_header(tail: &mut Vec<u8>, kind: u8, n: i64) {
    tail.push(kind);
    tail.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
    tail.extend_from_slice(b"\r\n");
}

/// Appends the lowest `len` bytes of a word. To write all eight and take some back costs less than
/// a length that varies.
#[inline(always)]
fn push_first(tail: &mut Vec<u8>, word: u64, len: usize) {
    let end = tail.len() + len;
    tail.extend_from_slice(&word.to_le_bytes());
    tail.truncate(end);
}
