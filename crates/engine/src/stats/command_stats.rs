//! What is counted of each command: calls, time, refusals, and how the times are spread.
//!
//! One worker writes, everybody reads; see `stats`. Times are ticks of the host's clock and become
//! microseconds when they are shown.
//!
//! # Layout
//!
//! Four buckets for each power of two:
//!
//! ```text
//! ticks   1  2  3 | 4  5  6  7 | 8-9 10-11 12-13 14-15 | 16-19 ...
//! bucket  1  2  3 | 4  5  6  7 | 8   9     10    11    | 12    ...
//! ```

use std::sync::OnceLock;

use crate::stats::Counter;

/// Enough for 2^40 ticks, which is minutes.
const BUCKETS: usize = 160;

/// How often each range of times occurred.
#[derive(Debug)]
pub struct Histogram([Counter; BUCKETS]);

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram(std::array::from_fn(|_| Counter::default()))
    }
}

/// What one worker counts of one command.
#[derive(Debug, Default)]
pub struct CommandStats {
    /// Times it ran.
    pub calls: Counter,
    /// Ticks that it took.
    pub ticks: Counter,
    /// Times it was refused before it ran.
    pub rejected: Counter,
    /// Times it ran and replied with an error.
    pub failed: Counter,
    histogram: OnceLock<Box<Histogram>>,
}

impl CommandStats {
    /// Counts one call.
    #[inline]
    pub fn record(&self, ticks: u64, spread: bool) {
        self.ticks.add(ticks);
        self.record_others(1, ticks, spread);
    }

    /// Counts calls whose time was counted with another's.
    #[inline]
    pub fn record_others(&self, count: u64, ticks: u64, spread: bool) {
        self.calls.add(count);
        if spread {
            self.histogram.get_or_init(Box::default).0[bucket(ticks)].add(count);
        }
    }

    /// Sets everything to zero.
    pub fn reset(&self) {
        [&self.calls, &self.ticks, &self.rejected, &self.failed].iter().for_each(|c| c.set(0));
        if let Some(histogram) = self.histogram.get() {
            histogram.0.iter().for_each(|count| count.set(0));
        }
    }
}

/// What all workers together counted of one command.
#[derive(Clone, Debug)]
pub struct CommandTotals {
    /// Times it ran.
    pub calls: u64,
    /// Ticks that it took.
    pub ticks: u64,
    /// Times it was refused before it ran.
    pub rejected: u64,
    /// Times it ran and replied with an error.
    pub failed: u64,
    spread: [u64; BUCKETS],
}

impl CommandTotals {
    /// The sum of several workers' counts.
    pub fn of<'a>(parts: impl Iterator<Item = &'a CommandStats>) -> CommandTotals {
        let mut all =
            CommandTotals { calls: 0, ticks: 0, rejected: 0, failed: 0, spread: [0; BUCKETS] };
        for part in parts {
            all.calls += part.calls.value();
            all.ticks += part.ticks.value();
            all.rejected += part.rejected.value();
            all.failed += part.failed.value();
            if let Some(histogram) = part.histogram.get() {
                for (sum, count) in all.spread.iter_mut().zip(&histogram.0) {
                    *sum += count.value();
                }
            }
        }
        all
    }

    /// Number of times in the histogram.
    pub fn samples(&self) -> u64 {
        self.spread.iter().sum()
    }

    /// The time, in ticks, that this share (in percent) of the calls did not exceed.
    pub fn percentile(&self, percent: f64) -> u64 {
        let wanted = (self.samples() as f64 * percent / 100.0).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (at, count) in self.spread.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return highest(at);
            }
        }
        0
    }

    /// Number of calls that took at most so many ticks, as far as the buckets tell.
    pub fn within(&self, ticks: u64) -> u64 {
        let buckets = self.spread.iter().enumerate();
        buckets.take_while(|(at, _)| highest(*at) <= ticks).map(|(_, count)| count).sum()
    }
}

#[inline]
fn bucket(ticks: u64) -> usize {
    if ticks < 4 {
        return ticks as usize;
    }
    let power = 63 - ticks.leading_zeros();
    let quarter = (ticks >> (power - 2)) & 3;
    (((power - 1) * 4) as usize + quarter as usize).min(BUCKETS - 1)
}

/// The most ticks that fall into a bucket.
fn highest(bucket: usize) -> u64 {
    if bucket < 4 {
        return bucket as u64;
    }
    let (power, quarter) = (bucket as u32 / 4 + 1, bucket as u64 % 4);
    ((5 + quarter) << (power - 2)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lies_in_the_bucket_whose_bounds_hold_it() {
        for ticks in (0..5000).chain([1 << 20, (1 << 20) + 1, (1 << 33) - 1]) {
            let at = bucket(ticks);
            assert!(ticks <= highest(at), "{ticks} in {at}");
            assert!(at == 0 || ticks > highest(at - 1), "{ticks} in {at}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_and_sums_come_from_all_workers() {
        let (a, b) = (CommandStats::default(), CommandStats::default());
        (1..=90).for_each(|_| a.record(10, true));
        (1..=10).for_each(|_| b.record(1000, true));
        let all = CommandTotals::of([&a, &b].into_iter());
        assert_eq!((all.calls, all.ticks, all.samples()), (100, 10_900, 100));
        assert_eq!((all.percentile(50.0), all.percentile(90.0)), (11, 11));
        assert!(all.percentile(99.0) >= 1000);
        assert_eq!((all.within(9), all.within(11), all.within(u64::MAX)), (0, 90, 100));
    }
}
