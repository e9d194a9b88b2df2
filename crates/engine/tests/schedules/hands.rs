//! Clients on workers of their own, and who decides which of them goes on.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::{Outcome, Request};
use engine::engine::Setup;
use engine::letter::Letter;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Value};
use structures::Mailbox;
use structures::sync::{AtomicBool, Mutex, Ordering};

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
    runner(1500).run(scene);
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

/// The mailbox of a worker, and whether its bell has rung since it last woke.
#[derive(Default)]
struct Door {
    mailbox: Mailbox<Letter>,
    bell: AtomicBool,
}

/// What can go wrong with a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// It is never put into the mailbox.
    Letter,
    /// The bell does not ring.
    Ring,
}

struct Posts {
    doors: Vec<Door>,
    taken: AtomicUsize,
    loses_next: Mutex<Option<Loss>>,
    /// What the log's reader has seen and cannot be lost.
    safe: Mutex<Vec<u8>>,
}

/// The reader of the log whose progress replies wait for.
const DISK: u64 = 1 << 40;

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
            doors: (0..workers).map(|_| Door::default()).collect(),
            taken: AtomicUsize::new(0),
            loses_next: Mutex::new(None),
            safe: Mutex::new(Vec::new()),
        };
        Table { engine, posts: Arc::new(posts) }
    }

    /// An engine whose replies wait until what they tell of is on the disk.
    pub fn with_disk(workers: usize) -> Table {
        let table = Table::new(workers);
        table.engine.log.attach(DISK);
        table.engine.log.release(0);
        table
    }

    /// Writes the log to the disk for as long as somebody else has this table's disk.
    pub fn write_disk(&self) -> thread::JoinHandle<()> {
        let (engine, posts) = (self.engine.clone(), self.posts.clone());
        spawn(move || {
            while Arc::strong_count(&posts) > 1 {
                let mut written = Vec::new();
                let log = &engine.log;
                log.read(DISK, usize::MAX, &mut |bytes| written.extend_from_slice(bytes));
                let mut safe = posts.safe.lock();
                safe.extend_from_slice(&written);
                let end = safe.len() as u64;
                drop(safe);
                log.release(end);
                thread::yield_now();
            }
        })
    }

    /// A client on a worker of its own.
    pub fn hand(&self) -> Hand {
        let index = self.posts.taken.fetch_add(1, Ordering::Relaxed);
        assert!(index < self.posts.doors.len(), "more hands than workers");
        let id = self.engine.clients.next_id();
        let info = Arc::new(ClientInfo { id, worker: index, ..ClientInfo::default() });
        let session = Session::new(info, index, true);
        let worker = Worker::new(index, self.engine.clone());
        Hand { worker, session, posts: self.posts.clone() }
    }

    /// Plants a fault: the next reply to a waiting client gets lost.
    pub fn lose_next_reply(&self, loss: Loss) {
        *self.posts.loses_next.lock() = Some(loss);
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
                Outcome::Done => return Some(decode(&out.take_all())),
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
            let door = &self.posts.doors[self.worker.index];
            let mut letters = Vec::new();
            if door.bell.swap(false, Ordering::SeqCst) {
                door.mailbox.take(&mut letters);
            }
            for letter in letters {
                if let Letter::Unblocked { mut reply, offset, .. } = letter {
                    let waiter = self.session.blocked.take()?;
                    self.worker.forget_waiter(&waiter);
                    self.session.depends_on = self.session.depends_on.max(offset);
                    return Some(decode(&reply.take_all()));
                }
            }
            rest();
        }
        None
    }

    /// The log offset that the replies so far depend on.
    pub fn depends_on(&self) -> u64 {
        self.session.depends_on
    }

    /// Waits until the log is released up to an offset.
    pub fn hold_until(&self, offset: u64) {
        while self.worker.engine.log.watermark() < offset {
            rest();
        }
    }

    /// Whether a command is on the disk, as it is.
    pub fn is_safe(&self, words: &[&str]) -> bool {
        let mut record = format!("*{}\r\n", words.len());
        for word in words {
            record += &format!("${}\r\n{word}\r\n", word.len());
        }
        let safe = self.posts.safe.lock();
        safe.windows(record.len()).any(|part| part == record.as_bytes())
    }

    fn post(&mut self) {
        for (to, letter) in self.worker.outbox.letters.drain(..) {
            let (door, loss) = (&self.posts.doors[to], self.posts.loses_next.lock().take());
            if loss != Some(Loss::Letter) && door.mailbox.post(letter) && loss.is_none() {
                door.bell.store(true, Ordering::SeqCst);
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
