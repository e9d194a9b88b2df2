//! What the rules need to know of a Rust source: its text without strings and comments, its
//! functions with their lengths, and where its tests begin.
//!
//! A scanner of a page and not a parser: rules look for words and count lines, and a full
//! parser would double the build time of this package. What it must get right is what is
//! code and what is not: strings (plain, byte, raw), characters against lifetimes, comments
//! (nested too).
//!
//! # Invariants
//!
//! 1. The masked text has the same lines as the source, and the same number of bytes in each:
//!    whatever is not code is overwritten with spaces.

/// A function: its name, the line of its `fn` (from 1), and how many lines it spans.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// The source with every byte of a comment or a literal replaced by a space.
pub fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = skip(bytes, at);
        for byte in out.get_mut(at..end).into_iter().flatten() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = if end > at { end } else { next_token(bytes, at) };
    }
    String::from_utf8(out).expect("whole characters were replaced by spaces")
}

/// The functions with a body, in order. `masked` comes from [`mask`].
pub fn functions(masked: &str) -> Vec<Function> {
    let bytes = masked.as_bytes();
    let mut found = Vec::new();
    let mut line = 1;
    for (at, &byte) in bytes.iter().enumerate() {
        line += usize::from(byte == b'\n');
        if is_word_at(bytes, at, b"fn")
            && let Some(name) = name_after(masked, at + 2)
            && let Some(end) = body_end(bytes, at)
        {
            let lines = 1 + bytes[at..end].iter().filter(|&&b| b == b'\n').count();
            found.push(Function { name, line, lines });
        }
    }
    found
}

/// The line (from 1) at which the tests of a file begin, or one past its last line.
pub fn tests_begin(masked: &str) -> usize {
    let mut lines = masked.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let next_is_module = lines.peek().is_some_and(|(_, next)| {
            next.trim_start().starts_with("mod ") && next.trim_end().ends_with('{')
        });
        if line.trim() == "#[cfg(test)]" && next_is_module {
            return index + 1;
        }
    }
    masked.lines().count() + 1
}

/// Whether the identifier `word` stands alone at `at`.
pub fn is_word_at(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    bytes[at..].starts_with(word)
        && !before.is_some_and(is_name_byte)
        && !bytes.get(at + word.len()).copied().is_some_and(is_name_byte)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The end of the comment or literal that starts at `at`; `at` itself when none does.
fn skip(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment_end(bytes, at),
        [b'"', ..] => string_end(bytes, at + 1),
        [b'r' | b'b' | b'c', ..] => prefixed_string_end(bytes, at),
        [b'\'', ..] => character_end(bytes, at),
        _ => at,
    }
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at < bytes.len() {
        match bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `b"..."`, `c"..."`, `r#"..."#`, `br"..."`, `b'x'`.
fn prefixed_string_end(bytes: &[u8], start: usize) -> usize {
    if bytes[start..].starts_with(b"b'") {
        return character_end(bytes, start + 1);
    }
    let prefix = bytes[start..].iter().take_while(|b| matches!(b, b'r' | b'b' | b'c')).count();
    let raw = bytes[start..start + prefix].contains(&b'r');
    let hashes = bytes[start + prefix..].iter().take_while(|&&b| b == b'#').count();
    let quote = start + prefix + hashes;
    if bytes.get(quote) != Some(&b'"') || (hashes > 0 && !raw) {
        return start;
    }
    if !raw {
        return string_end(bytes, quote + 1);
    }
    let close: Vec<u8> = [b"\"".to_vec(), vec![b'#'; hashes]].concat();
    let body = &bytes[quote + 1..];
    let end = body.windows(close.len()).position(|window| window == close);
    end.map_or(bytes.len(), |end| quote + 1 + end + close.len())
}

/// The end of a character literal; `start` when the quote opens a lifetime.
fn character_end(bytes: &[u8], start: usize) -> usize {
    let body = &bytes[start + 1..];
    if body.first() == Some(&b'\\') {
        let close = body.iter().skip(2).position(|&b| b == b'\'');
        return close.map_or(bytes.len(), |close| start + 1 + 2 + close + 1);
    }
    let wide = body.first().map_or(1, |&first| match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    });
    if body.get(wide) == Some(&b'\'') { start + 1 + wide + 1 } else { start }
}

/// Past the identifier at `at`, so that the `r` of `for` does not open a raw string.
fn next_token(bytes: &[u8], at: usize) -> usize {
    let name = bytes[at..].iter().take_while(|&&b| is_name_byte(b)).count();
    at + name.max(1)
}

fn name_after(masked: &str, at: usize) -> Option<String> {
    let rest = masked.get(at..)?.trim_start();
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The end of the body of the `fn` at `at`; `None` when it has none (in a trait, a type).
fn body_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut nested = 0;
    for index in at..bytes.len() {
        match bytes[index] {
            b'(' | b'[' => nested += 1,
            b')' | b']' => nested -= 1,
            b';' if nested == 0 => return None,
            b'{' if nested == 0 => return Some(block_end(bytes, index)),
            _ => {}
        }
    }
    None
}

fn block_end(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0;
    for (index, byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let masked = mask("let a = \"unsafe\"; // unsafe\n/* unsafe /* x */ unsafe */ let b = 1;");
        assert!(!masked.contains("unsafe"));
        assert!(masked.contains("let a ="));
        assert!(masked.contains("let b = 1;"));
    }

    #[test]
    fn raw_byte_and_escaped_strings_end_where_they_end() {
        for literal in ["r#\"a\"b\"#", "b\"\\\"\"", "br\"x\"", "'\"'", "'\\''", "b'\\\\'", "'é'"] {
            let masked = mask(&format!("f({literal}, unsafe)"));
            assert_eq!(masked.trim_start_matches("f(").trim(), ", unsafe)", "{literal}");
        }
    }

    #[test]
    fn a_lifetime_does_not_open_a_character() {
        let text = "fn f<'a>(x: &'a str, y: &'a str) { for r in x {} }";
        assert_eq!(mask(text), text);
    }

    #[test]
    fn a_function_is_measured_from_its_name_to_its_brace() {
        let text = "fn one() {}\ntrait T { fn none(&self) -> [u8; 2]; }\n\
                    fn two(\n    a: [u8; 3],\n) {\n    a;\n}\n";
        let found = functions(&mask(text));
        let seen: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
        assert_eq!(seen, [("one", 1, 1), ("two", 3, 5)]);
    }

    #[test]
    fn tests_begin_at_the_attribute_of_their_module() {
        assert_eq!(tests_begin("a\n\n#[cfg(test)]\nmod tests {\n}\n"), 3);
        assert_eq!(tests_begin("#[cfg(test)]\nfn x() {}\n"), 3);
        assert_eq!(tests_begin("#[cfg(test)]\nmod tests;\n"), 3);
    }
}
