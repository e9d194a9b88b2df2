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
    let command = format!("pub static {}: Command", static_name(name));
    let directive = format!("\"{}\"", name.to_lowercase());
    let mut found = lines(tree, "crates/engine/src/", |line| line.contains(&command));
    found.extend(lines(tree, CONFIG, |line| line.contains(&directive)));
    if found.is_empty() { replies(tree, name) } else { found }
}

/// Strings with these words, or with as many of the first words as any string holds: what
/// follows may have been filled in (`... arguments for 'get' command`).
fn replies(tree: &Tree, text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let shortest = words.len().min(2);
    let prefixes = (shortest..=words.len()).rev().map(|count| words[..count].join(" "));
    let found = prefixes.map(|prefix| lines(tree, "crates/", |line| is_in_string(line, &prefix)));
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Lines of production code below a folder; this crate talks about commands and has none.
fn lines(tree: &Tree, below: &str, is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in tree.rust().filter(|file| file.path.starts_with(below) && is_production(file)) {
        let code = source::tests_begin(&source::mask(&file.text)) - 1;
        let hits = file.text.lines().take(code).enumerate().filter(|(_, line)| is_it(line));
        found.extend(hits.map(|(n, line)| format!("{}:{}: {}", file.path, n + 1, line.trim())));
    }
    found
}

fn is_production(file: &File) -> bool {
    let tests = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    file.path.contains("/src/") && !tests && !file.path.starts_with("crates/xtask/")
}

fn is_in_string(line: &str, words: &str) -> bool {
    let mut strings = line.split('"').skip(1).step_by(2);
    !line.trim_start().starts_with("//") && strings.any(|string| string.contains(words))
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
