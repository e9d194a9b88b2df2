//! Crates below `server` touch nothing outside the process: no socket, file, thread or clock.
//!
//! That is what lets a test drive the engine through any schedule with a clock of its own.
//! Tests of these crates may read files, so only the code before them is looked at.

use super::report::Finding;
use crate::source;
use crate::tree::Tree;

/// Crates that are handed time and bytes, and hand back bytes and actions.
const PURE: &[&str] = &["engine", "types", "resp", "persistence", "replication", "sentinel"];

/// What reaches outside, and where to turn instead.
const OUTSIDE: &[(&str, &str)] = &[
    ("TcpListener", "sockets belong to `server`"),
    ("TcpStream", "sockets belong to `server`"),
    ("UnixStream", "sockets belong to `server`"),
    ("std::fs", "files belong to `server`; take `Read` or `Write`"),
    ("thread::spawn", "threads belong to `server`"),
    ("Instant::now", "time comes in as a parameter"),
    ("SystemTime::now", "time comes in as a parameter"),
];

/// Reports every use of the world outside in a pure crate.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let pure = |path: &str| PURE.iter().any(|name| path.starts_with(&format!("crates/{name}/src")));
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| pure(&file.path) && !file.path.ends_with("tests.rs")) {
        let masked = source::mask(&file.text);
        let production = masked.lines().take(source::tests_begin(&masked) - 1);
        for (index, line) in production.enumerate() {
            for (word, instead) in OUTSIDE.iter().filter(|(word, _)| line.contains(word)) {
                findings.push(Finding::at(&file.path, index + 1, format!("`{word}`: {instead}")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_read_in_the_engine_is_reported() {
        let text = "//! x\nfn f() { std::time::Instant::now(); }\n";
        let tree = Tree::of(&[("crates/engine/src/a.rs", text)]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn the_server_and_tests_may_read_it() {
        let text = "//! x\n#[cfg(test)]\nmod tests {\n fn f() { std::fs::read(p); }\n}\n";
        let tree = Tree::of(&[
            ("crates/engine/src/a.rs", text),
            ("crates/server/src/a.rs", "//! x\nuse std::net::TcpListener;\n"),
        ]);
        assert!(check(&tree).is_empty());
    }
}
