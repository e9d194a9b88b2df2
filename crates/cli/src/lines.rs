//! The lines of standard input, read by a thread of their own.
//!
//! While messages of subscriptions are awaited, a typed line must still get through; waiting for
//! two things at once takes a thread or a system call that the standard library lacks.

use std::io::{self, BufRead};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// A line with its end, or `None` after the last; or why it could not be read.
type Read = io::Result<Option<Vec<u8>>>;

/// Standard input, line by line.
pub struct Lines {
    source: Receiver<Read>,
    /// A line that was seen to be there.
    waiting: Option<Read>,
}

impl Lines {
    /// Begins to read standard input.
    pub fn of_stdin() -> Self {
        // One line ahead: a long input stays in its pipe.
        let (sender, source) = sync_channel(1);
        thread::spawn(move || {
            loop {
                let mut line = Vec::new();
                let read = io::stdin().lock().read_until(b'\n', &mut line);
                let read = read.map(|bytes| (bytes > 0).then_some(line));
                let more = matches!(read, Ok(Some(_)));
                if sender.send(read).is_err() || !more {
                    return;
                }
            }
        });
        Self { source, waiting: None }
    }

    /// Whether `next` would return at once.
    pub fn is_waiting(&mut self) -> bool {
        if self.waiting.is_none() {
            self.waiting = self.source.try_recv().ok();
        }
        self.waiting.is_some()
    }

    /// The next line, waited for; `None` at the end.
    pub fn next(&mut self) -> Read {
        match self.waiting.take() {
            Some(line) => line,
            // The thread has ended after the last line.
            None => self.source.recv().unwrap_or(Ok(None)),
        }
    }
}
