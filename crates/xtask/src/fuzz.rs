//! `fuzz`: runs a fuzz target for a time, from seeds made of the transcripts, and says which lines
//! of the crates it reached.
//!
//! The corpora are not kept in the repository: transcripts are better seeds than what a fuzzer
//! leaves, they stay readable, and each new command brings its own.

mod coverage;
mod seeds;

use crate::process::{command, must};
use std::fs;
use std::path::{Path, PathBuf};

/// The targets.
pub const TARGETS: [&str; 5] =
    ["request_parser", "reply_decoder", "dispatch", "collections", "payload"];

/// Longer inputs than this are slow and find nothing that two short ones do not.
const INPUT_MAX_BYTES: u32 = 4096;

/// An input that takes longer is a finding.
const INPUT_LIMIT_S: u32 = 20;

#[derive(clap::Args)]
pub struct Options {
    /// Which target
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
    /// For how long
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Only says which lines the corpora of all targets reach
    #[arg(long)]
    coverage: bool,
}

/// Runs a target, or all of them, and measures what they reached.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let targets =
        TARGETS.iter().filter(|name| options.target.as_deref().is_none_or(|t| t == **name));
    for target in targets.filter(|_| !options.coverage) {
        let corpus = corpus(root, target);
        fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        seeds::write(root, target, &corpus)?;
        let mut fuzz = command(root, "cargo", &["fuzz", "run", target, "--"]);
        fuzz.arg(format!("-max_total_time={}", options.seconds));
        fuzz.arg(format!("-max_len={INPUT_MAX_BYTES}")).arg(format!("-timeout={INPUT_LIMIT_S}"));
        fuzz.arg("-print_final_stats=1");
        // Sanitizers are no stable feature; the compiler is told to have them all the same.
        must(fuzz.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    coverage::print(root)
}

/// Where cargo-fuzz keeps the inputs of a target.
fn corpus(root: &Path, target: &str) -> PathBuf {
    root.join("fuzz/corpus").join(target)
}
