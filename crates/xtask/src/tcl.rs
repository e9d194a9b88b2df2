//! `tcl`: Valkey's own test suite in external mode, a fresh server for each unit, so that a
//! crash or left-over configuration of one unit does not touch the next.
//!
//! The suite stays outside this repository: `VALKEY_SRC` names its built tree. Failures that
//! docs/compatibility-tests.txt explains are counted apart.

use crate::interop::release_binary;
use crate::process::{self, Server, command};
use crate::scratch::Scratch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Units outside `unit/` and `unit/type/` that run against a server they did not start.
const INTEGRATION: &[&str] = &["integration/valkey-cli", "integration/replication-buffer"];

/// What the suite needs to be allowed.
const SERVER_OPTIONS: &[&str] = &[
    "--save",
    "",
    "--enable-debug-command",
    "yes",
    "--enable-protected-configs",
    "yes",
    "--enable-module-command",
    "yes",
];

#[derive(clap::Args)]
pub struct Options {
    /// Units such as unit/type/string (default: all)
    units: Vec<String>,
    /// The server binary (default: the release build of this checkout)
    #[arg(long)]
    server: Option<PathBuf>,
    /// Which tests by their tags
    #[arg(long, default_value = "-slow", allow_hyphen_values = true)]
    tags: String,
    /// Seconds for one unit
    #[arg(long, default_value_t = 180)]
    limit: u32,
    /// Where the logs go
    #[arg(long, default_value = "target/tcl")]
    logs: PathBuf,
}

/// The tests of one unit, by how they ended.
#[derive(Default)]
struct Tally {
    passed: usize,
    skipped: usize,
    failed: Vec<String>,
    explained: usize,
}

/// Runs the units; the last line says how many tests passed and failed.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let suite = std::env::var("VALKEY_SRC").map_err(|_| "set VALKEY_SRC to a built Valkey tree")?;
    let suite = PathBuf::from(suite);
    let explained = fs::read_to_string(root.join("docs/compatibility-tests.txt"));
    let explained = explained.unwrap_or_default();
    let units = if options.units.is_empty() { all_units(&suite)? } else { options.units.clone() };
    fs::create_dir_all(&options.logs).map_err(|error| error.to_string())?;
    let server = options.server.clone().unwrap_or_else(|| release_binary(root, "basalt-server"));
    let mut total = Tally::default();
    for unit in &units {
        let log = run_unit(&suite, &server, unit, options)?;
        let tally = tally(unit, &log, &explained);
        println!("{}", row(unit, &tally));
        total.passed += tally.passed;
        total.skipped += tally.skipped;
        total.explained += tally.explained;
        total.failed.extend(tally.failed.iter().map(|name| format!("{unit} | {name}")));
    }
    for failed in &total.failed {
        println!("{failed}");
    }
    println!("{} passed, {} failed", total.passed, total.failed.len());
    if total.failed.is_empty() { Ok(()) } else { Err("units failed".into()) }
}

fn row(unit: &str, tally: &Tally) -> String {
    let Tally { passed, skipped, failed, explained } = tally;
    let failed = failed.len();
    format!(
        "{unit:40} {passed:5} passed {failed:4} failed {explained:3} explained {skipped:4} skipped"
    )
}

fn all_units(suite: &Path) -> Result<Vec<String>, String> {
    let mut units = Vec::new();
    for folder in ["unit", "unit/type"] {
        let path = suite.join("tests").join(folder);
        let entries = fs::read_dir(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let scripts = names.filter_map(|name| name.strip_suffix(".tcl").map(str::to_string));
        units.extend(scripts.map(|name| format!("{folder}/{name}")));
    }
    units.extend(INTEGRATION.iter().map(ToString::to_string));
    units.sort();
    Ok(units)
}

/// Runs one unit on a server of its own and returns the log.
fn run_unit(suite: &Path, server: &Path, unit: &str, options: &Options) -> Result<String, String> {
    let scratch = Scratch::new(&unit.replace('/', "-"))?;
    let port = process::free_port()?;
    let port_text = port.to_string();
    let program = server.to_string_lossy();
    let mut start = command(scratch.path(), &program, &["--port", &port_text]);
    start.arg("--dir").arg(scratch.path()).args(SERVER_OPTIONS);
    start.stdout(Stdio::null()).stderr(Stdio::null());
    let server = Server::start(start, port)?;
    let limit = options.limit.to_string();
    let arguments = ["-k", "5", &limit, "./runtest", "--host", "127.0.0.1", "--port", &port_text];
    let mut runtest = command(suite, "timeout", &arguments);
    runtest.args(["--durable", "--verbose", "--verbose", "--tags", &options.tags]);
    let output = runtest.args(["--single", unit]).output().map_err(|error| error.to_string())?;
    let mut log = without_colours(&String::from_utf8_lossy(&output.stdout));
    if !output.status.success() && !log.contains("[err]") {
        log.push_str(&format!("\n[err]: the unit ended with {} in {unit}\n", output.status));
    }
    if !server.answers() {
        log.push_str("\n[err]: the server does not answer any more\n");
    }
    let file = options.logs.join(format!("{}.log", unit.replace('/', "_")));
    fs::write(&file, &log).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(log)
}

fn tally(unit: &str, log: &str, explained: &str) -> Tally {
    let mut tally = Tally::default();
    for line in log.lines() {
        if line.starts_with("[ok]") {
            tally.passed += 1;
        } else if line.starts_with("[skip]") {
            tally.skipped += 1;
        } else if let Some(rest) = line.strip_prefix("[err]: ") {
            let name = rest.rsplit_once(" in ").map_or(rest, |(name, _)| name).to_string();
            let known = explained.lines().any(|l| l.starts_with(&format!("{unit} | {name} | ")));
            if known { tally.explained += 1 } else { tally.failed.push(name) }
        }
    }
    tally
}

/// The text without the sequences that colour it.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[ok]: a test (1 ms)\n[err]: b test in tests/unit/x.tcl\nwhy\n[skip]: c\n";

    #[test]
    fn tests_are_counted_by_how_they_ended() {
        let tally = tally("unit/x", LOG, "");
        assert_eq!((tally.passed, tally.skipped, tally.explained), (1, 1, 0));
        assert_eq!(tally.failed, ["b test"]);
    }

    #[test]
    fn a_failure_that_the_list_explains_is_counted_apart() {
        let tally = tally("unit/x", LOG, "unit/x | b test | looks for a forked child\n");
        assert_eq!(tally.explained, 1);
        assert!(tally.failed.is_empty());
    }

    #[test]
    fn colours_are_no_part_of_a_log() {
        assert_eq!(without_colours("\u{1b}[0;32m[ok]\u{1b}[0m: x"), "[ok]: x");
    }
}
