//! When blocked clients give up, earliest first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use engine::blocking::Waiter;

/// Deadlines of one worker's blocked clients.
#[derive(Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(u64, u64)>>,
}

impl Timers {
    /// Notes when a client gives up.
    pub fn add(&mut self, deadline_ms: u64, waiter: &Arc<Waiter>) {
        self.heap.push(Reverse((deadline_ms, waiter.client)));
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
