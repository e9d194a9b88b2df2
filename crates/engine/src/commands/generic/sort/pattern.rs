//! Patterns of SORT: names of keys in which `*` stands for an element.

use types::{Hash, Item};

use crate::ctx::Ctx;
use crate::keyspace::handle::{Str, object_of, string_of};

/// A pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pattern<'a> {
    /// `#`: the element itself.
    Element,
    /// A key.
    Key {
        /// What is in front of the element.
        before: &'a [u8],
        /// What is behind it.
        behind: &'a [u8],
        /// `->field`: the value of a field of the hash at the key.
        field: Option<&'a [u8]>,
    },
}

impl<'a> Pattern<'a> {
    /// The pattern that a text is; none where it has no place for an element.
    pub(super) fn of(text: &'a [u8]) -> Option<Pattern<'a>> {
        if text == b"#" {
            return Some(Pattern::Element);
        }
        let star = text.iter().position(|&byte| byte == b'*')?;
        let (before, behind) = (&text[..star], &text[star + 1..]);
        let arrow = behind.windows(2).position(|pair| pair == b"->");
        Some(match arrow.map(|at| (&behind[..at], &behind[at + 2..])) {
            Some((behind, field)) if !field.is_empty() => {
                Pattern::Key { before, behind, field: Some(field) }
            }
            _ => Pattern::Key { before, behind, field: None },
        })
    }

    /// What the pattern means for an element; none where there is no such key, or where it is of
    /// another type.
    pub(super) fn look_up(self, ctx: &mut Ctx<'_>, element: &[u8]) -> Option<Vec<u8>> {
        let Pattern::Key { before, behind, field } = self else { return Some(element.to_vec()) };
        let key = [before, element, behind].concat();
        let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
        let entry = ctx.keys.get(&key)?;
        match field {
            None => string_of(entry).ok().map(Str::to_vec),
            Some(field) => {
                let hash = object_of::<Hash>(entry).ok()?.live(dead_up_to_ms);
                hash.get(field).map(Item::to_vec)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_star_and_the_first_arrow_behind_it_count() {
        let key = |before, behind, field| Some(Pattern::Key { before, behind, field });
        for (text, expected) in [
            (&b"#"[..], Some(Pattern::Element)),
            (b"plain", None),
            (b"a->b", None),
            (b"", None),
            (b"*", key(b"", b"", None)),
            (b"a*b*c", key(b"a", b"b*c", None)),
            (b"a_*->field", key(b"a_", b"", Some(&b"field"[..]))),
            (b"a->*b->c->d", key(b"a->", b"b", Some(&b"c->d"[..]))),
            (b"a_*->", key(b"a_", b"->", None)),
        ] {
            assert_eq!(Pattern::of(text), expected);
        }
    }
}
