//! What is known of one directive, and the kinds of values that directives have.
//!
//! An entry reads and writes its field through two functions rather than through an address, so
//! that a field keeps the type that suits its users (`u16` for a port, an enum for a closed set)
//! while all directives can stand in one list.
//!
//! # Invariants
//!
//! 1. `set` of what `get` printed leaves the value as it was.
//! 2. `set` reports its reason in the words that CONFIG SET and the configuration file print.
//! 3. A failed `set` may leave the configuration half changed: the caller discards it.

use std::fmt;

use super::effect::Effect;
use super::parse;
use super::{Choice, Config};

/// When a directive may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// At any time.
    Mutable,
    /// In the configuration file or on the command line only.
    Immutable,
    /// By CONFIG SET only where `enable-protected-configs` allows it.
    Protected,
}

/// How many values a directive takes on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Exactly one.
    One,
    /// Any number; CONFIG SET gives them separated by blanks.
    Many,
}

/// Where a new value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// CONFIG SET, which replaces.
    Command,
    /// A line of the file or of the command line; `first` for the first line of this name, which
    /// replaces the default, where later ones add to it.
    File {
        /// No earlier line named this directive.
        first: bool,
    },
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A decimal integer.
    Integer,
    /// Bytes, with an optional unit (`1k` = 1000, `1kb` = 1024).
    Memory,
    /// Bytes as above, or a negative integer.
    SignedMemory,
    /// Bytes as above, or a percentage, which is carried as a negative number.
    MemoryOrPercent,
    /// An octal number.
    Octal,
}

/// Sets a value from the words of a line or of CONFIG SET, or says why not.
pub(super) type WriteWords = fn(&mut Config, &[Vec<u8>], Source) -> Result<(), String>;

/// Judges a configuration after a value was set; the reason why it is refused.
pub(super) type Check = fn(&Config) -> Result<(), &'static str>;

/// A directive that no other kind describes.
pub(super) struct Special {
    pub(super) arguments: Arguments,
    pub(super) read: fn(&Config) -> String,
    pub(super) write: WriteWords,
    /// The lines that express the value in a file, each without the directive's name, and whether
    /// the line must stand there even if the file had none.
    pub(super) lines: fn(&Config) -> Vec<(String, bool)>,
}

/// The kinds of values.
pub(super) enum Kind {
    Bool {
        read: fn(&Config) -> bool,
        write: fn(&mut Config, bool),
    },
    Number {
        form: Form,
        min: i128,
        max: i128,
        read: fn(&Config) -> i128,
        write: fn(&mut Config, i128),
    },
    Choice {
        names: fn() -> Vec<&'static str>,
        read: fn(&Config) -> &'static str,
        write: fn(&mut Config, &str) -> bool,
    },
    Text {
        read: fn(&Config) -> &str,
        write: fn(&mut Config, String),
        /// The empty text means "not set", and is never written to a file.
        empty_is_unset: bool,
    },
    /// A secret or a seed, which may be any bytes; empty means "not set".
    Bytes {
        read: fn(&Config) -> &[u8],
        write: fn(&mut Config, Vec<u8>),
    },
    Special(Special),
}

/// One directive.
pub struct Directive {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Another name under which it is known.
    pub alias: Option<&'static str>,
    /// When it may be set.
    pub mutability: Mutability,
    /// CONFIG GET shows it only under its exact name.
    pub hidden: bool,
    /// Its value must not reach logs.
    pub sensitive: bool,
    /// CONFIG SET answers LOADING while data is loaded.
    pub denied_while_loading: bool,
    /// Setting it is acted on even if the value stays the same (a file may have changed).
    pub always_applied: bool,
    /// What it does, as a phrase for the documentation.
    pub summary: &'static str,
    /// Whether this build acts on it.
    pub effect: Effect,
    pub(super) kind: Kind,
    pub(super) check: Option<Check>,
    /// What only CONFIG SET refuses, so that files of other servers still start this one.
    pub(super) command_check: Option<Check>,
}

impl Directive {
    const fn new(name: &'static str, kind: Kind) -> Directive {
        Directive {
            name,
            alias: None,
            mutability: Mutability::Mutable,
            hidden: false,
            sensitive: false,
            denied_while_loading: false,
            always_applied: false,
            summary: "",
            effect: Effect::Full,
            kind,
            check: None,
            command_check: None,
        }
    }

    pub(super) const fn bool(
        name: &'static str,
        read: fn(&Config) -> bool,
        write: fn(&mut Config, bool),
    ) -> Directive {
        Directive::new(name, Kind::Bool { read, write })
    }

    pub(super) const fn number(
        name: &'static str,
        form: Form,
        (min, max): (i128, i128),
        read: fn(&Config) -> i128,
        write: fn(&mut Config, i128),
    ) -> Directive {
        Directive::new(name, Kind::Number { form, min, max, read, write })
    }

    pub(super) const fn choice<T: Choice>(
        name: &'static str,
        read: fn(&Config) -> &'static str,
        write: fn(&mut Config, &str) -> bool,
    ) -> Directive {
        Directive::new(name, Kind::Choice { names: T::names, read, write })
    }

    pub(super) const fn text(
        name: &'static str,
        read: fn(&Config) -> &str,
        write: fn(&mut Config, String),
    ) -> Directive {
        Directive::new(name, Kind::Text { read, write, empty_is_unset: false })
    }

    pub(super) const fn optional_text(
        name: &'static str,
        read: fn(&Config) -> &str,
        write: fn(&mut Config, String),
    ) -> Directive {
        Directive::new(name, Kind::Text { read, write, empty_is_unset: true })
    }

    pub(super) const fn bytes(
        name: &'static str,
        read: fn(&Config) -> &[u8],
        write: fn(&mut Config, Vec<u8>),
    ) -> Directive {
        Directive::new(name, Kind::Bytes { read, write })
    }

    pub(super) const fn special(name: &'static str, special: Special) -> Directive {
        Directive::new(name, Kind::Special(special))
    }

    pub(super) const fn alias(self, alias: &'static str) -> Directive {
        Directive { alias: Some(alias), ..self }
    }

    pub(super) const fn immutable(self) -> Directive {
        Directive { mutability: Mutability::Immutable, ..self }
    }

    pub(super) const fn protected(self) -> Directive {
        Directive { mutability: Mutability::Protected, ..self }
    }

    pub(super) const fn hidden(self) -> Directive {
        Directive { hidden: true, ..self }
    }

    pub(super) const fn sensitive(self) -> Directive {
        Directive { sensitive: true, ..self }
    }

    pub(super) const fn denied_while_loading(self) -> Directive {
        Directive { denied_while_loading: true, ..self }
    }

    pub(super) const fn always_applied(self) -> Directive {
        Directive { always_applied: true, ..self }
    }

    pub(super) const fn about(self, summary: &'static str) -> Directive {
        Directive { summary, ..self }
    }

    pub(super) const fn effect(self, effect: Effect) -> Directive {
        Directive { effect, ..self }
    }

    pub(super) const fn check(self, check: Check) -> Directive {
        Directive { check: Some(check), ..self }
    }

    pub(super) const fn command_check(self, check: Check) -> Directive {
        Directive { command_check: Some(check), ..self }
    }

    /// How many values it takes.
    #[must_use]
    pub fn arguments(&self) -> Arguments {
        match &self.kind {
            Kind::Special(special) => special.arguments,
            _ => Arguments::One,
        }
    }

    /// The value as CONFIG GET prints it.
    #[must_use]
    pub fn get(&self, config: &Config) -> Vec<u8> {
        match &self.kind {
            Kind::Bool { read, .. } => yes_or_no(read(config)).into(),
            Kind::Number { form, read, .. } => parse::print_number(*form, read(config)).into(),
            Kind::Choice { read, .. } => read(config).into(),
            Kind::Text { read, .. } => read(config).into(),
            Kind::Bytes { read, .. } => read(config).into(),
            Kind::Special(special) => (special.read)(config).into(),
        }
    }

    /// Sets the value from the words of a line or of CONFIG SET.
    ///
    /// # Errors
    ///
    /// The reason, as CONFIG SET prints it. `config` is then no longer to be used.
    pub fn set(&self, config: &mut Config, words: &[Vec<u8>], from: Source) -> Result<(), String> {
        if let Kind::Special(special) = &self.kind {
            (special.write)(config, words, from)?;
        } else {
            let [word] = words else { return Err("wrong number of arguments".to_owned()) };
            self.set_one(config, word)?;
        }
        let command_check = self.command_check.filter(|_| from == Source::Command);
        for check in [self.check, command_check].into_iter().flatten() {
            check(config)?;
        }
        Ok(())
    }

    fn set_one(&self, config: &mut Config, word: &[u8]) -> Result<(), String> {
        match &self.kind {
            Kind::Bool { write, .. } => {
                let value = parse::yes_or_no(word).ok_or("argument must be 'yes' or 'no'")?;
                write(config, value);
            }
            Kind::Number { form, min, max, write, .. } => {
                let value = parse::number(*form, word)?;
                parse::check_bounds(*form, value, (*min, *max))?;
                write(config, value);
            }
            Kind::Choice { names, write, .. } => {
                let known = str::from_utf8(word).is_ok_and(|name| write(config, name));
                if !known {
                    return Err(not_one_of(&names()));
                }
            }
            Kind::Text { write, .. } => write(config, parse::utf8(word)?),
            Kind::Bytes { write, .. } => write(config, word.to_vec()),
            Kind::Special(_) => unreachable!("special directives are set by their own function"),
        }
        Ok(())
    }
}

impl fmt::Debug for Directive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Directive({})", self.name)
    }
}

pub(super) fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// The reason that names what a directive of a closed set accepts.
pub(super) fn not_one_of(names: &[&str]) -> String {
    format!("argument(s) must be one of the following: {}", names.join(", "))
}
