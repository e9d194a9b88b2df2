//! Numbers as clients write them: strict integers and doubles.
//!
//! Rust's own parsers accept another language than Redis does (it takes `+5` and `05` for integers
//! and `nan` for a double), so the rules are spelled out here once and every command uses them.
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

/// Parses a double: decimal with an optional exponent, `inf` and `infinity` in any case.
///
/// `None` for blanks, hexadecimal, `nan`, and numbers so large or so small that a double would
/// hold an infinity or a zero instead.
#[must_use]
pub fn parse_f64(text: &[u8]) -> Option<f64> {
    let value: f64 = str::from_utf8(text).ok()?.parse().ok()?;
    let mantissa = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    let has = |digits: std::ops::RangeInclusive<u8>| mantissa.iter().any(|b| digits.contains(b));
    let overflowed = value.is_infinite() && has(b'0'..=b'9');
    let underflowed = value == 0.0 && has(b'1'..=b'9');
    (!value.is_nan() && !overflowed && !underflowed).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers_are_accepted_only_as_they_print() {
        for text in ["0", "-1", "9223372036854775807", "-9223372036854775808", "10"] {
            assert_eq!(parse_i64(text.as_bytes()).map(|n| n.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "-01",
            "+1",
            " 1",
            "1 ",
            "1a",
            "0x1",
            "1.0",
            "1e3",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551617",
            "99999999999999999999",
            "٣",
        ] {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn doubles_are_accepted_as_the_servers_accept_them() {
        for (text, value) in [
            ("5", 5.0),
            ("+5", 5.0),
            ("-0", -0.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("00012", 12.0),
            ("1E+5", 1e5),
            ("+.5e-3", 0.0005),
            ("0e999999", 0.0),
            ("1.7976931348623158e308", f64::MAX),
            ("4.9e-324", 5e-324),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("+INF", f64::INFINITY),
        ] {
            assert_eq!(parse_f64(text.as_bytes()), Some(value), "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            ".",
            "e5",
            "1e",
            "1e+",
            "1e400",
            "-1e400",
            "1e-400",
            "nan",
            "-nan",
            "infin",
            "infinityx",
            " 5",
            "5 ",
            "0x10",
            "0x1p3",
            "1_0",
            "--5",
            "+-5",
            "1e99999999",
            "\u{661}",
        ] {
            assert_eq!(parse_f64(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_f64(b"\xff"), None);
    }

    proptest! {
        #[test]
        fn every_integer_parses_back(number: i64) {
            prop_assert_eq!(parse_i64(number.to_string().as_bytes()), Some(number));
        }

        #[test]
        fn what_parses_as_an_integer_prints_as_it_was(text in "-?[0-9]{0,20}") {
            if let Some(number) = parse_i64(text.as_bytes()) {
                prop_assert_eq!(number.to_string(), text);
            }
        }

        #[test]
        fn every_finite_double_parses_back(number in proptest::num::f64::NORMAL) {
            prop_assert_eq!(parse_f64(number.to_string().as_bytes()), Some(number));
            prop_assert_eq!(parse_f64(format!("{number:e}").as_bytes()), Some(number));
        }
    }
}
