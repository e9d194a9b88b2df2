//! The 80-bit floats in which INCRBYFLOAT and HINCRBYFLOAT add.
//!
//! Redis adds in C's `long double`, which on x86 has a mantissa of 64 bits. A double would give
//! other last digits (0.1 + 0.2 is 0.3 there), and clients, files and replicas would see the
//! difference. So the additions are made in software, with the same rounding on every machine.
//!
//! # Layout
//!
//! ```text
//!   79     78      64 63            0
//!  +------+----------+---------------+
//!  | sign | exponent |   mantissa    |   value = mantissa * 2^(exponent - 16383 - 63)
//!  +------+----------+---------------+   (exponent 0 counts as 1)
//! ```
//!
//! # Invariants
//!
//! 1. A [`LongDouble`] is no NaN.
//! 2. Parsing and adding round to nearest, ties to even; printing rounds the exact value alike.

use std::fmt;

use rustc_apfloat::ieee::{Double, X87DoubleExtended};
use rustc_apfloat::{Float, FloatConvert, Round, StatusAnd};

/// Longer texts are refused, as in Redis.
const MAX_TEXT_BYTES: usize = 5 * 1024 - 1;

/// Digits after the point that are printed.
const DECIMALS: usize = 17;

/// 10 to the power of `DECIMALS`.
const SCALE: u128 = 100_000_000_000_000_000;

const MANTISSA_BITS: i32 = 64;
const EXPONENT_BIAS: i32 = 16383 + 63;

/// Why two texts could not be added; `Display` is the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatError {
    /// One of them is no number.
    NotAFloat,
    /// The sum, or one of them, is infinite.
    NotFinite,
}

impl fmt::Display for FloatError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            FloatError::NotAFloat => "ERR value is not a valid float",
            FloatError::NotFinite => "ERR increment would produce NaN or Infinity",
        })
    }
}

impl std::error::Error for FloatError {}

/// The sum of two numbers written as texts, as INCRBYFLOAT stores it.
///
/// # Errors
///
/// [`FloatError`] if one of the texts is no number, or the sum is not finite.
pub fn incr_by_float(current: &[u8], increment: &[u8]) -> Result<Vec<u8>, FloatError> {
    let current = LongDouble::parse(current).ok_or(FloatError::NotAFloat)?;
    let increment = LongDouble::parse(increment).ok_or(FloatError::NotAFloat)?;
    let sum = current.plus(increment).ok_or(FloatError::NotFinite)?;
    Ok(sum.to_string().into_bytes())
}

/// An 80-bit float that is no NaN; `Display` is how Redis stores it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LongDouble(X87DoubleExtended);

impl LongDouble {
    /// Parses what C's `strtold` accepts whole: decimal, hexadecimal, `inf` and `infinity`.
    ///
    /// `None` for blanks, NaN, and numbers that the format could only hold as infinity or zero.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<LongDouble> {
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let (negative, magnitude) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let parsed = parse_magnitude(magnitude)?;
        Some(LongDouble(if negative { -parsed } else { parsed }))
    }

    /// The largest finite one.
    #[must_use]
    pub fn max_value() -> LongDouble {
        LongDouble(X87DoubleExtended::largest())
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(self) -> LongDouble {
        LongDouble(-self.0)
    }

    /// Whether it is no infinity.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.0.is_finite()
    }

    /// The closest double: infinite where it is too large for one.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        let StatusAnd { value, .. } = FloatConvert::<Double>::convert(self.0, &mut false);
        f64::from_bits(value.to_bits() as u64)
    }

    /// The sum; `None` if it is not finite.
    #[must_use]
    pub fn plus(self, other: LongDouble) -> Option<LongDouble> {
        let sum = (self.0 + other.0).value;
        sum.is_finite().then_some(LongDouble(sum))
    }
}

fn parse_magnitude(text: &[u8]) -> Option<X87DoubleExtended> {
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Some(X87DoubleExtended::INFINITY);
    }
    let (hexadecimal, number) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (mantissa, exponent) = split_exponent(number, hexadecimal)?;
    let non_zero = check_mantissa(mantissa, hexadecimal)?;
    if !non_zero {
        return Some(X87DoubleExtended::ZERO);
    }
    let mantissa = str::from_utf8(mantissa).ok()?;
    let text = if hexadecimal {
        format!("0x{mantissa}p{exponent}")
    } else {
        format!("{mantissa}e{exponent}")
    };
    let StatusAnd { value, .. } = X87DoubleExtended::from_str_r(&text, Round::NearestTiesToEven)
        .expect("the text was checked to be a number");
    (value.is_finite() && !value.is_zero()).then_some(value)
}

/// Splits at the exponent, which is 0 if there is none. It is kept within what 5 KiB of digits can
/// shift into the range of the format, which changes no result.
fn split_exponent(number: &[u8], hexadecimal: bool) -> Option<(&[u8], i64)> {
    let letter = if hexadecimal { b'p' } else { b'e' };
    let Some(at) = number.iter().position(|byte| byte.to_ascii_lowercase() == letter) else {
        return Some((number, 0));
    };
    let (negative, digits) = match &number[at + 1..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let fold = |sum: i64, digit: &u8| (sum * 10 + i64::from(digit - b'0')).min(100_000);
    let exponent = digits.iter().fold(0, fold);
    Some((&number[..at], if negative { -exponent } else { exponent }))
}

/// Whether the mantissa is not zero; `None` if it is no number.
fn check_mantissa(mantissa: &[u8], hexadecimal: bool) -> Option<bool> {
    let is_digit = |byte: &u8| {
        if hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() }
    };
    let points = mantissa.iter().filter(|byte| **byte == b'.').count();
    let digits = mantissa.iter().filter(|byte| is_digit(byte)).count();
    let well_formed = digits > 0 && points <= 1 && digits + points == mantissa.len();
    well_formed.then(|| mantissa.iter().any(|byte| !matches!(byte, b'0' | b'.')))
}

impl fmt::Display for LongDouble {
    /// At most 17 digits after the point and no zeros at the end; never an exponent, never `-0`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0.is_negative() { "-" } else { "" };
        if self.0.is_infinite() {
            return write!(out, "{sign}inf");
        }
        let bits = self.0.to_bits();
        let mantissa = bits & u128::from(u64::MAX);
        let biased = i32::try_from((bits >> MANTISSA_BITS) & 0x7fff).expect("15 bits");
        let exponent = biased.max(1) - EXPONENT_BIAS;
        if exponent >= 0 {
            return write!(out, "{sign}{}", print_shifted(mantissa, exponent.cast_unsigned()));
        }
        let scaled = scale(mantissa, exponent.unsigned_abs());
        if scaled == 0 {
            return out.write_str("0");
        }
        let fraction = format!("{:0DECIMALS$}", scaled % SCALE);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(out, "{sign}{}{point}{fraction}", scaled / SCALE)
    }
}

/// `mantissa / 2^shift * 10^DECIMALS`, rounded to the nearest integer, ties to even.
fn scale(mantissa: u128, shift: u32) -> u128 {
    // A mantissa is below 2^64 and 10^17 below 2^57, so the product is below 2^121.
    let product = mantissa * SCALE;
    if shift > 122 {
        return 0;
    }
    let (quotient, rest) = (product >> shift, product & ((1 << shift) - 1));
    let half = 1 << (shift - 1);
    let up = rest > half || (rest == half && quotient % 2 == 1);
    quotient + u128::from(up)
}

/// `mantissa * 2^shift` in decimal.
fn print_shifted(mantissa: u128, shift: u32) -> String {
    const LIMB: u128 = 1_000_000_000_000_000_000;
    const STEP: u32 = 64;
    // Limbs of 18 decimal digits, the lowest first.
    let mut limbs = vec![mantissa % LIMB, mantissa / LIMB];
    let mut left = shift;
    while left > 0 {
        let step = left.min(STEP);
        let mut carry = 0;
        for limb in &mut limbs {
            // Below 2^60 * 2^64 plus a carry below 2^65.
            let shifted = (*limb << step) + carry;
            *limb = shifted % LIMB;
            carry = shifted / LIMB;
        }
        while carry > 0 {
            limbs.push(carry % LIMB);
            carry /= LIMB;
        }
        left -= step;
    }
    while limbs.len() > 1 && limbs.last() == Some(&0) {
        limbs.pop();
    }
    let highest = limbs.pop().unwrap_or(0).to_string();
    limbs.iter().rev().fold(highest, |text, limb| text + &format!("{limb:018}"))
}
