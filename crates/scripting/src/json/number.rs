//! Numbers as C writes and reads them.

/// As `%.14g` of C, or with so many digits, which are 1 to 14.
pub fn write(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return if value.is_sign_negative() { "-0".to_owned() } else { "0".to_owned() };
    }
    let digits = digits.max(1);
    let text = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs());
    }
    let places = (digits as i32 - 1 - exponent).max(0) as usize;
    without_zeros(&format!("{value:.places$}")).to_owned()
}

fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// The number that a text begins with, and how long it is there, as `strtod` of C.
pub fn read(text: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let (value, len) = magnitude(&text[sign..])?;
    Some((if text[0] == b'-' { -value } else { value }, sign + len))
}

fn magnitude(text: &[u8]) -> Option<(f64, usize)> {
    let begins = |word: &str| {
        text.get(..word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    if begins("infinity") {
        return Some((f64::INFINITY, 8));
    }
    if begins("inf") {
        return Some((f64::INFINITY, 3));
    }
    if begins("nan") {
        return Some((f64::NAN, 3));
    }
    if begins("0x")
        && let Some((value, len)) = hexadecimal(&text[2..])
    {
        return Some((value, len + 2));
    }
    let (len, _) = mantissa(text, u8::is_ascii_digit)?;
    let len = len + exponent(&text[len..], b'e');
    let digits = std::str::from_utf8(&text[..len]).ok()?;
    Some((digits.parse().ok()?, len))
}

/// How many bytes are digits with at most one point, and how many digits are behind it.
fn mantissa(text: &[u8], is_digit: fn(&u8) -> bool) -> Option<(usize, usize)> {
    let whole = text.iter().take_while(|byte| is_digit(byte)).count();
    if text.get(whole) != Some(&b'.') {
        return (whole > 0).then_some((whole, 0));
    }
    let places = text[whole + 1..].iter().take_while(|byte| is_digit(byte)).count();
    (whole + places > 0).then_some((whole + 1 + places, places))
}

/// How long an exponent is, if there is one behind this letter.
fn exponent(text: &[u8], letter: u8) -> usize {
    if text.first().is_none_or(|first| first.to_ascii_lowercase() != letter) {
        return 0;
    }
    let sign = usize::from(matches!(text.get(1), Some(b'-' | b'+')));
    let digits = text[1 + sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 { 1 + sign + digits } else { 0 }
}

fn hexadecimal(text: &[u8]) -> Option<(f64, usize)> {
    let (len, places) = mantissa(text, u8::is_ascii_hexdigit)?;
    let digits = text[..len].iter().filter_map(|&byte| char::from(byte).to_digit(16));
    let value = digits.fold(0.0, |value, digit| value * 16.0 + f64::from(digit));
    let power_len = exponent(&text[len..], b'p');
    let power = text.get(len + 1..len + power_len).and_then(|part| std::str::from_utf8(part).ok());
    let power = power.map_or(0, |text| text.parse::<i32>().unwrap_or(0).clamp(-9999, 9999));
    let power = power - 4 * i32::try_from(places).unwrap_or(i32::MAX / 8);
    Some((value * 2.0_f64.powi(power), len + power_len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_c_does() {
        for (value, digits, text) in [
            (1.0, 14, "1"),
            (0.1, 14, "0.1"),
            (-2.5, 14, "-2.5"),
            (1e14, 14, "1e+14"),
            (123_456_789_012_345.0, 14, "1.2345678901234e+14"),
            (99_999_999_999_999.0, 14, "99999999999999"),
            (1e-5, 14, "1e-05"),
            (0.0001, 14, "0.0001"),
            (1e300, 14, "1e+300"),
            (2.34567, 3, "2.35"),
            (123_456.0, 3, "1.23e+05"),
            (15.0, 1, "2e+01"),
        ] {
            assert_eq!(write(value, digits), text);
        }
    }

    #[test]
    fn numbers_are_read_as_c_does() {
        for (text, expected) in [
            ("1", Some((1.0, 1))),
            ("-5.", Some((-5.0, 3))),
            ("+.5x", Some((0.5, 3))),
            ("1e", Some((1.0, 1))),
            ("1e+", Some((1.0, 1))),
            ("1e-5", Some((1e-5, 4))),
            ("1.5.5", Some((1.5, 3))),
            ("0x", Some((0.0, 1))),
            ("-0x10", Some((-16.0, 5))),
            ("0x1.8p3", Some((12.0, 7))),
            ("0x1p", Some((1.0, 3))),
            ("Infinity", Some((f64::INFINITY, 8))),
            ("-infi", Some((f64::NEG_INFINITY, 4))),
            ("1e400", Some((f64::INFINITY, 5))),
            ("-", None),
            (".", None),
            ("", None),
        ] {
            assert_eq!(read(text.as_bytes()), expected, "{text}");
        }
        assert!(read(b"nan").is_some_and(|(value, len)| value.is_nan() && len == 3));
    }
}
