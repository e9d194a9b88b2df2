//! The small languages of configuration values: words with quotes, numbers, memory sizes.
//!
//! These follow the C library calls that the field's files were written for: blanks before an
//! octal number and an empty memory size are accepted, because files with them exist.
//!
//! # Invariants
//!
//! 1. `split_arguments(quote(x))` is `x` alone.
//! 2. `number(form, print_number(form, n))` is `n`.

use types::number::parse_i64;

use super::directive::Form;

/// Splits a line into words; words may hold blanks inside `"..."` (with escapes) or `'...'`.
///
/// `None` if a quote is not closed.
#[must_use]
pub fn split_arguments(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    // compat: a NUL ends the line.
    let end = line.iter().position(|&byte| byte == 0).unwrap_or(line.len());
    let mut rest = &line[..end];
    let mut words = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        // The C library's blanks have the vertical tab as well.
        while let [b'\x0b', after @ ..] = rest {
            rest = after.trim_ascii_start();
        }
        if rest.is_empty() {
            return Some(words);
        }
        let (word, after) = split_word(rest)?;
        words.push(word);
        rest = after;
    }
}

/// Takes one word from a line that begins with it.
///
/// compat: text right after a closing quote belongs to the same word.
fn split_word(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    loop {
        match rest {
            [] | [b' ' | b'\n' | b'\r' | b'\t', ..] => return Some((word, rest)),
            [b'"', after @ ..] => rest = take_double_quoted(after, &mut word)?,
            [b'\'', after @ ..] => rest = take_single_quoted(after, &mut word)?,
            [byte, after @ ..] => {
                word.push(*byte);
                rest = after;
            }
        }
    }
}

fn take_double_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        match rest {
            [] => return None,
            [b'"', after @ ..] => return Some(after),
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                word.push(hex_digit(*high) << 4 | hex_digit(*low));
                rest = after;
            }
            [b'\\', escaped, after @ ..] => {
                word.push(unescape(*escaped));
                rest = after;
            }
            [byte, after @ ..] => {
                word.push(*byte);
                rest = after;
            }
        }
    }
}

fn take_single_quoted<'a>(mut rest: &'a [u8], word: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        match rest {
            [] => return None,
            [b'\\', b'\'', after @ ..] => {
                word.push(b'\'');
                rest = after;
            }
            [b'\'', after @ ..] => return Some(after),
            [byte, after @ ..] => {
                word.push(*byte);
                rest = after;
            }
        }
    }
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.to_ascii_lowercase() - b'a' + 10,
    }
}

fn unescape(escaped: u8) -> u8 {
    match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

/// Writes a word in double quotes so that [`split_arguments`] reads it back.
#[must_use]
pub fn quote(word: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in word {
        match byte {
            b'\\' | b'"' => quoted.extend([b'\\', byte]),
            b'\n' => quoted.extend(b"\\n"),
            b'\r' => quoted.extend(b"\\r"),
            b'\t' => quoted.extend(b"\\t"),
            0x07 => quoted.extend(b"\\a"),
            0x08 => quoted.extend(b"\\b"),
            b' '..=b'~' => quoted.push(byte),
            _ => quoted.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    quoted.push(b'"');
    quoted
}

/// `yes` or `no`, in any case.
pub(super) fn yes_or_no(word: &[u8]) -> Option<bool> {
    if word.eq_ignore_ascii_case(b"yes") {
        Some(true)
    } else if word.eq_ignore_ascii_case(b"no") {
        Some(false)
    } else {
        None
    }
}

/// deviates: names and paths that are not UTF-8 are refused; passwords may be any bytes.
pub(super) fn utf8(word: &[u8]) -> Result<String, String> {
    String::from_utf8(word.to_vec()).map_err(|_| "argument must be valid UTF-8".to_owned())
}

/// Parses a number of the given form; percentages come out negative.
pub(super) fn number(form: Form, word: &[u8]) -> Result<i128, String> {
    let (parsed, reason) = match form {
        Form::Integer => {
            (parse_i64(word).map(i128::from), "argument couldn't be parsed into an integer")
        }
        Form::Memory => (memory(word).map(i128::from), "argument must be a memory value"),
        Form::SignedMemory => (
            memory(word).map(i128::from).or_else(|| parse_i64(word).map(i128::from)),
            "argument must be a memory value",
        ),
        Form::MemoryOrPercent => (
            memory(word).map(i128::from).or_else(|| percent(word).map(|share| -i128::from(share))),
            "argument must be a memory or percent value",
        ),
        Form::Octal => {
            (octal(word).map(i128::from), "argument couldn't be parsed as an octal number")
        }
    };
    parsed.ok_or_else(|| reason.to_owned())
}

/// Refuses a number outside of its bounds, in the words of CONFIG SET.
pub(super) fn check_bounds(
    form: Form,
    value: i128,
    (min, max): (i128, i128),
) -> Result<(), String> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(match form {
        Form::MemoryOrPercent if value < 0 => {
            format!("percentage argument must be less or equal to {}", -min)
        }
        Form::Octal => format!("argument must be between {min:o} and {max:o} inclusive"),
        _ => format!("argument must be between {min} and {max} inclusive"),
    })
}

/// Prints a number as CONFIG GET does.
pub(super) fn print_number(form: Form, value: i128) -> String {
    match form {
        Form::MemoryOrPercent if value < 0 => format!("{}%", -value),
        Form::Octal => format!("{value:o}"),
        _ => value.to_string(),
    }
}

/// Prints a number for a file: sizes in the largest unit that divides them.
pub(super) fn print_number_for_file(form: Form, value: i128) -> String {
    match form {
        Form::Memory | Form::SignedMemory | Form::MemoryOrPercent if value > 0 => {
            print_memory(value)
        }
        _ => print_number(form, value),
    }
}

/// Prints a size in the largest unit that divides it.
pub(super) fn print_memory(bytes: i128) -> String {
    for (unit, name) in [(1 << 30, "gb"), (1 << 20, "mb"), (1 << 10, "kb")] {
        if bytes > 0 && bytes % unit == 0 {
            return format!("{}{name}", bytes / unit);
        }
    }
    bytes.to_string()
}

/// Parses a size in bytes: digits and an optional unit.
///
/// compat: no digits mean 0. deviates: a size beyond 64 bits is refused, not wrapped around.
pub(super) fn memory(word: &[u8]) -> Option<u64> {
    let end = word.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(word.len());
    let (digits, unit) = word.split_at(end);
    let multiplier = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"b" => 1,
        b"k" => 1000,
        b"kb" => 1 << 10,
        b"m" => 1_000_000,
        b"mb" => 1 << 20,
        b"g" => 1_000_000_000,
        b"gb" => 1 << 30,
        _ => return None,
    };
    let mut value = 0u64;
    for digit in digits {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    value.checked_mul(multiplier)
}

fn percent(word: &[u8]) -> Option<u64> {
    let [digits @ .., b'%'] = word else { return None };
    u64::try_from(parse_i64(digits)?).ok()
}

/// compat: blanks and a sign may stand before an octal number.
fn octal(word: &[u8]) -> Option<i64> {
    let text = str::from_utf8(word.trim_ascii_start()).ok()?;
    if text.is_empty() { Some(0) } else { i64::from_str_radix(text, 8).ok() }
}

/// Parses a decimal integer as C's `strtoll` does, up to the end of the word.
///
/// compat: blanks and a `+` may stand before it, and the empty word is 0.
pub(super) fn c_integer(word: &[u8]) -> Option<i64> {
    if word.is_empty() {
        return Some(0);
    }
    str::from_utf8(word.trim_ascii_start()).ok()?.parse().ok()
}
