//! How far a log is: whether it is written at all, where it ends, and up to where replies may
//! leave. What is behind the marks (the bytes, their readers) has a lock of its own.
//!
//! # Invariants
//!
//! 1. `active` changes only while every shard is held, so who holds one sees one value of it; the
//!    locks of the shards order it, and it needs no order of its own.
//! 2. `end` is moved by whoever holds the log's lock, behind the bytes that it then covers.
//! 3. `released` is moved once what makes the log durable up to there has happened, and the owners
//!    of held replies are told after that: who holds a reply and finds the old mark is told.

use crate::sync::{AtomicBool, AtomicU64, Ordering};

/// The marks of a log.
#[derive(Debug)]
pub struct LogMarks {
    active: AtomicBool,
    end: AtomicU64,
    /// `u64::MAX` where no reply has to wait.
    released: AtomicU64,
}

impl Default for LogMarks {
    fn default() -> LogMarks {
        LogMarks {
            active: AtomicBool::new(false),
            end: AtomicU64::new(0),
            released: AtomicU64::new(u64::MAX),
        }
    }
}

impl LogMarks {
    /// Whether the log is written.
    #[inline]
    pub fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    /// From now on the log is written. The caller holds every shard.
    pub fn start(&self) {
        self.active.store(true, Ordering::Relaxed);
    }

    /// From now on nothing is written, and no reply waits. The caller holds every shard.
    pub fn stop(&self) {
        self.active.store(false, Ordering::Relaxed);
        self.released.store(u64::MAX, Ordering::Release);
    }

    /// The offset behind the last record.
    #[inline]
    pub fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// The log has grown by so many bytes. The caller holds the log's lock.
    pub fn advance(&self, bytes: usize) {
        let end = self.end.load(Ordering::Relaxed);
        self.end.store(end + bytes as u64, Ordering::Release);
    }

    /// The offset up to which replies may leave.
    #[inline]
    pub fn released(&self) -> u64 {
        self.released.load(Ordering::Acquire)
    }

    /// Lets replies leave up to an offset.
    pub fn release(&self, offset: u64) {
        self.released.store(offset, Ordering::Release);
    }
}
