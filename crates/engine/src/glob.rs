//! Glob patterns as KEYS, SCAN, PSUBSCRIBE and CONFIG GET use them: `*`, `?`, `[a-z]`, `[^x]`,
//! `\x`.
//!
//! A recursive matcher takes exponential time on patterns like `*a*a*a*b`, which any client may
//! send. This one walks both texts once and, when it fails, goes back to the last `*` only: a
//! longer match for an earlier `*` cannot help, because the last one already tried every later
//! place. So the time is at most pattern length times text length, without any allocation.
//!
//! deviates: `*` matches the empty text too, where the field's servers match it with nothing.
//! compat: a class that is not closed ends at the pattern's end; a range may be written backwards;
//! a backslash at the end stands for itself.
//!
//! # Invariants
//!
//! 1. Whatever the pattern, a match takes O(pattern * text) steps and constant memory.
//! 2. [`matches`] of a literal pattern (see [`is_literal`]) is equality.

/// Whether upper and lower case ASCII letters are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They differ.
    Sensitive,
    /// They are the same.
    Insensitive,
}

/// compat: a text that needs more stars than this matches nothing.
const STARS_MAX: usize = 1000;

/// Whether the whole `text` matches the whole `pattern`.
#[must_use]
pub fn matches(pattern: &[u8], text: &[u8], case: Case) -> bool {
    let (mut at, mut position) = (0, 0);
    // The place after the last star, and where in the text its match ends so far.
    let mut star: Option<(usize, usize)> = None;
    let mut stars = 0;
    while position < text.len() {
        if pattern.get(at) == Some(&b'*') {
            while pattern.get(at) == Some(&b'*') {
                at += 1;
            }
            star = Some((at, position));
            stars += 1;
            if stars > STARS_MAX && at < pattern.len() {
                return false;
            }
            continue;
        }
        if let Some(next) = match_one(&pattern[at..], text[position], case) {
            at += next;
            position += 1;
            continue;
        }
        let Some((after_star, end)) = star else { return false };
        star = Some((after_star, end + 1));
        (at, position) = (after_star, end + 1);
    }
    pattern[at..].iter().all(|&byte| byte == b'*')
}

/// Whether the pattern has nothing special, so that it matches only itself.
#[must_use]
pub fn is_literal(pattern: &[u8]) -> bool {
    !pattern.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\'))
}

/// The bytes with which every matching text begins (case sensitive): what stands before the first
/// special character.
#[must_use]
pub fn literal_prefix(pattern: &[u8]) -> &[u8] {
    let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
    &pattern[..pattern.iter().position(special).unwrap_or(pattern.len())]
}

/// Matches one byte with the element at the pattern's head, which is no star; the element's length.
fn match_one(pattern: &[u8], byte: u8, case: Case) -> Option<usize> {
    match pattern {
        [] => None,
        [b'?', ..] => Some(1),
        [b'[', class @ ..] => {
            let (found, len) = match_class(class, byte, case);
            found.then_some(len + 1)
        }
        [b'\\', escaped, ..] => same(*escaped, byte, case).then_some(2),
        [plain, ..] => same(*plain, byte, case).then_some(1),
    }
}

/// Matches one byte with a class whose opening bracket was taken; how much of `class` it used.
fn match_class(class: &[u8], byte: u8, case: Case) -> (bool, usize) {
    let negated = class.first() == Some(&b'^');
    let mut at = usize::from(negated);
    let mut found = false;
    loop {
        match &class[at..] {
            [] => break,
            // compat: an escaped byte in a class is compared with its case.
            [b'\\', escaped, ..] => {
                found |= *escaped == byte;
                at += 2;
            }
            [b']', ..] => {
                at += 1;
                break;
            }
            [low, b'-', high, ..] => {
                found |= in_range(*low, *high, byte, case);
                at += 3;
            }
            [plain, ..] => {
                found |= same(*plain, byte, case);
                at += 1;
            }
        }
    }
    (found != negated, at)
}

/// Whether `byte` lies between two bytes in either order.
///
/// compat: the bytes are compared as signed characters, as on x86.
fn in_range(low: u8, high: u8, byte: u8, case: Case) -> bool {
    let (low, high) =
        if low.cast_signed() > high.cast_signed() { (high, low) } else { (low, high) };
    let [low, high, byte] = [low, high, byte].map(|each| fold(each, case).cast_signed());
    (low..=high).contains(&byte)
}

fn same(left: u8, right: u8, case: Case) -> bool {
    fold(left, case) == fold(right, case)
}

fn fold(byte: u8, case: Case) -> u8 {
    match case {
        Case::Sensitive => byte,
        Case::Insensitive => byte.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(pattern: &str, text: &str) -> bool {
        matches(pattern.as_bytes(), text.as_bytes(), Case::Sensitive)
    }

    /// The obvious matcher, which tries every length for every star.
    fn reference(pattern: &[u8], text: &[u8], case: Case) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => {
                (0..=text.len()).any(|skipped| reference(rest, &text[skipped..], case))
            }
            (_, []) | ([], _) => false,
            (_, [byte, after @ ..]) => match_one(pattern, *byte, case)
                .is_some_and(|used| reference(&pattern[used..], after, case)),
        }
    }

    #[test]
    fn patterns_match_as_the_field_knows_them() {
        for (pattern, text, expected) in [
            ("h?llo", "hello", true),
            ("h*llo", "hllo", true),
            ("h*llo", "heeeello", true),
            ("h[ae]llo", "hillo", false),
            ("h[^e]llo", "hallo", true),
            ("h[^e]llo", "hello", false),
            ("h[a-c]llo", "hbllo", true),
            ("h[c-a]llo", "hbllo", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("[\\]]", "]", true),
            ("[]", "x", false),
            ("[^]", "x", true),
            ("[ab", "b", true),
            ("[a-", "-", true),
            ("a\\", "a\\", true),
            ("*a*b*", "xaxxbx", true),
            ("*a*b", "xaxxbx", false),
            ("a**", "a", true),
            ("", "", true),
            ("", "a", false),
            ("a", "", false),
        ] {
            assert_eq!(plain(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn case_is_ignored_only_when_asked() {
        assert!(matches(b"H[A-C]LL?", b"hbllo", Case::Insensitive));
        assert!(!matches(b"H[A-C]LL?", b"hbllo", Case::Sensitive));
    }

    #[test]
    fn patterns_that_explode_in_a_recursive_matcher_end_at_once() {
        let pattern = "*a".repeat(2000) + "b";
        assert!(!plain(&pattern, &"a".repeat(20_000)));
    }

    #[test]
    fn literals_and_prefixes_end_at_the_first_special_character() {
        assert!(is_literal(b"user:1") && !is_literal(b"user:*") && !is_literal(b"a\\b"));
        assert_eq!(literal_prefix(b"user:[12]"), b"user:");
        assert_eq!(literal_prefix(b"user"), b"user");
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_obvious_matcher(
            pattern in "[ab*?\\[\\]^\\-\\\\A]{0,10}",
            text in "[abA\\-\\]]{0,10}",
            insensitive: bool,
        ) {
            let case = if insensitive { Case::Insensitive } else { Case::Sensitive };
            let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(matches(pattern, text, case), reference(pattern, text, case));
        }

        #[test]
        fn a_literal_matches_itself_alone(text: Vec<u8>, other: Vec<u8>) {
            if is_literal(&text) {
                prop_assert!(matches(&text, &text, Case::Sensitive));
                prop_assert_eq!(matches(&text, &other, Case::Sensitive), text == other);
            }
        }

        #[test]
        fn every_match_begins_with_the_literal_prefix(
            pattern in "[ab*?]{0,6}",
            text in "[ab]{0,6}",
        ) {
            let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
            if matches(pattern, text, Case::Sensitive) {
                prop_assert!(text.starts_with(literal_prefix(pattern)));
            }
        }
    }
}
