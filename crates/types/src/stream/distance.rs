//! How many entries were ever added up to an id: what `entries-read` and `lag` of groups say.
//!
//! compat: the count of entries between deleted ones could be told from the tree, but the field
//! says that it does not know, and so do we: clients compare the two.

use super::group::Group;
use super::{Id, Stream};

impl Stream {
    /// How many entries were added up to this id, with those that are gone; `None` if nobody knows.
    pub fn distance(&self, id: Id) -> Option<u64> {
        let (facts, len) = (self.facts(), self.len() as u64);
        if facts.entries_added == 0 {
            return Some(0);
        }
        if len == 0 && id <= facts.last_id {
            return Some(facts.entries_added);
        }
        if id != Id::ZERO && id < facts.max_deleted {
            return None;
        }
        if id >= facts.last_id {
            return (id == facts.last_id).then_some(facts.entries_added);
        }
        let first = self.first_id();
        if facts.max_deleted != Id::ZERO && facts.max_deleted >= first {
            return None;
        }
        match id.cmp(&first) {
            std::cmp::Ordering::Less => Some(facts.entries_added - len),
            std::cmp::Ordering::Equal => Some(facts.entries_added - len + 1),
            std::cmp::Ordering::Greater => None,
        }
    }

    /// The id of the first entry; zero if there is none.
    pub fn first_id(&self) -> Id {
        self.first().map_or(Id::ZERO, |first| first.id)
    }

    /// Whether an entry behind this id was deleted, from between others.
    pub fn has_gap_behind(&self, id: Id) -> bool {
        let deleted = self.facts().max_deleted;
        !self.is_empty() && deleted != Id::ZERO && id <= deleted
    }

    /// How far a group is after it was given these new entries, in order: the last of them, and how
    /// many it has been given.
    pub fn advance(&self, group: &Group, ids: &[Id]) -> (Id, Option<u64>) {
        let (mut last_id, mut read) = (group.last_id, group.entries_read);
        let first = self.first_id();
        for id in ids {
            read = match read {
                Some(read) if last_id >= first && !self.has_gap_behind(last_id) => Some(read + 1),
                Some(_) | None => self.distance(*id),
            };
            last_id = *id;
        }
        (last_id, read)
    }

    /// How many entries a group has not been given yet; `None` if nobody knows. Below zero, if it
    /// was said to have been given more than there ever were.
    pub fn lag(&self, group: &Group) -> Option<i64> {
        let facts = self.facts();
        if facts.entries_added == 0 {
            return Some(0);
        }
        let read = match group.entries_read {
            Some(read) if !self.has_gap_behind(group.last_id) => Some(read),
            Some(_) | None => self.distance(group.last_id),
        };
        read.map(|read| facts.entries_added.wrapping_sub(read).cast_signed())
    }
}
