//! `cargo xtask`: the project's own checks and helpers, one file per subcommand.
//!
//! Checks are a program and not a set of shell scripts, so that each rule is a function with
//! a test that plants a violation and sees it reported. CONTRIBUTING.md says what each
//! subcommand is for and why it earns its keep.
#![forbid(unsafe_code)]

mod bench;
mod check;
mod ci;
mod codegen;
mod fuzz;
mod interop;
mod licences;
mod locate;
mod new_command;
mod oracle;
mod process;
mod scratch;
mod setup;
mod source;
mod structures;
mod tcl;
mod tidy;
mod tree;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks and helpers of the Basalt project")]
struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The checks before a commit: format, lints, tidy, fast tests
    Check,
    /// Everything that must pass before a change is merged, with all set-up
    Ci,
    /// The house rules: crate order, sizes, words, links
    Tidy,
    /// The tests of the data structures under valgrind
    Valgrind,
    /// Licences and sources of the dependencies against deny.toml
    Licences,
    /// Real clients of others against a server
    Interop(interop::Options),
    /// Writes docs/commands.md and basalt.conf from the tables of commands and directives
    Codegen(codegen::Options),
    /// Where a command, a configuration directive or an error reply is written
    Where(locate::Options),
    /// Starts a command: its file, its line in the group, its transcript
    NewCommand(new_command::Options),
    /// Server CPU time per command, side by side with a peer
    Bench(bench::Options),
    /// Random commands to a server and to a live Valkey: their replies must be the same
    Oracle(oracle::Options),
    /// A fuzz target for a time, and the lines that it reaches
    Fuzz(fuzz::Options),
    /// Valkey's own test suite in external mode, a fresh server for each unit
    Tcl(tcl::Options),
}

/// What a subcommand returns: the message is what the person who called it needs to read.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    match run(Options::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Outcome {
    let root = tree::root()?;
    match task {
        Task::Check => check::run(&root),
        Task::Ci => ci::run(&root),
        Task::Tidy => tidy::run(&root),
        Task::Valgrind => structures::valgrind(&root),
        Task::Licences => licences::run(&root),
        Task::Interop(options) => interop::run(&root, &options),
        Task::Codegen(options) => codegen::run(&root, &options),
        Task::Where(options) => locate::run(&root, &options),
        Task::NewCommand(options) => new_command::run(&root, &options),
        Task::Bench(options) => bench::run(&root, &options),
        Task::Oracle(options) => oracle::run(&root, &options),
        Task::Fuzz(options) => fuzz::run(&root, &options),
        Task::Tcl(options) => tcl::run(&root, &options),
    }
}
