//! Numbers as clients write them: strict integers, doubles and the 80-bit floats of INCRBYFLOAT.
//!
//! Rust's own parsers accept another language than Redis does (`+5`, `05`, `1_0` no, `infinity`
//! yes), so the rules are spelled out here once and every command uses them.
//!
//! # Invariants
//!
//! 1. [`parse_i64`] accepts exactly the texts that printing an `i64` gives, so a value that parses
//!    can be kept as an integer and printed again byte for byte.
//! 2. Nothing here depends on the locale.

/// Parses a decimal integer: no sign but `-`, no leading zero, no blank, no `-0`.
///
/// Source: the rules that decide in Redis whether a string is kept as an integer.
#[must_use]
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    match digits {
        [] => return None,
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut magnitude = 0u64;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        // Nineteen digits are below 10^19, which a u64 holds.
        magnitude = magnitude * 10 + u64::from(digit - b'0');
    }
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}
