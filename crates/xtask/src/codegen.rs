//! `codegen`: files for people that say what the tables of commands and directives say.
//!
//! They are written and committed, so that they can be read without building anything; `--check`
//! finds the ones that no longer say what the tables say.

mod commands;
mod directives;

use std::fs;
use std::path::Path;

#[derive(clap::Args)]
pub struct Options {
    /// Only say which files are stale
    #[arg(long)]
    check: bool,
}

/// A file that is made from a table.
struct Generated {
    path: &'static str,
    text: fn() -> String,
}

const FILES: &[Generated] = &[
    Generated { path: "docs/commands.md", text: commands::page },
    Generated { path: "basalt.conf", text: directives::sample },
];

/// Writes the files, or checks them.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    if options.check {
        return check(root);
    }
    for file in FILES {
        let path = root.join(file.path);
        fs::write(&path, (file.text)()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Names the files that are stale.
pub fn check(root: &Path) -> Result<(), String> {
    let stale = stale(|path| fs::read_to_string(root.join(path)).ok());
    match stale.as_slice() {
        [] => Ok(()),
        stale => Err(format!("stale, run `cargo xtask codegen`: {}", stale.join(", "))),
    }
}

fn stale(read: impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let differs = |file: &&Generated| read(file.path).is_none_or(|text| text != (file.text)());
    FILES.iter().filter(differs).map(|file| file.path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_says_something_else_is_stale_and_one_that_is_not_there() {
        let fresh = |path: &str| {
            let file = FILES.iter().find(|file| file.path == path)?;
            Some((file.text)())
        };
        assert!(stale(fresh).is_empty());
        assert_eq!(stale(|path| fresh(path).filter(|_| path != "basalt.conf")), ["basalt.conf"]);
        assert_eq!(stale(|_| Some(String::new())).len(), FILES.len());
    }
}
