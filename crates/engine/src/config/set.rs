//! CONFIG SET as a function from one configuration to the next.
//!
//! # Invariants
//!
//! 1. Either all pairs are set, in their order, or none.
//! 2. All names are judged before any value is.
//! 3. The error is about the first pair that is wrong.

use std::fmt;

use super::directive::{Arguments, Mutability, Source};
use super::{Config, Directive, Permission, select};

/// What CONFIG SET must know of the client and the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetContext {
    /// The client is on the same machine.
    pub client_is_local: bool,
    /// Data is being loaded.
    pub loading: bool,
}

/// Why CONFIG SET was refused; `Display` is the error without its code, see [`SetError::code`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetError {
    /// No directive has this name.
    Unknown(String),
    /// This directive cannot be set, or not to this value.
    Failed {
        /// The directive.
        name: String,
        /// Why.
        reason: String,
    },
    /// One of the directives cannot be set while data is loaded.
    Loading,
}

impl SetError {
    /// The error code that stands before the text.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            SetError::Unknown(_) | SetError::Failed { .. } => "ERR",
            SetError::Loading => "LOADING",
        }
    }

    /// The error of a server that could not put a checked value into effect.
    #[must_use]
    pub fn failed(name: &str, reason: impl Into<String>) -> SetError {
        SetError::Failed { name: name.to_owned(), reason: reason.into() }
    }
}

impl fmt::Display for SetError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetError::Unknown(name) => {
                write!(out, "Unknown option or number of arguments for CONFIG SET - '{name}'")
            }
            SetError::Failed { name, reason } => {
                write!(out, "CONFIG SET failed (possibly related to argument '{name}') - {reason}")
            }
            SetError::Loading => {
                write!(out, "Basalt is loading the dataset in memory")
            }
        }
    }
}

impl std::error::Error for SetError {}

/// A name as it is listed, its directive and the new value.
type Assignment<'a> = (&'static str, &'static Directive, &'a [u8]);

/// Sets several directives at once; the new configuration and the directives that changed.
///
/// # Errors
///
/// [`SetError`] about the first pair that is wrong.
pub fn set_many(
    config: &Config,
    pairs: &[(&[u8], &[u8])],
    context: SetContext,
) -> Result<(Config, Vec<&'static Directive>), SetError> {
    let mut assignments: Vec<Assignment<'_>> = Vec::new();
    for (name, value) in pairs {
        let (listed, directive) = judge_name(config, name, context, &assignments)?;
        assignments.push((listed, directive, value));
    }
    let mut next = config.clone();
    for (listed, directive, value) in &assignments {
        let words = words(directive.arguments(), value);
        directive
            .set(&mut next, &words, Source::Command)
            .map_err(|reason| SetError::failed(listed, reason))?;
    }
    let mut changed: Vec<&'static Directive> = Vec::new();
    for (_, directive, _) in assignments {
        let differs = directive.always_applied || directive.get(config) != directive.get(&next);
        if differs && !changed.iter().any(|known| known.name == directive.name) {
            changed.push(directive);
        }
    }
    Ok((next, changed))
}

/// compat: an alias and its directive may be set together; the later pair wins.
fn judge_name(
    config: &Config,
    name: &[u8],
    context: SetContext,
    earlier: &[Assignment<'_>],
) -> Result<(&'static str, &'static Directive), SetError> {
    let shown = String::from_utf8_lossy(name);
    let Some((listed, directive)) = select::find(name) else {
        return Err(SetError::Unknown(shown.into_owned()));
    };
    match directive.mutability {
        Mutability::Immutable => {
            return Err(SetError::failed(&shown, "can't set immutable config"));
        }
        Mutability::Protected if !may_set_protected(config, context) => {
            return Err(SetError::failed(&shown, "can't set protected config"));
        }
        Mutability::Protected | Mutability::Mutable => {}
    }
    if context.loading && directive.denied_while_loading {
        return Err(SetError::Loading);
    }
    if earlier.iter().any(|(known, ..)| *known == listed) {
        return Err(SetError::failed(&shown, "duplicate parameter"));
    }
    Ok((listed, directive))
}

fn may_set_protected(config: &Config, context: SetContext) -> bool {
    match config.security.enable_protected_configs {
        Permission::No => false,
        Permission::Yes => true,
        Permission::Local => context.client_is_local,
    }
}

/// compat: several words are separated by single blanks, so two blanks make an empty word.
fn words(arguments: Arguments, value: &[u8]) -> Vec<Vec<u8>> {
    match arguments {
        Arguments::One => vec![value.to_vec()],
        Arguments::Many if value.is_empty() => Vec::new(),
        Arguments::Many => value.split(|&byte| byte == b' ').map(<[u8]>::to_vec).collect(),
    }
}
