//! What other threads have for a worker: a queue, and a bell that is rung once for many letters.
//!
//! # Invariants
//!
//! 1. After a `post` that says `ring`, and until the owner's next `take`, no other post says it.
//! 2. The owner clears the bell *before* it takes the letters: a letter that comes later rings.

use crate::sync::{AtomicBool, Mutex, Ordering};

/// A queue of letters to one owner.
#[derive(Debug)]
pub struct Mailbox<T> {
    letters: Mutex<Vec<T>>,
    rung: AtomicBool,
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Mailbox { letters: Mutex::new(Vec::new()), rung: AtomicBool::new(false) }
    }
}

impl<T> Mailbox<T> {
    /// Adds a letter. Gives true where the caller must wake the owner.
    pub fn post(&self, letter: T) -> bool {
        self.letters.lock().push(letter);
        !self.rung.swap(true, Ordering::AcqRel)
    }

    /// Whether there may be letters, at the cost of one load.
    #[inline]
    pub fn is_rung(&self) -> bool {
        self.rung.load(Ordering::Relaxed)
    }

    /// Swaps the letters, oldest first, with an empty vector of the owner's.
    pub fn take(&self, into: &mut Vec<T>) {
        self.rung.swap(false, Ordering::AcqRel);
        let mut letters = self.letters.lock();
        std::mem::swap(&mut *letters, into);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn letters_arrive_in_order_and_ring_once() {
        let mailbox = Mailbox::default();
        assert!(mailbox.post(1) && !mailbox.post(2));
        let mut letters = Vec::new();
        mailbox.take(&mut letters);
        assert_eq!(letters, [1, 2]);
        assert!(mailbox.post(3));
    }
}
