//! Channels and who listens to them.
//!
//! One registry for all workers. A publisher looks its receivers up and posts one letter to each
//! worker that has some; the worker writes the message to its clients between their replies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::RwLock;

use crate::glob::{self, Case};
use crate::letter::{Letter, Message, Outbox};

/// A kind of channel name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// `SUBSCRIBE`
    Channel,
    /// `PSUBSCRIBE`
    Pattern,
    /// `SSUBSCRIBE`
    Shard,
}

/// What one client listens to.
#[derive(Debug, Default)]
pub struct Subscriptions {
    names: BTreeSet<(Scope, Vec<u8>)>,
}

impl Subscriptions {
    /// Number of names of all scopes.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Number of names of one scope.
    pub fn count_of(&self, scope: Scope) -> usize {
        self.of(scope).count()
    }

    /// The names of one scope.
    pub fn of(&self, scope: Scope) -> impl Iterator<Item = &[u8]> {
        self.names.iter().filter(move |(of, _)| *of == scope).map(|(_, name)| name.as_slice())
    }

    /// Adds a name; false if it was there.
    pub fn add(&mut self, scope: Scope, name: &[u8]) -> bool {
        self.names.insert((scope, name.to_vec()))
    }

    /// Removes a name; false if it was not there.
    pub fn remove(&mut self, scope: Scope, name: &[u8]) -> bool {
        self.names.remove(&(scope, name.to_vec()))
    }
}

/// A listening client: its worker and its number.
type Listener = (usize, u64);

#[derive(Debug, Default)]
struct Names {
    channels: HashMap<Vec<u8>, BTreeSet<Listener>>,
    shard_channels: HashMap<Vec<u8>, BTreeSet<Listener>>,
    patterns: BTreeMap<Vec<u8>, BTreeSet<Listener>>,
}

/// Who listens to what.
#[derive(Debug, Default)]
pub struct PubSub {
    names: RwLock<Names>,
}

impl PubSub {
    /// Adds a listener to a name.
    pub fn subscribe(&self, scope: Scope, name: &[u8], listener: Listener) {
        let mut names = self.names.write();
        match scope {
            Scope::Channel => names.channels.entry(name.to_vec()).or_default(),
            Scope::Shard => names.shard_channels.entry(name.to_vec()).or_default(),
            Scope::Pattern => names.patterns.entry(name.to_vec()).or_default(),
        }
        .insert(listener);
    }

    /// Removes a listener from a name.
    pub fn unsubscribe(&self, scope: Scope, name: &[u8], listener: Listener) {
        let mut names = self.names.write();
        let left = match scope {
            Scope::Channel => names.channels.get_mut(name),
            Scope::Shard => names.shard_channels.get_mut(name),
            Scope::Pattern => names.patterns.get_mut(name),
        };
        let Some(listeners) = left else { return };
        listeners.remove(&listener);
        if listeners.is_empty() {
            match scope {
                Scope::Channel => names.channels.remove(name),
                Scope::Shard => names.shard_channels.remove(name),
                Scope::Pattern => names.patterns.remove(name),
            };
        }
    }

    /// Sends a message to all listeners of a channel and gives their number.
    pub fn publish(&self, scope: Scope, channel: &[u8], text: &[u8], outbox: &mut Outbox) -> usize {
        let names = self.names.read();
        let direct = match scope {
            Scope::Shard => names.shard_channels.get(channel),
            Scope::Channel | Scope::Pattern => names.channels.get(channel),
        };
        let mut count = direct.map_or(0, |listeners| {
            let message =
                Message { scope, pattern: None, channel: channel.into(), text: text.into() };
            deliver(listeners, message, outbox)
        });
        if scope == Scope::Shard {
            return count;
        }
        for (pattern, listeners) in &names.patterns {
            if glob::matches(pattern, channel, Case::Sensitive) {
                let pattern = Some(pattern.as_slice().into());
                let scope = Scope::Pattern;
                let message =
                    Message { scope, pattern, channel: channel.into(), text: text.into() };
                count += deliver(listeners, message, outbox);
            }
        }
        count
    }

    /// Channels with listeners whose names match.
    pub fn channels(&self, scope: Scope, pattern: Option<&[u8]>) -> Vec<Vec<u8>> {
        let names = self.names.read();
        let map = match scope {
            Scope::Shard => &names.shard_channels,
            Scope::Channel | Scope::Pattern => &names.channels,
        };
        let wanted = |name: &&Vec<u8>| {
            pattern.is_none_or(|pattern| glob::matches(pattern, name, Case::Sensitive))
        };
        let mut found: Vec<Vec<u8>> = map.keys().filter(wanted).cloned().collect();
        found.sort();
        found
    }

    /// Number of listeners to a channel.
    pub fn listeners(&self, scope: Scope, channel: &[u8]) -> usize {
        let names = self.names.read();
        match scope {
            Scope::Shard => names.shard_channels.get(channel),
            Scope::Channel | Scope::Pattern => names.channels.get(channel),
        }
        .map_or(0, BTreeSet::len)
    }

    /// Number of patterns with listeners.
    pub fn patterns(&self) -> usize {
        self.names.read().patterns.len()
    }
}

fn deliver(listeners: &BTreeSet<Listener>, message: Message, outbox: &mut Outbox) -> usize {
    let message = Arc::new(message);
    for &(worker, client) in listeners {
        outbox.post(worker, Letter::Message { client, message: message.clone(), offset: 0 });
    }
    listeners.len()
}
