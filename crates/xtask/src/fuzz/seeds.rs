//! Inputs for the fuzz targets, made from the transcripts.

use std::fs;
use std::path::{Path, PathBuf};

/// How far the clock of the `dispatch` target can move before a piece of its input.
const STEPS_MS: [u64; 8] = [0, 1, 10, 100, 300, 1500, 60_000, 4_000_000];
/// Clients of that target.
const CLIENTS: u8 = 4;
/// Between the pieces.
const SEPARATOR: u8 = 0xFF;
/// What its inputs begin with: nothing special; a log, and events; little memory.
const OPTIONS: [u8; 4] = [0, 3, 0x05, 0x87];
/// What its inputs begin with that are configuration files, and how long those are.
const FILE: u8 = 32;
const PART_BYTES: usize = 3000;
/// Commands that wait for the server's work, which transcripts have none of.
const WITH_A_SERVER: &str = "\
> SET a 1 EX 100
> SADD b x y
> MIGRATE host 1 a 0 1000 REPLACE
+10ms
> MIGRATE host 1 \"\" 0 1000 COPY AUTH pw KEYS a b none
@2
> SET a 2
+300ms
> MIGRATE host 1 \"\" 0 1000 KEYS a b
@3
> INCR a
> BGSAVE
> FLUSHALL
+10ms
> SAVE
> CONFIG REWRITE
+1500ms
> CONFIG SET port 7777
";
/// What an input of the request parser begins with: how it is cut into reads.
const CUTS: &[u8] = &[3, 16, 64, 240];

/// Writes a seed or two for each transcript, and some of the sample configuration.
pub fn write(root: &Path, target: &str, corpus: &Path) -> Result<(), String> {
    let folder = root.join("crates/engine/tests/transcripts");
    for path in transcripts(&folder)? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{path:?}: {error}"))?;
        let name = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('/', "-");
        for (i, seed) in seeds(target, &text).iter().enumerate() {
            let file = corpus.join(format!("{name}-{i}"));
            fs::write(&file, seed).map_err(|error| format!("{file:?}: {error}"))?;
        }
    }
    if target == "dispatch" {
        let file = fs::read(root.join("basalt.conf")).map_err(|error| error.to_string())?;
        for (i, seed) in seeds(target, WITH_A_SERVER).iter().enumerate() {
            let file = corpus.join(format!("server-{i}"));
            fs::write(file, seed).map_err(|error| error.to_string())?;
        }
        for (i, part) in file.chunks(PART_BYTES).enumerate() {
            let seed = [&[FILE], part].concat();
            fs::write(corpus.join(format!("file-{i}")), seed).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

fn transcripts(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{folder:?}: {error}"))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            found.extend(transcripts(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn seeds(target: &str, text: &str) -> Vec<Vec<u8>> {
    match target {
        "request_parser" => vec![[CUTS, &requests(text)].concat()],
        "dispatch" => OPTIONS.iter().map(|options| pieces(*options, text)).collect(),
        _ => vec![requests(text)],
    }
}

/// The commands of a transcript, as lines and as arrays in turn.
fn requests(text: &str) -> Vec<u8> {
    let mut out = String::new();
    let commands = text.lines().filter_map(|line| line.strip_prefix("> "));
    for (i, command) in commands.enumerate() {
        if i % 2 == 0 || command.contains(['"', '\'']) {
            out.push_str(&format!("{command}\r\n"));
            continue;
        }
        let words: Vec<&str> = command.split_ascii_whitespace().collect();
        out.push_str(&format!("*{}\r\n", words.len()));
        for word in words {
            out.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
    }
    out.into_bytes()
}

/// The commands of a transcript with its clients and its clock.
fn pieces(options: u8, text: &str) -> Vec<u8> {
    let (mut out, mut client, mut step, mut begun) = (vec![options], 0, 0, false);
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            if !begun {
                if out.len() > 1 {
                    out.push(SEPARATOR);
                }
                out.push(client | step << 2);
                (step, begun) = (0, true);
            }
            out.extend_from_slice(command.as_bytes());
            out.extend_from_slice(b"\r\n");
        } else if let Some(number) = line.strip_prefix('@').and_then(|n| n.parse::<u8>().ok()) {
            client = number.wrapping_sub(1) % CLIENTS;
            begun = false;
        } else if let Some(ms) = line.strip_prefix('+').and_then(|rest| rest.strip_suffix("ms"))
            && let Ok(ms) = ms.parse::<u64>()
        {
            let enough = STEPS_MS.iter().position(|step| *step >= ms);
            step = enough.unwrap_or(STEPS_MS.len() - 1) as u8;
            begun = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# about\n> SET k 1\nOK\n+250ms\n> TTL k\n(integer) -1\n@2\n> GET k\n\"1\"\n";

    #[test]
    fn a_seed_says_who_speaks_and_how_far_the_clock_moves() {
        let mut expected = vec![3, 0];
        expected.extend(b"SET k 1\r\n\xFF\x10TTL k\r\n\xFF\x01GET k\r\n");
        assert_eq!(pieces(3, TEXT), expected);
    }

    #[test]
    fn requests_come_in_both_forms() {
        assert_eq!(requests(TEXT), b"SET k 1\r\n*2\r\n$3\r\nTTL\r\n$1\r\nk\r\nGET k\r\n");
    }
}
