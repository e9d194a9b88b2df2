//! The configuration file: lines of a directive and its words, `#` comments, `include`.
//!
//! Texts are given and asked for (`include`) through a function, so that the parser opens nothing.
//! What concerns the whole server rather than one value (users, renamed commands, modules) is
//! returned as [`Extra`] lines with their place, for their owners to judge in the same words.
//!
//! # Invariants
//!
//! 1. Later lines win; an included text takes effect where its `include` stands.
//! 2. Every error names its line, as it was written, unless it is about no line.
//! 3. Nothing is ignored silently: what is accepted for old files' sake gives a warning.

use std::collections::HashSet;
use std::fmt;

use super::directive::{Arguments, Source};
use super::parse::split_arguments;
use super::{Config, Directive, select};

/// How deep texts may include each other.
const MAX_INCLUDE_DEPTH: usize = 16;

/// Directives of old servers that may stand in a file with one value, and change nothing.
const OBSOLETE: [&str; 7] = [
    "list-max-ziplist-entries",
    "list-max-ziplist-value",
    "lua-replicate-commands",
    "io-threads-do-reads",
    "dynamic-hz",
    "events-per-io-thread",
    "sanitize-dump-payload",
];

/// A text to be read, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceText {
    /// The file's name, or what stands for it.
    pub name: String,
    /// Its bytes.
    pub text: Vec<u8>,
}

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line_number: usize,
    /// The line without the blanks around it.
    pub line: Vec<u8>,
}

impl Origin {
    /// The error that refuses this line.
    #[must_use]
    pub fn error(&self, reason: impl Into<String>) -> ConfigFileError {
        ConfigFileError { at: Some(self.clone()), reason: reason.into() }
    }
}

/// Why a configuration was refused; `Display` is what the server prints before it exits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFileError {
    /// The line, if one is to blame.
    pub at: Option<Origin>,
    /// Why.
    pub reason: String,
}

impl fmt::Display for ConfigFileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = env!("CARGO_PKG_VERSION");
        writeln!(out, "\n*** FATAL CONFIG FILE ERROR (Basalt {version}) ***")?;
        if let Some(at) = &self.at {
            writeln!(out, "Reading the configuration file, at line {}", at.line_number)?;
            writeln!(out, ">>> '{}'", String::from_utf8_lossy(&at.line))?;
        }
        write!(out, "{}", self.reason)
    }
}

impl std::error::Error for ConfigFileError {}

/// Lines whose meaning lies outside of the configuration's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtraKind {
    /// `user name rule...`: an ACL user.
    User,
    /// `rename-command old new`.
    RenameCommand,
    /// `loadmodule path argument...`.
    LoadModule,
    /// `module.option value`.
    ModuleOption,
    /// `sentinel ...`.
    Sentinel,
}

/// One such line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// What it is.
    pub kind: ExtraKind,
    /// All its words; the first is the directive in lower case.
    pub words: Vec<Vec<u8>>,
    /// Where it stands.
    pub origin: Origin,
}

/// What the texts say.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// The other lines, in their order.
    pub extras: Vec<Extra>,
    /// Sentences for the log.
    pub warnings: Vec<String>,
    /// The primary names of the directives that were set.
    pub seen: HashSet<&'static str>,
}

/// Reads texts in their order over the defaults. `include` gives the texts that a name or a
/// pattern stands for (none for a pattern that matches nothing), or a sentence why it cannot.
///
/// # Errors
///
/// [`ConfigFileError`] about the first line that is wrong.
pub fn load(
    texts: &[SourceText],
    include: impl FnMut(&str) -> Result<Vec<SourceText>, String>,
) -> Result<Loaded, ConfigFileError> {
    let mut loader = Loader { loaded: Loaded::default(), include, depth: 0 };
    for text in texts {
        loader.read(text)?;
    }
    let loaded = loader.loaded;
    if loaded.config.cluster.cluster_enabled && loaded.config.replication.replicaof.is_some() {
        let reason = "replicaof directive not allowed in cluster mode".to_owned();
        return Err(ConfigFileError { at: None, reason });
    }
    Ok(loaded)
}

struct Loader<F> {
    loaded: Loaded,
    include: F,
    depth: usize,
}

impl<F: FnMut(&str) -> Result<Vec<SourceText>, String>> Loader<F> {
    fn read(&mut self, source: &SourceText) -> Result<(), ConfigFileError> {
        for (index, line) in source.text.split(|&byte| byte == b'\n').enumerate() {
            let line = trim(line);
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let file = source.name.clone();
            self.read_line(Origin { file, line_number: index + 1, line: line.to_vec() })?;
        }
        Ok(())
    }

    fn read_line(&mut self, origin: Origin) -> Result<(), ConfigFileError> {
        let Some(mut words) = split_arguments(&origin.line) else {
            return Err(origin.error("Unbalanced quotes in configuration line"));
        };
        let Some(name) = words.first_mut() else { return Ok(()) };
        name.make_ascii_lowercase();
        if let Some((_, directive)) = select::find(name) {
            return self.set(directive, &words[1..]).map_err(|reason| origin.error(reason));
        }
        if words.len() == 2 && OBSOLETE.iter().any(|old| old.as_bytes() == words[0]) {
            let name = String::from_utf8_lossy(&words[0]);
            self.loaded.warnings.push(format!("The directive '{name}' has no effect any more."));
            return Ok(());
        }
        if words[0] == b"include" && words.len() == 2 {
            return self.include(&words[1], &origin);
        }
        self.read_extra(words, origin)
    }

    fn set(&mut self, directive: &'static Directive, words: &[Vec<u8>]) -> Result<(), String> {
        let first = self.loaded.seen.insert(directive.name);
        let from = Source::File { first };
        let config = &mut self.loaded.config;
        match (directive.arguments(), words) {
            (Arguments::One, [_]) => directive.set(config, words, from),
            (Arguments::One, _) => Err("wrong number of arguments".to_owned()),
            // One word that holds them all, as `--bind "a b"` gives it.
            (Arguments::Many, [word]) if !word.is_empty() => {
                let words = split_arguments(word).ok_or("Unbalanced quotes")?;
                directive.set(config, &words, from)
            }
            (Arguments::Many, _) => directive.set(config, words, from),
        }
    }

    fn include(&mut self, name: &[u8], origin: &Origin) -> Result<(), ConfigFileError> {
        if self.depth == MAX_INCLUDE_DEPTH {
            return Err(origin.error("include directives are nested too deeply"));
        }
        let name = String::from_utf8_lossy(name);
        let texts = (self.include)(&name).map_err(|reason| origin.error(reason))?;
        self.depth += 1;
        for text in &texts {
            self.read(text)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn read_extra(&mut self, words: Vec<Vec<u8>>, origin: Origin) -> Result<(), ConfigFileError> {
        let kind = match (words[0].as_slice(), words.len()) {
            (b"rename-command", 3) => ExtraKind::RenameCommand,
            (b"user", 2..) => ExtraKind::User,
            (b"loadmodule", 2..) => ExtraKind::LoadModule,
            (b"sentinel", _) => ExtraKind::Sentinel,
            (name, words) if name.contains(&b'.') => {
                if words < 2 {
                    return Err(origin.error("Module config specified without value"));
                }
                ExtraKind::ModuleOption
            }
            _ => return Err(origin.error("Bad directive or wrong number of arguments")),
        };
        self.loaded.extras.push(Extra { kind, words, origin });
        Ok(())
    }
}

/// Takes away what the field's servers take away around a line.
pub(super) fn trim(line: &[u8]) -> &[u8] {
    let blank = |byte: &u8| b" \t\r\n".contains(byte);
    let start = line.iter().position(|byte| !blank(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &line[start..end]
}
