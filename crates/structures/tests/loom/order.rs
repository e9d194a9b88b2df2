//! Two steps whose order decides, as small copies of what crates above do with a mutex and an
//! atomic: `WAIT` and an acknowledgement, a feed and a writer, a setting and its version.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;
use structures::sync::Mutex;

/// `WAIT` meets the acknowledgement that it waits for (`engine`, `commands/replication/wait.rs`).
#[derive(Default)]
struct Replicas {
    acked: AtomicU64,
    waiting: Mutex<usize>,
}

impl Replicas {
    /// Replies to who waits for what has come.
    fn serve(&self) -> usize {
        let mut waiting = self.waiting.lock();
        if self.acked.load(Ordering::Acquire) == 1 { std::mem::take(&mut *waiting) } else { 0 }
    }
}

fn acknowledge(wait: fn(&Replicas) -> usize) {
    let replicas = Arc::new(Replicas::default());
    let other = replicas.clone();
    let replica = thread::spawn(move || {
        other.acked.fetch_max(1, Ordering::AcqRel);
        other.serve()
    });
    let served = wait(&replicas);
    assert_eq!(served + replica.join().unwrap(), 1, "it waits for what has come already");
}

#[test]
fn an_acknowledgement_does_not_pass_a_wait_unseen() {
    loom::model(|| {
        acknowledge(|replicas| {
            *replicas.waiting.lock() += 1;
            replicas.serve()
        });
    });
}

#[test]
#[should_panic(expected = "it waits for what has come already")]
fn a_wait_that_counts_before_it_is_listed_is_noticed() {
    loom::model(|| {
        acknowledge(|replicas| {
            if replicas.acked.load(Ordering::Acquire) == 1 {
                return 1;
            }
            *replicas.waiting.lock() += 1;
            0
        });
    });
}

/// A writer tells the feeds that there are (`server`, `shared.rs` and `event_loop/members.rs`);
/// what orders the count is the log's lock.
#[derive(Default)]
struct Feeds {
    count: AtomicU64,
    log: Mutex<u64>,
}

fn begin_feed(begin: fn(&Feeds) -> u64) {
    let feeds = Arc::new(Feeds::default());
    let other = feeds.clone();
    let writer = thread::spawn(move || {
        *other.log.lock() += 1;
        other.count.load(Ordering::Relaxed) > 0
    });
    let fed = begin(&feeds);
    let told = writer.join().unwrap();
    assert!(fed == 1 || told, "the feed sleeps and the log has grown");
}

#[test]
fn a_feed_that_begins_is_told_of_what_it_has_not_read() {
    loom::model(|| {
        begin_feed(|feeds| {
            feeds.count.fetch_add(1, Ordering::Relaxed);
            *feeds.log.lock()
        });
    });
}

#[test]
#[should_panic(expected = "the feed sleeps")]
fn a_feed_that_reads_before_it_is_counted_is_noticed() {
    loom::model(|| {
        begin_feed(|feeds| {
            let fed = *feeds.log.lock();
            feeds.count.fetch_add(1, Ordering::Relaxed);
            fed
        });
    });
}

/// A setting changes while a worker begins (`engine`, `config/store.rs` and `worker.rs`).
struct Settings {
    current: Mutex<u64>,
    version: AtomicU64,
}

fn begin_with_settings(read: fn(&Settings) -> (u64, u64)) {
    let settings = Arc::new(Settings { current: Mutex::new(1), version: AtomicU64::new(1) });
    let other = settings.clone();
    let change = thread::spawn(move || {
        *other.current.lock() = 2;
        other.version.fetch_add(1, Ordering::Release);
    });
    let (mut value, version) = read(&settings);
    change.join().unwrap();
    // The next turn looks at the version alone.
    if settings.version.load(Ordering::Acquire) != version {
        value = *settings.current.lock();
    }
    assert_eq!(value, 2, "a change is never seen");
}

#[test]
fn who_begins_during_a_change_sees_it_next_turn() {
    loom::model(|| {
        begin_with_settings(|settings| {
            let version = settings.version.load(Ordering::Acquire);
            (*settings.current.lock(), version)
        });
    });
}

#[test]
#[should_panic(expected = "a change is never seen")]
fn a_version_that_is_read_behind_its_setting_is_noticed() {
    loom::model(|| {
        begin_with_settings(|settings| {
            let value = *settings.current.lock();
            (value, settings.version.load(Ordering::Acquire))
        });
    });
}
