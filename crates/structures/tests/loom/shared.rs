//! Counted values: who changes one must be its only owner, and must see that the others are done.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use structures::Shared;

/// A value that a checker watches; a copy has a cell of its own.
struct Watched(loom::cell::UnsafeCell<u8>);

impl Watched {
    fn new(value: u8) -> Watched {
        Watched(loom::cell::UnsafeCell::new(value))
    }

    fn read(&self) -> u8 {
        // SAFETY: the checker fails the model if anybody writes meanwhile.
        self.0.with(|at| unsafe { *at })
    }

    fn write(&mut self, value: u8) {
        // SAFETY: the checker fails the model if anybody reads or writes meanwhile.
        self.0.with_mut(|at| unsafe { *at = value });
    }
}

impl Clone for Watched {
    fn clone(&self) -> Watched {
        Watched::new(self.read())
    }
}

// SAFETY: the checker watches every access.
unsafe impl Sync for Watched {}

#[test]
fn a_shared_value_is_copied_before_it_changes() {
    loom::model(|| {
        let mut value = Shared::new(Watched::new(1));
        let snapshot = value.clone();
        let thread = thread::spawn(move || {
            assert_eq!(snapshot.read(), 1, "the snapshot changed");
        });
        value.get_mut_or_copy().write(2);
        assert_eq!(value.read(), 2);
        thread.join().unwrap();
    });
}

#[test]
fn two_owners_may_both_change_their_value() {
    loom::model(|| {
        let mut value = Shared::new(Watched::new(1));
        let mut other = value.clone();
        let thread = thread::spawn(move || {
            other.get_mut_or_copy().write(3);
            assert_eq!(other.read(), 3);
        });
        value.get_mut_or_copy().write(2);
        assert_eq!(value.read(), 2);
        thread.join().unwrap();
    });
}

/// A count that is tested without looking at what former owners did.
struct LooseTest {
    refs: AtomicUsize,
    value: Watched,
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_test_for_one_owner_that_orders_nothing_is_noticed() {
    loom::model(|| {
        let value = Watched::new(1);
        let shared = Arc::new(LooseTest { refs: AtomicUsize::new(2), value });
        let snapshot = shared.clone();
        let thread = thread::spawn(move || {
            assert_eq!(snapshot.value.read(), 1);
            snapshot.refs.fetch_sub(1, Ordering::Release);
        });
        if shared.refs.load(Ordering::Relaxed) == 1 {
            // SAFETY: none; that is what the checker is to notice.
            shared.value.0.with_mut(|at| unsafe { *at = 2 });
        }
        thread.join().unwrap();
    });
}
