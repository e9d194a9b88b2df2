//! CONFIG GET: which directives a list of names and patterns selects.
//!
//! # Invariants
//!
//! 1. A name appears once, whatever its case and however many patterns match it.
//! 2. Hidden directives are found by their exact name only.
//! 3. The answer is in the order of the names' bytes.

use std::collections::BTreeMap;

use super::values::TOPICS;
use super::{Config, Directive};
use crate::glob::{self, Case};

/// The topics, each with its directives.
pub fn topics() -> impl Iterator<Item = (&'static str, &'static [Directive])> {
    TOPICS.iter().copied()
}

/// Every directive, by topic.
pub fn all() -> impl Iterator<Item = &'static Directive> {
    topics().flat_map(|(_, directives)| directives.iter())
}

/// Every name with its directive: primary names and aliases.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static Directive)> {
    all().flat_map(|directive| {
        [Some(directive.name), directive.alias]
            .into_iter()
            .flatten()
            .map(move |name| (name, directive))
    })
}

/// The directive with this name or alias, in any case, and the name as it is listed.
#[must_use]
pub fn find(name: &[u8]) -> Option<(&'static str, &'static Directive)> {
    names().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))
}

/// The names and values that CONFIG GET answers for these names and patterns.
///
/// compat: an exact name is answered as it was written, a matched one in lower case.
#[must_use]
pub fn matching(config: &Config, patterns: &[&[u8]]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found: BTreeMap<&str, (Vec<u8>, &Directive)> = BTreeMap::new();
    for pattern in patterns {
        if pattern.iter().any(|byte| b"[*?".contains(byte)) {
            let visible = names().filter(|(_, directive)| !directive.hidden);
            let hits = visible
                .filter(|(name, _)| glob::matches(pattern, name.as_bytes(), Case::Insensitive));
            for (name, directive) in hits {
                found.entry(name).or_insert_with(|| (name.into(), directive));
            }
        } else if let Some((name, directive)) = find(pattern) {
            found.entry(name).or_insert_with(|| (pattern.to_vec(), directive));
        }
    }
    let mut answers: Vec<_> =
        found.into_values().map(|(shown, directive)| (shown, directive.get(config))).collect();
    answers.sort();
    answers
}
