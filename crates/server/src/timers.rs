//! When blocked clients give up, or look again at what they wait for, earliest first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Deadlines of one worker's blocked clients.
#[derive(Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(u64, u64)>>,
}

impl Timers {
    /// Notes when a client gives up or looks again.
    pub fn add(&mut self, deadline_ms: u64, client: u64) {
        self.heap.push(Reverse((deadline_ms, client)));
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((deadline, _))| *deadline)
    }

    /// A client whose deadline is past.
    pub fn pop_due(&mut self, now_ms: u64) -> Option<(u64, u64)> {
        let Reverse((deadline, _)) = *self.heap.peek()?;
        if deadline > now_ms {
            return None;
        }
        self.heap.pop().map(|Reverse(item)| item)
    }
}
