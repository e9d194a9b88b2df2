//! One element of a block: reading it, and writing it in its one form.

/// Heads, see the layout of `Packed`.
const SHORT_END: u8 = 0b0100_0000;
const LONG: u8 = 0b0100_0000;
const HUGE: u8 = 0b0101_0000;
const INTEGER: u8 = 0b0101_0001;
const MEDIUM: u8 = 0b0110_0000;
const SMALL: u8 = 0b1000_0000;
const SHORT_MAX: usize = 63;
const LONG_MAX: usize = (1 << 12) - 1;
/// Bytes of the integers with the heads from `INTEGER` on.
const WIDTHS: [usize; 4] = [2, 3, 4, 8];

/// An element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A string.
    Bytes(&'a [u8]),
    /// The decimal form of an integer.
    Int(i64),
}

impl<'a> Item<'a> {
    /// The bytes; `digits` lends the room for an integer's.
    #[inline]
    pub fn bytes(self, digits: &'a mut itoa::Buffer) -> &'a [u8] {
        match self {
            Item::Bytes(bytes) => bytes,
            Item::Int(value) => digits.format(value).as_bytes(),
        }
    }

    /// A copy of the bytes.
    pub fn to_vec(self) -> Vec<u8> {
        self.bytes(&mut itoa::Buffer::new()).to_vec()
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.bytes(&mut itoa::Buffer::new()).len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.to_vec().escape_ascii())
    }
}

/// An element on its way into a block.
pub(super) struct Encoded<'a> {
    head: [u8; 9],
    head_len: u8,
    /// What follows the head; an integer is a part of it.
    bytes: &'a [u8],
}

impl<'a> Encoded<'a> {
    #[inline]
    pub(super) fn new(bytes: &'a [u8]) -> Encoded<'a> {
        if let Some(value) = integer(bytes) {
            return Encoded::of_integer(value);
        }
        let mut head = [0; 9];
        let head_len = match bytes.len() {
            len @ 0..=SHORT_MAX => {
                head[0] = len as u8;
                1
            }
            len @ ..=LONG_MAX => {
                head[0] = LONG | (len >> 8) as u8;
                head[1] = len as u8;
                2
            }
            len => {
                let len = u32::try_from(len).expect("a string stays far below 4 GiB");
                head[0] = HUGE;
                head[1..5].copy_from_slice(&len.to_le_bytes());
                5
            }
        };
        Encoded { head, head_len, bytes }
    }

    fn of_integer(value: i64) -> Encoded<'a> {
        let mut head = [0; 9];
        if (0..128).contains(&value) {
            head[0] = SMALL | value as u8;
            return Encoded { head, head_len: 1, bytes: &[] };
        }
        if (-4096..4096).contains(&value) {
            head[0] = MEDIUM | (value >> 8) as u8 & 0x1F;
            head[1] = value as u8;
            return Encoded { head, head_len: 2, bytes: &[] };
        }
        // The sign needs a bit too.
        let bits = 65 - (value ^ value >> 63).leading_zeros() as usize;
        let kind = WIDTHS.iter().position(|width| bits <= 8 * width).expect("64 bits always do");
        head[0] = INTEGER + kind as u8;
        head[1..].copy_from_slice(&value.to_le_bytes());
        Encoded { head, head_len: 1 + WIDTHS[kind] as u8, bytes: &[] }
    }

    fn head(&self) -> &[u8] {
        &self.head[..usize::from(self.head_len)]
    }

    fn content(&self) -> usize {
        usize::from(self.head_len) + self.bytes.len()
    }

    /// Bytes of the whole element.
    pub(super) fn size<const SIZED: bool>(&self) -> usize {
        self.content() + tail_len::<SIZED>(self.content())
    }

    /// Whether these bytes begin with this element.
    #[inline]
    pub(super) fn begins(&self, bytes: &[u8]) -> bool {
        let head = self.head();
        bytes.starts_with(head) && bytes[head.len()..].starts_with(self.bytes)
    }

    /// Writes the element to where it fits exactly.
    pub(super) fn write<const SIZED: bool>(&self, to: &mut [u8]) {
        let (head, content) = (self.head(), self.content());
        to[..head.len()].copy_from_slice(head);
        to[head.len()..content].copy_from_slice(self.bytes);
        let (mut rest, mut at) = (content, to.len());
        while at > content {
            at -= 1;
            let more = if at > content { 0x80 } else { 0 };
            to[at] = (rest & 0x7F) as u8 | more;
            rest >>= 7;
        }
    }
}

/// The integer that the bytes spell as the machine would.
#[inline]
fn integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        // Downwards, as there is one more below zero than above.
        value = value.checked_mul(10)?.checked_sub(digit)?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// Bytes that say a size of so much.
fn tail_len<const SIZED: bool>(content: usize) -> usize {
    if !SIZED {
        return 0;
    }
    let bits = usize::BITS - content.leading_zeros();
    bits.div_ceil(7) as usize
}

/// The element that begins at `at`, and where the next one does.
#[inline(always)]
pub(super) fn item_at<const SIZED: bool>(bytes: &[u8], at: usize) -> (Item<'_>, usize) {
    // Most are short strings, whose tails are a byte.
    let head = bytes[at];
    if head < SHORT_END {
        let end = at + 1 + usize::from(head);
        return (Item::Bytes(&bytes[at + 1..end]), end + usize::from(SIZED));
    }
    other_item_at::<SIZED>(bytes, at)
}

fn other_item_at<const SIZED: bool>(bytes: &[u8], at: usize) -> (Item<'_>, usize) {
    let head = bytes[at];
    let (begin, len) = match head {
        ..LONG => (at + 1, usize::from(head)),
        LONG..HUGE => (at + 2, usize::from(head & !LONG) << 8 | usize::from(bytes[at + 1])),
        HUGE => {
            let len = bytes[at + 1..at + 5].try_into().expect("four bytes");
            (at + 5, u32::from_le_bytes(len) as usize)
        }
        INTEGER..MEDIUM => {
            let len = WIDTHS[usize::from(head - INTEGER)];
            let mut wide = [0; 8];
            wide[..len].copy_from_slice(&bytes[at + 1..at + 1 + len]);
            let unused = 64 - 8 * len as u32;
            let value = i64::from_le_bytes(wide) << unused >> unused;
            let content = 1 + len;
            return (Item::Int(value), at + content + tail_len::<SIZED>(content));
        }
        MEDIUM..SMALL => {
            let value = i64::from(head & 0x1F) << 8 | i64::from(bytes[at + 1]);
            return (Item::Int(value << 51 >> 51), at + 2 + usize::from(SIZED));
        }
        SMALL.. => {
            return (Item::Int(i64::from(head & !SMALL)), at + 1 + usize::from(SIZED));
        }
    };
    let content = begin - at + len;
    (Item::Bytes(&bytes[begin..begin + len]), at + content + tail_len::<SIZED>(content))
}

/// Bytes of the element that ends at `end`.
#[inline]
pub(super) fn size_before(bytes: &[u8], end: usize) -> usize {
    let (mut content, mut shift, mut at) = (0, 0, end);
    loop {
        at -= 1;
        content |= usize::from(bytes[at] & 0x7F) << shift;
        shift += 7;
        if bytes[at] & 0x80 == 0 {
            return content + (end - at);
        }
    }
}
