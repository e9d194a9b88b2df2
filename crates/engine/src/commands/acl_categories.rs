//! The ACL categories of each command.
//!
//! Most follow from a command's flags and group; the declaration names the others, and takes one
//! away that does not fit by writing it with a minus.

use crate::command::{Command, Flag, Group};

/// All categories, in the order in which they are listed.
pub const CATEGORIES: [&str; 21] = [
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

/// The categories of a command, without the `@`, in the order of `CATEGORIES`.
pub fn categories(command: &Command) -> impl Iterator<Item = &'static str> {
    CATEGORIES.into_iter().filter(|category| is_in(command, category))
}

/// Whether a command is in a category.
pub fn is_in(command: &Command, category: &str) -> bool {
    let declared = |sign: &str| {
        let mut all = command.spec.acl.iter();
        all.any(|other| other.strip_prefix(sign) == Some(category))
    };
    declared("") || follows(command, category) && !declared("-")
}

fn follows(command: &Command, category: &str) -> bool {
    let has = |flag| command.flags.has(flag);
    match category {
        "write" => has(Flag::Write),
        "read" => has(Flag::ReadOnly) && command.spec.group != Group::Scripting,
        "admin" | "dangerous" => has(Flag::Admin),
        "fast" => has(Flag::Fast),
        "slow" => !has(Flag::Fast),
        "blocking" => has(Flag::Blocking),
        "pubsub" if has(Flag::PubSub) => true,
        // A container does nothing itself.
        category => {
            of_group(command.spec.group) == Some(category) && command.spec.subcommands.is_empty()
        }
    }
}

const fn of_group(group: Group) -> Option<&'static str> {
    match group {
        Group::Bitmap => Some("bitmap"),
        Group::Connection => Some("connection"),
        Group::Generic => Some("keyspace"),
        Group::Geo => Some("geo"),
        Group::Hash => Some("hash"),
        Group::Hyperloglog => Some("hyperloglog"),
        Group::List => Some("list"),
        Group::PubSub => Some("pubsub"),
        Group::Scripting => Some("scripting"),
        Group::Set => Some("set"),
        Group::SortedSet => Some("sortedset"),
        Group::Stream => Some("stream"),
        Group::String => Some("string"),
        Group::Transactions => Some("transaction"),
        Group::Cluster | Group::Sentinel | Group::Server => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup;

    fn of(name: &str) -> Vec<&'static str> {
        categories(lookup::find_full(name.as_bytes()).unwrap()).collect()
    }

    #[test]
    fn categories_follow_from_flags_and_group() {
        assert_eq!(of("get"), ["read", "string", "fast"]);
        assert_eq!(of("set"), ["write", "string", "slow"]);
        assert_eq!(of("client"), ["slow"]);
        assert_eq!(of("client|kill"), ["admin", "slow", "dangerous", "connection"]);
    }

    #[test]
    fn declared_categories_are_known_ones() {
        for entry in lookup::numbered() {
            for declared in entry.command.spec.acl {
                let name = declared.trim_start_matches('-');
                assert!(CATEGORIES.contains(&name), "{}: {declared}", entry.full_name);
            }
        }
    }
}
