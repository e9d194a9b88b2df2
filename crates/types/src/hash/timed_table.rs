//! A large hash some of whose fields have deadlines: the table of a hash without, and the deadlines
//! beside it.
//!
//! # Invariants
//!
//! 1. `deadlines` knows fields by the positions that `hasher` gives them, and that is the hash of
//!    the table in its `generation`.

use std::sync::Arc;

use structures::elements::Locator;
use structures::{Elements, PositionHasher};

use super::deadlines::Deadlines;
use super::value::Was;

/// A table of fields, and the deadlines of some of them.
#[derive(Clone)]
pub(super) struct TimedTable {
    table: Elements,
    deadlines: Deadlines,
    hasher: Arc<PositionHasher>,
    generation: u32,
}

impl TimedTable {
    /// The fields of a table without deadlines.
    pub fn of(table: Elements) -> TimedTable {
        let (hasher, generation) = (table.hasher().clone(), table.generation());
        TimedTable { table, deadlines: Deadlines::default(), hasher, generation }
    }

    /// The table alone.
    pub fn into_plain(self) -> Elements {
        self.table
    }

    /// The table.
    #[inline]
    pub fn table(&self) -> &Elements {
        &self.table
    }

    /// The earliest deadline.
    #[inline]
    pub fn next_due_ms(&self) -> Option<u64> {
        self.deadlines.first().map(|(ms, _)| ms)
    }

    /// The deadline of a field.
    pub fn deadline(&self, field: &[u8]) -> Option<u64> {
        if self.deadlines.is_empty() {
            return None;
        }
        self.deadlines.get(self.hasher.position(field).0)
    }

    /// Gives a field a value, and leaves its deadline; says what was there.
    pub fn set_value(&mut self, field: &[u8], value: &[u8], dead_up_to_ms: u64) -> Was {
        let is_new = self.table.insert(field, value);
        if self.table.generation() != self.generation {
            self.rekey();
        }
        if is_new { Was::Absent } else { Was::of(self.deadline(field), dead_up_to_ms) }
    }

    /// Sets or clears the deadline of a field that is there.
    pub fn set_deadline(&mut self, field: &[u8], deadline: Option<u64>) {
        self.deadlines.set(self.hasher.position(field).0, deadline);
    }

    /// Takes a field out; whether it was there.
    pub fn remove(&mut self, field: &[u8]) -> bool {
        self.set_deadline(field, None);
        self.table.remove(field)
    }

    /// Takes out up to `limit` fields that are due, and gives their names.
    pub fn take_due(&mut self, up_to_ms: u64, limit: usize) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        while names.len() < limit
            && let Some((ms, position)) = self.deadlines.first()
            && ms <= up_to_ms
        {
            self.deadlines.set(position, None);
            let (name, _) =
                self.table.at(Locator::whole(position)).expect("deadlines are of fields");
            let name = name.to_vec();
            self.table.remove(&name);
            names.push(name);
        }
        names
    }

    /// Follows the table, whose fields all have other positions now.
    #[cold]
    fn rekey(&mut self) {
        let old = std::mem::take(&mut self.deadlines);
        for (field, _) in self.table.iter() {
            let deadline = old.get(self.hasher.position(field).0);
            self.deadlines.set(self.table.position_of(field), deadline);
        }
        self.hasher = self.table.hasher().clone();
        self.generation = self.table.generation();
    }

    /// Bytes of all blocks.
    pub fn allocated(&self) -> usize {
        size_of::<TimedTable>() + self.table.allocated() + self.deadlines.allocated()
    }

    /// Frees about so many blocks; whether nothing is left.
    pub fn dismantle(&mut self, blocks: usize) -> bool {
        self.deadlines.dismantle(blocks) && self.table.dismantle(blocks)
    }
}

impl std::fmt::Debug for TimedTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TimedTable({})", self.table.len())
    }
}

#[cfg(test)]
mod tests {
    use structures::elements::PayloadKind;

    use super::*;
    use crate::sizes::hasher;

    #[test]
    fn deadlines_follow_a_table_that_changes_its_positions() {
        let mut timed = TimedTable::of(Elements::new(hasher(), PayloadKind::Varied));
        for number in 0..1000u64 {
            let name = number.to_string();
            timed.set_value(name.as_bytes(), b"v", 0);
            timed.set_deadline(name.as_bytes(), (number % 3 == 0).then_some(number + 1));
        }
        // The same fields, as if the table had taken another seed.
        let other = Arc::new(PositionHasher::new(99));
        let mut table = Elements::new(other, PayloadKind::Varied);
        timed.table.iter().for_each(|(field, value)| {
            table.insert(field, value);
        });
        timed.table = table;
        timed.rekey();
        for number in 0..1000u64 {
            let deadline = timed.deadline(number.to_string().as_bytes());
            assert_eq!(deadline, (number % 3 == 0).then_some(number + 1));
        }
        assert_eq!(timed.take_due(10, 100), [b"0", b"3", b"6", b"9"].map(|name| name.to_vec()));
    }
}
