//! Splitting a line into arguments, and showing bytes so that they can be typed again.
//!
//! Inline requests, the cli's prompt and configuration files share one quoting:
//!
//! ```text
//! set "two words\n\x00" 'it\'s'      blanks separate; "..." knows \n \r \t \b \a \xHH and \c
//!                                    for any other c; '...' knows only \'
//! ```
//!
//! compat: what follows a closing quote belongs to the same word, as in Valkey 9; Redis wants a
//! blank there.

use crate::args::{OwnedArgs, Span};

/// A quote is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// Splits `line` into arguments.
///
/// # Errors
///
/// When a quote is not closed.
pub fn split(line: &[u8]) -> Result<OwnedArgs, Unbalanced> {
    let mut args = OwnedArgs::new();
    let (bytes, spans) = args.parts();
    split_into(line, bytes, spans)?;
    Ok(args)
}

/// Splits `line` and appends the arguments' bytes to `bytes` and their places there to `spans`.
///
/// # Errors
///
/// As [`split`]; what was appended until then stays.
pub fn split_into(
    line: &[u8],
    bytes: &mut Vec<u8>,
    spans: &mut Vec<Span>,
) -> Result<(), Unbalanced> {
    let mut rest = line;
    loop {
        // compat: vertical tab and form feed are skipped between words, yet do not end a word.
        while let [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, tail @ ..] = rest {
            rest = tail;
        }
        if rest.is_empty() {
            return Ok(());
        }
        let start = bytes.len();
        rest = word(rest, bytes)?;
        spans.push(Span { start, len: bytes.len() - start });
    }
}

/// Appends the word that `rest` begins with and returns what follows it.
fn word<'a>(mut rest: &'a [u8], bytes: &mut Vec<u8>) -> Result<&'a [u8], Unbalanced> {
    loop {
        match rest {
            [] | [b' ' | b'\t' | b'\n' | b'\r', ..] => return Ok(rest),
            [b'"', tail @ ..] => rest = double_quoted(tail, bytes)?,
            [b'\'', tail @ ..] => rest = single_quoted(tail, bytes)?,
            [byte, tail @ ..] => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
}

fn double_quoted<'a>(mut rest: &'a [u8], bytes: &mut Vec<u8>) -> Result<&'a [u8], Unbalanced> {
    loop {
        let (byte, tail) = match rest {
            [] => return Err(Unbalanced),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', b'x', high, low, tail @ ..] if hex_pair(*high, *low).is_some() => {
                (hex_pair(*high, *low).unwrap_or_default(), tail)
            }
            [b'\\', escaped, tail @ ..] => (unescape(*escaped), tail),
            [byte, tail @ ..] => (*byte, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
}

fn single_quoted<'a>(mut rest: &'a [u8], bytes: &mut Vec<u8>) -> Result<&'a [u8], Unbalanced> {
    loop {
        let (byte, tail) = match rest {
            [] => return Err(Unbalanced),
            [b'\'', tail @ ..] => return Ok(tail),
            [b'\\', b'\'', tail @ ..] => (b'\'', tail),
            [byte, tail @ ..] => (*byte, tail),
        };
        bytes.push(byte);
        rest = tail;
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

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Appends `bytes` in double quotes, with escapes that [`split`] reads back.
pub fn repr(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for &byte in bytes {
        match byte {
            b'\\' | b'"' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x07 => out.extend_from_slice(b"\\a"),
            0x08 => out.extend_from_slice(b"\\b"),
            b' '..=b'~' => out.push(byte),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
                out.extend_from_slice(&[b'\\', b'x', digits[0], digits[1]]);
            }
        }
    }
    out.push(b'"');
}

/// [`repr`] as a string: all of it is ASCII.
#[must_use]
pub fn repr_string(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    repr(&mut out, bytes);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &[&[u8]]) {
        let args = split(line.as_bytes()).unwrap();
        assert_eq!(args.as_args().iter().collect::<Vec<_>>(), expect, "{line}");
    }

    #[test]
    fn blanks_separate_words() {
        check("", &[]);
        check(" \t ", &[]);
        check("  set  a\tb ", &[b"set", b"a", b"b"]);
        check("\x0bset a\x0bb", &[b"set", b"a\x0bb"]);
    }

    #[test]
    fn double_quotes_know_escapes() {
        check(r#""a b" """#, &[b"a b", b""]);
        check(r#""\n\r\t\b\a\x00\xfF\\\"\q""#, &[b"\n\r\t\x08\x07\x00\xff\\\"q"]);
        check(r#""\xg1" "\x1""#, &[b"xg1", b"x1"]);
        check(r#"pre"in""#, &[b"prein"]);
    }

    #[test]
    fn single_quotes_know_only_their_own_escape() {
        check(r"'it\'s' 'a\nb' ''", &[b"it's", b"a\\nb", b""]);
    }

    #[test]
    fn a_word_goes_on_behind_its_quotes() {
        check(r#""a"b 'a'b a"b"'c' """k""""#, &[b"ab", b"ab", b"abc", b"k"]);
    }

    #[test]
    fn unbalanced_quotes_are_refused() {
        for line in [r#"""#, r#""a"#, r"'a", r#"set "k"" v"#, r#""a\""#, r"'b'a'r"] {
            assert_eq!(split(line.as_bytes()), Err(Unbalanced), "{line}");
        }
    }

    #[test]
    fn repr_of_any_byte_reads_back() {
        let all: Vec<u8> = (0..=255).collect();
        let text = repr_string(&all);
        assert!(text.starts_with(r#""\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\x0b\x0c\r\x0e"#));
        assert!(text.ends_with(r#"\xfe\xff""#));
        assert_eq!(split(text.as_bytes()).unwrap().as_args().at(0), all);
    }
}
