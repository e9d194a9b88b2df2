//! Integers and doubles as the protocol writes them.
//!
//! compat: a double prints the shortest digits that read back to the same double. Whole numbers
//! to 2^62 print in full, the rest by the rule of `%.17g` trimmed to those digits: plain while
//! that stays short, else `d.ddde+XX`. The reference servers use Grisu2, which in about one case
//! of a thousand emits one digit more than needed.
//!
//! deviates: we always print the shortest form. Both read back to the same double.

use std::fmt;

/// Reads a decimal integer by the strict rule of the protocol: an optional minus, no plus, no
/// leading zero, no `-0`, nothing before or after, and in range.
#[inline]
#[must_use]
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    match digits {
        [] => return None,
        // `0` alone is the only number that begins with a zero.
        [b'0', rest @ ..] => return (rest.is_empty() && !negative).then_some(0),
        _ if digits.len() > 19 => return None,
        _ => {}
    }
    let mut value: u64 = 0;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Nineteen nines fit in 64 bits, so this cannot overflow.
        value = value * 10 + u64::from(digit);
    }
    if negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

/// The longest text is a sign and 24 digits.
const DOUBLE_TEXT_BYTES: usize = 32;

/// A double in the text form of the protocol, without allocation.
#[derive(Clone, Copy)]
pub struct DoubleText {
    bytes: [u8; DOUBLE_TEXT_BYTES],
    len: usize,
}

impl DoubleText {
    /// The text of `value`: `3`, `0.1`, `1e+20`, `-0`, `inf`, `-inf`, `nan`.
    #[must_use]
    pub fn new(value: f64) -> Self {
        let mut text = Self { bytes: [0; DOUBLE_TEXT_BYTES], len: 0 };
        if value.is_nan() {
            text.push(b"nan");
        } else if value.is_infinite() {
            text.push(if value < 0.0 { b"-inf" } else { b"inf" });
        } else if value == 0.0 {
            text.push(if value.is_sign_negative() { b"-0" } else { b"0" });
        } else if let Some(whole) = as_whole(value) {
            text.push(itoa::Buffer::new().format(whole).as_bytes());
        } else if let Some(short) = ShortText::new(value) {
            for Characters { text: bytes, len } in short.parts() {
                text.push(&bytes.to_le_bytes()[..len]);
            }
            text.len -= 2;
        } else {
            text.push_digits(value);
        }
        text
    }

    /// The text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The text as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    fn push_zeros(&mut self, count: usize) {
        self.bytes[self.len..self.len + count].fill(b'0');
        self.len += count;
    }

    fn push_digits(&mut self, value: f64) {
        if value < 0.0 {
            self.push(b"-");
        }
        let shortest = Digits::of(value.abs());
        let digits = shortest.as_bytes();
        let (count, exponent) = (digits.len() as i32, shortest.exponent);
        // The exponent that scientific notation shows.
        let shown = exponent + count - 1;
        if exponent >= 0 && shown < count + 7 {
            self.push(digits);
            self.push_zeros(exponent as usize);
        } else if exponent < 0 && (exponent > -7 || shown.abs() < 4) {
            self.push_point(digits, exponent.unsigned_abs() as usize);
        } else {
            self.push_scientific(digits, shown);
        }
    }

    /// `digits` with the last `decimals` of them behind the point.
    fn push_point(&mut self, digits: &[u8], decimals: usize) {
        if decimals < digits.len() {
            let (whole, fraction) = digits.split_at(digits.len() - decimals);
            self.push(whole);
            self.push(b".");
            self.push(fraction);
        } else {
            self.push(b"0.");
            self.push_zeros(decimals - digits.len());
            self.push(digits);
        }
    }

    fn push_scientific(&mut self, digits: &[u8], exponent: i32) {
        let (first, rest) = digits.split_at(1);
        self.push(first);
        if !rest.is_empty() {
            self.push(b".");
            self.push(rest);
        }
        self.push(if exponent < 0 { b"e-" } else { b"e+" });
        self.push(itoa::Buffer::new().format(exponent.unsigned_abs()).as_bytes());
    }
}

impl fmt::Display for DoubleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DoubleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of a double of up to seven digits before the point and four behind it, as most scores
/// are, and a line end. It is made in registers: bytes that are written one by one and read as
/// words right after that would be waited for.
#[derive(Clone, Copy)]
pub(crate) struct ShortText {
    /// What stands before the point.
    whole: Characters,
    /// The point, what stands behind it, and the line end.
    rest: Characters,
}

/// Up to eight characters, the first one lowest.
#[derive(Clone, Copy)]
pub(crate) struct Characters {
    pub(crate) text: u64,
    pub(crate) len: usize,
}

const LINE_END: u64 = u16::from_le_bytes(*b"\r\n") as u64;

impl ShortText {
    /// Its text is no longer than this.
    pub(crate) const MAX: usize = 13;

    /// The text of `value`, if it is short.
    #[inline(always)]
    pub(crate) fn new(value: f64) -> Option<ShortText> {
        let (whole, decimals) = whole_and_decimals(value)?;
        let mut whole = shown_whole(whole);
        if value < 0.0 {
            whole = Characters { text: whole.text << 8 | u64::from(b'-'), len: whole.len + 1 };
        }
        let rest = match decimals {
            0 => Characters { text: LINE_END, len: 2 },
            _ => shown_decimals(decimals),
        };
        Some(ShortText { whole, rest })
    }

    /// How many characters there are without the line end.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.whole.len + self.rest.len - 2
    }

    /// Both parts, the second with a line end.
    #[inline(always)]
    pub(crate) fn parts(&self) -> [Characters; 2] {
        [self.whole, self.rest]
    }
}

/// What stands before the point, and four decimals behind it, if that is all of the value and not
/// too long. Zero is left out, as it may have a sign.
///
/// A decimal of up to fifteen digits that reads back to the value is the only one of so few.
#[inline]
fn whole_and_decimals(value: f64) -> Option<(u32, u32)> {
    const SCALE: f64 = 10_000.0;
    const LIMIT: u64 = 10_000_000;
    let whole = value as i64;
    let is_short = whole.unsigned_abs() < LIMIT;
    if whole as f64 == value {
        return (is_short && whole != 0).then_some((whole.unsigned_abs() as u32, 0));
    }
    // Not `round`: that is a call where the processor is any of its family.
    let scaled = (value * SCALE + 0.5_f64.copysign(value)) as i64;
    if !is_short || scaled as f64 / SCALE != value {
        return None;
    }
    let scaled = scaled.unsigned_abs();
    Some(((scaled / 10_000) as u32, (scaled % 10_000) as u32))
}

/// The character `0` in each byte of a word.
const ZEROS: u32 = u32::from_le_bytes(*b"0000");

/// The four digits of a number below 10,000, the first one lowest, as numbers.
#[inline(always)]
fn four_digits(number: u32) -> u32 {
    // Divided by 100, and then both halves at once by 10: each is one multiplication.
    let hundreds = (number * 10_486) >> 20;
    let pairs = hundreds | (number - hundreds * 100) << 16;
    let tens = ((pairs * 103) >> 10) & 0x000F_000F;
    tens | (pairs - tens * 10) << 8
}

/// The digits of a number below 10^8, without zeros in front.
#[inline(always)]
fn shown_whole(number: u32) -> Characters {
    let without_zeros = |number: u32| {
        let digits = four_digits(number);
        let zeros = (digits | 1 << 24).trailing_zeros() / 8;
        Characters { text: u64::from((digits | ZEROS) >> (8 * zeros)), len: 4 - zeros as usize }
    };
    if number < 10_000 {
        return without_zeros(number);
    }
    let Characters { text, len } = without_zeros(number / 10_000);
    let last = u64::from(four_digits(number % 10_000) | ZEROS);
    Characters { text: text | last << (8 * len), len: len + 4 }
}

/// The point, four decimals, which are not all zero, without zeros at the end, and a line end.
#[inline(always)]
fn shown_decimals(decimals: u32) -> Characters {
    let digits = four_digits(decimals);
    let count = 4 - digits.leading_zeros() / 8;
    let shown = u64::from(digits | ZEROS) & !(u64::MAX << (8 * count));
    let text = u64::from(b'.') | (shown | LINE_END << (8 * count)) << 8;
    Characters { text, len: count as usize + 3 }
}

/// Appends the text of `value`.
pub fn write_double(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(DoubleText::new(value).as_bytes());
}

/// The integer equal to `value`, if there is one of at most 2^62 in size.
fn as_whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 4_611_686_018_427_387_904.0;
    // Not `trunc`: that is a call where the processor is any of its family.
    (value.abs() <= LIMIT && value as i64 as f64 == value).then_some(value as i64)
}

/// The shortest digits of a positive double: `digits * 10^exponent`, no zero at either end.
struct Digits {
    bytes: [u8; 24],
    start: usize,
    end: usize,
    exponent: i32,
}

impl Digits {
    fn of(value: f64) -> Self {
        let mut buffer = ryu::Buffer::new();
        let text = buffer.format_finite(value).as_bytes();
        let (mantissa, exponent) = match memchr::memchr(b'e', text) {
            Some(at) => (&text[..at], parse_i64(&text[at + 1..]).unwrap_or_default() as i32),
            None => (text, 0),
        };
        let mut digits = Self { bytes: [0; 24], start: 0, end: 0, exponent };
        let mut decimals = 0;
        for (i, &byte) in mantissa.iter().enumerate() {
            if byte == b'.' {
                decimals = mantissa.len() - i - 1;
            } else {
                digits.bytes[digits.end] = byte;
                digits.end += 1;
            }
        }
        digits.exponent -= decimals as i32;
        digits.trim();
        digits
    }

    fn trim(&mut self) {
        while self.end - self.start > 1 && self.bytes[self.end - 1] == b'0' {
            self.end -= 1;
            self.exponent += 1;
        }
        while self.end - self.start > 1 && self.bytes[self.start] == b'0' {
            self.start += 1;
        }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_strictly() {
        let good = [("0", 0), ("7", 7), ("-1", -1), ("10", 10), ("123456789", 123_456_789)];
        for (text, value) in good {
            assert_eq!(parse_i64(text.as_bytes()), Some(value), "{text}");
        }
        let bad = ["", "-", "+1", "01", "-0", "-01", "00", " 1", "1 ", "1a", "0x1", "1.0", "--1"];
        for text in bad {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn integers_at_the_ends_of_the_range_are_read() {
        assert_eq!(parse_i64(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(parse_i64(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse_i64(b"9223372036854775808"), None);
        assert_eq!(parse_i64(b"-9223372036854775809"), None);
        assert_eq!(parse_i64(b"18446744073709551617"), None);
        assert_eq!(parse_i64(b"99999999999999999999"), None);
    }

    #[test]
    fn doubles_print_as_clients_know_them() {
        let table = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-3.5, "-3.5"),
            (0.1, "0.1"),
            (3.0e-5, "0.00003"),
            (0.0001, "0.0001"),
            (0.00012345, "1.2345e-4"),
            (0.000012345, "1.2345e-5"),
            (0.000001, "0.000001"),
            (0.0000001, "1e-7"),
            (1e18, "1000000000000000000"),
            (4_611_686_018_427_387_904.0, "4611686018427387904"),
            (1e19, "1e+19"),
            (1e20, "1e+20"),
            (9_223_372_036_854_775_808.0, "9223372036854776000"),
            (123_456_789_012_345_678_901_234.0, "123456789012345690000000"),
            (1.5e300, "1.5e+300"),
            (-9_223_372_036_854_775_808.0, "-9223372036854776000"),
            (-9_999_999.0, "-9999999"),
            (-10_000_000.0, "-10000000"),
            (9_999_999.5, "9999999.5"),
            (10_000_000.5, "10000000.5"),
            (f64::MIN, "-1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (12_345_678_901_234_567_890.0, "12345678901234567000"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (value, text) in table {
            assert_eq!(DoubleText::new(value).as_str(), text);
            if let Some(short) = ShortText::new(value) {
                assert_eq!(line(short), format!("{text}\r\n").as_bytes());
                assert_eq!(short.len(), text.len());
            }
        }
    }

    fn line(short: ShortText) -> Vec<u8> {
        let parts = short.parts().map(|part| part.text.to_le_bytes()[..part.len].to_vec());
        parts.concat()
    }

    proptest::proptest! {
        #[test]
        fn few_decimals_print_as_by_the_long_way(
            whole in -10_000_000_000i64..10_000_000_000,
            decimals in 0u32..6,
        ) {
            let value = whole as f64 / 10f64.powi(decimals as i32);
            if let Some(short) = ShortText::new(value) {
                let mut long = DoubleText { bytes: [0; DOUBLE_TEXT_BYTES], len: 0 };
                match as_whole(value) {
                    Some(whole) => long.push(whole.to_string().as_bytes()),
                    None => long.push_digits(value),
                }
                proptest::prop_assert_eq!(short.len(), long.len);
                long.push(b"\r\n");
                proptest::prop_assert_eq!(&line(short), long.as_bytes());
            } else {
                let is_long = value == 0.0 || value.abs() >= 1e7 || decimals > 4;
                proptest::prop_assert!(is_long);
            }
        }

        #[test]
        fn doubles_read_back(bits: u64) {
            let value = f64::from_bits(bits);
            let text = DoubleText::new(value);
            if value.is_finite() {
                assert_eq!(text.as_str().parse::<f64>().unwrap().to_bits(), bits, "{text}");
            }
        }

        #[test]
        fn integers_read_back(value: i64) {
            assert_eq!(parse_i64(value.to_string().as_bytes()), Some(value));
        }
    }
}
