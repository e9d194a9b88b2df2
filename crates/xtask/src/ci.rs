//! `ci`: everything that must pass before a change is merged, on a machine that has Rust.
//!
//! Every step runs even when an earlier one has failed, so that one round tells everything;
//! the cheap ones come first for those who watch. Each profile is built once: tests in the
//! test profile, programs in release.

use crate::process::{command, must};
use crate::{check, codegen, interop, licences, oracle, setup, structures, tidy};
use std::path::Path;
use std::time::Instant;

type Step = (&'static str, fn(&Path) -> Result<(), String>);

const STEPS: &[Step] = &[
    ("format", check::format),
    ("tidy", tidy::run),
    ("codegen", codegen::check),
    ("licences", licences::run),
    ("lints", check::lints),
    ("tests", check::all_tests),
    ("interleavings", structures::interleavings),
    ("schedules", structures::schedules),
    ("addresses", structures::addresses),
    ("valgrind", structures::valgrind),
    ("release build", release_build),
    ("interop", interop::run_on_release),
    ("oracle", oracle::run_on_release),
];

/// Sets up the machine, runs all steps and says which failed.
pub fn run(root: &Path) -> Result<(), String> {
    setup::install_missing(root)?;
    let mut failed = Vec::new();
    let mut lines = Vec::new();
    for (name, step) in STEPS {
        eprintln!("== {name}");
        let start = Instant::now();
        let result = step(root);
        let seconds = start.elapsed().as_secs();
        lines.push(format!("{name:14} {seconds:4} s  {}", verdict(&result)));
        if let Err(message) = result {
            eprintln!("{name}: {message}");
            failed.push(*name);
        }
    }
    println!("{}", lines.join("\n"));
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(format!("failed: {}", failed.join(", "))),
    }
}

fn verdict(result: &Result<(), String>) -> &'static str {
    if result.is_ok() { "passed" } else { "FAILED" }
}

/// The programs as users get them.
fn release_build(root: &Path) -> Result<(), String> {
    let arguments =
        ["build", "--quiet", "--release", "--locked", "--workspace", "--exclude", "xtask"];
    must(&mut command(root, "cargo", &arguments))
}
