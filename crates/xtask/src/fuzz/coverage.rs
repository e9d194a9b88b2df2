//! Which lines of the crates the corpora reach.
//!
//! The targets are built once more with the compiler's own counters and run every input of their
//! corpus. Tests are not part of that build, so the numbers are of lines that servers run. Builds
//! without the sanitizer and its hooks, because those cost time and change nothing here.

use super::{TARGETS, corpus};
use crate::interop::target_folder;
use crate::process::{command, must, output_of};
use crate::scratch::Scratch;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates that the targets are for.
const CRATES: [&str; 2] = ["resp", "engine"];
/// Inputs that one process runs.
const INPUTS: usize = 500;

/// How often each line of a file was reached.
type Lines = BTreeMap<(String, u32), u64>;

/// Measures, and prints the share of each crate and the files with the most lines left.
pub fn print(root: &Path) -> Result<(), String> {
    let built = target_folder(root).join("fuzz-coverage");
    let mut build = command(&root.join("fuzz"), "cargo", &["build", "--quiet", "--release"]);
    build.env("CARGO_TARGET_DIR", &built);
    build.env("RUSTFLAGS", "--cfg fuzzing -Cinstrument-coverage -Copt-level=1");
    // Programs that the build itself runs have counters, too; nobody wants those.
    must(build.env("LLVM_PROFILE_FILE", "/dev/null"))?;
    let scratch = Scratch::new("coverage")?;
    let mut lines = Lines::new();
    for target in TARGETS {
        let binary = built.join("release").join(target);
        let profile = run_corpus(root, (target, &binary), &scratch)?;
        let Some(profile) = profile else { continue };
        let mut export = command(root, &tool("llvm-cov")?, &["export", "--format=lcov"]);
        export.arg(format!("--instr-profile={}", profile.display())).arg(&binary);
        add(&output_of(&mut export)?, &mut lines);
    }
    print_shares(&lines);
    Ok(())
}

/// Runs all inputs of a target; gives what was counted, where there were any.
fn run_corpus(
    root: &Path,
    (target, binary): (&str, &Path),
    scratch: &Scratch,
) -> Result<Option<PathBuf>, String> {
    let Ok(folder) = fs::read_dir(corpus(root, target)) else { return Ok(None) };
    let inputs: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    if inputs.is_empty() {
        return Ok(None);
    }
    let mut merge = command(root, &tool("llvm-profdata")?, &["merge", "-sparse", "-o"]);
    let profile = scratch.path().join(format!("{target}.profdata"));
    merge.arg(&profile);
    for (i, some) in inputs.chunks(INPUTS).enumerate() {
        let raw = scratch.path().join(format!("{target}-{i}.profraw"));
        let mut run = command(root, &binary.to_string_lossy(), &[]);
        output_of(run.args(some).env("LLVM_PROFILE_FILE", &raw))?;
        merge.arg(raw);
    }
    output_of(&mut merge)?;
    Ok(Some(profile))
}

/// A program of the compiler's own LLVM: that of the system cannot read its counters.
fn tool(name: &str) -> Result<String, String> {
    let here = Path::new(".");
    let library = output_of(&mut command(here, "rustc", &["--print", "target-libdir"]))?;
    let path = Path::new(library.trim()).join("../bin").join(name);
    if !path.is_file() {
        return Err(format!("no {name}: run `rustup component add llvm-tools` first"));
    }
    Ok(path.to_string_lossy().into_owned())
}

/// Adds the counts of a report in the form of lcov.
fn add(report: &str, lines: &mut Lines) {
    let mut file = String::new();
    for entry in report.lines() {
        if let Some(path) = entry.strip_prefix("SF:") {
            file = path.to_owned();
        } else if let Some((line, count)) =
            entry.strip_prefix("DA:").and_then(|rest| rest.split_once(','))
            && let (Ok(line), Ok(count)) = (line.parse(), count.parse::<u64>())
        {
            *lines.entry((file.clone(), line)).or_default() += count;
        }
    }
}

fn print_shares(lines: &Lines) {
    for name in CRATES {
        let part = format!("/crates/{name}/src/");
        let mut files: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for ((file, _), count) in lines {
            let Some((_, file)) = file.split_once(&part) else { continue };
            let (all, reached) = files.entry(file).or_default();
            *all += 1;
            *reached += u32::from(*count > 0);
        }
        let all: u32 = files.values().map(|(all, _)| all).sum();
        let reached: u32 = files.values().map(|(_, reached)| reached).sum();
        let percent = f64::from(reached) * 100.0 / f64::from(all.max(1));
        println!("{name}: {reached} of {all} lines, {percent:.1}%");
        let mut left: Vec<_> = files.iter().map(|(file, (all, hit))| (all - hit, file)).collect();
        left.sort_unstable_by(|a, b| b.cmp(a));
        for (count, file) in left.iter().take(8).filter(|(count, _)| *count > 0) {
            println!("  {count:4} lines left in {file}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_several_targets_add_up() {
        let mut lines = Lines::new();
        add("SF:/x/crates/resp/src/a.rs\nDA:1,0\nDA:2,4\nend_of_record\n", &mut lines);
        add("SF:/x/crates/resp/src/a.rs\nDA:1,3\nDA:2,1\nend_of_record\n", &mut lines);
        assert_eq!(lines.values().copied().collect::<Vec<_>>(), [3, 5]);
    }
}
