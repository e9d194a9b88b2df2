//! Who may do something: the claim of a waiter, the script token, the sign that a script is busy.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use structures::{Claim, ShardLock, Stop, Stoppable, Tally};

/// Three that could end one wait (a push, a deadline, `CLIENT UNBLOCK`), each by `take`.
fn end_one_wait(take: impl Fn() -> bool + Send + Sync + 'static) {
    let (take, ended) = (Arc::new(take), Arc::new(AtomicUsize::new(0)));
    let end = |take: &dyn Fn() -> bool, ended: &AtomicUsize| {
        if take() {
            assert_eq!(ended.fetch_add(1, Ordering::SeqCst), 0, "it was ended twice");
        }
    };
    let others = [0; 2].map(|_| {
        let (take, ended) = (take.clone(), ended.clone());
        thread::spawn(move || end(&*take, &ended))
    });
    end(&*take, &ended);
    others.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(ended.load(Ordering::SeqCst), 1, "nobody ended it");
}

#[test]
fn a_wait_ends_once() {
    loom::model(|| {
        let claim = Claim::default();
        end_one_wait(move || claim.take());
    });
}

#[test]
#[should_panic(expected = "it was ended twice")]
fn a_claim_that_looks_before_it_takes_is_noticed() {
    loom::model(|| {
        let taken = AtomicBool::new(false);
        end_one_wait(move || {
            let free = !taken.load(Ordering::Acquire);
            taken.store(true, Ordering::Release);
            free
        });
    });
}

/// How often somebody who waits while holding looks again before it gives up.
const PATIENCE: usize = 3;

struct Keyspace {
    token: ShardLock<()>,
    shards: [ShardLock<usize>; 2],
}

/// A script that holds one shard and then needs both.
fn escalate(keys: &Keyspace, own: usize, with_token: bool) {
    let token = with_token.then(|| keys.token.try_lock());
    if matches!(token, Some(None)) {
        return;
    }
    let Some(mut first) = keys.shards[own].try_lock() else { return };
    for _ in 0..PATIENCE {
        if let Some(mut second) = keys.shards[1 - own].try_lock() {
            *first += 1;
            *second += 1;
            return;
        }
        thread::yield_now();
    }
    panic!("a script waits for good");
}

/// Scripts that wait for shards while they hold some.
fn two_scripts(with_token: bool) {
    let shards = [ShardLock::new(0), ShardLock::new(0)];
    let keys = Arc::new(Keyspace { token: ShardLock::new(()), shards });
    let other = keys.clone();
    let thread = thread::spawn(move || escalate(&other, 1, with_token));
    escalate(&keys, 0, with_token);
    thread.join().unwrap();
    assert_eq!(*keys.shards[0].lock(), *keys.shards[1].lock(), "half of a script is seen");
}

#[test]
fn scripts_with_the_token_do_not_wait_for_each_other() {
    loom::model(|| two_scripts(true));
}

#[test]
#[should_panic(expected = "a script waits for good")]
fn scripts_that_wait_without_the_token_are_noticed() {
    loom::model(|| two_scripts(false));
}

#[test]
fn a_script_that_waits_gets_the_shards_of_who_tries_all_or_none() {
    loom::model(|| {
        let shards = [ShardLock::new(0), ShardLock::new(0)];
        let keys = Arc::new(Keyspace { token: ShardLock::new(()), shards });
        let other = keys.clone();
        let writer = thread::spawn(move || {
            // It starts in the order of positions, and lets go where it cannot have both.
            let Some(mut first) = other.shards[0].try_lock() else { return };
            let Some(mut second) = other.shards[1].try_lock() else { return };
            *first += 1;
            *second += 1;
        });
        let _token = keys.token.try_lock().expect("nobody else wants it");
        if let Some(mut own) = keys.shards[1].try_lock() {
            let mut missing = keys.shards[0].lock();
            *own += 1;
            *missing += 1;
        }
        writer.join().unwrap();
        assert_eq!(*keys.shards[0].lock(), *keys.shards[1].lock(), "half of it is seen");
    });
}

/// Two scripts that become busy and end; afterwards nobody is busy, and the sign must say so.
fn busy_scripts<T: Send + Sync + 'static>(
    tally: T,
    begin: fn(&T, &AtomicBool),
    end: fn(&T, &AtomicBool),
) {
    let shared = Arc::new((tally, AtomicBool::new(false)));
    let other = shared.clone();
    let run = move |shared: &(T, AtomicBool)| {
        begin(&shared.0, &shared.1);
        end(&shared.0, &shared.1);
    };
    let thread = thread::spawn(move || run(&other));
    run(&shared);
    thread.join().unwrap();
    assert!(!shared.1.load(Ordering::SeqCst), "the sign stays up");
}

#[test]
fn the_sign_of_a_busy_script_goes_with_the_last_one() {
    loom::model(|| {
        busy_scripts(
            Tally::default(),
            |tally, sign| {
                tally.join(|| sign.store(true, Ordering::SeqCst));
                assert!(sign.load(Ordering::SeqCst), "a script is busy and nobody is told");
            },
            |tally, sign| tally.leave(|| sign.store(false, Ordering::SeqCst)),
        );
    });
}

#[test]
#[should_panic(expected = "the sign stays up")]
fn a_sign_beside_its_count_is_noticed() {
    loom::model(|| {
        busy_scripts(
            AtomicUsize::new(0),
            |count, sign| {
                count.fetch_add(1, Ordering::SeqCst);
                sign.store(true, Ordering::SeqCst);
            },
            |count, sign| {
                if count.fetch_sub(1, Ordering::SeqCst) == 1 {
                    sign.store(false, Ordering::SeqCst);
                    if count.load(Ordering::SeqCst) > 0 {
                        sign.store(true, Ordering::SeqCst);
                    }
                }
            },
        );
    });
}

/// A long script is killed while it comes to its first write.
fn kill_a_script<S: Send + Sync + 'static>(script: S, kill: fn(&S) -> bool, write: fn(&S) -> bool) {
    let script = Arc::new(script);
    let other = script.clone();
    let killer = thread::spawn(move || kill(&other));
    let wrote = write(&script);
    assert_ne!(killer.join().unwrap(), wrote, "a script is stopped behind its first write");
}

#[test]
fn a_script_is_killed_before_its_first_write_or_not_at_all() {
    loom::model(|| {
        let script = Stoppable::default();
        script.become_long();
        kill_a_script(script, |s| s.stop() == Stop::Accepted, Stoppable::begin_changes);
    });
}

#[test]
#[should_panic(expected = "behind its first write")]
fn a_kill_that_looks_before_it_marks_is_noticed() {
    loom::model(|| {
        let (wrote, killed) = (AtomicBool::new(false), AtomicBool::new(false));
        kill_a_script(
            (wrote, killed),
            |(wrote, killed)| {
                let innocent = !wrote.load(Ordering::SeqCst);
                killed.store(innocent, Ordering::SeqCst);
                innocent
            },
            |(wrote, killed)| {
                let goes_on = !killed.load(Ordering::SeqCst);
                wrote.store(goes_on, Ordering::SeqCst);
                goes_on
            },
        );
    });
}
