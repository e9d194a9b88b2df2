//! `docs/commands.md`: every command with its arguments and what it does.

use std::collections::BTreeMap;

use engine::command::{Command, Group};
use engine::commands::acl_categories::categories;
use engine::lookup;

const HEAD: &str = "\
# Commands

Made by `cargo xtask codegen` from the declarations of the commands; do not edit.

Capital words are typed as they are, others stand for values; what is in brackets may be left out,
`|` separates alternatives, and `...` says that what is in front may be repeated. Behind each
command stand the version that first had it, its cost, and its ACL categories.
";

/// The page.
pub fn page() -> String {
    let mut groups: BTreeMap<&str, Vec<&Command>> = BTreeMap::new();
    for command in lookup::all() {
        groups.entry(title(command.spec.group)).or_default().push(command);
    }
    let mut page = HEAD.to_owned();
    for (title, mut commands) in groups {
        commands.sort_by_key(|command| command.name());
        page.push_str(&format!("\n## {title}\n\n"));
        for command in commands {
            page.push_str(&entry(command, ""));
            let mut subcommands = command.spec.subcommands.to_vec();
            subcommands.sort_by_key(|command| command.name());
            subcommands.iter().for_each(|sub| page.push_str(&entry(sub, "  ")));
        }
    }
    page
}

fn entry(command: &Command, indent: &str) -> String {
    let spec = &command.spec;
    let categories: Vec<String> = categories(command).map(|name| format!("@{name}")).collect();
    let (syntax, summary, since) = (spec.syntax, spec.summary, spec.since);
    let (cost, categories) = (spec.complexity, categories.join(" "));
    format!("{indent}- `{syntax}`: {summary} *{since}; {cost}; {categories}*\n")
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Bitmap => "Bitmaps",
        Group::Cluster => "Cluster",
        Group::Connection => "Connection",
        Group::Generic => "Any key",
        Group::Geo => "Places",
        Group::Hash => "Hashes",
        Group::Hyperloglog => "HyperLogLogs",
        Group::List => "Lists",
        Group::PubSub => "Publish and subscribe",
        Group::Scripting => "Scripts and functions",
        Group::Sentinel => "Sentinel",
        Group::Server => "Server",
        Group::Set => "Sets",
        Group::SortedSet => "Sorted sets",
        Group::Stream => "Streams",
        Group::String => "Strings",
        Group::Transactions => "Transactions",
    }
}
