//! Groups of consumers, and what they were given and have not acknowledged.
//!
//! # Invariants
//!
//! 1. An entry that is pending for a consumer is pending for its group, with that consumer as its
//!    owner; and the other way round, but for those that nobody owns.
//! 2. `order` has the number of each consumer once, in the order of their names.
//! 3. Nothing that is pending was delivered before `oldest_ms`. What is acknowledged leaves it as
//!    it is, so it may be too early; whoever looks in vain for what is that old corrects it.

use std::sync::atomic::{AtomicU64, Ordering};

use structures::Shared;

use super::Id;
use super::by_id::{ById, HasId};

/// An entry that was delivered and not acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pending {
    /// The entry.
    pub id: Id,
    /// When it was delivered last, in milliseconds since 1970.
    pub delivered_ms: u64,
    /// How often it was delivered.
    pub count: u64,
    /// The consumer that has it; `NOBODY` if it was given back.
    pub consumer: u32,
}

/// The number of no consumer.
pub const NOBODY: u32 = u32::MAX;

impl HasId for Pending {
    fn id(&self) -> Id {
        self.id
    }
}

/// Who reads in the name of a group.
#[derive(Debug)]
pub struct Consumer {
    name: Box<[u8]>,
    /// No change of the stream: it is noted where nothing else changes.
    seen_ms: AtomicU64,
    /// When it last got something.
    pub active_ms: Option<u64>,
    pending: ById<Id>,
}

impl Clone for Consumer {
    fn clone(&self) -> Consumer {
        let (seen_ms, pending) = (AtomicU64::new(self.seen_ms()), self.pending.clone());
        Consumer { name: self.name.clone(), seen_ms, active_ms: self.active_ms, pending }
    }
}

impl Consumer {
    /// When it was last heard of, in milliseconds since 1970.
    pub fn seen_ms(&self) -> u64 {
        self.seen_ms.load(Ordering::Relaxed)
    }

    /// It was heard of.
    pub fn see(&self, now_ms: u64) {
        self.seen_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Its name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The entries that it has not acknowledged.
    pub fn pending(&self) -> &ById<Id> {
        &self.pending
    }
}

/// A group.
#[derive(Debug)]
pub struct Group {
    name: Box<[u8]>,
    /// What comes behind this is new to the group.
    pub last_id: Id,
    /// How many entries it was given, the deleted ones included; `None` where nobody knows.
    pub entries_read: Option<u64>,
    pending: ById<Pending>,
    consumers: Vec<Option<Shared<Consumer>>>,
    order: Vec<u32>,
    /// `u64::MAX` where nothing is pending. As good in each copy of the stream, so that it is
    /// corrected where nothing else changes.
    oldest_ms: AtomicU64,
}

impl Clone for Group {
    fn clone(&self) -> Group {
        Group {
            name: self.name.clone(),
            last_id: self.last_id,
            entries_read: self.entries_read,
            pending: self.pending.clone(),
            consumers: self.consumers.clone(),
            order: self.order.clone(),
            oldest_ms: AtomicU64::new(self.oldest_ms.load(Ordering::Relaxed)),
        }
    }
}

impl Group {
    /// A group without consumers.
    pub fn new(name: &[u8], last_id: Id, entries_read: Option<u64>) -> Group {
        let (pending, consumers, order) = (ById::default(), Vec::new(), Vec::new());
        let (name, oldest_ms) = (name.into(), AtomicU64::new(u64::MAX));
        Group { name, last_id, entries_read, pending, consumers, order, oldest_ms }
    }

    /// Its name.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// What its consumers have not acknowledged.
    pub fn pending(&self) -> &ById<Pending> {
        &self.pending
    }

    /// When what has been pending for longest was delivered, or some moment before; none where
    /// nothing is pending.
    pub fn oldest_ms(&self) -> Option<u64> {
        Some(self.oldest_ms.load(Ordering::Relaxed)).filter(|_| !self.pending.is_empty())
    }

    /// Whether something that was delivered up to a moment is still pending.
    pub fn has_delivered_until(&self, until_ms: u64) -> bool {
        if self.oldest_ms().is_none_or(|oldest| oldest > until_ms) {
            return false;
        }
        let mut oldest_ms = u64::MAX;
        for pending in self.pending.iter() {
            if pending.delivered_ms <= until_ms {
                return true;
            }
            oldest_ms = oldest_ms.min(pending.delivered_ms);
        }
        self.oldest_ms.store(oldest_ms, Ordering::Relaxed);
        false
    }

    fn note_delivery(&mut self, delivered_ms: u64) {
        let oldest_ms = self.oldest_ms.get_mut();
        *oldest_ms = delivered_ms.min(*oldest_ms);
    }

    fn note_end(&mut self) {
        if self.pending.is_empty() {
            *self.oldest_ms.get_mut() = u64::MAX;
        }
    }

    /// Its consumers with their numbers, in the order of their names.
    pub fn consumers(&self) -> impl ExactSizeIterator<Item = (u32, &Consumer)> {
        self.order.iter().map(|number| (*number, self.known(*number)))
    }

    /// The number of a consumer.
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        self.place(name).ok().map(|at| self.order[at])
    }

    /// A consumer by its number; none for `NOBODY`.
    pub fn consumer(&self, number: u32) -> Option<&Consumer> {
        self.consumers.get(number as usize)?.as_deref()
    }

    /// A consumer that there is, for changing.
    pub fn consumer_mut(&mut self, number: u32) -> &mut Consumer {
        let consumer = self.consumers.get_mut(number as usize).and_then(Option::as_mut);
        consumer.expect("there is such a consumer").get_mut_or_copy()
    }

    fn known(&self, number: u32) -> &Consumer {
        self.consumer(number).expect("invariant 2")
    }

    /// Where a name stands in the order, or should.
    fn place(&self, name: &[u8]) -> Result<usize, usize> {
        self.order.binary_search_by(|number| (*self.known(*number).name).cmp(name))
    }

    /// Adds a consumer, and gives its number; the number alone, if there is one of that name.
    pub fn create(&mut self, name: &[u8], seen_ms: u64) -> u32 {
        let at = match self.place(name) {
            Ok(at) => return self.order[at],
            Err(at) => at,
        };
        let pending = ById::default();
        let seen_ms = AtomicU64::new(seen_ms);
        let consumer = Consumer { name: name.into(), seen_ms, active_ms: None, pending };
        let consumer = Some(Shared::new(consumer));
        let free = if self.order.len() < self.consumers.len() {
            self.consumers.iter().position(Option::is_none)
        } else {
            None
        };
        let number = free.unwrap_or(self.consumers.len());
        match free {
            Some(free) => self.consumers[free] = consumer,
            None => self.consumers.push(consumer),
        }
        self.order.insert(at, number as u32);
        number as u32
    }

    /// Removes a consumer with all that is pending for it; gives how much that was.
    pub fn delete(&mut self, name: &[u8]) -> Option<usize> {
        let at = self.place(name).ok()?;
        let number = self.order.remove(at);
        let consumer = self.consumers[number as usize].take()?;
        consumer.pending.iter().for_each(|id| {
            self.pending.remove(id);
        });
        self.note_end();
        Some(consumer.pending.len())
    }

    /// Makes an entry pending; one that is already changes its owner.
    pub fn give(&mut self, pending: Pending) {
        self.note_delivery(pending.delivered_ms);
        let old = self.pending.insert(pending);
        if let Some(old) = old
            && old.consumer != pending.consumer
            && old.consumer != NOBODY
        {
            self.consumer_mut(old.consumer).pending.remove(pending.id);
        }
        if pending.consumer != NOBODY && old.is_none_or(|old| old.consumer != pending.consumer) {
            self.consumer_mut(pending.consumer).pending.insert(pending.id);
        }
    }

    /// Makes new entries pending for a consumer, in the order of their ids.
    pub fn deliver(&mut self, ids: &[Id], consumer: u32, now_ms: u64) {
        let Some(first) = ids.first() else { return };
        let pending = |id: &Id| Pending { id: *id, delivered_ms: now_ms, count: 1, consumer };
        if self.pending.last().is_some_and(|last| last.id >= *first) {
            return ids.iter().for_each(|id| self.give(pending(id)));
        }
        self.note_delivery(now_ms);
        match ids {
            [only] => self.pending.append(&[pending(only)]),
            _ => self.pending.append(&ids.iter().map(pending).collect::<Vec<_>>()),
        }
        self.consumer_mut(consumer).pending.append(ids);
    }

    /// An entry is pending no longer.
    pub fn acknowledge(&mut self, id: Id) -> Option<Pending> {
        let pending = self.pending.remove(id)?;
        self.note_end();
        if pending.consumer != NOBODY {
            self.consumer_mut(pending.consumer).pending.remove(id);
        }
        Some(pending)
    }

    /// Bytes of memory, about.
    pub fn allocated(&self) -> usize {
        let consumer = |(_, consumer): (u32, &Consumer)| {
            size_of::<Consumer>() + consumer.name.len() + consumer.pending.allocated()
        };
        let consumers = self.consumers().map(consumer).sum::<usize>();
        size_of::<Group>() + self.name.len() + self.pending.allocated() + consumers
    }

    /// Frees about so many blocks; whether nothing is left.
    pub(super) fn dismantle(&mut self, blocks: usize) -> bool {
        if !self.pending.dismantle(blocks) {
            return false;
        }
        self.order.clear();
        while let Some(last) = self.consumers.last_mut() {
            let gone = last.as_mut().and_then(Shared::get_mut);
            if !gone.is_none_or(|consumer| consumer.pending.dismantle(blocks)) {
                return false;
            }
            self.consumers.pop();
        }
        true
    }
}
