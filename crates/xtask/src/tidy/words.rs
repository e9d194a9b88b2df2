//! Words that may not appear: leftovers, names that say nothing, unsafe code out of its crate.

use super::report::Finding;
use crate::source;
use crate::tree::{File, Tree};

/// The only crate with unsafe code.
const UNSAFE_HOME: &str = "crates/structures/";

/// Endings of a type's name that hide what the type is.
const EMPTY_ENDINGS: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils", "Processor"];

/// Modules that collect what has no place.
const EMPTY_MODULES: &[&str] = &["utils", "util", "common", "misc", "helpers", "helper"];

/// Macros and attributes that are fine while working and not after.
const LEFTOVERS: &[&str] = &["dbg!", "todo!", "unimplemented!", "#[ignore"];

/// Marks in comments that promise work without a plan; split so that this file passes.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Reports every such word.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let masked = source::mask(&file.text);
    let mut findings = Vec::new();
    for (index, (code, text)) in masked.lines().zip(file.text.lines()).enumerate() {
        let complaints = [
            leftover(code),
            mark(text),
            unsafe_code(&file.path, code),
            empty_type(code),
            empty_module(code),
        ];
        let found = complaints.into_iter().flatten();
        findings.extend(found.map(|message| Finding::at(&file.path, index + 1, message)));
    }
    findings
}

fn leftover(code: &str) -> Option<String> {
    let word = LEFTOVERS.iter().find(|word| contains_word(code, word))?;
    Some(format!("`{word}` is a leftover"))
}

fn mark(text: &str) -> Option<String> {
    let word = MARKS.iter().find(|word| contains_word(text, word))?;
    Some(format!("`{word}`: do it, or plan it in docs/plan.md"))
}

fn unsafe_code(path: &str, code: &str) -> Option<String> {
    let found = !path.starts_with(UNSAFE_HOME) && contains_word(code, "unsafe");
    found.then(|| format!("unsafe code lives in {UNSAFE_HOME} alone"))
}

fn empty_type(code: &str) -> Option<String> {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    let keyword = words.by_ref().find(|word| matches!(*word, "struct" | "enum" | "trait" | "type"));
    let name = keyword.and(words.next())?;
    let ending = EMPTY_ENDINGS.iter().find(|ending| name.ends_with(**ending))?;
    Some(format!("`{name}`: `{ending}` does not say what it is"))
}

fn empty_module(code: &str) -> Option<String> {
    let (_, rest) = code.split_once("mod ")?;
    let name = rest.trim_end().trim_end_matches([';', '{']).trim();
    let empty = EMPTY_MODULES.contains(&name);
    empty.then(|| format!("a module `{name}` collects what has no place"))
}

/// Whether `word` stands in `text` and is no part of a longer name.
fn contains_word(text: &str, word: &str) -> bool {
    let starts_in_name = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    let ends_in_name = |at: usize| {
        let after = text[at + word.len()..].chars().next();
        word.ends_with(char::is_alphanumeric)
            && after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    text.match_indices(word).any(|(at, _)| !starts_in_name(at) && !ends_in_name(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn leftovers_are_reported_in_code_and_not_in_strings() {
        for word in ["dbg!(x)", "todo!()", "unimplemented!()", "#[ignore]"] {
            assert_eq!(messages("a.rs", &format!("    {word};")).len(), 1, "{word}");
            assert!(messages("a.rs", &format!("\"{word}\"")).is_empty(), "{word}");
        }
    }

    #[test]
    fn a_mark_in_a_comment_is_reported() {
        for word in MARKS {
            assert_eq!(messages("a.rs", &format!("// {word}: later")).len(), 1);
            assert!(messages("a.rs", &format!("// a{word}")).is_empty());
        }
    }

    #[test]
    fn unsafe_code_is_reported_outside_its_crate() {
        let code = "fn f() { unsafe { g() } }";
        assert_eq!(messages("crates/engine/src/a.rs", code).len(), 1);
        assert!(messages("crates/structures/src/a.rs", code).is_empty());
        assert!(messages("crates/engine/src/a.rs", "#![forbid(unsafe_code)]").is_empty());
    }

    #[test]
    fn a_type_named_for_nothing_is_reported() {
        assert_eq!(messages("a.rs", "pub struct KeyManager {").len(), 1);
        assert_eq!(messages("a.rs", "enum BatchProcessor {}").len(), 1);
        assert!(messages("a.rs", "pub struct Utility;").is_empty());
    }

    #[test]
    fn a_module_for_everything_else_is_reported() {
        assert_eq!(messages("a.rs", "mod utils;").len(), 1);
        assert_eq!(messages("a.rs", "pub mod common {").len(), 1);
        assert!(messages("a.rs", "mod commons_of_keys;").is_empty());
    }
}
