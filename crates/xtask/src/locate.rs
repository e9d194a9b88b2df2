//! `where`: file and line of a command, a configuration directive or an error reply.

use crate::source;
use crate::tree::{File, Tree};
use std::path::Path;

/// Where configuration directives are declared.
const CONFIG: &str = "crates/engine/src/config";

#[derive(clap::Args)]
pub struct Options {
    /// A command (`zadd`, `config get`), a directive (`maxmemory`), or words of an error reply
    #[arg(required = true)]
    words: Vec<String>,
}

/// Prints every place, commands first; fails with advice when there is none.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let name = options.words.join(" ");
    let places = places(&Tree::read(root)?, &name);
    if places.is_empty() {
        return Err(format!(
            "nothing is called `{name}`: tried a command (`pub static {}: Command`), \
             a directive (\"{name}\" below {CONFIG}) and the text of a reply",
            static_name(&name)
        ));
    }
    println!("{}", places.join("\n"));
    Ok(())
}

/// `path:line: text` of whatever bears this name.
fn places(tree: &Tree, name: &str) -> Vec<String> {
    let commands = commands(tree, name);
    let directives = directives(tree, name);
    if commands.is_empty() && directives.is_empty() {
        return replies(tree, name);
    }
    [commands, directives].concat()
}

fn commands(tree: &Tree, name: &str) -> Vec<String> {
    let wanted = format!("pub static {}: Command", static_name(name));
    lines(tree.rust(), |line| line.contains(&wanted))
}

fn directives(tree: &Tree, name: &str) -> Vec<String> {
    let wanted = format!("\"{}\"", name.to_lowercase());
    lines(tree.rust().filter(|file| file.path.starts_with(CONFIG)), |line| line.contains(&wanted))
}

/// Strings in production code that hold these words, or as many of the first words as any
/// string holds: what follows may have been filled in (`... arguments for 'get' command`).
fn replies(tree: &Tree, text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let shortest = words.len().min(2);
    let prefixes = (shortest..=words.len()).rev().map(|count| words[..count].join(" "));
    prefixes
        .map(|prefix| strings_with(tree, &prefix))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn strings_with(tree: &Tree, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.rust().filter(|file| file.path.contains("/src/")) {
        let code = source::tests_begin(&source::mask(&file.text)) - 1;
        let start = File { path: file.path.clone(), text: first_lines(&file.text, code) };
        found.extend(lines(std::iter::once(&start), |line| is_in_string(line, words)));
    }
    found
}

fn lines<'a>(files: impl Iterator<Item = &'a File>, is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let hits = file.text.lines().enumerate().filter(|(_, line)| is_it(line));
        found.extend(hits.map(|(n, line)| format!("{}:{}: {}", file.path, n + 1, line.trim())));
    }
    found
}

fn first_lines(text: &str, count: usize) -> String {
    text.lines().take(count).collect::<Vec<_>>().join("\n")
}

fn is_in_string(line: &str, words: &str) -> bool {
    !line.trim_start().starts_with("//")
        && line.split('"').skip(1).step_by(2).any(|s| s.contains(words))
}

/// `config get` is declared as `CONFIG_GET`.
fn static_name(name: &str) -> String {
    name.to_uppercase().replace([' ', '-', '|'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::of(&[
            ("crates/engine/src/commands/zset/zadd.rs", "//! x\npub static ZADD: Command = c;\n"),
            ("crates/engine/src/config/memory.rs", "//! x\nname: \"maxmemory\",\n"),
            ("crates/engine/src/error.rs", "//! x\n// syntax error\nf(\"ERR syntax error\")\n"),
        ])
    }

    #[test]
    fn a_command_is_found_by_its_name_in_any_case() {
        let seen = places(&tree(), "zAdd");
        assert_eq!(
            seen,
            ["crates/engine/src/commands/zset/zadd.rs:2: pub static ZADD: Command = c;"]
        );
    }

    #[test]
    fn a_directive_is_found_where_it_is_declared() {
        assert!(
            places(&tree(), "maxmemory")[0].starts_with("crates/engine/src/config/memory.rs:2")
        );
    }

    #[test]
    fn an_error_reply_is_found_by_its_words_and_not_in_comments() {
        let seen = places(&tree(), "syntax error");
        assert_eq!(seen, ["crates/engine/src/error.rs:3: f(\"ERR syntax error\")"]);
    }

    #[test]
    fn a_reply_is_found_by_the_words_before_what_was_filled_in() {
        let seen = places(&tree(), "syntax error near 'x'");
        assert_eq!(seen.len(), 1);
    }

    #[test]
    fn what_is_nowhere_is_not_found() {
        assert!(places(&tree(), "zrem").is_empty());
    }
}
