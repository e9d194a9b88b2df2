//! Hard sizes: functions, lines, folders. Files have a ratchet of their own.
//!
//! Short functions are the one measure by which well-kept projects stand out, so besides the
//! hard limit there is a quota: of all functions, one in twenty may pass the length to aim at.

use super::report::Finding;
use crate::source;
use crate::tree::{File, Tree};
use std::collections::BTreeMap;

const FUNCTION_LINES: usize = 70;
const FUNCTION_AIM: usize = 40;
/// One function in this many may be longer than [`FUNCTION_AIM`].
const FUNCTION_QUOTA: usize = 20;
const LINE_COLUMNS: usize = 100;
const FOLDER_ENTRIES: usize = 40;

/// Reports whatever is too long, too wide or too many.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut functions, mut long) = (0, Vec::new());
    for file in tree.rust() {
        findings.extend(wide_lines(file));
        for function in source::functions(&source::mask(&file.text)) {
            functions += 1;
            if function.lines > FUNCTION_AIM {
                long.push((file, function));
            }
        }
    }
    findings.extend(long.iter().filter_map(|(file, function)| too_long(file, function)));
    findings.extend(over_quota(functions, &long));
    findings.extend(full_folders(tree));
    findings
}

fn wide_lines(file: &File) -> impl Iterator<Item = Finding> {
    let wide = |line: &str| line.chars().count() > LINE_COLUMNS;
    let lines = file.text.lines().enumerate().filter(move |(_, line)| wide(line));
    lines.map(|(index, line)| {
        let message = format!("{} columns, at most {LINE_COLUMNS}", line.chars().count());
        Finding::at(&file.path, index + 1, message)
    })
}

/// A function past the hard length, unless it gives clippy its reason.
fn too_long(file: &File, function: &source::Function) -> Option<Finding> {
    let name = &function.name;
    let attributes = file.text.lines().take(function.line - 1).collect::<Vec<_>>();
    let near = attributes.iter().rev().take_while(|line| !line.trim().is_empty());
    let reasoned = near.clone().any(|line| line.contains("too_many_lines"));
    let message = format!("`{name}` has {} lines, at most {FUNCTION_LINES}", function.lines);
    (function.lines > FUNCTION_LINES && !reasoned)
        .then(|| Finding::at(&file.path, function.line, message))
}

fn over_quota(functions: usize, long: &[(&File, source::Function)]) -> Option<Finding> {
    let allowed = functions / FUNCTION_QUOTA;
    if long.len() <= allowed.max(1) {
        return None;
    }
    let places = long.iter().map(|(file, function)| {
        format!("\n  {}:{} {} ({})", file.path, function.line, function.name, function.lines)
    });
    let message = format!(
        "{} of {functions} functions pass {FUNCTION_AIM} lines, at most {allowed} may:{}",
        long.len(),
        places.collect::<String>()
    );
    Some(Finding::of("crates", message))
}

fn full_folders(tree: &Tree) -> Vec<Finding> {
    let mut entries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in &tree.files {
        let mut path = file.path.as_str();
        while let Some((folder, name)) = path.rsplit_once('/') {
            let names = entries.entry(folder).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
            path = folder;
        }
    }
    let full = entries.into_iter().filter(|(_, names)| names.len() > FOLDER_ENTRIES);
    full.map(|(folder, names)| {
        Finding::of(folder, format!("{} entries, at most {FOLDER_ENTRIES}", names.len()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect()
    }

    fn function_of(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_past_the_hard_length_is_reported() {
        assert!(findings("a.rs", &function_of(70)).is_empty());
        let seen = findings("a.rs", &function_of(71));
        assert_eq!(seen, ["a.rs:1: `long` has 71 lines, at most 70"]);
    }

    #[test]
    fn a_flat_table_that_gives_its_reason_may_be_longer() {
        let text = format!(
            "#[expect(clippy::too_many_lines, reason = \"a flat table\")]\n{}",
            function_of(90)
        );
        assert!(findings("a.rs", &text).is_empty());
    }

    #[test]
    fn more_than_one_function_in_twenty_past_the_aim_is_reported() {
        let two_long = function_of(50).repeat(2);
        let seen = findings("a.rs", &two_long);
        assert!(seen[0].contains("2 of 2 functions"), "{seen:?}");
        let among_many = format!("{two_long}{}", "fn short() {}\n".repeat(40));
        assert!(findings("a.rs", &among_many).is_empty());
    }

    #[test]
    fn a_wide_line_is_reported_in_characters_and_not_in_bytes() {
        assert!(findings("a.rs", &"é".repeat(100)).is_empty());
        assert_eq!(findings("a.rs", &"x".repeat(101)), ["a.rs:1: 101 columns, at most 100"]);
    }

    #[test]
    fn a_folder_with_too_many_entries_is_reported() {
        let names: Vec<String> = (0..41).map(|n| format!("docs/{n}.md")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert!(check(&Tree::of(&files[..40])).is_empty());
        let seen = check(&Tree::of(&files));
        assert_eq!(seen[0].to_string(), "docs: 41 entries, at most 40");
    }
}
