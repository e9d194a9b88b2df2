//! The reply reader: decodes one value from a buffer that grows between calls.
//!
//! Aggregates that are not complete are kept on a stack of frames, so that every byte is looked at
//! once however the reply was cut into reads, and so that nesting takes no stack of the thread.
//! A recursive reader that starts over on each read would be quadratic in large arrays.
//!
//! # Invariants
//!
//! 1. Every frame on the stack misses at least one value.
//! 2. `pos <= scanned`, and no line that begins at `pos` ends before `scanned`.
//! 3. Memory grows only with bytes that have arrived, never with a length that was announced.

use std::fmt;

use memchr::memchr;

use super::value::Value;
use crate::number::parse_i64;

/// Elements that are reserved at once, whatever length was announced.
const RESERVED: usize = 1024;

/// What replies are held to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How deep aggregates may nest.
    pub depth: usize,
    /// Bytes of one string or line.
    pub bytes: usize,
    /// Elements of one aggregate.
    pub elements: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        // The longest bulk is beyond what `proto-max-bulk-len` is ever raised to.
        Self { depth: 128, bytes: 16 << 30, elements: i32::MAX as usize }
    }
}

/// Why bytes are no reply. The connection is of no further use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No type begins with this byte.
    UnknownType(u8),
    /// A length is no number, negative, or out of bounds.
    InvalidLength,
    /// An integer, double or boolean is malformed.
    InvalidNumber,
    /// A string does not end with CR LF.
    InvalidCrlf,
    /// A verbatim string has no format.
    InvalidVerbatim,
    /// Aggregates nest deeper than the bound.
    TooDeep,
    /// A line is longer than the bound.
    TooLong,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(byte) => {
                return write!(
                    f,
                    "Protocol error, got {} as reply type byte",
                    crate::quote::repr_string(&[*byte])
                );
            }
            Self::InvalidLength => "Bad length in a reply",
            Self::InvalidNumber => "Bad number in a reply",
            Self::InvalidCrlf => "A reply does not end with CR LF",
            Self::InvalidVerbatim => "Verbatim string 4 bytes of content type are missing",
            Self::TooDeep => "A reply nests too deep",
            Self::TooLong => "A line of a reply is too long",
        }
        .fmt(f)
    }
}

impl std::error::Error for DecodeError {}

/// Resumable state of reading one connection's replies.
#[derive(Debug, Default)]
pub struct Decoder {
    bounds: Bounds,
    stack: Vec<Frame>,
    pos: usize,
    scanned: usize,
}

/// An aggregate that misses values.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    missing: usize,
    items: Vec<Value>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Array,
    Set,
    Push,
    Map,
    /// Remarks about the value that follows.
    Attributes,
    /// The remarks are the items, and the value that follows completes the frame.
    Attributed,
}

/// What a header line stands for.
enum Element {
    Whole(Value),
    Open(Frame),
}

impl Decoder {
    /// A reader with the default bounds.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A reader with bounds of the caller's.
    #[must_use]
    pub fn with_bounds(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Decodes the value that `buf` begins with: the value and how many bytes it took, or `None`
    /// while bytes are missing. Until a value is returned, `buf` may only grow at its end.
    ///
    /// # Errors
    ///
    /// When the bytes are no reply or exceed the bounds; the decoder is of no further use.
    pub fn decode(&mut self, buf: &[u8]) -> Result<Option<(Value, usize)>, DecodeError> {
        while let Some(element) = self.element(buf)? {
            let whole = match element {
                Element::Whole(value) => self.complete(value),
                Element::Open(frame) => self.open(frame)?,
            };
            if let Some(value) = whole {
                let consumed = std::mem::take(&mut self.pos);
                self.scanned = 0;
                return Ok(Some((value, consumed)));
            }
        }
        Ok(None)
    }

    /// Whether a value was begun and is not complete.
    #[must_use]
    pub fn is_mid_value(&self) -> bool {
        self.pos > 0
    }

    /// Pushes the frame of an aggregate; an empty one is complete at once.
    fn open(&mut self, frame: Frame) -> Result<Option<Value>, DecodeError> {
        if frame.missing == 0 {
            return match frame.kind {
                Kind::Attributes => self.open(frame.attributed()),
                Kind::Array | Kind::Set | Kind::Push | Kind::Map | Kind::Attributed => {
                    Ok(self.complete(frame.finish()))
                }
            };
        }
        if self.stack.len() >= self.bounds.depth {
            return Err(DecodeError::TooDeep);
        }
        self.stack.push(frame);
        Ok(None)
    }

    /// Adds a complete value to the innermost frame, and returns the outermost once it is complete.
    fn complete(&mut self, mut value: Value) -> Option<Value> {
        loop {
            let Some(frame) = self.stack.last_mut() else { return Some(value) };
            frame.items.push(value);
            frame.missing -= 1;
            if frame.missing > 0 {
                return None;
            }
            let frame = self.stack.pop()?;
            if let Kind::Attributes = frame.kind {
                self.stack.push(frame.attributed());
                return None;
            }
            value = frame.finish();
        }
    }

    /// Reads the element at `pos`: a whole value, or the header of an aggregate.
    fn element(&mut self, buf: &[u8]) -> Result<Option<Element>, DecodeError> {
        let Some((line, next)) = self.line(buf)? else { return Ok(None) };
        let Some((&kind, text)) = line.split_first() else {
            // An empty line has its own CR where the type should be.
            return Err(DecodeError::UnknownType(b'\r'));
        };
        let whole = match kind {
            b'$' | b'!' | b'=' => match self.string(kind, text, next, buf)? {
                Some((value, end)) => {
                    self.pos = end;
                    self.scanned = end;
                    return Ok(Some(Element::Whole(value)));
                }
                None => return Ok(None),
            },
            b'*' | b'~' | b'>' | b'%' | b'|' => self.aggregate(kind, text)?,
            _ => Element::Whole(simple(kind, text)?),
        };
        self.pos = next;
        self.scanned = next;
        Ok(Some(whole))
    }

    /// The line at `pos` without its end, and the offset after it.
    fn line<'a>(&mut self, buf: &'a [u8]) -> Result<Option<(&'a [u8], usize)>, DecodeError> {
        while let Some(at) = memchr(b'\r', buf.get(self.scanned..).unwrap_or_default()) {
            let end = self.scanned + at;
            match buf.get(end + 1) {
                Some(b'\n') => return Ok(Some((&buf[self.pos..end], end + 2))),
                Some(_) => self.scanned = end + 1,
                None => {
                    self.scanned = end;
                    return Ok(None);
                }
            }
        }
        self.scanned = buf.len().max(self.scanned);
        if self.scanned - self.pos > self.bounds.bytes {
            return Err(DecodeError::TooLong);
        }
        Ok(None)
    }

    /// The string whose header line says `len` and whose bytes begin at `start`, and where it ends.
    fn string(
        &mut self,
        kind: u8,
        len: &[u8],
        start: usize,
        buf: &[u8],
    ) -> Result<Option<(Value, usize)>, DecodeError> {
        let Some(len) = length(len, self.bounds.bytes)? else {
            return Ok(Some((Value::Null, start)));
        };
        let end = start + len;
        let Some(line_end) = buf.get(end..end + 2) else {
            // The header is cheap to read again; looking for its end must not start over.
            self.scanned = start - 2;
            return Ok(None);
        };
        if line_end != b"\r\n" {
            return Err(DecodeError::InvalidCrlf);
        }
        let bytes = &buf[start..end];
        let value = match kind {
            b'!' => Value::BlobError(bytes.to_vec()),
            b'=' => verbatim(bytes)?,
            _ => Value::Bulk(bytes.to_vec()),
        };
        Ok(Some((value, end + 2)))
    }

    fn aggregate(&self, kind: u8, len: &[u8]) -> Result<Element, DecodeError> {
        let Some(len) = length(len, self.bounds.elements)? else {
            return Ok(Element::Whole(Value::Null));
        };
        let (kind, missing) = match kind {
            b'~' => (Kind::Set, len),
            b'>' => (Kind::Push, len),
            b'%' => (Kind::Map, len * 2),
            b'|' => (Kind::Attributes, len * 2),
            _ => (Kind::Array, len),
        };
        let items = Vec::with_capacity(missing.min(RESERVED));
        Ok(Element::Open(Frame { kind, missing, items }))
    }
}

impl Frame {
    /// The frame of the value that these attributes are about.
    fn attributed(self) -> Self {
        Self { kind: Kind::Attributed, missing: 1, items: self.items }
    }

    fn finish(mut self) -> Value {
        match self.kind {
            Kind::Array => Value::Array(self.items),
            Kind::Set => Value::Set(self.items),
            Kind::Push => Value::Push(self.items),
            Kind::Map | Kind::Attributes => Value::Map(in_pairs(self.items)),
            Kind::Attributed => {
                let value = Box::new(self.items.pop().unwrap_or(Value::Null));
                Value::Attribute { attributes: in_pairs(self.items), value }
            }
        }
    }
}

fn in_pairs(items: Vec<Value>) -> Vec<(Value, Value)> {
    let mut pairs = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        pairs.push((key, value));
    }
    pairs
}

/// A length up to `most`, or `None` for the null of RESP2.
fn length(text: &[u8], most: usize) -> Result<Option<usize>, DecodeError> {
    match parse_i64(text) {
        Some(-1) => Ok(None),
        Some(len) => match usize::try_from(len) {
            Ok(len) if len <= most => Ok(Some(len)),
            Ok(_) | Err(_) => Err(DecodeError::InvalidLength),
        },
        None => Err(DecodeError::InvalidLength),
    }
}

fn verbatim(bytes: &[u8]) -> Result<Value, DecodeError> {
    match bytes {
        [a, b, c, b':', text @ ..] => {
            Ok(Value::Verbatim { format: [*a, *b, *c], text: text.to_vec() })
        }
        _ => Err(DecodeError::InvalidVerbatim),
    }
}

/// A value that is one line.
fn simple(kind: u8, text: &[u8]) -> Result<Value, DecodeError> {
    Ok(match kind {
        b'+' => Value::Status(text.to_vec()),
        b'-' => Value::Error(text.to_vec()),
        b'(' => Value::BigNumber(text.to_vec()),
        b':' => Value::Integer(parse_i64(text).ok_or(DecodeError::InvalidNumber)?),
        b',' => double(text)?,
        b'#' => match text {
            b"t" => Value::Boolean(true),
            b"f" => Value::Boolean(false),
            _ => return Err(DecodeError::InvalidNumber),
        },
        b'_' => Value::Null,
        other => return Err(DecodeError::UnknownType(other)),
    })
}

fn double(text: &[u8]) -> Result<Value, DecodeError> {
    let text = std::str::from_utf8(text).map_err(|_| DecodeError::InvalidNumber)?;
    let value = text.parse().map_err(|_| DecodeError::InvalidNumber)?;
    Ok(Value::Double { value, text: text.to_owned() })
}
