//! The ratchet of file lengths: `crates/xtask/ratchet.txt` lists the files that may be longer
//! than the aim, each with its allowance, and allowances only go down.
//!
//! A hard limit alone would let every file grow up to it. An allowance that is no longer
//! needed is a finding, so what was made shorter stays shorter. Tests at the end of a file
//! count for the hard limit alone.

use super::report::Finding;
use crate::source;
use crate::tree::Tree;

/// Where the allowances are.
pub const LIST: &str = "crates/xtask/ratchet.txt";

/// Lines of code a file should have at most.
const AIM: usize = 500;
/// Lines a file may have at most, tests and all.
const HARD: usize = 1000;
/// How much an allowance may exceed the length it is for.
const SLACK: usize = 20;
/// One file in this many may have an allowance.
const QUOTA: usize = 10;

/// Reports files without an allowance, and allowances without a file that needs them.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let allowances = match allowances(tree) {
        Ok(allowances) => allowances,
        Err(finding) => return vec![finding],
    };
    for file in tree.rust() {
        let masked = source::mask(&file.text);
        let before_tests = masked.lines().take(source::tests_begin(&masked) - 1);
        let code = before_tests.collect::<Vec<_>>().join("\n").trim_end().lines().count();
        let all = masked.lines().count();
        let allowance = allowances.iter().find(|allowance| allowance.path == file.path);
        findings.extend(allowance.and_then(|allowance| unneeded(allowance, code)));
        if all > HARD {
            let message = format!("{all} lines, at most {HARD} even with an allowance");
            findings.push(Finding::of(&file.path, message));
        } else if code > allowance.map_or(AIM, |allowance| allowance.lines) {
            let message = format!("{code} lines of code: divide the file (aim: {AIM})");
            findings.push(Finding::of(&file.path, message));
        }
    }
    findings.extend(allowances.iter().filter_map(|allowance| orphan(tree, allowance)));
    findings.extend(over_quota(tree.rust().count(), allowances.len()));
    findings
}

struct Allowance<'a> {
    path: &'a str,
    lines: usize,
    /// Its line in the list.
    at: usize,
}

fn allowances(tree: &Tree) -> Result<Vec<Allowance<'_>>, Finding> {
    let text = tree.file(LIST).map_or("", |file| &file.text);
    let entries = text.lines().enumerate().filter(|(_, line)| !is_comment(line));
    entries
        .map(|(index, line)| {
            let parts = line.split_once(' ').and_then(|(path, n)| Some((path, n.parse().ok()?)));
            let (path, lines) =
                parts.ok_or_else(|| Finding::at(LIST, index + 1, "write `path lines`"))?;
            Ok(Allowance { path, lines, at: index + 1 })
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

fn unneeded(allowance: &Allowance<'_>, code: usize) -> Option<Finding> {
    let message = match code {
        0..=AIM => format!("{} needs no allowance any more", allowance.path),
        _ if allowance.lines > code + SLACK => {
            format!("{} has {code} lines: lower its allowance", allowance.path)
        }
        _ => return None,
    };
    Some(Finding::at(LIST, allowance.at, message))
}

fn orphan(tree: &Tree, allowance: &Allowance<'_>) -> Option<Finding> {
    let message = format!("{} does not exist", allowance.path);
    tree.file(allowance.path).is_none().then(|| Finding::at(LIST, allowance.at, message))
}

fn over_quota(files: usize, allowances: usize) -> Option<Finding> {
    let allowed = (files / QUOTA).max(1);
    let message = format!("{allowances} allowances for {files} files, at most {allowed}");
    (allowances > allowed).then(|| Finding::of(LIST, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(lines: usize, list: &str) -> Vec<String> {
        let text = "a();\n".repeat(lines);
        let tree = Tree::of(&[("a.rs", &text), (LIST, list)]);
        check(&tree).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_long_file_needs_an_allowance() {
        assert!(findings(500, "").is_empty());
        assert_eq!(findings(501, ""), ["a.rs: 501 lines of code: divide the file (aim: 500)"]);
        assert!(findings(501, "# why\na.rs 510\n").is_empty());
    }

    #[test]
    fn an_allowance_only_goes_down() {
        let seen = findings(600, "a.rs 700");
        assert_eq!(seen, [format!("{LIST}:1: a.rs has 600 lines: lower its allowance")]);
        let seen = findings(400, "a.rs 600");
        assert_eq!(seen, [format!("{LIST}:1: a.rs needs no allowance any more")]);
    }

    #[test]
    fn nothing_allows_more_than_the_hard_length() {
        let seen = findings(1001, "a.rs 1001");
        assert_eq!(seen, ["a.rs: 1001 lines, at most 1000 even with an allowance"]);
    }

    #[test]
    fn tests_at_the_end_do_not_count_as_code() {
        let text =
            format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "a\n".repeat(490), "b\n".repeat(90));
        assert!(check(&Tree::of(&[("a.rs", &text)])).is_empty());
    }

    #[test]
    fn an_entry_that_names_no_file_or_no_number_is_reported() {
        assert_eq!(findings(1, "b.rs 600"), [format!("{LIST}:1: b.rs does not exist")]);
        assert_eq!(findings(1, "b.rs"), [format!("{LIST}:1: write `path lines`")]);
    }

    #[test]
    fn allowances_stay_rare() {
        let long = "a();\n".repeat(510);
        let list = "a.rs 520\nb.rs 520\n";
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", &long), (LIST, list)]);
        assert_eq!(check(&tree)[0].message, "2 allowances for 2 files, at most 1");
    }
}
