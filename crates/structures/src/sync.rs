//! The atomics and the mutex through which workers meet: the real ones, loom's when its models run,
//! or shuttle's where whole workers are scheduled.
//!
//! Crates above take theirs from here too, so that each is a point at which a scheduler may let
//! somebody else go on. Counters of statistics stay out of it: nothing is decided by them.

#[cfg(loom)]
pub use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
#[cfg(shuttle)]
pub use shuttle::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
#[cfg(not(any(loom, shuttle)))]
pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};

#[cfg(loom)]
pub use loom::sync::atomic::Ordering;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32 as BlobCount, fence};
#[cfg(not(loom))]
pub use std::sync::atomic::Ordering;
/// The count of a blob lies in memory that is handed around as bytes: four of them, always.
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU32 as BlobCount, fence};

#[cfg(not(any(loom, shuttle)))]
pub use parking_lot::Mutex;

#[cfg(any(loom, shuttle))]
pub use checked::Mutex;

/// The checkers' mutexes, with the face of the real one.
#[cfg(any(loom, shuttle))]
mod checked {
    #[cfg(loom)]
    use loom::sync as checker;
    #[cfg(shuttle)]
    use shuttle::sync as checker;

    /// A mutex that a checker watches.
    #[derive(Debug, Default)]
    pub struct Mutex<T>(checker::Mutex<T>);

    impl<T> Mutex<T> {
        /// An unlocked mutex.
        pub fn new(data: T) -> Mutex<T> {
            Mutex(checker::Mutex::new(data))
        }

        /// Waits for the mutex.
        pub fn lock(&self) -> checker::MutexGuard<'_, T> {
            self.0.lock().expect("a model that panics has failed already")
        }
    }
}

/// Lets other threads run.
pub(crate) fn yield_now() {
    #[cfg(loom)]
    loom::thread::yield_now();
    #[cfg(shuttle)]
    shuttle::thread::yield_now();
    #[cfg(not(any(loom, shuttle)))]
    std::thread::yield_now();
}
