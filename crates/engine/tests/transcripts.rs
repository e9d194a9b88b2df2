//! Runs every transcript under `tests/transcripts/`.
//!
//! `UPDATE_TRANSCRIPTS=1` writes the replies that came into the files; read the difference before
//! you commit it. `BASALT_ORACLE=host:port` asks a running server instead of the engine, which
//! tells where the two disagree. `TRANSCRIPT=set` runs only files whose path contains that.

mod runner;

use std::fs;
use std::path::{Path, PathBuf};

use runner::engine::InProcess;
use runner::socket::Oracle;
use runner::transcript::Transcript;

#[test]
fn every_transcript_gives_the_replies_that_it_shows() {
    let wanted = std::env::var("TRANSCRIPT").unwrap_or_default();
    let oracle = std::env::var("BASALT_ORACLE").ok();
    let update = std::env::var_os("UPDATE_TRANSCRIPTS").is_some() && oracle.is_none();
    let mut failures = Vec::new();
    for path in transcripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")) {
        let name = path.to_string_lossy().into_owned();
        if !name.contains(&wanted) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("transcripts are text");
        let transcript = Transcript::parse(&text);
        let played = match &oracle {
            Some(address) => transcript.play(&mut Oracle::connect(address)),
            None => transcript.play(&mut InProcess::new(&transcript)),
        };
        if update {
            fs::write(&path, played.text()).expect("the sources can be written");
        } else {
            failures.extend(played.differences(&name));
        }
    }
    assert!(failures.is_empty(), "{} differences\n\n{}", failures.len(), failures.join("\n"));
}

/// All transcripts, in order.
fn transcripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is part of the sources") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            found.extend(transcripts(&path));
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}
