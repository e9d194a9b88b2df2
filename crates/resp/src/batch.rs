//! The complete commands that one pass over a read buffer found.
//!
//! A pipeline is parsed as a whole before its first command runs, so that the keys of all of them
//! can be prefetched together. The vectors are reused from batch to batch: parsing allocates only
//! while a batch is larger than any before it.
//!
//! # Invariants
//!
//! 1. The spans of command `i` begin where those of command `i - 1` end.
//! 2. Spans of a multibulk command are relative to its first byte in the read buffer; spans of an
//!    inline command point into `unquoted`, since quoting changes the bytes.

use crate::args::{Args, Span};

/// Vectors larger than this are given back when a batch is cleared.
const KEPT_SPANS: usize = 16 * 1024;
const KEPT_BYTES: usize = 64 * 1024;

/// Complete commands and where they lie in the buffer that they were parsed from.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) spans: Vec<Span>,
    commands: Vec<Command>,
    /// The arguments of inline commands after their quotes were removed.
    pub(crate) unquoted: Vec<u8>,
}

#[derive(Debug)]
struct Command {
    spans_end: usize,
    start: usize,
    end: usize,
    inline: bool,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the commands and keeps the memory, unless an unusual batch made it large.
    pub fn clear(&mut self) {
        self.commands.clear();
        self.spans.clear();
        self.unquoted.clear();
        if self.spans.capacity() > KEPT_SPANS {
            self.spans.shrink_to(0);
        }
        if self.unquoted.capacity() > KEPT_BYTES {
            self.unquoted.shrink_to(0);
        }
    }

    /// How many commands there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.commands.len()
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The arguments of command `i`, at least one; `buf` is the buffer that was parsed.
    ///
    /// # Panics
    ///
    /// When there is no command `i`.
    #[inline]
    #[must_use]
    pub fn args<'a>(&'a self, i: usize, buf: &'a [u8]) -> Args<'a> {
        let command = &self.commands[i];
        let first = if i == 0 { 0 } else { self.commands[i - 1].spans_end };
        let source = if command.inline { &self.unquoted } else { &buf[command.start..command.end] };
        Args::new(source, &self.spans[first..command.spans_end])
    }

    /// The bytes of command `i` as they arrived.
    #[must_use]
    pub fn raw<'a>(&self, i: usize, buf: &'a [u8]) -> &'a [u8] {
        &buf[self.commands[i].start..self.commands[i].end]
    }

    /// The offset in the buffer just past command `i`.
    #[inline]
    #[must_use]
    pub fn end(&self, i: usize) -> usize {
        self.commands[i].end
    }

    /// Whether command `i` came as an inline line, which a primary never sends.
    #[must_use]
    pub fn is_inline(&self, i: usize) -> bool {
        self.commands[i].inline
    }

    /// The bytes of heap memory that are held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.spans.capacity() * size_of::<Span>()
            + self.commands.capacity() * size_of::<Command>()
            + self.unquoted.capacity()
    }

    /// Makes the spans appended since the last command a command of `buf[start..end]`.
    #[inline]
    pub(crate) fn seal(&mut self, start: usize, end: usize, inline: bool) {
        let spans_end = self.spans.len();
        self.commands.push(Command { spans_end, start, end, inline });
    }
}
