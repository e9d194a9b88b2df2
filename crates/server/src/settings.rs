//! What the command line and the configuration file said when the server started.

use std::collections::HashSet;
use std::io::Read;

use engine::config::{Config, ConfigFileError, Extra, ExtraKind, SourceText, command_line, load};
use engine::glob::{self, Case};
use engine::lookup::Renames;

/// What was said beside the values themselves.
#[derive(Debug, Default)]
pub struct Settings {
    /// Absolute path of the configuration file, if there is one.
    pub file: Option<String>,
    /// Lines about users, modules and renamed commands.
    pub extras: Vec<Extra>,
    /// Sentences for the log.
    pub warnings: Vec<String>,
    /// Directives that were set.
    pub seen: HashSet<&'static str>,
}

/// Reads the file and the options of a command line.
pub fn read(arguments: &[Vec<u8>]) -> Result<(Config, Settings), ConfigFileError> {
    let line = command_line(arguments.get(1..).unwrap_or_default());
    let mut texts = Vec::new();
    let mut file = None;
    if let Some(path) = &line.file {
        let path = String::from_utf8_lossy(path).into_owned();
        let text = std::fs::read(&path).map_err(|error| ConfigFileError {
            at: None,
            reason: format!("Fatal error, can't open config file '{path}': {error}"),
        })?;
        file = std::fs::canonicalize(&path).ok().map(|path| path.display().to_string());
        texts.push(SourceText { name: path, text });
    }
    if line.read_stdin {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).map_err(|error| ConfigFileError {
            at: None,
            reason: format!("Fatal error, can't read the standard input: {error}"),
        })?;
        texts.push(SourceText { name: "-".into(), text });
    }
    texts.push(SourceText { name: "command line".into(), text: line.options });
    let loaded = load(&texts, include)?;
    let (extras, warnings, seen) = (loaded.extras, loaded.warnings, loaded.seen);
    Ok((loaded.config, Settings { file, extras, warnings, seen }))
}

/// Follows the lines about what is not a value, and refuses those that this server does not follow
/// yet, with the line and the reason.
pub fn follow_extras(extras: &[Extra]) -> Result<(), ConfigFileError> {
    let mut renames = Renames::default();
    for extra in extras {
        let reason = match extra.kind {
            ExtraKind::User if is_default_user(&extra.words) => continue,
            ExtraKind::User => "users other than 'default' with all rights are not supported yet",
            ExtraKind::RenameCommand => match renames.rename(&extra.words[1], &extra.words[2]) {
                Ok(()) => continue,
                Err(reason) => reason,
            },
            ExtraKind::LoadModule | ExtraKind::ModuleOption => "modules cannot be loaded",
            ExtraKind::Sentinel => "sentinel directive while not in sentinel mode",
        };
        return Err(extra.origin.error(reason));
    }
    renames.put_in_force();
    Ok(())
}

/// compat: the line that CONFIG REWRITE of other servers writes for the user that always is there.
fn is_default_user(words: &[Vec<u8>]) -> bool {
    const RULES: [&[u8]; 10] = [
        b"on",
        b"nopass",
        b"sanitize-payload",
        b"~*",
        b"allkeys",
        b"&*",
        b"allchannels",
        b"+@all",
        b"allcommands",
        b"alldbs",
    ];
    words.get(1).is_some_and(|name| name == b"default")
        && words.iter().skip(2).all(|rule| RULES.contains(&rule.as_slice()))
}

/// The texts that an `include` line names: one file, or those that a pattern matches.
fn include(name: &str) -> Result<Vec<SourceText>, String> {
    let open = |path: &str| {
        let text = std::fs::read(path)
            .map_err(|error| format!("Fatal error, can't open config file '{path}': {error}"))?;
        Ok(SourceText { name: path.to_owned(), text })
    };
    if glob::is_literal(name.as_bytes()) {
        return open(name).map(|text| vec![text]);
    }
    let (folder, pattern) = name.rsplit_once('/').unwrap_or((".", name));
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|file| glob::matches(pattern.as_bytes(), file.as_bytes(), Case::Sensitive))
        .map(|file| format!("{folder}/{file}"))
        .collect();
    paths.sort();
    paths.iter().map(|path| open(path)).collect()
}
