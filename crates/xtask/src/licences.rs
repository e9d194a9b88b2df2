//! `licences`: every dependency is under a licence that deny.toml allows and comes from
//! crates.io.
//!
//! deny.toml has the format of cargo-deny, which also checks advisories; installing it takes
//! longer than all other checks together, so these two rules are checked here.

use crate::process::{command, output_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use toml::Table;

/// The packages of this project that have a lock file of their own.
const LOCKS: &[&str] = &["", "tests/interop/rust"];

/// A dependency: its name and version, and the licence it declares.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Checks the dependencies of every lock file.
pub fn run(root: &Path) -> Result<(), String> {
    let rules = table(&root.join("deny.toml"))?;
    let mut problems = Vec::new();
    let mut count = 0;
    for folder in LOCKS {
        let folder = root.join(folder);
        let packages = packages(&folder)?;
        count += packages.len();
        problems.extend(bad_licences(&packages, &strings(&rules, "licenses", "allow")));
        problems.extend(bad_sources(
            &table(&folder.join("Cargo.lock"))?,
            &strings(&rules, "sources", "allow-registry"),
        ));
        for line in duplicates(&packages) {
            println!("note: {line}");
        }
    }
    if problems.is_empty() {
        println!("licences: {count} packages, nothing found");
        return Ok(());
    }
    Err(problems.join("\n"))
}

fn table(path: &Path) -> Result<Table, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.parse().map_err(|error| format!("{}: {error}", path.display()))
}

/// The list of strings at `[section] key`.
fn strings(table: &Table, section: &str, key: &str) -> Vec<String> {
    let list = table.get(section).and_then(|section| section.get(key)?.as_array());
    let texts = list.into_iter().flatten().filter_map(|value| value.as_str());
    texts.map(str::to_string).collect()
}

fn packages(folder: &Path) -> Result<Vec<Package>, String> {
    let arguments = "tree --locked --workspace --target all --edges all --prefix none";
    let mut arguments: Vec<&str> = arguments.split(' ').collect();
    arguments.extend(["--format", "{p}|{l}"]);
    let listing = output_of(&mut command(folder, "cargo", &arguments))?;
    let found: BTreeSet<Package> = listing.lines().filter_map(package).collect();
    Ok(found.into_iter().collect())
}

/// Reads `name v1.2.3 (...)|LICENCE (*)`; packages of the checkout have a path and no check.
fn package(line: &str) -> Option<Package> {
    let (identity, licence) = line.split_once('|')?;
    let mut words = identity.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let local = words.any(|word| word.starts_with("(/"));
    (!local).then(|| Package {
        name: name.into(),
        version: version.into(),
        licence: licence.trim_end_matches("(*)").trim().into(),
    })
}

fn bad_licences(packages: &[Package], allowed: &[String]) -> Vec<String> {
    let bad = packages.iter().filter(|package| !satisfied(&package.licence, allowed));
    bad.map(|Package { name, version, licence }| {
        format!("{name} {version}: `{licence}` is not allowed by deny.toml")
    })
    .collect()
}

fn bad_sources(lock: &Table, registries: &[String]) -> Vec<String> {
    let packages = lock.get("package").and_then(|list| list.as_array()).into_iter().flatten();
    let named = packages.filter_map(|package| {
        Some((package.get("name")?.as_str()?, package.get("source")?.as_str()?))
    });
    let known = |source: &str| {
        source
            .strip_prefix("registry+")
            .is_some_and(|source| registries.iter().any(|r| r == source))
    };
    let bad = named.filter(|(_, source)| !known(source));
    bad.map(|(name, source)| format!("{name} comes from {source}")).collect()
}

fn duplicates(packages: &[Package]) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    let twice = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    twice.map(|(name, versions)| format!("{name} in versions {}", versions.join(", "))).collect()
}

/// Whether an SPDX expression can be met with allowed licences only.
fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    !expression.is_empty() && any_of(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `a OR b`: both sides are read, whatever the first one says.
fn any_of(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= all_of(words, allowed);
    }
    met
}

fn all_of(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let met = any_of(words, allowed);
        return words.next() == Some(")") && met;
    }
    let Some(name) = words.next() else { return false };
    let whole = match words.next_if_eq(&"WITH") {
        Some(_) => format!("{name} WITH {}", words.next().unwrap_or_default()),
        None => name.to_string(),
    };
    allowed.contains(&whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<String> {
        vec!["MIT".into(), "Apache-2.0 WITH LLVM-exception".into(), "Zlib".into()]
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        assert!(satisfied("GPL-3.0 OR MIT", &allowed()));
        assert!(satisfied("Apache-2.0/MIT", &allowed()));
        assert!(!satisfied("GPL-3.0", &allowed()));
        assert!(!satisfied("", &allowed()));
    }

    #[test]
    fn what_is_joined_by_and_must_all_be_allowed() {
        assert!(satisfied("(GPL-3.0 OR MIT) AND Zlib", &allowed()));
        assert!(!satisfied("MIT AND GPL-3.0", &allowed()));
        assert!(!satisfied("Zlib AND (GPL-2.0 OR GPL-3.0)", &allowed()));
    }

    #[test]
    fn an_exception_is_part_of_the_licence() {
        assert!(satisfied("Apache-2.0 WITH LLVM-exception", &allowed()));
        assert!(!satisfied("Apache-2.0", &allowed()));
    }

    #[test]
    fn packages_of_the_checkout_are_left_out() {
        assert!(package("engine v0.1.0 (/home/x/crates/engine)|MIT").is_none());
        let clap = package("clap_derive v4.6.0 (proc-macro)|MIT OR Apache-2.0 (*)").unwrap();
        assert_eq!(clap.name, "clap_derive");
        assert_eq!(clap.licence, "MIT OR Apache-2.0");
    }

    #[test]
    fn a_source_that_is_no_known_registry_is_reported() {
        let lock = "[[package]]\nname = \"a\"\nsource = \"git+https://example.org/a\"\n\
                    [[package]]\nname = \"b\"\nsource = \"registry+https://r\"\n\
                    [[package]]\nname = \"ours\"\n";
        let seen = bad_sources(&lock.parse().unwrap(), &["https://r".to_string()]);
        assert_eq!(seen, ["a comes from git+https://example.org/a"]);
    }
}
