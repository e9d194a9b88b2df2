//! `new-command`: the file of a command, its line in the group and its transcript, so that
//! what is left to write is the command itself.

use crate::process::{command, must};
use std::fs;
use std::path::Path;

/// Where the groups of commands are, one folder each.
const COMMANDS: &str = "crates/engine/src/commands";
/// Where the transcripts are, in a folder for each group.
const TRANSCRIPTS: &str = "crates/engine/tests/transcripts";

/// `$NAME` is the command's name in upper case, `$name` in lower, `$Group` its group.
const SOURCE: &str = r#"//! `$NAME key`: what it does, in one sentence.

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// `$NAME key`
pub static $STATIC: Command = Command::new(Spec {
    name: "$name",
    group: Group::$Group,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "What it does, as the manual says it.",
    syntax: "$NAME key",
    run: $handler,
    ..SPEC
});

fn $handler(_ctx: &mut Ctx<'_>, _args: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::Syntax)
}
"#;

/// `$NAME` as above. Replies are written as the command line client prints them.
const TRANSCRIPT: &str = "\
# $NAME on a key that does not exist
> $NAME missing
(nil)

# $NAME with too few arguments
> $NAME
(error) ERR wrong number of arguments for '$name' command
";

#[derive(clap::Args)]
pub struct Options {
    /// The group, which is the folder: string, hash, list, set, sorted_set ...
    group: String,
    /// The command; the parts of a sub-command are joined by `-`: config-get
    name: String,
}

/// Writes the three parts; refuses to touch a command that is there.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let module = options.name.to_lowercase().replace('-', "_");
    let folder = root.join(COMMANDS).join(&options.group);
    let list = folder.join("mod.rs");
    let group = fs::read_to_string(&list)
        .map_err(|_| format!("there is no group at {COMMANDS}/{}", options.group))?;
    let source = folder.join(format!("{module}.rs"));
    if source.exists() {
        return Err(format!("{} exists", source.display()));
    }
    let listed = with_command(&group, &module)
        .ok_or_else(|| format!("{} has no `COMMANDS` list", list.display()))?;
    let transcripts = root.join(TRANSCRIPTS).join(&options.group);
    let transcript = transcripts.join(format!("{}.txt", options.name.to_lowercase()));
    fs::create_dir_all(&transcripts).map_err(|error| error.to_string())?;
    for (path, text) in [
        (&source, fill(SOURCE, &options.group, &module)),
        (&list, listed),
        (&transcript, fill(TRANSCRIPT, &options.group, &module)),
    ] {
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    must(&mut command(root, "cargo", &["fmt", "--package", "engine"]))
}

/// The template with this command's names in it.
fn fill(template: &str, group: &str, module: &str) -> String {
    let words = module.replace('_', " ");
    template
        .replace("$STATIC", &module.to_uppercase())
        .replace("$NAME", &words.to_uppercase())
        .replace("$name", &words)
        .replace("$handler", module)
        .replace("$Group", &camel_case(group))
}

/// `sorted_set` is `SortedSet` in the enum of groups.
fn camel_case(name: &str) -> String {
    let parts = name.split(['_', '-']).filter(|part| !part.is_empty());
    parts.map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// The group's file with the module declared and the command listed, both in their order.
fn with_command(text: &str, module: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let declared = |line: &String| line.starts_with("mod ") || line.starts_with("pub mod ");
    insert_sorted(&mut lines, declared, format!("mod {module};"));
    let open = lines.iter().position(|line| line.contains("COMMANDS:"))?;
    let entry = format!("&{module}::{},", module.to_uppercase());
    expand(&mut lines, open);
    let close = open + lines[open..].iter().position(|line| line.trim() == "];")?;
    let at = (open + 1..close).find(|&at| lines[at].trim() > entry.as_str()).unwrap_or(close);
    lines.insert(at, format!("    {entry}"));
    Some(lines.join("\n") + "\n")
}

/// Puts a line among those that `belongs` picks, by their order.
fn insert_sorted(lines: &mut Vec<String>, belongs: impl Fn(&String) -> bool, new: String) {
    let fellows = || lines.iter().enumerate().filter(|(_, line)| belongs(line));
    let name = |line: &str| line.trim_start_matches("pub ").to_string();
    let after = fellows().find(|(_, line)| name(line) > new).map(|(at, _)| at);
    let past_last = fellows().last().map(|(at, _)| at + 1);
    let past_header = lines.iter().position(|line| !line.starts_with("//!"));
    let at = after.or(past_last).or(past_header).unwrap_or(lines.len());
    lines.insert(at, new);
}

/// A list that rustfmt keeps on one line gets one line for each entry.
fn expand(lines: &mut Vec<String>, open: usize) {
    let line = lines[open].clone();
    let Some((head, rest)) = line.split_once("= &[") else { return };
    let Some(entries) = rest.strip_suffix("];") else { return };
    let entries = entries.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let mut expanded = vec![format!("{head}= &[")];
    expanded.extend(entries.map(|entry| format!("    {entry},")));
    expanded.push("];".into());
    lines.splice(open..=open, expanded);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_listed_in_its_order() {
        let group = "//! Strings.\nmod get;\nmod set;\n\n\
                     pub static COMMANDS: &[&Command] = &[\n    &get::GET,\n    &set::SET,\n];\n";
        let listed = with_command(group, "incr").unwrap();
        assert!(listed.contains("mod get;\nmod incr;\nmod set;\n"), "{listed}");
        assert!(
            listed.contains("    &get::GET,\n    &incr::INCR,\n    &set::SET,\n];"),
            "{listed}"
        );
    }

    #[test]
    fn the_last_command_goes_to_the_end_and_a_short_list_is_unfolded() {
        let group = "//! Strings.\nmod get;\n\npub static COMMANDS: &[&Command] = &[&get::GET];\n";
        let listed = with_command(group, "set").unwrap();
        assert!(listed.contains("mod get;\nmod set;\n"), "{listed}");
        assert!(listed.ends_with("= &[\n    &get::GET,\n    &set::SET,\n];\n"), "{listed}");
    }

    #[test]
    fn a_file_without_a_list_is_refused() {
        assert!(with_command("//! x\n", "set").is_none());
    }

    #[test]
    fn the_templates_leave_no_name_unfilled() {
        for template in [SOURCE, TRANSCRIPT] {
            assert!(!fill(template, "generic", "config_get").contains('$'));
        }
        assert!(fill(SOURCE, "sorted_set", "zadd").contains("group: Group::SortedSet,"));
        assert!(fill(TRANSCRIPT, "generic", "config_get").contains("> CONFIG GET missing"));
    }
}
