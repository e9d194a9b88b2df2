//! Freeing what commands have removed.
//!
//! What is small goes at once, after the locks. A large value, or a table that was flushed, waits
//! here and is freed in slices between other work: ten million elements take a second, and nobody
//! is to wait for that.

use std::collections::VecDeque;

use structures::Table;
use structures::entry::Detached;
use types::{Object, Value};

use super::effects::Garbage;
use crate::stats::Counters;

/// Values with more elements than this are freed in slices.
const SMALL: usize = 512;
/// Blocks of a value, or segments of a table, that are freed before the clock is looked at.
const STEP: usize = 32;

/// What is still to be freed by one worker.
#[derive(Default)]
pub(crate) struct Disposal {
    values: VecDeque<Box<Value>>,
    tables: VecDeque<Table<Value>>,
    /// Keys and values that were freed here and not told of.
    freed: u64,
}

impl Disposal {
    /// Takes what a command has removed, and says so if something of it waits: it counts as freed
    /// for whoever looks at the memory.
    pub fn take(&mut self, garbage: &mut Vec<Garbage>, counters: &Counters) {
        for garbage in garbage.drain(..) {
            match garbage {
                Garbage::Entry(entry) => self.take_value(entry.into_value()),
                Garbage::Value(value) => self.take_value(value),
                Garbage::Table(table) => self.tables.push_back(table),
            }
        }
        if !self.values.is_empty() || !self.tables.is_empty() {
            self.tell(counters);
        }
    }

    /// Says how much waits and how much was freed since it last did.
    pub fn tell(&mut self, counters: &Counters) {
        counters.pending_frees.set(self.pending() as u64);
        counters.freed.add(std::mem::take(&mut self.freed));
    }

    /// Takes values that long replies have shown.
    pub fn take_returned(&mut self, values: Vec<Value>) {
        values.into_iter().for_each(|value| self.take_value(Detached::Object(Box::new(value))));
    }

    fn take_value(&mut self, value: Detached<Value>) {
        if let Detached::Object(value) = value
            && value.len() > SMALL
        {
            self.values.push_back(value);
        }
    }

    /// Keys and values that wait.
    fn pending(&self) -> usize {
        self.values.len() + self.tables.iter().map(Table::len).sum::<usize>()
    }

    /// Frees while `go_on` says so; whether something is left.
    pub fn free(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        while let Some(value) = self.values.front_mut() {
            if value.dismantle(STEP) {
                self.values.pop_front();
                self.freed += 1;
            }
            if !go_on() {
                return self.pending() > 0;
            }
        }
        while let Some(mut table) = self.tables.pop_front() {
            let before = table.len();
            let mut large = Vec::new();
            let gone = table.dismantle(STEP, |value| large.push(value));
            self.freed += (before - table.len()) as u64;
            large.into_iter().for_each(|value| self.take_value(value));
            if !gone {
                self.tables.push_front(table);
            }
            if !go_on() {
                return self.pending() > 0;
            }
        }
        !self.values.is_empty() && self.free(go_on)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use structures::{PositionHasher, Put};
    use types::{Fill, Kind, List, Side};

    use super::*;

    fn list(len: usize) -> Box<Value> {
        let mut list = List::default();
        (0..len).for_each(|_| list.push(Side::Right, b"0123456789abcdef", Fill(-2)));
        Box::new(list.into_value())
    }

    /// Frees all, and says in how many slices.
    fn slices(disposal: &mut Disposal) -> usize {
        let mut slices = 1;
        while disposal.free(&mut || false) {
            slices += 1;
        }
        assert_eq!(disposal.pending(), 0);
        slices
    }

    #[test]
    fn small_values_go_at_once_and_large_ones_in_slices() {
        let mut disposal = Disposal::default();
        let small = Garbage::Value(Detached::Object(list(SMALL)));
        let large = Garbage::Value(Detached::Object(list(100_000)));
        disposal.take(&mut vec![small, large], &Counters::default());
        assert_eq!(disposal.pending(), 1);
        assert!(slices(&mut disposal) > 3);
        assert_eq!(disposal.freed, 1);
    }

    #[test]
    fn a_table_goes_by_its_segments_and_then_its_large_values() {
        let hasher = Arc::new(PositionHasher::new(1));
        let mut table = Table::new(hasher.clone(), 0, 0);
        for number in 0..50_000 {
            let key = format!("key-{number}");
            let put = if number % 10_000 == 0 { Put::Object(list(5000)) } else { Put::Int(1) };
            table.insert(hasher.position(key.as_bytes()), key.as_bytes(), put, None);
        }
        let mut disposal = Disposal::default();
        disposal.take(&mut vec![Garbage::Table(table)], &Counters::default());
        assert_eq!(disposal.pending(), 50_000);
        assert!(slices(&mut disposal) > 8);
        assert_eq!(disposal.freed, 50_005);
    }
}
