//! `check`: what to run before a commit. Format, lints, tidy and the tests of the workspace.

use crate::codegen;
use crate::process::{command, must, on_path};
use crate::tidy;
use std::path::Path;

/// Runs the checks, cheap ones first, and stops at the first that fails.
pub fn run(root: &Path) -> Result<(), String> {
    format(root)?;
    tidy::run(root)?;
    codegen::check(root)?;
    lints(root)?;
    tests(root)
}

/// The source is formatted, that of the packages outside the workspace too.
pub fn format(root: &Path) -> Result<(), String> {
    must(&mut command(root, "cargo", &["fmt", "--all", "--check"]))?;
    must(&mut command(&root.join("fuzz"), "cargo", &["fmt", "--check"]))?;
    must(&mut command(&root.join("tests/interop/rust"), "cargo", &["fmt", "--check"]))
}

/// The compiler and clippy have nothing to say, in tests and examples neither.
pub fn lints(root: &Path) -> Result<(), String> {
    let arguments =
        ["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    must(&mut command(root, "cargo", &arguments))
}

/// Every test of the workspace; `cargo nextest` where it is installed, because it is faster.
fn tests(root: &Path) -> Result<(), String> {
    if on_path("cargo-nextest").is_none() {
        return all_tests(root);
    }
    let arguments = ["nextest", "run", "--workspace", "--locked", "--no-tests", "pass"];
    must(&mut command(root, "cargo", &arguments))
}

/// Every test of the workspace with cargo's own runner, examples in the documents included.
pub fn all_tests(root: &Path) -> Result<(), String> {
    must(&mut command(root, "cargo", &["test", "--quiet", "--workspace", "--locked"]))
}
