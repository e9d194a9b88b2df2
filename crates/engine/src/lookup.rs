//! From a command's name on the wire to the command.
//!
//! HOT: once per command; no allocation. An open table of 1024 slots over a hash of the first
//! bytes, the last byte and the length; a name that is longer than any command's is unknown.

use std::sync::LazyLock;

use crate::command::Command;
use crate::commands::TABLE;

const SLOTS: usize = 1024;
const LONGEST: usize = 32;

struct Names {
    slots: Vec<Slot>,
}

/// A command and the first eight bytes of its name, padded; no command is in a free slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    word: u64,
    command: Option<&'static Command>,
}

static NAMES: LazyLock<Names> = LazyLock::new(Names::new);

/// The command of this name, in any case; of a container, the container.
#[inline]
pub fn find(name: &[u8]) -> Option<&'static Command> {
    NAMES.find(name)
}

/// A name that was just looked up: pipelines repeat the same command.
#[derive(Default)]
pub struct Recent {
    name: u64,
    len: usize,
    command: Option<&'static Command>,
}

impl Recent {
    /// The command of this name, like `find`.
    #[inline]
    pub fn find(&mut self, name: &[u8]) -> Option<&'static Command> {
        let word = match name.len() {
            1..=8 => first_word(name),
            _ => return find(name),
        };
        if word != self.name || name.len() != self.len {
            *self = Recent { name: word, len: name.len(), command: find(name) };
        }
        self.command
    }
}

/// The subcommand of a container.
pub fn find_subcommand(container: &Command, name: &[u8]) -> Option<&'static Command> {
    let mut all = container.spec.subcommands.iter();
    all.find(|sub| sub.name().as_bytes().eq_ignore_ascii_case(name)).copied()
}

/// All commands, without subcommands, in the order of the groups.
pub fn all() -> impl Iterator<Item = &'static Command> {
    TABLE.iter().flat_map(|group| group.iter()).copied()
}

/// A command or subcommand with its full name.
pub struct Numbered {
    /// The command.
    pub command: &'static Command,
    /// `get`, `config|get`.
    pub full_name: String,
}

static NUMBERED: LazyLock<Vec<Numbered>> = LazyLock::new(number_all);

/// All commands and subcommands; command number `n` stands at `n - 1`.
pub fn numbered() -> &'static [Numbered] {
    &NUMBERED
}

/// The full name of a command or subcommand: `config|get`.
pub fn full_name(command: &Command) -> &'static str {
    let all = numbered();
    command.number().checked_sub(1).map_or("", |at| &all[at].full_name)
}

/// The command of a full name, as `COMMAND INFO` takes it: `get`, `config|get`.
pub fn find_full(name: &[u8]) -> Option<&'static Command> {
    match name.iter().position(|byte| *byte == b'|') {
        None => find(name),
        Some(at) => find_subcommand(find(&name[..at])?, &name[at + 1..]),
    }
}

fn number_all() -> Vec<Numbered> {
    let mut numbered = Vec::new();
    let mut add = |command: &'static Command, full_name: String| {
        numbered.push(Numbered { command, full_name });
        command.set_number(numbered.len() as u16);
    };
    for command in all() {
        add(command, command.name().to_owned());
        for sub in command.spec.subcommands {
            add(sub, format!("{}|{}", command.name(), sub.name()));
        }
    }
    numbered
}

impl Names {
    fn new() -> Names {
        let mut names = Names { slots: vec![Slot::default(); SLOTS] };
        for command in all() {
            let word = word(command.name().as_bytes());
            let mut slot = hash(command.name().as_bytes(), word);
            while names.slots[slot].command.is_some() {
                slot = (slot + 1) % SLOTS;
            }
            names.slots[slot] = Slot { word, command: Some(command) };
        }
        names
    }

    #[inline]
    fn find(&self, name: &[u8]) -> Option<&'static Command> {
        if name.is_empty() || name.len() > LONGEST {
            return None;
        }
        let word = word(name);
        let mut slot = hash(name, word);
        while let Slot { word: other, command: Some(command) } = self.slots[slot] {
            if other == word && is_name(command, name) {
                return Some(command);
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }
}

/// Whether a name whose first word agrees is the command's. For up to eight letters the word
/// has said it all.
#[inline]
fn is_name(command: &Command, name: &[u8]) -> bool {
    let own = command.name().as_bytes();
    own.len() == name.len()
        && (name.len() <= 8 && command.has_plain_name || own.eq_ignore_ascii_case(name))
}

/// The first eight bytes in lower case, padded with blanks. Setting the bit that tells lower from
/// upper case keeps letters apart from everything else, but not other characters.
#[inline]
fn word(name: &[u8]) -> u64 {
    const LOWER: u64 = 0x2020_2020_2020_2020;
    first_word(name) | LOWER
}

/// The first eight bytes, padded with zeros.
#[inline]
fn first_word(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    match name.len() {
        8.. => bytes.copy_from_slice(&name[..8]),
        // Two overlapping halves read any shorter name without a loop.
        4..8 => {
            let at = name.len() - 4;
            let (mut head, mut tail) = ([0; 4], [0; 4]);
            head.copy_from_slice(&name[..4]);
            tail.copy_from_slice(&name[at..]);
            let tail = u64::from(u32::from_le_bytes(tail)) << (8 * at);
            return u64::from(u32::from_le_bytes(head)) | tail;
        }
        _ => bytes[..name.len()].copy_from_slice(name),
    }
    u64::from_le_bytes(bytes)
}

#[inline]
fn hash(name: &[u8], word: u64) -> usize {
    let tail = u64::from(name[name.len() - 1] | 0x20) << 8 | name.len() as u64;
    let mixed = (word ^ tail.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_in_any_case_and_nothing_else_is() {
        for command in all() {
            assert!(find(command.name().as_bytes()) == Some(command));
            assert!(find(command.name().to_uppercase().as_bytes()) == Some(command));
        }
        assert!(find(b"G\x05T").is_none() && find(b"get ").is_none() && find(b"ge").is_none());
        assert!(find(b"nope").is_none() && find(b"").is_none() && find(&[b'x'; 500]).is_none());
    }

    #[test]
    fn a_name_that_was_just_found_is_found_again_and_others_are_not_mistaken_for_it() {
        let mut recent = Recent::default();
        let names: [&[u8]; 8] =
            [b"get", b"get", b"GET", b"get\0", b"gets", b"", b"set", b"expireat"];
        for name in names {
            assert!(recent.find(name) == find(name), "{name:?}");
        }
    }

    #[test]
    fn no_two_commands_share_a_name() {
        let mut names: Vec<_> = all().map(Command::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
    }
}
