//! Bringing memory near before the commands of a pipeline run.
//!
//! The keys of a whole batch of commands are hashed first; then their shards, their buckets and
//! their entries are asked for, so that the processor fetches many of them at once. Most of the
//! cost of a pipelined command is waiting for memory, and this halves it.
//!
//! HOT: once per command of a pipeline; no allocation once the vectors have their size.

use std::cell::Cell;

use resp::Args;
use structures::Position;
use structures::entry::{EntryRef, Payload};
use structures::table::Whereabouts;

use crate::Engine;
use crate::command::{Command, Locks};
use crate::dispatch::Request;
use crate::key_specs::for_each_key;
use crate::lookup::Recent;

/// The address of a key among the arguments, and its position.
pub type Hint = (usize, Position);

/// Keys of one command that are prefetched; of more, none.
const KEYS_MAX: usize = 256;

/// Short commands of one kind that one reading of the clock measures.
const TIMED_TOGETHER: usize = 16;

/// What is known of the commands of a batch before they run.
#[derive(Default)]
pub struct Plan {
    commands: Vec<Known>,
    hints: Vec<Hint>,
    whereabouts: Vec<Whereabouts>,
    recent: Recent,
    /// Commands that look up elements.
    elements: usize,
}

/// A command, and where its hints begin and end.
#[derive(Clone, Copy)]
struct Known {
    command: Option<&'static Command>,
    hints: (u32, u32),
}

impl Plan {
    /// Forgets the last batch.
    pub fn clear(&mut self) {
        self.commands.clear();
        self.hints.clear();
        self.whereabouts.clear();
        self.elements = 0;
    }

    /// Looks up a command, computes the positions of its keys, and asks for their shards.
    #[inline]
    pub fn add(&mut self, engine: &Engine, args: Args<'_>) {
        let command = self.recent.find(args.at(0));
        let first = self.hints.len();
        if let Some(command) = command {
            self.add_keys(engine, command, args);
            self.elements += usize::from(command.spec.element != 0);
        }
        for (_, position) in &self.hints[first..] {
            let shards = &engine.shards;
            shards.lock(shards.index(*position)).prefetch();
        }
        let hints = (first as u32, self.hints.len() as u32);
        self.commands.push(Known { command, hints });
    }

    #[inline]
    fn add_keys(&mut self, engine: &Engine, command: &Command, args: Args<'_>) {
        let hints = &mut self.hints;
        let mut note = |key: &[u8]| hints.push((key.as_ptr().addr(), engine.shards.position(key)));
        if command.single_key != 0 {
            if let Some(key) = args.get(usize::from(command.single_key)) {
                note(key);
            }
        } else if command.spec.locks == Locks::Keys && !command.spec.keys.is_empty() {
            let before = self.hints.len();
            let hints = &mut self.hints;
            let all = for_each_key(command, args, &mut |at, _| {
                let key = args.at(at);
                hints.push((key.as_ptr().addr(), engine.shards.position(key)));
            });
            // Hints are complete or none: the locks are taken by them.
            if !all || self.hints.len() - before > KEYS_MAX {
                self.hints.truncate(before);
            }
        }
    }

    /// Asks for the buckets of all keys; their shards should be near by now.
    #[inline]
    pub fn fetch_buckets(&mut self, engine: &Engine, db: u32) {
        for (_, position) in &self.hints {
            let index = engine.shards.index(*position);
            if let Some(shard) = engine.shards.lock(index).try_lock()
                && let Some(table) = shard.existing_table(db)
            {
                self.whereabouts.extend(table.prefetch_bucket(*position));
            }
        }
    }

    /// Asks for the entries of all keys; their buckets should be near by now.
    #[inline]
    pub fn fetch_entries(&self) {
        self.whereabouts.iter().for_each(|whereabouts| whereabouts.prefetch_entry());
    }

    /// Asks for the elements that commands look up one behind the other in the same collection;
    /// its entry should be near by now. `args` gives the arguments of a command.
    #[inline]
    pub fn fetch_elements<'a>(&self, engine: &Engine, db: u32, args: impl Fn(usize) -> Args<'a>) {
        if self.elements < 2 {
            return;
        }
        let mut next = 0;
        while next < self.commands.len() {
            let from = next;
            let position = self.collection_of(from);
            next += 1;
            while position.is_some() && self.collection_of(next) == position {
                next += 1;
            }
            if let Some(position) = position
                && next - from > 1
            {
                let all = (from..next).map(|i| (args(i), self.commands[i].command));
                fetch_elements_of(engine, (db, position), all);
            }
        }
    }

    /// The position of the collection in which command `i` looks an element up.
    #[inline]
    fn collection_of(&self, i: usize) -> Option<Position> {
        let known = self.commands.get(i)?;
        let looks = known.command.is_some_and(|command| command.spec.element != 0);
        looks.then(|| self.hints.get(known.hints.0 as usize).map(|(_, position)| *position))?
    }

    /// Command `i` of the batch, with what is known of it.
    #[inline]
    pub fn request<'a>(&'a self, i: usize, args: Args<'a>) -> Request<'a> {
        match self.commands.get(i) {
            None => Request::new(args),
            Some(Known { command, hints: (from, to) }) => {
                let hints = &self.hints[*from as usize..*to as usize];
                let timed_alone = !command.is_some_and(|command| command.takes_constant_time);
                let last = timed_alone || i % TIMED_TOGETHER == TIMED_TOGETHER - 1;
                let next = self.commands.get(i + 1).and_then(|next| next.command);
                Request { args, command: *command, hints, more: !last && next == *command }
            }
        }
    }
}

/// Asks for the elements of one collection.
fn fetch_elements_of<'a>(
    engine: &Engine,
    (db, position): (u32, Position),
    commands: impl Iterator<Item = (Args<'a>, Option<&'static Command>)> + Clone,
) {
    let Some(first) = commands.clone().next() else { return };
    let Some(shard) = engine.shards.lock(engine.shards.index(position)).try_lock() else { return };
    let Some(key) = first.0.get(1) else { return };
    let entry = shard.existing_table(db).and_then(|table| table.get(position, key));
    let Some(Payload::Object(value)) = entry.map(EntryRef::payload) else { return };
    let elements = commands.filter_map(|(args, command)| {
        args.get(command.map_or(0, |command| usize::from(command.spec.element)))
    });
    elements.clone().for_each(|element| value.prefetch_place(element));
    elements.for_each(|element| value.prefetch_element(element));
}

/// The positions of a command's keys, found again in the order in which handlers ask for them.
pub struct Hints<'a> {
    hints: &'a [Hint],
    next: Cell<usize>,
}

impl<'a> Hints<'a> {
    /// Hints for the keys of one command.
    #[inline]
    pub fn new(hints: &'a [Hint]) -> Hints<'a> {
        Hints { hints, next: Cell::new(0) }
    }

    /// The position of the key whose bytes are at this address, if it is the same key as the last
    /// time or the one behind it.
    #[inline(always)]
    pub fn find(&self, key: &[u8]) -> Option<Position> {
        let (address, next) = (key.as_ptr().addr(), self.next.get());
        if let Some((at, position)) = self.hints.get(next)
            && *at == address
        {
            return Some(*position);
        }
        let (at, position) = self.hints.get(next + 1)?;
        if *at != address {
            return None;
        }
        self.next.set(next + 1);
        Some(*position)
    }
}
