//! How many hold a condition, for a sign that the first one raises and the last one lowers.
//!
//! The way that lost counts with an atomic and sets the sign beside it: the last one, about to
//! lower it, may be overtaken by a new one that raises it, and by its end. The sign and the count
//! then disagree for good. Here the sign moves while the count is held.

use crate::sync::Mutex;

/// A count of holders.
#[derive(Debug, Default)]
pub struct Tally(Mutex<u32>);

impl Tally {
    /// One more; `raise` is called for the first.
    pub fn join(&self, raise: impl FnOnce()) {
        let mut count = self.0.lock();
        *count += 1;
        if *count == 1 {
            raise();
        }
    }

    /// One less; `lower` is called for the last.
    pub fn leave(&self, lower: impl FnOnce()) {
        let mut count = self.0.lock();
        assert!(*count > 0, "who leaves has joined");
        *count -= 1;
        if *count == 0 {
            lower();
        }
    }
}
