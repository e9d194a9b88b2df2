//! Mass insertion: standard input goes to the server as it is, and replies are counted.
//!
//! One thread reads the input and writes to the server; this one reads replies. Neither waits for
//! the other, so neither side's buffers can block the load. The end is found by an `ECHO` of a
//! random marker, sent after the input: its reply comes after all others.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use resp::Value;

use crate::connection::{Connection, Stream, plain};

/// Bytes that one read of the input asks for.
const CHUNK: usize = 64 * 1024;

/// How often the progress line changes.
const PROGRESS: Duration = Duration::from_millis(200);

/// How long a read may wait before the time-out is looked at.
const TICK: Duration = Duration::from_millis(100);

type Marker = [u8; 20];

/// What the writing thread tells the reading one.
#[derive(Default)]
struct Sent {
    /// Set before the marker is sent.
    all: AtomicBool,
    failure: Mutex<Option<String>>,
}

/// Sends `input`, counts replies, prints the outcome; true when no reply was an error.
pub fn run(
    input: impl Read + Send + 'static,
    mut connection: Connection,
    timeout: Option<Duration>,
) -> io::Result<bool> {
    let (sent, marker) = (Arc::new(Sent::default()), random_marker());
    let writer = connection.stream().try_clone()?;
    connection.stream().set_read_timeout(Some(TICK))?;
    let told = Arc::clone(&sent);
    thread::spawn(move || {
        if let Err(failure) = send(input, writer, &marker, &told) {
            *told.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        }
    });
    let mut count = Count::default();
    let ended = receive(&mut connection, &marker, &sent, timeout, &mut count);
    count.clear_progress();
    if let Err(error) = ended {
        eprintln!("Error reading replies from server: {}", plain(&error));
        count.errors += 1;
    }
    if let Some(failure) = sent.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        eprintln!("{failure}");
        count.errors += 1;
    }
    println!("errors: {}, replies: {}", count.errors, count.replies);
    Ok(count.errors == 0)
}

/// Copies the input to the server, then the marker.
fn send(
    mut input: impl Read,
    mut server: Stream,
    marker: &Marker,
    sent: &Sent,
) -> Result<(), String> {
    let mut chunk = vec![0; CHUNK];
    let writing = |error| format!("Error writing to the server: {}", plain(&error));
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => server.write_all(&chunk[..read]).map_err(writing)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("Error reading from stdin: {}", plain(&error))),
        }
    }
    println!("All data transferred. Waiting for the last reply...");
    sent.all.store(true, Ordering::Release);
    // An empty line first: after garbage in the input the command still begins a line.
    let mut echo = b"\r\n*2\r\n$4\r\nECHO\r\n$20\r\n".to_vec();
    echo.extend_from_slice(marker);
    echo.extend_from_slice(b"\r\n");
    server.write_all(&echo).map_err(writing)
}

/// Counts replies until the marker comes back, or nothing for too long.
fn receive(
    connection: &mut Connection,
    marker: &Marker,
    sent: &Sent,
    timeout: Option<Duration>,
    count: &mut Count,
) -> io::Result<()> {
    let mut last_reply = Instant::now();
    loop {
        while let Some(reply) = connection.buffered()? {
            last_reply = Instant::now();
            let is_marker = matches!(&reply, Value::Bulk(bytes) if bytes == marker);
            if is_marker && sent.all.load(Ordering::Acquire) {
                count.clear_progress();
                println!("Last reply received from server.");
                return Ok(());
            }
            count.add(&reply);
        }
        count.show_progress();
        connection.read_in_time()?;
        if !sent.all.load(Ordering::Acquire) {
            // The time-out begins when everything was sent: a slow input is no silent server.
            last_reply = Instant::now();
        }
        if let Some(most) = timeout.filter(|most| last_reply.elapsed() > *most) {
            eprintln!("No replies for {} seconds: exiting.", most.as_secs_f64());
            count.errors += 1;
            return Ok(());
        }
    }
}

/// Replies so far, and the line that shows them on a terminal.
struct Count {
    errors: u64,
    replies: u64,
    begun: Instant,
    shown: Option<Instant>,
    on_terminal: bool,
}

impl Default for Count {
    fn default() -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self { errors: 0, replies: 0, begun: Instant::now(), shown: None, on_terminal }
    }
}

impl Count {
    fn add(&mut self, reply: &Value) {
        self.replies += 1;
        if let Value::Error(text) | Value::BlobError(text) = reply {
            self.clear_progress();
            eprintln!("{}", String::from_utf8_lossy(text));
            self.errors += 1;
        }
    }

    fn show_progress(&mut self) {
        let due = self.shown.is_none_or(|shown| shown.elapsed() >= PROGRESS);
        if self.on_terminal && due && self.replies > 0 {
            let rate = self.replies as f64 / self.begun.elapsed().as_secs_f64();
            eprint!("\rreplies: {}, {rate:.0} per second\x1b[K", self.replies);
            self.shown = Some(Instant::now());
        }
    }

    fn clear_progress(&mut self) {
        if self.shown.take().is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

/// Bytes that no other reply holds. The keys of the standard library's hash come from the system.
fn random_marker() -> Marker {
    let mut marker = [0; 20];
    for (i, part) in marker.chunks_mut(8).enumerate() {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_usize(i);
        part.copy_from_slice(&hasher.finish().to_le_bytes()[..part.len()]);
    }
    marker
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_differ() {
        assert_ne!(random_marker(), random_marker());
    }
}
