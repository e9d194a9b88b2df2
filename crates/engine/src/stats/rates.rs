//! Rates over the last moments: `instantaneous_ops_per_sec` and its like.
//!
//! The server takes a sample of the counters now and then; a rate is the mean over the samples
//! that are kept.

use std::collections::VecDeque;

use parking_lot::Mutex;

/// Samples that are kept: at ten a second, the last 1.6 seconds.
const SAMPLES_MAX: usize = 17;

/// Counters at one moment: commands, bytes in, bytes out, turns of the event loops.
pub type Sample = [u64; 4];

/// The last samples, with their times in milliseconds.
#[derive(Debug, Default)]
pub struct Rates(Mutex<VecDeque<(u64, Sample)>>);

impl Rates {
    /// Takes a sample.
    pub fn add(&self, now_ms: u64, sample: Sample) {
        let mut samples = self.0.lock();
        // Counters that went back were reset.
        if samples.back().is_some_and(|(_, last)| last.iter().zip(&sample).any(|(a, b)| a > b)) {
            samples.clear();
        }
        samples.push_back((now_ms, sample));
        if samples.len() > SAMPLES_MAX {
            samples.pop_front();
        }
    }

    /// What was counted in a second.
    pub fn per_second(&self) -> [f64; 4] {
        let samples = self.0.lock();
        let (Some((from, first)), Some((to, last))) = (samples.front(), samples.back()) else {
            return [0.0; 4];
        };
        let seconds = to.saturating_sub(*from) as f64 / 1000.0;
        std::array::from_fn(|at| match seconds > 0.0 {
            true => (last[at] - first[at]) as f64 / seconds,
            false => 0.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_the_mean_over_the_samples_that_are_kept() {
        let rates = Rates::default();
        assert_eq!(rates.per_second(), [0.0; 4]);
        (0..100).for_each(|i| rates.add(i * 100, [i * 10, i, 0, 1]));
        assert_eq!(rates.per_second(), [100.0, 10.0, 0.0, 0.0]);
    }

    #[test]
    fn a_reset_of_the_counters_makes_no_negative_rate() {
        let rates = Rates::default();
        rates.add(0, [50; 4]);
        rates.add(1000, [0; 4]);
        rates.add(2000, [7; 4]);
        assert_eq!(rates.per_second(), [7.0; 4]);
    }
}
