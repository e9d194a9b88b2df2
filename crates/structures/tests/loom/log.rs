//! The marks of the log: the cut at which it begins, and replies that wait for it.

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::thread;
use structures::sync::Mutex;
use structures::{LogMarks, Mailbox, ShardLock};

#[derive(Default)]
struct Log {
    marks: LogMarks,
    bytes: Mutex<Vec<u8>>,
}

impl Log {
    fn append(&self) -> u64 {
        let mut bytes = self.bytes.lock();
        bytes.push(0);
        self.marks.advance(1);
        self.marks.end()
    }
}

struct Keyspace {
    shards: [ShardLock<u64>; 2],
    log: Log,
}

/// Somebody begins to read the log while others write. What it finds at its cut and what the log
/// then brings must together be everything.
fn attach(cut: fn(&Keyspace) -> u64) {
    let shards = [ShardLock::new(0), ShardLock::new(0)];
    let keys = Arc::new(Keyspace { shards, log: Log::default() });
    let writers = [0, 1].map(|index| {
        let keys = keys.clone();
        thread::spawn(move || {
            let Some(mut shard) = keys.shards[index].try_lock() else { return };
            let logging = keys.log.marks.is_active();
            *shard += 1;
            if logging {
                keys.log.append();
            }
        })
    });
    let before = cut(&keys);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let all = *keys.shards[0].lock() + *keys.shards[1].lock();
    assert_eq!(before + keys.log.marks.end(), all, "a change is missing or comes twice");
    assert_eq!(keys.log.bytes.lock().len() as u64, keys.log.marks.end());
}

#[test]
fn a_reader_that_holds_every_shard_misses_nothing() {
    loom::model(|| {
        attach(|keys| {
            let (first, second) = (keys.shards[0].lock(), keys.shards[1].lock());
            keys.log.marks.start();
            *first + *second
        });
    });
}

#[test]
#[should_panic(expected = "a change is missing or comes twice")]
fn a_reader_that_skips_a_lock_is_noticed() {
    loom::model(|| {
        attach(|keys| {
            let first = *keys.shards[0].lock();
            keys.log.marks.start();
            first + *keys.shards[1].lock()
        });
    });
}

/// A worker holds a reply while the log is made durable; it sleeps when its bell does not ring.
fn hold_a_reply(tell: fn(&LogMarks, &dyn Fn())) {
    let marks = Arc::new(LogMarks::default());
    marks.release(0);
    let door = Arc::new((Mailbox::default(), AtomicBool::new(false)));
    let (synced, owner) = (marks.clone(), door.clone());
    let syncer = thread::spawn(move || {
        let post = || {
            if owner.0.post(()) {
                // As a swap: loom may put a plain store in front of a swap that did not see it.
                owner.1.swap(true, Ordering::SeqCst);
            }
        };
        tell(&synced, &post);
    });
    let mut held = marks.released() < 1;
    let mut wake = || {
        if door.1.swap(false, Ordering::SeqCst) {
            let mut letters = Vec::new();
            door.0.take(&mut letters);
            held &= letters.is_empty() || marks.released() < 1;
        }
    };
    wake();
    syncer.join().unwrap();
    wake();
    assert!(!held, "a reply is held for good");
}

#[test]
fn a_held_reply_leaves_once_the_log_is_released() {
    loom::model(|| {
        hold_a_reply(|marks, post| {
            marks.release(1);
            post();
        });
    });
}

#[test]
#[should_panic(expected = "a reply is held for good")]
fn a_bell_before_the_release_is_noticed() {
    loom::model(|| {
        hold_a_reply(|marks, post| {
            post();
            marks.release(1);
        });
    });
}

/// What was done before a release is there for who sees the mark.
fn see_the_disk<M: Send + Sync + 'static>(marks: M, release: fn(&M), released: fn(&M) -> u64) {
    let shared = Arc::new((marks, UnsafeCell::new(0)));
    let other = shared.clone();
    let syncer = thread::spawn(move || {
        // SAFETY: nobody reads before the mark has moved; the model checks that.
        other.1.with_mut(|disk| unsafe { *disk = 1 });
        release(&other.0);
    });
    if released(&shared.0) == 1 {
        // SAFETY: as above.
        shared.1.with(|disk| assert_eq!(unsafe { *disk }, 1));
    }
    syncer.join().unwrap();
}

#[test]
fn who_sees_the_mark_sees_what_it_stands_for() {
    loom::model(|| see_the_disk(LogMarks::default(), |m| m.release(1), LogMarks::released));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_mark_that_orders_nothing_is_noticed() {
    loom::model(|| {
        let mark = AtomicU64::new(0);
        see_the_disk(mark, |m| m.store(1, Ordering::Relaxed), |m| m.load(Ordering::Relaxed));
    });
}
