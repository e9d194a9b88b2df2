//! Who comes first decides: one word that goes from free to claimed once.
//!
//! A blocked client stands in the queues of several shards, has a deadline, and may be unblocked
//! by others. Each of those claims it before it does anything for it.

use crate::sync::{AtomicBool, Ordering};

/// Something that one of many may have.
#[derive(Debug)]
pub struct Claim(AtomicBool);

impl Default for Claim {
    fn default() -> Claim {
        Claim(AtomicBool::new(false))
    }
}

impl Claim {
    /// Claims it; true for the first caller alone.
    pub fn take(&self) -> bool {
        self.0.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Whether somebody has claimed it.
    pub fn is_taken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
