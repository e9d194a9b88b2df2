//! Clients on workers of their own, and who decides which of them goes on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::{Outcome, Request};
use engine::engine::Setup;
use engine::letter::Letter;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Value};

#[cfg(shuttle)]
use shuttle::thread;
#[cfg(not(shuttle))]
use std::thread;

/// How often a thread does what it does.
pub const ROUNDS: usize = if cfg!(shuttle) { 3 } else { 300 };
/// A client that waits for so long was forgotten.
const PATIENCE: usize = if cfg!(shuttle) { 3_000 } else { 10_000 };
/// Workers beyond those of the scene, for what comes before and after it.
const SPARE_WORKERS: usize = 8;

/// Runs a scene under many schedules.
#[cfg(shuttle)]
pub fn explore(scene: impl Fn() + Send + Sync + 'static) {
    runner(150).run(scene);
}

/// Runs a scene a few times.
#[cfg(not(shuttle))]
pub fn explore(scene: impl Fn() + Send + Sync + 'static) {
    (0..5).for_each(|_| scene());
}

/// Whether a scene fails under some schedule.
#[cfg(shuttle)]
pub fn caught(scene: impl Fn() + Send + Sync + 'static) -> bool {
    let run = move || runner(2000).run(scene);
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err()
}

/// Whether a scene fails in some of many runs.
#[cfg(not(shuttle))]
pub fn caught(scene: impl Fn() + Send + Sync + 'static) -> bool {
    let run = || std::panic::catch_unwind(std::panic::AssertUnwindSafe(&scene)).is_err();
    (0..50).any(|_| run())
}

#[cfg(shuttle)]
fn runner(iterations: usize) -> shuttle::Runner<shuttle::scheduler::RandomScheduler> {
    let mut config = shuttle::Config::new();
    // Lua and the handlers need more than the scheduler's 32 KiB.
    config.stack_size = 1 << 20;
    config.max_steps = shuttle::MaxSteps::FailAfter(20_000_000);
    shuttle::Runner::new(shuttle::scheduler::RandomScheduler::new(iterations), config)
}

/// Starts a thread.
pub fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    thread::spawn(work)
}

/// Waits for a thread, and fails if it did.
pub fn join<T>(thread: thread::JoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(failure) => std::panic::resume_unwind(failure),
    }
}

struct Posts {
    boxes: Vec<Mutex<Vec<Letter>>>,
    taken: AtomicUsize,
    loses_next: AtomicBool,
}

/// An engine and its workers.
pub struct Table {
    engine: Arc<Engine>,
    posts: Arc<Posts>,
}

impl Table {
    /// An engine for this many workers.
    pub fn new(workers: usize) -> Table {
        let workers = workers + SPARE_WORKERS;
        let run_id = "0".repeat(40);
        let setup = Setup { workers, seed: 7, now_ms: 1_800_000_000_000, run_id };
        let engine = Arc::new(Engine::new(Config::default(), setup));
        let posts = Posts {
            boxes: (0..workers).map(|_| Mutex::default()).collect(),
            taken: AtomicUsize::new(0),
            loses_next: AtomicBool::new(false),
        };
        Table { engine, posts: Arc::new(posts) }
    }

    /// A client on a worker of its own.
    pub fn hand(&self) -> Hand {
        let index = self.posts.taken.fetch_add(1, Ordering::Relaxed);
        assert!(index < self.posts.boxes.len(), "more hands than workers");
        let id = self.engine.clients.next_id();
        let info = Arc::new(ClientInfo { id, worker: index, ..ClientInfo::default() });
        let session = Session::new(info, index, true);
        let worker = Worker::new(index, self.engine.clone());
        Hand { worker, session, posts: self.posts.clone() }
    }

    /// Plants a fault: the next reply to a waiting client gets lost.
    pub fn lose_next_reply(&self) {
        self.posts.loses_next.store(true, Ordering::Relaxed);
    }
}

/// A client on a worker of its own.
pub struct Hand {
    worker: Worker,
    session: Session,
    posts: Arc<Posts>,
}

impl Hand {
    /// Whether its worker's number is even.
    pub fn is_even(&self) -> bool {
        self.worker.index.is_multiple_of(2)
    }

    /// Runs a command to its end.
    pub fn run(&mut self, words: &[&str]) -> Value {
        self.begin(words).expect("the command does not block")
    }

    /// Runs a command that replies `OK`.
    pub fn ok(&mut self, words: &[&str]) {
        assert_eq!(self.run(words), Value::Status(b"OK".to_vec()));
    }

    /// Runs commands in a transaction, and gives the reply to `EXEC`.
    pub fn transaction(&mut self, commands: &[Vec<&str>]) -> Value {
        self.ok(&["MULTI"]);
        for words in commands {
            assert_eq!(self.run(words), Value::Status(b"QUEUED".to_vec()));
        }
        self.run(&["EXEC"])
    }

    /// Runs a command, again and again while it is parked; `None` where it blocks.
    pub fn begin(&mut self, words: &[&str]) -> Option<Value> {
        let args = OwnedArgs::from_iter(words);
        loop {
            let mut out = Output::new();
            let request = Request::new(args.as_args());
            let outcome = self.worker.execute(&mut self.session, request, &mut out);
            self.post();
            match outcome {
                Outcome::Done => return Some(decode(&out.to_vec())),
                Outcome::Parked => thread::yield_now(),
                Outcome::Blocked { waiter, .. } => {
                    self.session.blocked = Some(waiter);
                    return None;
                }
            }
        }
    }

    /// The reply that a blocked client gets in the end.
    pub fn wait(&mut self) -> Option<Value> {
        for _ in 0..PATIENCE {
            let letters = std::mem::take(&mut *self.posts.boxes[self.worker.index].lock().ok()?);
            for letter in letters {
                if let Letter::Unblocked { reply, .. } = letter {
                    let waiter = self.session.blocked.take()?;
                    self.worker.forget_waiter(&waiter);
                    return Some(decode(&reply));
                }
            }
            rest();
        }
        None
    }

    fn post(&mut self) {
        for (to, letter) in self.worker.outbox.letters.drain(..) {
            if !self.posts.loses_next.swap(false, Ordering::Relaxed) {
                self.posts.boxes[to].lock().expect("nobody panics here").push(letter);
            }
        }
        self.worker.outbox.actions.clear();
    }
}

fn rest() {
    thread::yield_now();
    #[cfg(not(shuttle))]
    thread::sleep(std::time::Duration::from_micros(50));
}

fn decode(bytes: &[u8]) -> Value {
    let decoded = Decoder::new().decode(bytes).expect("replies are RESP");
    decoded.expect("the reply is complete").0
}
