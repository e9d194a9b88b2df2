//! Starting the servers, driving them in turn and reading their CPU clocks.

use super::computations;
use super::load::{FILL, WORKLOADS, Workload};
use super::scene::{self, Scene};
use crate::interop::release_binary;
use crate::process::{self, Server, command, must, on_path, output_of};
use crate::scratch::Scratch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Microseconds of one tick of the clock in `/proc/PID/stat`; 100 a second on every Linux.
const TICK_US: u64 = 10_000;

#[derive(clap::Args)]
pub struct Options {
    /// Only workloads whose name holds this text
    #[arg(long, default_value = "")]
    only: String,
    /// Show latency in this scene instead
    #[arg(long)]
    scene: Option<Scene>,
    /// Measurements of each workload; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Factor on the number of requests
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// The peer's binary (default: the build that VALKEY_SRC names, else redis-server)
    #[arg(long)]
    peer: Option<PathBuf>,
    /// Our binary (default: the release build, made anew)
    #[arg(long)]
    server: Option<PathBuf>,
}

/// A server under measurement.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) server: Server,
    /// Its folder, removed with it.
    _folder: Scratch,
}

/// Prints a table: CPU microseconds per command of both servers, and their ratio.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let ours = match &options.server {
        Some(server) => server.clone(),
        None => built(root)?,
    };
    let load = load_program()?;
    let subjects = [
        start("basalt", &ours, &["--workers", "1"])?,
        start("peer", &peer_program(options)?, &["--io-threads", "1"])?,
    ];
    if options.scene == Some(Scene::Computations) {
        return computations::play(&subjects, &options.only, options.scale);
    }
    if let Some(scene) = options.scene {
        return subjects.iter().try_for_each(|subject| scene::play(scene, subject));
    }
    for subject in &subjects {
        drive(&load, subject, &FILL, FILL.requests)?;
    }
    println!("{:10} {:>12} {:>12} {:>7}", "", "basalt us", "peer us", "ratio");
    for workload in WORKLOADS.iter().filter(|workload| workload.name.contains(&options.only)) {
        let [ours, peer] = measure(&load, &subjects, workload, options)?;
        println!("{:10} {ours:12.3} {peer:12.3} {:7.2}", workload.name, ours / peer);
    }
    Ok(())
}

fn built(root: &Path) -> Result<PathBuf, String> {
    must(&mut command(root, "cargo", &["build", "--release", "--package", "server"]))?;
    Ok(release_binary(root, "basalt-server"))
}

/// A program of the Valkey tree that `VALKEY_SRC` names.
fn in_valkey(name: &str) -> Option<PathBuf> {
    let tree = std::env::var_os("VALKEY_SRC")?;
    Some(Path::new(&tree).join("src").join(name)).filter(|program| program.exists())
}

fn peer_program(options: &Options) -> Result<PathBuf, String> {
    let named = options.peer.clone().or_else(|| in_valkey("valkey-server"));
    named
        .or_else(|| on_path("valkey-server"))
        .or_else(|| on_path("redis-server"))
        .ok_or_else(|| "no peer: set VALKEY_SRC, or install redis-server".into())
}

fn load_program() -> Result<PathBuf, String> {
    let built = in_valkey("valkey-benchmark");
    built
        .or_else(|| on_path("valkey-benchmark"))
        .or_else(|| on_path("redis-benchmark"))
        .ok_or_else(|| "no load generator: set VALKEY_SRC, or install redis-tools".into())
}

fn start(name: &'static str, program: &Path, options: &[&str]) -> Result<Subject, String> {
    let folder = Scratch::new(&format!("bench-{name}"))?;
    let port = process::free_port()?;
    let mut pinned = command(folder.path(), "taskset", &["-c", "0"]);
    pinned.arg(program).args(["--port", &port.to_string(), "--save", "", "--dir"]);
    pinned.arg(folder.path()).args(options).stdout(Stdio::null());
    Ok(Subject { name, server: Server::start(pinned, port)?, _folder: folder })
}

/// Median CPU microseconds per command of each subject.
fn measure(
    load: &Path,
    subjects: &[Subject; 2],
    workload: &Workload,
    options: &Options,
) -> Result<[f64; 2], String> {
    let requests = (workload.requests as f64 * options.scale).max(1.0) as u64;
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..options.rounds.max(1) {
        for (subject, costs) in subjects.iter().zip(&mut costs) {
            let before = cpu_us(subject.server.pid())?;
            drive(load, subject, workload, requests)?;
            let spent = cpu_us(subject.server.pid())? - before;
            costs.push(spent as f64 / requests as f64);
        }
    }
    Ok(costs.map(median))
}

/// Sends the load; an error reply is an error, for it would be measured as a fast command.
fn drive(load: &Path, subject: &Subject, workload: &Workload, requests: u64) -> Result<(), String> {
    let mut generator = command(Path::new("/"), "taskset", &["-c", "1"]);
    generator.arg(load).args(["-p", &subject.server.port.to_string(), "-q", "-c", "50"]);
    generator.args(["-n", &requests.to_string(), "-P", &workload.pipeline.to_string()]);
    let printed = output_of(generator.args(workload.arguments))?;
    let failed = printed.contains("ERR") || !printed.contains("requests per second");
    if failed { Err(format!("{} {}: {printed}", subject.name, workload.name)) } else { Ok(()) }
}

/// User and system time of a process so far.
pub(super) fn cpu_us(pid: u32) -> Result<u64, String> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    ticks(&stat).map(|ticks| ticks * TICK_US).ok_or_else(|| format!("{path} is not understood"))
}

/// Fields 14 and 15; the name before them is in parentheses and may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_past_a_name_with_spaces_and_parentheses() {
        let stat = "42 (a) b c) S 1 2 3 4 5 6 7 8 9 10 300 45 0 0 20";
        assert_eq!(ticks(stat), Some(345));
        assert_eq!(ticks("nonsense"), None);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert!((median(vec![4.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0]) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn this_process_has_a_cpu_clock() {
        assert!(cpu_us(std::process::id()).is_ok());
    }
}
