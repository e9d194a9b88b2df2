//! The formats of `struct`: one option behind the other.

/// The longest integer.
const LONGEST: u32 = 32;
/// What `!` alone aligns to.
const NATURAL: u32 = 8;

/// What an option stands for.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A number without fraction.
    Integer {
        /// Whether its highest bit is a sign.
        is_signed: bool,
    },
    /// A number of 4 bytes.
    Float,
    /// A number of 8 bytes.
    Double,
    /// A number of bytes.
    Bytes,
    /// Bytes up to a zero.
    Text,
    /// A zero.
    Padding,
    /// Nothing: it changed how others are laid out.
    Order,
    /// A letter that stands for nothing.
    Other(u8),
}

impl Kind {
    /// Whether a value belongs to it.
    pub fn is_value(self) -> bool {
        !matches!(self, Kind::Padding | Kind::Order | Kind::Other(_))
    }
}

/// An option and how it is laid out.
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its bytes; none where they hang on the value.
    pub size: usize,
    /// Whether the high byte is the first.
    pub is_big: bool,
    align: usize,
}

impl Item {
    /// Zeros in front of it, if it is to lie behind so many bytes.
    pub fn padding(&self, at: usize) -> usize {
        if self.size == 0 || matches!(self.kind, Kind::Bytes) {
            return 0;
        }
        // Sizes that are no power of 2 are aligned as if they were: others do so.
        let step = self.size.min(self.align);
        step.wrapping_sub(at & (step - 1)) & (step - 1)
    }
}

/// What is wrong with a format.
pub enum Flaw {
    /// A number is too large.
    Overflow,
    /// So many bytes are too many for an integer.
    TooLong(u32),
    /// Nothing can be aligned to this.
    Alignment(u32),
    /// There is no such option.
    Option(u8),
}

/// Reads a format.
pub struct Format<'a> {
    text: &'a [u8],
    is_big: bool,
    align: u32,
}

impl<'a> Format<'a> {
    /// A format ends where its text has a zero.
    pub fn new(text: &'a [u8]) -> Format<'a> {
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        Format { text: &text[..end], is_big: false, align: 1 }
    }

    /// The next option.
    pub fn next(&mut self) -> Option<Result<Item, Flaw>> {
        let item = self.next_lenient()?;
        Some(item.and_then(|item| match item.kind {
            Kind::Other(option) => Err(Flaw::Option(option)),
            _ => Ok(item),
        }))
    }

    /// The next option, or letter or digit that stands for nothing.
    pub fn next_lenient(&mut self) -> Option<Result<Item, Flaw>> {
        let (&option, rest) = self.text.split_first()?;
        self.text = rest;
        Some(self.item(option))
    }

    fn item(&mut self, option: u8) -> Result<Item, Flaw> {
        let is_signed = option.is_ascii_lowercase();
        let (kind, size) = match option {
            b'b' | b'B' => (Kind::Integer { is_signed }, 1),
            b'h' | b'H' => (Kind::Integer { is_signed }, 2),
            b'l' | b'L' | b'T' => (Kind::Integer { is_signed }, 8),
            b'i' | b'I' => match self.number(4)? {
                size @ 0..=LONGEST => (Kind::Integer { is_signed }, size),
                size => return Err(Flaw::TooLong(size)),
            },
            b'f' => (Kind::Float, 4),
            b'd' => (Kind::Double, 8),
            b'x' => (Kind::Padding, 1),
            b'c' => (Kind::Bytes, self.number(1)?),
            b's' => (Kind::Text, 0),
            b' ' => (Kind::Order, 0),
            b'<' | b'>' => {
                self.is_big = option == b'>';
                (Kind::Order, 0)
            }
            b'!' => {
                let align = self.number(NATURAL)?;
                if !align.is_power_of_two() {
                    return Err(Flaw::Alignment(align));
                }
                self.align = align;
                (Kind::Order, 0)
            }
            _ if option.is_ascii_alphanumeric() => (Kind::Other(option), 0),
            _ => return Err(Flaw::Option(option)),
        };
        Ok(Item { kind, size: size as usize, is_big: self.is_big, align: self.align as usize })
    }

    /// The number that comes next, if one does.
    fn number(&mut self, default: u32) -> Result<u32, Flaw> {
        let len = self.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            return Ok(default);
        }
        let (digits, rest) = self.text.split_at(len);
        self.text = rest;
        let value = digits.iter().try_fold(0_i32, |value, digit| {
            value.checked_mul(10)?.checked_add(i32::from(digit - b'0'))
        });
        value.map(i32::unsigned_abs).ok_or(Flaw::Overflow)
    }
}
