//! Which crate may import which: the crate graph is the architecture.
//!
//! The table names what each crate imports directly. A crate that is missing from it is a
//! finding too: a new crate is a decision, and the table is where it is written down.

use super::report::Finding;
use crate::tree::{File, Tree};
use std::collections::BTreeMap;

/// Each crate with the crates it may import, lowest layer first.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("structures", &[]),
    ("resp", &[]),
    ("types", &["structures"]),
    ("persistence", &["types", "resp"]),
    ("replication", &["resp"]),
    ("sentinel", &["resp"]),
    ("scripting", &["resp"]),
    ("engine", UP_TO_ENGINE),
    ("server", UP_TO_ENGINE),
    ("cli", &["resp"]),
    ("bench", &["resp"]),
    ("xtask", &["engine", "resp"]),
];

/// `engine` cannot import itself, so one list serves it and `server`.
const UP_TO_ENGINE: &[&str] = &[
    "structures",
    "resp",
    "types",
    "persistence",
    "replication",
    "sentinel",
    "scripting",
    "engine",
];

/// Reports every import against the table.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let manifests: BTreeMap<&str, &File> =
        tree.files.iter().filter_map(|file| Some((crate_of(&file.path)?, file))).collect();
    let mut findings = Vec::new();
    for (name, manifest) in &manifests {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| known == name) else {
            let message = format!("the crate `{name}` has no line in the table of imports");
            findings.push(Finding::of(&manifest.path, message));
            continue;
        };
        for (line, import) in dependencies(&manifest.text) {
            if manifests.contains_key(import) && !allowed.contains(&import) {
                let message = format!("`{name}` may not import `{import}`");
                findings.push(Finding::at(&manifest.path, line, message));
            }
        }
    }
    findings
}

/// The crate whose manifest this path is.
fn crate_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

/// Line number and name of every entry in a table of dependencies, whatever its kind.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').ends_with("dependencies");
            if let Some((_, name)) = section.trim_end_matches(']').rsplit_once("dependencies.") {
                found.push((index + 1, name));
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.extend((!name.is_empty()).then_some((index + 1, name)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(manifests: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(manifests)).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn an_import_against_the_direction_is_reported_with_its_line() {
        let seen = findings(&[
            ("crates/types/Cargo.toml", "[dependencies]\nengine.workspace = true\n"),
            ("crates/engine/Cargo.toml", "[dependencies]\ntypes = { path = \"../types\" }\n"),
        ]);
        assert_eq!(seen, ["crates/types/Cargo.toml:2: `types` may not import `engine`"]);
    }

    #[test]
    fn tables_for_a_target_for_tests_and_of_one_dependency_count_too() {
        for section in [
            "[dev-dependencies]\nserver.workspace = true",
            "[target.'cfg(unix)'.build-dependencies]\nserver = \"1\"",
            "[dependencies.server]\npath = \"../server\"",
        ] {
            let seen = findings(&[
                ("crates/resp/Cargo.toml", section),
                ("crates/server/Cargo.toml", "[dependencies]\nresp.workspace = true\n"),
            ]);
            assert_eq!(seen.len(), 1, "{section}");
        }
    }

    #[test]
    fn a_crate_without_a_line_in_the_table_is_reported() {
        let seen = findings(&[("crates/extras/Cargo.toml", "")]);
        assert!(seen[0].contains("`extras` has no line"), "{seen:?}");
    }
}
