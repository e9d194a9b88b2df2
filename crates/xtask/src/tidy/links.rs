//! Links and file names in the documents lead somewhere.
//!
//! A document that names a file that moved is worse than none. Checked are relative links,
//! and whatever stands in backticks and looks like a path of this project; a pattern with
//! `<`, `*` or `{` in it is not a path.

use super::report::Finding;
use crate::tree::{File, Tree};

/// What a path of this project begins with when a document quotes it.
const ROOTS: &[&str] =
    &["crates/", "docs/", "tests/", "benches/", "docker/", ".ci/", ".cargo/", "fuzz/"];

/// Reports links and names of files that do not exist.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.files.iter().filter(|file| is_document(&file.path));
    documents.flat_map(|file| check_file(tree, file)).collect()
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md") && (path.starts_with("docs/") || !path.contains('/'))
}

fn check_file(tree: &Tree, file: &File) -> Vec<Finding> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut findings = Vec::new();
    let mut in_block = false;
    for (index, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        let links = links(line).into_iter().map(|target| (target, resolve(folder, target)));
        let quoted = quoted_paths(line).into_iter().map(|path| (path, path.to_string()));
        for (written, path) in links.chain(quoted) {
            if !tree.exists(&path) {
                let message = format!("`{written}` does not exist");
                findings.push(Finding::at(&file.path, index + 1, message));
            }
        }
    }
    findings
}

/// Targets of the relative links of a line, without their anchors.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    let files = local.map(|target| target.split('#').next().unwrap_or_default());
    files.filter(|target| !target.is_empty()).collect()
}

/// What stands in backticks and looks like a path from the root.
fn quoted_paths(line: &str) -> Vec<&str> {
    let spans = line.split('`').skip(1).step_by(2);
    let paths = spans.filter(|span| {
        let pattern = span.contains(['<', '*', '{', ' ', '$', '(']);
        !pattern && (ROOTS.iter().any(|root| span.starts_with(root)) || is_root_document(span))
    });
    paths.map(|path| path.split(':').next().unwrap_or(path)).collect()
}

/// `README.md` and the like.
fn is_root_document(span: &str) -> bool {
    let name = span.strip_suffix(".md").unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase())
}

/// The path from the root of what a file in `folder` links to.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("docs/a/page.md", text), ("docs/b.md", ""), ("README.md", "")]);
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_relative_link_to_nothing_is_reported() {
        assert!(messages("[b](../b.md#part) [r](../../README.md) [top](#top)").is_empty());
        assert_eq!(messages("[b](b.md)"), ["`b.md` does not exist"]);
    }

    #[test]
    fn a_quoted_path_to_nothing_is_reported() {
        assert!(messages("see `docs/b.md:3`, `docs/a/` and `README.md`").is_empty());
        assert_eq!(messages("see `crates/gone.rs`"), ["`crates/gone.rs` does not exist"]);
        assert_eq!(messages("see `SECURITY.md`"), ["`SECURITY.md` does not exist"]);
    }

    #[test]
    fn patterns_addresses_and_blocks_are_not_paths() {
        assert!(messages("`crates/<name>/x` [x](https://example.org/a.md)").is_empty());
        assert!(messages("```\n`crates/gone.rs`\n```").is_empty());
    }
}
