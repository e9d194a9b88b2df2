//! The list of rules, and the report of what breaks them.

use super::{compatibility, headers, imports, links, purity, ratchet, sizes, words};
use crate::tree::Tree;
use std::fmt;
use std::path::Path;

/// One place that breaks a rule.
#[derive(Debug)]
pub struct Finding {
    pub path: String,
    /// From 1; 0 when the whole file or folder is meant.
    pub line: usize,
    pub message: String,
}

impl Finding {
    /// A finding at a line.
    pub fn at(path: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: path.into(), line, message: message.into() }
    }

    /// A finding about a file or folder as a whole.
    pub fn of(path: &str, message: impl Into<String>) -> Finding {
        Finding::at(path, 0, message)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// A rule looks at the whole tree and says what it found.
type Rule = fn(&Tree) -> Vec<Finding>;

/// Every rule with the name under which the report counts it.
const RULES: &[(&str, Rule)] = &[
    ("imports", imports::check),
    ("purity", purity::check),
    ("headers", headers::check),
    ("sizes", sizes::check),
    ("ratchet", ratchet::check),
    ("words", words::check),
    ("links", links::check),
    ("compatibility", compatibility::check),
];

/// Checks the checkout at `root` and prints what is found.
pub fn run(root: &Path) -> Result<(), String> {
    let tree = Tree::read(root)?;
    let mut count = 0;
    for (name, rule) in RULES {
        for finding in rule(&tree) {
            println!("{finding} [{name}]");
            count += 1;
        }
    }
    match count {
        0 => {
            println!("tidy: {} files, {} rules, nothing found", tree.files.len(), RULES.len());
            Ok(())
        }
        count => Err(format!("tidy: {count} findings")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_like_a_compiler_message() {
        assert_eq!(Finding::at("a.rs", 3, "why").to_string(), "a.rs:3: why");
        assert_eq!(Finding::of("a", "why").to_string(), "a: why");
    }
}
