//! The classes of keyspace events, as `notify-keyspace-events` selects them.
//!
//! # Invariants
//!
//! 1. `KeyspaceEvents::parse(events.to_string())` is `events`.

use std::fmt;
use std::ops::BitOr;

/// A set of event classes and of the two forms in which they are published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyspaceEvents(u16);

impl KeyspaceEvents {
    /// `K`: publish on `__keyspace@<db>__:<key>`.
    pub const KEYSPACE: KeyspaceEvents = KeyspaceEvents(1);
    /// `E`: publish on `__keyevent@<db>__:<event>`.
    pub const KEYEVENT: KeyspaceEvents = KeyspaceEvents(1 << 1);
    /// `g`: commands of no type, like DEL and EXPIRE.
    pub const GENERIC: KeyspaceEvents = KeyspaceEvents(1 << 2);
    /// `$`: strings.
    pub const STRING: KeyspaceEvents = KeyspaceEvents(1 << 3);
    /// `l`: lists.
    pub const LIST: KeyspaceEvents = KeyspaceEvents(1 << 4);
    /// `s`: sets.
    pub const SET: KeyspaceEvents = KeyspaceEvents(1 << 5);
    /// `h`: hashes.
    pub const HASH: KeyspaceEvents = KeyspaceEvents(1 << 6);
    /// `z`: sorted sets.
    pub const ZSET: KeyspaceEvents = KeyspaceEvents(1 << 7);
    /// `x`: a key expired.
    pub const EXPIRED: KeyspaceEvents = KeyspaceEvents(1 << 8);
    /// `e`: a key was evicted.
    pub const EVICTED: KeyspaceEvents = KeyspaceEvents(1 << 9);
    /// `t`: streams.
    pub const STREAM: KeyspaceEvents = KeyspaceEvents(1 << 10);
    /// `m`: a read found no key; not part of `A`.
    pub const KEY_MISS: KeyspaceEvents = KeyspaceEvents(1 << 11);
    /// `d`: module types.
    pub const MODULE: KeyspaceEvents = KeyspaceEvents(1 << 13);
    /// `n`: a key was created; not part of `A`.
    pub const NEW: KeyspaceEvents = KeyspaceEvents(1 << 14);
    /// `A`: all classes but `m` and `n`.
    pub const ALL: KeyspaceEvents = KeyspaceEvents(0b10_0111_1111_1100);

    /// One bit for each class and form, as the constants above say.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// The letters in the order in which they are printed.
    const LETTERS: [(char, KeyspaceEvents); 14] = [
        ('g', KeyspaceEvents::GENERIC),
        ('$', KeyspaceEvents::STRING),
        ('l', KeyspaceEvents::LIST),
        ('s', KeyspaceEvents::SET),
        ('h', KeyspaceEvents::HASH),
        ('z', KeyspaceEvents::ZSET),
        ('x', KeyspaceEvents::EXPIRED),
        ('e', KeyspaceEvents::EVICTED),
        ('t', KeyspaceEvents::STREAM),
        ('d', KeyspaceEvents::MODULE),
        ('n', KeyspaceEvents::NEW),
        ('K', KeyspaceEvents::KEYSPACE),
        ('E', KeyspaceEvents::KEYEVENT),
        ('m', KeyspaceEvents::KEY_MISS),
    ];

    /// Parses the letters; `None` if one is unknown.
    #[must_use]
    pub fn parse(letters: &str) -> Option<KeyspaceEvents> {
        letters.chars().try_fold(KeyspaceEvents::default(), |events, letter| {
            if letter == 'A' {
                return Some(events | KeyspaceEvents::ALL);
            }
            let known = KeyspaceEvents::LETTERS.iter().find(|(known, _)| *known == letter);
            known.map(|(_, class)| events | *class)
        })
    }

    /// Whether all of `classes` are selected.
    #[must_use]
    pub fn contains(self, classes: KeyspaceEvents) -> bool {
        self.0 & classes.0 == classes.0
    }

    /// Whether any of `classes` is selected.
    #[must_use]
    pub fn intersects(self, classes: KeyspaceEvents) -> bool {
        self.0 & classes.0 != 0
    }

    /// Whether nothing is selected.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for KeyspaceEvents {
    type Output = KeyspaceEvents;

    fn bitor(self, other: KeyspaceEvents) -> KeyspaceEvents {
        KeyspaceEvents(self.0 | other.0)
    }
}

impl fmt::Display for KeyspaceEvents {
    /// deviates: `n` is printed next to `A` too; Valkey drops it there and so loses it on REWRITE.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.contains(KeyspaceEvents::ALL);
        if all {
            out.write_str("A")?;
        }
        for (letter, class) in KeyspaceEvents::LETTERS {
            let covered = all && KeyspaceEvents::ALL.contains(class);
            if self.contains(class) && !covered {
                write!(out, "{letter}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sets_of_classes_print_and_parse_back() {
        for bits in 0..1 << 15 {
            let events = KeyspaceEvents(bits & !(1 << 12));
            assert_eq!(KeyspaceEvents::parse(&events.to_string()), Some(events));
        }
    }

    #[test]
    fn letters_print_in_the_servers_order() {
        let printed = |letters| KeyspaceEvents::parse(letters).map(|events| events.to_string());
        assert_eq!(printed("KEA").as_deref(), Some("AKE"));
        assert_eq!(printed("Kx$").as_deref(), Some("$xK"));
        assert_eq!(printed("g$lshzxetd").as_deref(), Some("A"));
        assert_eq!(printed("mnA").as_deref(), Some("Anm"));
        assert_eq!(printed("q"), None);
    }
}
