//! The list of foreign tests that Basalt does not pass by design stays short and explained.

use super::report::Finding;
use crate::tree::Tree;

/// The list: `unit | test name | reason`, one line each.
const LIST: &str = "docs/compatibility-tests.txt";
const MOST: usize = 40;

/// Reports lines without their three parts, and a list that has grown too long.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(file) = tree.file(LIST) else { return vec![Finding::of(LIST, "does not exist")] };
    let entries = file.text.lines().enumerate();
    let entries: Vec<_> =
        entries.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect();
    let malformed = entries.iter().filter(|(_, line)| {
        let parts: Vec<&str> = line.split(" | ").collect();
        parts.len() != 3 || parts.iter().any(|part| part.trim().is_empty())
    });
    let mut findings: Vec<_> = malformed
        .map(|(index, _)| Finding::at(LIST, index + 1, "write `unit | test name | reason`"))
        .collect();
    if entries.len() > MOST {
        findings.push(Finding::of(LIST, format!("{} entries, at most {MOST}", entries.len())));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        check(&Tree::of(&[(LIST, text)])).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn an_entry_without_a_reason_is_reported() {
        assert!(messages("# why\n\nunit/x | a test | looks for a forked child\n").is_empty());
        assert_eq!(messages("unit/x | a test").len(), 1);
        assert_eq!(messages("unit/x | a test |  ").len(), 1);
    }

    #[test]
    fn more_than_forty_entries_are_reported() {
        assert!(messages(&"unit | test | reason\n".repeat(40)).is_empty());
        assert_eq!(messages(&"unit | test | reason\n".repeat(41)), ["41 entries, at most 40"]);
    }

    #[test]
    fn the_list_has_to_be_there() {
        assert_eq!(check(&Tree::of(&[])).len(), 1);
    }
}
