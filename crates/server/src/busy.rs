//! A worker whose script takes long serves its other connections from inside it.
//!
//! The connection that runs the script is taken out of the loop, and the loop's worker is lent to
//! it. The script's host calls `LoopPump::serve` from time to time; the loop then makes a round
//! with a spare worker. What arrives for the absent connection is kept until it is back.
//!
//! # Invariants
//!
//! 1. The spare worker holds no shard and never waits for one: shards that the script holds are
//!    busy to it as they are to others.
//! 2. No timer runs, nothing expires and no snapshot is swept inside a script.

use std::time::Duration;

use engine::Worker;
use engine::letter::Letter;
use engine::script::Pump;
use mio::Events;

use crate::clock;
use crate::connection::Desk;
use crate::event_loop::{EventLoop, Heard};

/// A connection that runs a command just now.
pub(crate) struct Absent {
    /// Its place.
    pub index: usize,
    /// What its socket said meanwhile.
    pub missed: Vec<Heard>,
    /// Its client.
    client: u64,
    letters: Vec<Letter>,
}

impl Absent {
    /// The connection at this place.
    pub fn new(index: usize, client: u64) -> Absent {
        Absent { index, missed: Vec::new(), client, letters: Vec::new() }
    }
}

/// What a connection needs for its turn.
pub(crate) struct Spare {
    /// Runs commands.
    pub worker: Box<Worker>,
    /// For reading and parsing.
    pub desk: Box<Desk>,
}

/// The loop as the pump of a script.
pub(crate) struct LoopPump<'a>(pub &'a mut EventLoop);

impl Pump for LoopPump<'_> {
    fn now_ms(&mut self) -> u64 {
        clock::monotonic_ms()
    }

    fn serve(&mut self) {
        self.0.make_round();
    }
}

impl EventLoop {
    /// A worker and a desk for the time in which those of the loop are lent.
    pub(crate) fn take_spare(&mut self) -> Spare {
        self.spare.take().unwrap_or_else(|| Spare {
            worker: Box::new(Worker::new(self.index(), self.shared.engine.clone())),
            desk: Box::default(),
        })
    }

    /// The connection at this place, if it runs a command just now.
    pub(crate) fn absent(&mut self, index: usize) -> Option<&mut Absent> {
        self.absent.iter_mut().find(|absent| absent.index == index)
    }

    /// Keeps a letter whose client runs a command just now; gives back any other.
    pub(crate) fn keep_for_absent(&mut self, letter: Letter) -> Option<Letter> {
        let client = letter.client();
        let absent = self.absent.iter_mut().find(|absent| Some(absent.client) == client);
        match absent {
            None => Some(letter),
            Some(absent) => {
                absent.letters.push(letter);
                None
            }
        }
    }

    /// A connection is back: it gets what it missed.
    pub(crate) fn catch_up(&mut self, absent: Absent) {
        for heard in &absent.missed {
            if let Some(connection) = self.connection(absent.index) {
                connection.notice(heard.readable, heard.writable, heard.finished);
            }
        }
        if !absent.missed.is_empty() {
            self.again.push_back(absent.index);
        }
        for letter in absent.letters {
            self.deliver(letter);
        }
    }

    /// One round of the loop, without waiting and without what goes by the clock.
    fn make_round(&mut self) {
        let mut events = Events::with_capacity(128);
        if self.poll.poll(&mut events, Some(Duration::ZERO)).is_err() {
            return;
        }
        self.worker.begin_turn(clock::now_ms());
        self.hear(&events);
        self.try_again();
        self.read_mail();
        self.write_replies();
        if self.stopping {
            // The script would never let the loop end.
            self.flush_all();
            self.shared.log.notice("Basalt is now ready to exit, bye bye...");
            std::process::exit(0);
        }
    }
}
