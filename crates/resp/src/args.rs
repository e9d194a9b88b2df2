//! The arguments of one command: a buffer and where in it each argument lies.
//!
//! A command is executed from the bytes it arrived in, so its arguments are spans into the read
//! buffer and nothing is allocated for them. The alternative, a vector of owned strings per
//! command, costs one allocation per argument on the hot path. [`OwnedArgs`] is for commands that
//! outlive their buffer: queued by `MULTI`, parked on a lock, rewritten for the log.
//!
//! # Invariants
//!
//! 1. Every span lies inside its buffer.

use std::ops::Index;

/// Where one argument lies inside a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Number of bytes.
    pub len: usize,
}

/// The borrowed arguments of one command, its name first.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    buf: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Args<'a> {
    /// The arguments that `spans` cut out of `buf`.
    #[must_use]
    pub fn new(buf: &'a [u8], spans: &'a [Span]) -> Self {
        debug_assert!(spans.iter().all(|s| s.start + s.len <= buf.len()));
        Self { buf, spans }
    }

    /// How many arguments there are, the command's name included.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is not even a name.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Argument `i`, if the command has that many.
    #[inline]
    #[must_use]
    pub fn get(&self, i: usize) -> Option<&'a [u8]> {
        self.spans.get(i).map(|span| &self.buf[span.start..span.start + span.len])
    }

    /// Argument `i`.
    ///
    /// # Panics
    ///
    /// When the command has no argument `i`: the caller has checked the arity.
    #[inline]
    #[must_use]
    pub fn at(&self, i: usize) -> &'a [u8] {
        let span = self.spans[i];
        &self.buf[span.start..span.start + span.len]
    }

    /// The arguments in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'a> {
        Iter { buf: self.buf, spans: self.spans.iter() }
    }

    /// The arguments after the first `n`; none when there are fewer.
    #[must_use]
    pub fn tail(&self, n: usize) -> Self {
        Self { buf: self.buf, spans: self.spans.get(n..).unwrap_or_default() }
    }

    /// The first `n` arguments, or all when there are fewer.
    #[must_use]
    pub fn head(&self, n: usize) -> Self {
        Self { buf: self.buf, spans: self.spans.get(..n).unwrap_or(self.spans) }
    }

    /// The bytes from the first argument to the end of the last one, without looking at each:
    /// about the size of the request.
    #[inline]
    #[must_use]
    pub fn extent(&self) -> usize {
        match (self.spans.first(), self.spans.last()) {
            (Some(first), Some(last)) => last.start + last.len - first.start,
            _ => 0,
        }
    }

    /// The sum of the arguments' lengths in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.spans.iter().map(|span| span.len).sum()
    }
}

impl Index<usize> for Args<'_> {
    type Output = [u8];

    #[inline]
    fn index(&self, i: usize) -> &[u8] {
        self.at(i)
    }
}

impl<'a> IntoIterator for Args<'a> {
    type Item = &'a [u8];
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl std::fmt::Debug for Args<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(crate::quote::repr_string)).finish()
    }
}

impl PartialEq for Args<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Iterates over the arguments of a command.
#[derive(Clone)]
pub struct Iter<'a> {
    buf: &'a [u8],
    spans: std::slice::Iter<'a, Span>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.spans.next().map(|span| &self.buf[span.start..span.start + span.len])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.spans.next_back().map(|span| &self.buf[span.start..span.start + span.len])
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// Arguments that own their bytes, packed one after the other.
#[derive(Clone, Debug, Default)]
pub struct OwnedArgs {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl OwnedArgs {
    /// No arguments yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one argument.
    pub fn push(&mut self, arg: &[u8]) {
        self.spans.push(Span { start: self.bytes.len(), len: arg.len() });
        self.bytes.extend_from_slice(arg);
    }

    /// Forgets the arguments and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.spans.clear();
    }

    /// How many arguments there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The arguments, borrowed.
    #[must_use]
    pub fn as_args(&self) -> Args<'_> {
        Args { buf: &self.bytes, spans: &self.spans }
    }

    /// The bytes of heap memory that are held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.spans.capacity() * size_of::<Span>()
    }

    /// The two vectors, for a splitter that appends arguments piecewise.
    pub(crate) fn parts(&mut self) -> (&mut Vec<u8>, &mut Vec<Span>) {
        (&mut self.bytes, &mut self.spans)
    }
}

impl From<Args<'_>> for OwnedArgs {
    fn from(args: Args<'_>) -> Self {
        let mut owned =
            Self { bytes: Vec::with_capacity(args.bytes()), spans: Vec::with_capacity(args.len()) };
        for arg in args {
            owned.push(arg);
        }
        owned
    }
}

impl<A: AsRef<[u8]>> FromIterator<A> for OwnedArgs {
    fn from_iter<I: IntoIterator<Item = A>>(args: I) -> Self {
        let mut owned = Self::new();
        owned.extend(args);
        owned
    }
}

impl<A: AsRef<[u8]>> Extend<A> for OwnedArgs {
    fn extend<I: IntoIterator<Item = A>>(&mut self, args: I) {
        for arg in args {
            self.push(arg.as_ref());
        }
    }
}

impl PartialEq for OwnedArgs {
    fn eq(&self, other: &Self) -> bool {
        self.as_args() == other.as_args()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_from_both_ends() {
        let owned = OwnedArgs::from_iter(["SET", "key", "value"]);
        let args = owned.as_args();
        assert_eq!(args.len(), 3);
        assert_eq!(&args[1], b"key");
        assert_eq!(args.get(3), None);
        assert_eq!(args.iter().rev().collect::<Vec<_>>(), [&b"value"[..], b"key", b"SET"]);
        assert_eq!(args.bytes(), 11);
    }

    #[test]
    fn tail_and_head_cut_without_failing() {
        let owned = OwnedArgs::from_iter(["a", "b"]);
        assert_eq!(owned.as_args().tail(1).at(0), b"b");
        assert!(owned.as_args().tail(5).is_empty());
        assert_eq!(owned.as_args().head(1).len(), 1);
        assert_eq!(owned.as_args().head(5).len(), 2);
    }

    #[test]
    fn a_copy_owns_the_same_arguments() {
        let first = OwnedArgs::from_iter(["a", "", "ccc"]);
        let copy = OwnedArgs::from(first.as_args().tail(1));
        assert_eq!(copy, OwnedArgs::from_iter(["", "ccc"]));
        assert!(copy.memory() >= 3);
    }
}
