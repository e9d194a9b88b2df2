//! Latency events: what took longer than `latency-monitor-threshold`, by kind.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;

/// Samples that are kept of each event.
const SAMPLES_MAX: usize = 160;

/// The samples of one kind of event.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Times (seconds since 1970) and latencies (milliseconds), oldest first.
    pub samples: VecDeque<(u64, u64)>,
    /// The longest ever.
    pub max_ms: u64,
    /// All together.
    pub sum_ms: u64,
    /// How many there were.
    pub count: u64,
}

/// All events.
#[derive(Debug, Default)]
pub struct Latency(Mutex<BTreeMap<&'static str, Series>>);

impl Latency {
    /// Notes an event; of several within one second the longest counts.
    pub fn add(&self, event: &'static str, at_s: u64, latency_ms: u64) {
        let mut events = self.0.lock();
        let series = events.entry(event).or_default();
        series.max_ms = series.max_ms.max(latency_ms);
        series.sum_ms += latency_ms;
        series.count += 1;
        match series.samples.back_mut() {
            Some((time, longest)) if *time == at_s => *longest = latency_ms.max(*longest),
            _ => series.samples.push_back((at_s, latency_ms)),
        }
        if series.samples.len() > SAMPLES_MAX {
            series.samples.pop_front();
        }
    }

    /// All events with their samples.
    pub fn all(&self) -> Vec<(&'static str, Series)> {
        self.0.lock().iter().map(|(name, series)| (*name, series.clone())).collect()
    }

    /// The samples of one event.
    pub fn of(&self, event: &[u8]) -> Option<(&'static str, Series)> {
        let events = self.0.lock();
        let found = events.iter().find(|(name, _)| name.as_bytes() == event);
        found.map(|(name, series)| (*name, series.clone()))
    }

    /// Forgets the named events, or all; gives how many were there.
    pub fn reset(&self, names: Option<&[&[u8]]>) -> usize {
        let mut events = self.0.lock();
        let before = events.len();
        match names {
            None => events.clear(),
            Some(names) => events.retain(|name, _| !names.contains(&name.as_bytes())),
        }
        before - events.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_of_a_second_is_kept_and_the_sum_counts_all() {
        let latency = Latency::default();
        for (at, ms) in [(10, 3), (10, 9), (10, 5), (11, 1)] {
            latency.add("command", at, ms);
        }
        let (_, series) = latency.of(b"command").unwrap();
        assert_eq!(series.samples, [(10, 9), (11, 1)]);
        assert_eq!((series.max_ms, series.sum_ms, series.count), (9, 18, 4));
    }

    #[test]
    fn events_are_forgotten_by_name_or_all_at_once() {
        let latency = Latency::default();
        latency.add("command", 1, 1);
        latency.add("fast-command", 1, 1);
        assert_eq!(latency.reset(Some(&[b"command", b"nothing"])), 1);
        assert_eq!((latency.reset(None), latency.all().len()), (1, 0));
    }
}
