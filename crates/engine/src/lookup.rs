//! From a command's name on the wire to the command.
//!
//! HOT: once per command; no allocation. An open table of 1024 slots over a hash of the first
//! bytes, the last byte and the length; a name that is longer than any command's is unknown.
//! Names that `rename-command` gives are looked for only where the table has no such name, so that
//! nobody else pays for them.

use std::sync::{LazyLock, OnceLock};

use crate::command::Command;
use crate::commands::TABLE;

const SLOTS: usize = 1024;
const LONGEST: usize = 32;

struct Names {
    slots: Vec<Slot>,
}

/// What the `rename-command` lines say.
#[derive(Default)]
pub struct Renames {
    /// Commands that do not bear their names any more.
    unnamed: Vec<&'static Command>,
    /// The names that some of them bear instead, in lower case.
    names: Vec<(Vec<u8>, &'static Command)>,
}

/// A command and the first eight bytes of its name, padded; no command is in a free slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    word: u64,
    command: Option<&'static Command>,
}

/// Set once, before the first name is looked up.
static RENAMES: OnceLock<Renames> = OnceLock::new();
static NAMES: LazyLock<Names> =
    LazyLock::new(|| Names::new(RENAMES.get().map_or(&[], |renames| &renames.unnamed)));

impl Renames {
    /// Gives the command `old` the name `new`; with an empty one nobody can send it any more.
    ///
    /// # Errors
    ///
    /// A sentence about a name that is no command's, or that is one's already.
    pub fn rename(&mut self, old: &[u8], new: &[u8]) -> Result<(), &'static str> {
        let command = self.find(old).ok_or("No such command in rename-command")?;
        self.names.retain(|(_, other)| *other != command);
        if !self.unnamed.contains(&command) {
            self.unnamed.push(command);
        }
        if new.is_empty() {
            return Ok(());
        }
        if self.find(new).is_some() {
            return Err("Target command name already exists");
        }
        self.names.push((new.to_ascii_lowercase(), command));
        Ok(())
    }

    fn find(&self, name: &[u8]) -> Option<&'static Command> {
        let is = |command: &&Command| command.name().as_bytes().eq_ignore_ascii_case(name);
        let declared = all().find(is).filter(|found| !self.unnamed.contains(found));
        declared.or_else(|| self.renamed(name))
    }

    fn renamed(&self, name: &[u8]) -> Option<&'static Command> {
        let found = self.names.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, command)| *command)
    }

    /// Puts the names in force, for the rest of the process. It has no effect after a name was
    /// looked up.
    pub fn put_in_force(self) {
        // A second call would be one of those without effect.
        let _ = RENAMES.set(self);
    }
}

/// Whether nobody can send a command, because it was renamed to nothing.
pub fn is_disabled(command: &Command) -> bool {
    RENAMES.get().is_some_and(|renames| {
        let named = renames.names.iter().any(|(_, other)| *other == command);
        renames.unnamed.contains(&command) && !named
    })
}

/// The commands that clients can send, without subcommands.
pub fn enabled() -> impl Iterator<Item = &'static Command> {
    all().filter(|command| !is_disabled(command))
}

/// The command that was declared with this name, whatever it is called now.
pub fn declared(name: &str) -> Option<&'static Command> {
    all().find(|command| command.name() == name)
}

/// The command of this name, in any case; of a container, the container.
#[inline]
pub fn find(name: &[u8]) -> Option<&'static Command> {
    NAMES.find(name).or_else(|| renamed(name))
}

#[cold]
fn renamed(name: &[u8]) -> Option<&'static Command> {
    RENAMES.get()?.renamed(name)
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

impl Numbered {
    /// Whether nobody can send it.
    pub fn is_disabled(&self) -> bool {
        let name = self.full_name.split('|').next();
        name.and_then(declared).is_some_and(is_disabled)
    }
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
    fn new(unnamed: &[&'static Command]) -> Names {
        let mut names = Names { slots: vec![Slot::default(); SLOTS] };
        for command in all().filter(|command| !unnamed.contains(command)) {
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
    fn renames_follow_one_another() {
        let mut renames = Renames::default();
        assert_eq!(renames.rename(b"GET", b"SET"), Err("Target command name already exists"));
        let mut renames = Renames::default();
        assert_eq!(renames.rename(b"nope", b"x"), Err("No such command in rename-command"));
        assert_eq!(renames.rename(b"config|get", b"x"), Err("No such command in rename-command"));
        assert_eq!(renames.rename(b"SET", b"Put"), Ok(()));
        assert_eq!(renames.rename(b"get", b"set"), Ok(()));
        assert_eq!(renames.rename(b"SET", b"PUT"), Err("Target command name already exists"));
        let mut renames = Renames::default();
        assert_eq!(renames.rename(b"SET", b"put"), Ok(()));
        assert_eq!(renames.rename(b"PUT", b""), Ok(()));
        assert_eq!(renames.rename(b"SET", b"x"), Err("No such command in rename-command"));
    }

    #[test]
    fn no_two_commands_share_a_name() {
        let mut names: Vec<_> = all().map(Command::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().count());
    }
}
