//! Every Rust file opens with a `//!` line that says what it is for.

use super::report::Finding;
use crate::tree::Tree;

/// Reports files whose first line is not a header, or says nothing.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let silent = tree.rust().filter(|file| {
        let first = file.text.lines().next().unwrap_or_default();
        first.strip_prefix("//!").is_none_or(|words| words.trim().is_empty())
    });
    silent
        .map(|file| Finding::at(&file.path, 1, "open the file with `//!` and what it is for"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_header_is_reported() {
        let tree = Tree::of(&[
            ("crates/a/src/good.rs", "//! Lists of keys.\n"),
            ("crates/a/src/bare.rs", "use std::fmt;\n"),
            ("crates/a/src/blank.rs", "//!\nuse std::fmt;\n"),
            ("crates/a/src/void.rs", ""),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(
            paths,
            ["crates/a/src/bare.rs", "crates/a/src/blank.rs", "crates/a/src/void.rs"]
        );
    }
}
