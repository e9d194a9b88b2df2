//! Writing the dump file: a thread that takes parts from the workers' sweeps and puts them behind
//! each other.
//!
//! # Invariants
//!
//! 1. The file is written aside, synced, renamed, and its directory synced: under its name there
//!    is always a complete snapshot, the old one or the new one.
//! 2. A dump file from before this process is never overwritten (`keep_foreign`).
//! 3. A part that cannot be written fails the snapshot; the workers' parts are still taken, so
//!    that the sweep ends.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use engine::letter::Letter;
use engine::snapshot::{SavedEntry, SavedPart};
use persistence::rdb::{self, Checksum};
use resp::Output;
use rustix::fs::{FlockOperation, flock};

use crate::clock;
use crate::mail::Mail;
use crate::process;
use crate::shared::Shared;
use crate::text_log::TextLog;

/// Parts that may wait for the disk before the sweeps pause.
const QUEUE: usize = 16;
/// Workers come first where there are no more cores than they need, but a snapshot still ends.
const PRIORITY: i32 = 10;

/// What a worker has for the file.
pub struct Part {
    /// Entries.
    pub saved: SavedPart,
    /// The worker has nothing more.
    pub is_last: bool,
}

/// Starts the thread that writes the file; gives where the workers leave their parts.
pub fn start(shared: &Arc<Shared>, waiting: Option<(usize, u64)>) -> io::Result<SyncSender<Part>> {
    let (sender, receiver) = sync_channel(QUEUE);
    let shared = shared.clone();
    std::thread::Builder::new().name("dump".into()).spawn(move || {
        process::step_back(PRIORITY);
        let result = write(&shared, &receiver);
        finish(&shared, &result, waiting);
    })?;
    Ok(sender)
}

fn write(shared: &Shared, parts: &Receiver<Part>) -> io::Result<u64> {
    let config = shared.engine.config.load();
    let path = PathBuf::from(&config.persistence.dbfilename);
    let aside = PathBuf::from(aside(std::process::id()));
    let version = shared.engine.snapshots.version.load(Ordering::Relaxed);
    let mut result = DumpFile::create(&aside, version, config.persistence.rdbchecksum);
    let mut workers = shared.doors.len();
    while workers > 0
        && let Ok(Part { saved, is_last }) = parts.recv()
    {
        if let Ok(file) = &mut result
            && let Err(error) = file.add_part(shared, &saved)
        {
            result = Err(error);
        }
        let large = saved.large.into_iter().filter_map(SavedEntry::into_object);
        shared.engine.returned.lock().extend(large);
        workers -= usize::from(is_last);
    }
    let cancelled = shared.engine.snapshots.cancelled.load(Ordering::Acquire);
    let result = result.and_then(|file| {
        if cancelled {
            Err(io::ErrorKind::Interrupted.into())
        } else {
            keep_foreign(shared, &path)?;
            file.complete(&aside, &path)
        }
    });
    if result.is_err() {
        // What is left aside is of no use; a failure to remove it changes nothing.
        let _ = std::fs::remove_file(&aside);
    }
    result
}

/// What a process writes before it takes the dump file's place.
fn aside(process: u32) -> String {
    format!("temp-{process}.rdb")
}

/// Removes what servers have left behind that were killed while they wrote a dump file.
///
/// Only a plain file goes that is named after a process that is not there (or after this one, which
/// has written nothing yet) and that nobody holds: in another container that process may be alive.
pub fn remove_leftovers(log: &TextLog) -> io::Result<()> {
    for entry in std::fs::read_dir(".")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(writer_of) else { continue };
        if process != std::process::id() && process::is_alive(process) {
            continue;
        }
        let plain = std::fs::symlink_metadata(&name)?.is_file();
        if plain && hold(&File::open(&name)?) {
            std::fs::remove_file(&name)?;
            log.notice(&format!("Removed {}, which a snapshot has left", aside(process)));
        }
    }
    Ok(())
}

/// The process that a file is named after.
fn writer_of(name: &str) -> Option<u32> {
    let process = name.strip_prefix("temp-")?.strip_suffix(".rdb")?.parse().ok()?;
    (name == aside(process)).then_some(process)
}

/// Takes the file for the open handle's own, up to its end; false where somebody else has it.
fn hold(file: &File) -> bool {
    flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}

/// A dump file that this process did not write is somebody's data, which was not loaded: it stays
/// under another name when the first snapshot takes its place.
fn keep_foreign(shared: &Shared, path: &Path) -> io::Result<()> {
    if shared.owns_dump.load(Ordering::Relaxed) {
        return Ok(());
    }
    if path.exists() {
        let kept = PathBuf::from(format!("{}.before-{}", path.display(), clock::now_ms()));
        std::fs::hard_link(path, &kept)?;
        let (path, kept) = (path.display(), kept.display());
        shared.log.warning(&format!("{path} was there before this server; it stays as {kept}"));
    }
    shared.owns_dump.store(true, Ordering::Relaxed);
    Ok(())
}

struct DumpFile {
    file: File,
    checksum: Checksum,
    with_checksum: bool,
    bytes: u64,
}

impl DumpFile {
    fn create(path: &Path, version: u32, with_checksum: bool) -> io::Result<DumpFile> {
        let file = File::create(path)?;
        // It only keeps others from removing it (`remove_leftovers`).
        hold(&file);
        let mut dump = DumpFile { file, checksum: Checksum::default(), with_checksum, bytes: 0 };
        let mut head = Vec::new();
        let seconds = (clock::now_ms() / 1000).to_string();
        let facts = [("redis-ver", "7.2.4"), ("redis-bits", "64"), ("ctime", &seconds)];
        rdb::begin(&mut head, version, &facts);
        dump.add(&head)?;
        Ok(dump)
    }

    /// Adds entries; the large ones hold nobody up here.
    fn add_part(&mut self, shared: &Shared, part: &SavedPart) -> io::Result<()> {
        self.add(&part.bytes)?;
        for entry in &part.large {
            entry.write(part.format, |bytes| {
                if shared.engine.snapshots.cancelled.load(Ordering::Acquire) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                self.add(bytes)
            })?;
        }
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.with_checksum {
            self.checksum.update(bytes);
        }
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Puts the file in its place (invariant 1).
    fn complete(mut self, aside: &Path, path: &Path) -> io::Result<u64> {
        let mut tail = Vec::new();
        rdb::end(&mut tail, &mut self.checksum);
        if !self.with_checksum {
            tail.truncate(1);
            tail.extend_from_slice(&[0; 8]);
        }
        self.file.write_all(&tail)?;
        self.file.sync_all()?;
        std::fs::rename(aside, path)?;
        File::open(".")?.sync_all()?;
        Ok(self.bytes + tail.len() as u64)
    }
}

fn finish(shared: &Shared, result: &io::Result<u64>, waiting: Option<(usize, u64)>) {
    let snapshots = &shared.engine.snapshots;
    shared.dump.lock().take();
    match result {
        Ok(bytes) => {
            let cut = snapshots.dirty_at_cut.load(Ordering::Relaxed);
            shared.engine.dirty_at_save.store(cut, Ordering::Relaxed);
            shared.engine.last_save_ms.store(clock::now_ms(), Ordering::Relaxed);
            shared.log.notice(&format!("DB saved on disk, {bytes} bytes"));
            shared.log.notice("Background saving terminated with success");
        }
        Err(error) => {
            shared.log.warning(&format!("Background saving failed: {error}"));
        }
    }
    shared.engine.end_snapshot(result.is_ok(), clock::now_ms());
    tell(shared, waiting, result.is_ok());
}

/// Tells those who wait for the file how it went: the end of the server, and a client.
pub fn tell(shared: &Shared, waiting: Option<(usize, u64)>, succeeded: bool) {
    shared.leave(succeeded);
    let Some((worker, client)) = waiting else { return };
    let reply: &[u8] = match succeeded {
        true => b"+OK\r\n",
        false => b"-ERR the snapshot could not be written, see the log\r\n",
    };
    let reply = Box::new(Output::from(reply.to_vec()));
    let letter = Letter::Unblocked { client, reply, offset: 0 };
    shared.post(worker, Mail::Letter(letter));
}
