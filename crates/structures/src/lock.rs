//! The lock of a shard.
//!
//! It never blocks by itself: a worker tries it, spins briefly, and otherwise parks the *command*
//! and serves other connections. That needs a lock of one word without a queue of threads, which
//! also makes locking an idle shard as cheap as the processor allows.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::prefetch::prefetch_write;
use crate::sync::{AtomicBool, Ordering, yield_now};

#[cfg(loom)]
use loom::cell::UnsafeCell;
#[cfg(not(loom))]
use std::cell::UnsafeCell;

/// Tries before a locked shard counts as busy.
const SPINS: u32 = if cfg!(shuttle) { 2 } else { 64 };

/// Data behind a lock, on cache lines of its own.
#[repr(align(128))]
pub struct ShardLock<T> {
    locked: AtomicBool,
    data: UnsafeCell<T>,
}

// SAFETY: only the holder of the lock reaches the data, one thread at a time.
unsafe impl<T: Send> Sync for ShardLock<T> {}
// SAFETY: the lock owns its data.
unsafe impl<T: Send> Send for ShardLock<T> {}

/// Access to the data; dropping it unlocks.
pub struct ShardGuard<'a, T> {
    lock: &'a ShardLock<T>,
    #[cfg(loom)]
    data: loom::cell::MutPtr<T>,
}

impl<T> ShardLock<T> {
    /// An unlocked lock.
    pub fn new(data: T) -> ShardLock<T> {
        ShardLock { locked: AtomicBool::new(false), data: UnsafeCell::new(data) }
    }

    /// Takes the lock if it is free right now.
    #[inline(always)]
    pub fn try_lock(&self) -> Option<ShardGuard<'_, T>> {
        let free =
            self.locked.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok();
        #[cfg(shuttle)]
        let free = free || fault::is_planted();
        free.then(|| ShardGuard {
            lock: self,
            #[cfg(loom)]
            data: self.data.get_mut(),
        })
    }

    /// Takes the lock if it is or becomes free within about a microsecond.
    #[inline(always)]
    pub fn try_lock_spinning(&self) -> Option<ShardGuard<'_, T>> {
        match self.try_lock() {
            Some(guard) => Some(guard),
            None => self.spin(),
        }
    }

    #[cold]
    fn spin(&self) -> Option<ShardGuard<'_, T>> {
        for _ in 0..SPINS {
            #[cfg(not(loom))]
            std::hint::spin_loop();
            #[cfg(loom)]
            yield_now();
            if !self.locked.load(Ordering::Relaxed)
                && let Some(guard) = self.try_lock()
            {
                return Some(guard);
            }
        }
        None
    }

    /// Takes the lock, giving the processor away while somebody else has it. For threads that
    /// have nothing else to do: not for workers.
    pub fn lock(&self) -> ShardGuard<'_, T> {
        loop {
            if let Some(guard) = self.try_lock_spinning() {
                return guard;
            }
            yield_now();
        }
    }

    /// The data, for the only owner.
    #[cfg(not(loom))]
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }

    /// Asks for the lock's cache line, with what data lies in it; other cores then give it up.
    #[inline(always)]
    pub fn prefetch(&self) {
        // Not the address of the whole: where the lock lies in it is up to the compiler.
        prefetch_write(&raw const self.locked);
    }
}

/// A mistake that the schedules must notice: who finds a lock taken goes on as if it were free.
#[cfg(shuttle)]
pub mod fault {
    use std::cell::Cell;

    thread_local! {
        // A scheduler runs all threads of a schedule on one thread of the system.
        static PLANTED: Cell<bool> = const { Cell::new(false) };
    }

    /// Plants it for the schedules of this thread, or takes it away.
    pub fn skip_locks(skip: bool) {
        PLANTED.set(skip);
    }

    pub(super) fn is_planted() -> bool {
        PLANTED.get()
    }
}

impl<T> Deref for ShardGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a guard exists only while its lock is held (`try_lock`).
        #[cfg(not(loom))]
        unsafe {
            &*self.lock.data.get()
        }
        #[cfg(loom)]
        // SAFETY: as above.
        unsafe {
            self.data.deref()
        }
    }
}

impl<T> DerefMut for ShardGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: a guard exists only while its lock is held, and it is borrowed mutably.
        #[cfg(not(loom))]
        unsafe {
            &mut *self.lock.data.get()
        }
        #[cfg(loom)]
        // SAFETY: as above.
        unsafe {
            self.data.deref()
        }
    }
}

impl<T> Drop for ShardGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.lock.locked.store(false, Ordering::Release);
    }
}

impl<T> fmt::Debug for ShardLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShardLock(locked: {})", self.locked.load(Ordering::Relaxed))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_busy_until_its_guard_goes() {
        let lock = ShardLock::new(1);
        let mut guard = lock.try_lock().expect("free");
        *guard += 1;
        assert!(lock.try_lock_spinning().is_none());
        drop(guard);
        assert_eq!(*lock.lock(), 2);
    }
}
