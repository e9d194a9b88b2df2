//! Every interleaving of this crate's atomics, in small models.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p structures --test loom --release`. The planted
//! bugs show that the models would notice: each is a small copy of the real thing with one mistake.
#![cfg(loom)]

#[path = "loom/claims.rs"]
mod claims;
#[path = "loom/log.rs"]
mod log;
#[path = "loom/order.rs"]
mod order;
#[path = "loom/shared.rs"]
mod shared;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use structures::{Blob, Elements, Mailbox, PayloadKind, PositionHasher, ShardLock};

#[test]
fn a_lock_lets_one_thread_in_at_a_time() {
    loom::model(|| {
        let lock = Arc::new(ShardLock::new(0));
        let other = lock.clone();
        let thread = thread::spawn(move || *other.lock() += 1);
        *lock.lock() += 1;
        thread.join().unwrap();
        assert_eq!(*lock.lock(), 2);
    });
}

#[test]
fn who_finds_a_lock_busy_leaves_it_alone() {
    loom::model(|| {
        let lock = Arc::new(ShardLock::new(0));
        let other = lock.clone();
        let thread = thread::spawn(move || {
            if let Some(mut guard) = other.try_lock() {
                *guard += 1;
            }
        });
        if let Some(mut guard) = lock.try_lock() {
            *guard += 1;
        }
        thread.join().unwrap();
        assert!((1..=2).contains(&*lock.lock()));
    });
}

/// What a mailbox must not lose: its owner sleeps once nobody rang since it last looked.
fn deliver(post: impl Fn(&AtomicBool) + Send + 'static, take: impl Fn() -> usize) {
    let bell = Arc::new(AtomicBool::new(false));
    let caller = bell.clone();
    let poster = thread::spawn(move || post(&caller));
    // The owner is awake, by this bell or for another reason, and looks.
    bell.swap(false, Ordering::SeqCst);
    let mut seen = take();
    poster.join().unwrap();
    while bell.swap(false, Ordering::SeqCst) {
        seen += take();
    }
    assert_eq!(seen, 2, "the owner sleeps and a letter lies there");
}

#[test]
fn no_letter_stays_behind_in_a_mailbox() {
    loom::model(|| {
        let mailbox = Arc::new(Mailbox::default());
        let sender = mailbox.clone();
        let post = move |bell: &AtomicBool| {
            for letter in 0..2 {
                if sender.post(letter) {
                    bell.store(true, Ordering::SeqCst);
                }
            }
        };
        deliver(post, || {
            let mut letters: Vec<i32> = Vec::new();
            mailbox.take(&mut letters);
            letters.len()
        });
    });
}

/// A mailbox whose owner clears the bell after it took the letters.
struct LateBell {
    letters: loom::sync::Mutex<Vec<i32>>,
    rung: AtomicBool,
}

#[test]
#[should_panic(expected = "a letter lies there")]
fn a_bell_that_is_cleared_too_late_is_noticed() {
    loom::model(|| {
        let letters = loom::sync::Mutex::new(Vec::new());
        let mailbox = Arc::new(LateBell { letters, rung: AtomicBool::new(false) });
        let sender = mailbox.clone();
        let post = move |bell: &AtomicBool| {
            for letter in 0..2 {
                sender.letters.lock().unwrap().push(letter);
                if !sender.rung.swap(true, Ordering::AcqRel) {
                    bell.store(true, Ordering::SeqCst);
                }
            }
        };
        deliver(post, || {
            let taken = std::mem::take(&mut *mailbox.letters.lock().unwrap());
            mailbox.rung.store(false, Ordering::SeqCst);
            taken.len()
        });
    });
}

#[test]
#[should_panic(expected = "both are in")]
fn a_lock_that_tests_and_then_sets_is_noticed() {
    loom::model(|| {
        let locked = Arc::new(AtomicBool::new(false));
        let inside = Arc::new(AtomicUsize::new(0));
        let enter = |locked: &AtomicBool, inside: &AtomicUsize| {
            if !locked.load(Ordering::Acquire) {
                locked.store(true, Ordering::Release);
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "both are in");
                inside.fetch_sub(1, Ordering::SeqCst);
                locked.store(false, Ordering::Release);
            }
        };
        let (other_lock, other_inside) = (locked.clone(), inside.clone());
        let thread = thread::spawn(move || enter(&other_lock, &other_inside));
        enter(&locked, &inside);
        thread.join().unwrap();
    });
}

#[test]
fn a_blob_changes_only_where_nobody_else_sees_it() {
    loom::model(|| {
        let blob = Blob::new(b"one");
        let mut copy = blob.clone();
        let thread = thread::spawn(move || {
            copy.make_mut()[0] = b'O';
            assert_eq!(&*copy, b"One");
        });
        assert_eq!(&*blob, b"one");
        drop(blob);
        thread.join().unwrap();
    });
}

#[test]
fn a_shared_table_changes_only_where_nobody_else_sees_it() {
    loom::model(|| {
        let hasher = std::sync::Arc::new(PositionHasher::new(1));
        let mut table = Elements::new(hasher, PayloadKind::Fixed(1));
        assert!(table.insert(b"key", b"1"));
        let mut copy = table.clone();
        let thread = thread::spawn(move || {
            copy.payload_mut(b"key").unwrap()[0] = b'2';
            assert_eq!(copy.get(b"key"), Some(&b"2"[..]));
        });
        table.payload_mut(b"key").unwrap()[0] = b'3';
        assert_eq!(table.get(b"key"), Some(&b"3"[..]));
        drop(table);
        thread.join().unwrap();
    });
}

/// Bytes with a count, whose last holder does not see to it that the others are done.
struct LooseCount {
    refs: AtomicUsize,
    bytes: loom::cell::UnsafeCell<u8>,
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_count_that_orders_nothing_is_noticed() {
    loom::model(|| {
        let bytes = loom::cell::UnsafeCell::new(1);
        let blob = Arc::new(LooseCount { refs: AtomicUsize::new(2), bytes });
        let release = |blob: &LooseCount| {
            blob.bytes.with(|at| assert!(!at.is_null()));
            if blob.refs.fetch_sub(1, Ordering::Relaxed) == 1 {
                blob.bytes.with_mut(|at| assert!(!at.is_null(), "it is freed here"));
            }
        };
        let copy = blob.clone();
        let thread = thread::spawn(move || release(&copy));
        release(&blob);
        thread.join().unwrap();
    });
}
