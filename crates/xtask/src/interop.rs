//! `interop`: clients, tools and libraries that others wrote, against a server binary.
//!
//! Each suite is in its own language below `tests/interop`; what it installs goes below that
//! folder too. The tests find the binary in `BASALT_SERVER` and start a server each; the
//! tests of the command line client run for `BASALT_CLI` too, where that is set.

use crate::process::{self, Server, command, must};
use crate::scratch::Scratch;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of all suites.
const FOLDER: &str = "tests/interop";

#[derive(clap::Args)]
pub struct Options {
    /// The server binary (default: the release build of this checkout)
    #[arg(long)]
    server: Option<PathBuf>,
    /// A command line client to test beside redis-cli
    #[arg(long)]
    cli: Option<PathBuf>,
    /// Only these suites: python (redis-py, redis-cli and redis-benchmark), node, rust
    #[arg(long)]
    only: Vec<String>,
}

/// A suite: its name, how it is set up and how it is run.
struct Suite {
    name: &'static str,
    set_up: fn(&Path) -> Result<(), String>,
    command: fn(&Path) -> Command,
}

const SUITES: &[Suite] = &[
    Suite { name: "python", set_up: set_up_python, command: python },
    Suite { name: "node", set_up: set_up_node, command: node },
    Suite { name: "rust", set_up: set_up_rust, command: rust },
];

/// How many tests passed and failed.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs the suites on the release build, its own command line client included.
pub fn run_on_release(root: &Path) -> Result<(), String> {
    let cli = Some(release_binary(root, "basalt-cli"));
    run(root, &Options { server: None, cli, only: Vec::new() })
}

/// Runs the suites; the last line says how many tests passed and failed.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let server = match &options.server {
        Some(server) => server.clone(),
        None => release_binary(root, "basalt-server"),
    };
    let server = absolute(&server)?;
    must_answer(&server)?;
    let mut programs = vec![("BASALT_SERVER", server)];
    if let Some(cli) = &options.cli {
        programs.push(("BASALT_CLI", absolute(cli)?));
    }
    let folder = root.join(FOLDER);
    let mut total = Count::default();
    for suite in SUITES.iter().filter(|suite| is_wanted(suite, &options.only)) {
        (suite.set_up)(&folder)?;
        let count = run_suite(suite, (suite.command)(&folder).envs(programs.clone()))?;
        println!("{}: {} passed, {} failed", suite.name, count.passed, count.failed);
        total.passed += count.passed;
        total.failed += count.failed;
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 || total.passed == 0 { Err("interop failed".into()) } else { Ok(()) }
}

/// One message instead of a failure in every test when the server does not even start.
fn must_answer(server: &Path) -> Result<(), String> {
    let folder = Scratch::new("interop")?;
    let port = process::free_port()?;
    let program = server.to_string_lossy();
    let mut start = command(folder.path(), &program, &["--port", &port.to_string()]);
    start.args(["--save", "", "--dir"]).arg(folder.path()).stdout(Stdio::null());
    Server::start(start, port).map(drop)
}

fn absolute(program: &Path) -> Result<PathBuf, String> {
    program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))
}

/// A program of the release build.
pub fn release_binary(root: &Path, name: &str) -> PathBuf {
    target_folder(root).join("release").join(name)
}

/// Where cargo puts what it builds for this checkout.
pub fn target_folder(root: &Path) -> PathBuf {
    let chosen = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root.join(chosen.unwrap_or_else(|| "target".into()))
}

fn is_wanted(suite: &Suite, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|name| name == suite.name)
}

fn set_up_python(folder: &Path) -> Result<(), String> {
    if !folder.join(".venv/bin/pip").exists() {
        must(&mut command(folder, "python3", &["-m", "venv", "--clear", ".venv"]))?;
    }
    let install = "install --quiet --disable-pip-version-check --no-cache-dir -r requirements.txt";
    let arguments: Vec<&str> = install.split(' ').collect();
    must(&mut command(folder, ".venv/bin/pip", &arguments))
}

fn python(folder: &Path) -> Command {
    command(folder, ".venv/bin/python", &["-m", "pytest", "-q", "-p", "no:cacheprovider"])
}

fn set_up_node(folder: &Path) -> Result<(), String> {
    let arguments = ["ci", "--silent", "--no-audit", "--no-fund", "--cache", "node_modules/.cache"];
    must(&mut command(&folder.join("node"), "npm", &arguments))
}

fn node(folder: &Path) -> Command {
    command(&folder.join("node"), "node", &["--test", "--test-reporter=tap"])
}

/// Building is part of running, but takes its time out of the tests' own.
fn set_up_rust(folder: &Path) -> Result<(), String> {
    must(rust(folder).arg("--no-run"))
}

/// A package of its own, built into a folder of its own below the checkout's.
fn rust(folder: &Path) -> Command {
    let target = target_folder(folder.ancestors().nth(2).unwrap_or(folder)).join("interop");
    let mut test = command(&folder.join("rust"), "cargo", &["test", "--quiet", "--locked"]);
    test.env("CARGO_TARGET_DIR", target);
    test
}

/// Runs one suite and shows what it prints; a suite that dies without a failure counts as one.
fn run_suite(suite: &Suite, command: &mut Command) -> Result<Count, String> {
    let failure = |error: std::io::Error| format!("{}: {error}", suite.name);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(failure)?;
    let mut count = Count::default();
    for line in BufReader::new(child.stdout.take().expect("it was piped")).lines() {
        let line = line.map_err(failure)?;
        println!("{line}");
        let seen = counted(&line);
        count.passed += seen.passed;
        count.failed += seen.failed;
    }
    let status = child.wait().map_err(failure)?;
    if !status.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Reads the summary lines of pytest (`3 passed, 1 failed in 2s`), of node (`# pass 3`) and
/// of cargo (`test result: ok. 3 passed; 1 failed; ...`); zero for every other line.
fn counted(line: &str) -> Count {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    let pytest = words.iter().rev().nth(1) == Some(&"in");
    let before = |labels: &[&str]| {
        let pair = words.windows(2).filter(|pair| labels.contains(&pair[1]));
        pair.filter_map(|pair| pair[0].parse::<u64>().ok()).sum()
    };
    match words.as_slice() {
        ["#", "pass", count] => Count { passed: count.parse().unwrap_or(0), failed: 0 },
        ["#", "fail", count] => Count { passed: 0, failed: count.parse().unwrap_or(0) },
        ["test", "result:", ..] => {
            Count { passed: before(&["passed"]), failed: before(&["failed"]) }
        }
        _ if pytest => {
            Count { passed: before(&["passed"]), failed: before(&["failed", "error", "errors"]) }
        }
        _ => Count::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_summary_is_counted() {
        let cases = [
            ("3 passed, 1 failed in 2.10s", 3, 1),
            ("2 failed, 5 passed, 1 error in 0.5s", 5, 3),
            ("12 passed in 2.10s", 12, 0),
            ("# pass 7", 7, 0),
            ("# fail 2", 0, 2),
            ("test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured", 4, 1),
        ];
        for (line, passed, failed) in cases {
            assert_eq!(counted(line), Count { passed, failed }, "{line}");
        }
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["", "ok 1 - a test", "9 passed the door", "FAILED test_x.py::test_y"] {
            assert_eq!(counted(line), Count::default(), "{line}");
        }
    }
}
