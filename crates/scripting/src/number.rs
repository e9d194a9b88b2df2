//! Lua's numbers as command arguments.

use resp::number::DoubleText;

/// The text of a number: an integer where it is one, so that commands that want integers take it.
pub fn write(out: &mut Vec<u8>, value: f64) {
    let most = (i64::MAX / 2) as f64;
    if value.trunc() == value && value.abs() <= most {
        out.extend_from_slice((value as i64).to_string().as_bytes());
    } else {
        out.extend_from_slice(DoubleText::new(value).as_bytes());
    }
}

/// A number as an integer reply: the fraction goes, and what is too large is the smallest integer.
pub fn to_integer(value: f64) -> i64 {
    if value.is_nan() || value.abs() >= i64::MAX as f64 { i64::MIN } else { value as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_no_exponent_and_fractions_keep_their_digits() {
        for (value, text) in [(1e9, "1000000000"), (-3.0, "-3"), (0.1, "0.1"), (3.5, "3.5")] {
            let mut out = Vec::new();
            write(&mut out, value);
            assert_eq!(out, text.as_bytes());
        }
    }

    #[test]
    fn an_integer_reply_is_cut_off() {
        assert_eq!(to_integer(3.99), 3);
        assert_eq!(to_integer(-3.99), -3);
        assert_eq!(to_integer(1e300), i64::MIN);
    }
}
