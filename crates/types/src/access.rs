//! When and how often a key is used: the 24 bits in each entry that eviction reads.
//!
//! Under an LRU policy they hold the time of the last access. Under an LFU policy they hold a
//! counter that grows ever more slowly and shrinks with time, so that one byte tells millions of
//! accesses apart from thousands, and old fame fades. Source: Morris' approximate counting.
//!
//! # Layout
//!
//! ```text
//!  LRU: | 24 bits: seconds, wrapping after 194 days           |
//!  LFU: | 16 bits: minutes, wrapping | 8 bits: counter        |
//! ```
//!
//! # Invariants
//!
//! 1. Access bits never exceed 24 bits.
//! 2. Time and chance come in as parameters; the same inputs give the same bits.

/// The bits that are used.
pub const MASK: u32 = (1 << 24) - 1;

/// The counter of a new key, so that it is not the first to be evicted.
pub const LFU_INITIAL: u8 = 5;

/// What `lfu-log-factor` and `lfu-decay-time` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LfuSettings {
    /// The larger, the more accesses one step of the counter takes.
    pub log_factor: u32,
    /// Minutes after which the counter loses one; 0 never.
    pub decay_time_min: u32,
}

/// The LRU clock at a time: seconds, in 24 bits.
#[must_use]
pub fn lru_clock(now_ms: u64) -> u32 {
    low_bits(now_ms / 1000)
}

/// Seconds since the last access, for access bits that were taken from [`lru_clock`].
///
/// Idle times beyond 194 days wrap around.
#[must_use]
pub fn lru_idle_seconds(access: u32, now_ms: u64) -> u32 {
    lru_clock(now_ms).wrapping_sub(access) & MASK
}

/// The access bits of a key that was last used so many seconds ago (RESTORE with IDLETIME).
#[must_use]
pub fn lru_from_idle(idle_seconds: u64, now_ms: u64) -> u32 {
    lru_clock(now_ms).wrapping_sub(low_bits(idle_seconds)) & MASK
}

/// The access bits of a key with a given counter (RESTORE with FREQ), or a new key's with
/// [`LFU_INITIAL`].
#[must_use]
pub fn lfu_from_counter(counter: u8, now_ms: u64) -> u32 {
    u32::from(lfu_clock(now_ms)) << 8 | u32::from(counter)
}

/// The counter after what it has lost since the last access.
#[must_use]
pub fn lfu_counter(access: u32, now_ms: u64, settings: LfuSettings) -> u8 {
    let [counter, low, high, _] = access.to_le_bytes();
    let elapsed_min = lfu_clock(now_ms).wrapping_sub(u16::from_le_bytes([low, high]));
    let periods = u32::from(elapsed_min).checked_div(settings.decay_time_min).unwrap_or(0);
    counter.saturating_sub(u8::try_from(periods).unwrap_or(u8::MAX))
}

/// The access bits after one more access. `random` is uniform over all of its values.
#[must_use]
pub fn lfu_touch(access: u32, now_ms: u64, settings: LfuSettings, random: u32) -> u32 {
    let counter = lfu_counter(access, now_ms, settings);
    lfu_from_counter(lfu_increment(counter, settings.log_factor, random), now_ms)
}

/// Raises the counter with probability `1 / ((counter - 5) * log_factor + 1)`.
fn lfu_increment(counter: u8, log_factor: u32, random: u32) -> u8 {
    let above_initial = u64::from(counter.saturating_sub(LFU_INITIAL));
    let one_in = above_initial * u64::from(log_factor) + 1;
    // The random number hits one of `one_in` equal parts of its range.
    let hit = u128::from(random) * u128::from(one_in) < 1 << u32::BITS;
    counter.saturating_add(u8::from(hit))
}

/// Minutes, in 16 bits.
fn lfu_clock(now_ms: u64) -> u16 {
    let [low, high, ..] = (now_ms / 60_000).to_le_bytes();
    u16::from_le_bytes([low, high])
}

fn low_bits(value: u64) -> u32 {
    u32::try_from(value & u64::from(MASK)).expect("24 bits")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SETTINGS: LfuSettings = LfuSettings { log_factor: 10, decay_time_min: 1 };
    const MINUTE: u64 = 60_000;

    #[test]
    fn idle_time_is_counted_across_the_wrap_of_the_clock() {
        let wrap_ms = (1u64 << 24) * 1000;
        let access = lru_clock(wrap_ms - 5_000);
        assert_eq!(lru_idle_seconds(access, wrap_ms - 4_000), 1);
        assert_eq!(lru_idle_seconds(access, wrap_ms + 3_000), 8);
        assert_eq!(lru_idle_seconds(lru_from_idle(100, wrap_ms + 3_000), wrap_ms + 3_000), 100);
    }

    #[test]
    fn a_new_counter_grows_at_once_and_a_full_one_never() {
        let now = 7 * MINUTE;
        let touched = lfu_touch(lfu_from_counter(LFU_INITIAL, now), now, SETTINGS, u32::MAX);
        assert_eq!(lfu_counter(touched, now, SETTINGS), LFU_INITIAL + 1);
        let full = lfu_from_counter(u8::MAX, now);
        assert_eq!(lfu_touch(full, now, SETTINGS, 0), full);
    }

    #[test]
    fn a_counter_loses_one_for_each_period_down_to_zero() {
        let access = lfu_from_counter(10, 0);
        assert_eq!(lfu_counter(access, 3 * MINUTE, SETTINGS), 7);
        assert_eq!(lfu_counter(access, 3000 * MINUTE, SETTINGS), 0);
        let slow = LfuSettings { decay_time_min: 2, ..SETTINGS };
        assert_eq!(lfu_counter(access, 3 * MINUTE, slow), 9);
        let never = LfuSettings { decay_time_min: 0, ..SETTINGS };
        assert_eq!(lfu_counter(access, 3000 * MINUTE, never), 10);
    }

    #[test]
    fn the_chance_to_grow_falls_with_the_counter_and_the_factor() {
        let hits = |counter, log_factor| {
            let randoms = (0..=u32::MAX).step_by(1 << 16);
            randoms.filter(|random| lfu_increment(counter, log_factor, *random) > counter).count()
        };
        assert_eq!(hits(LFU_INITIAL, 10), 1 << 16);
        assert_eq!(hits(6, 10), (1 << 16) / 11 + 1);
        assert_eq!(hits(15, 10), (1 << 16) / 101 + 1);
        assert_eq!(hits(200, 0), 1 << 16);
    }

    proptest! {
        #[test]
        fn bits_stay_within_their_width(access in 0..=MASK, now_ms: u64, random: u32, idle: u64) {
            prop_assert!(lfu_touch(access, now_ms, SETTINGS, random) <= MASK);
            prop_assert!(lru_from_idle(idle, now_ms) <= MASK);
            prop_assert!(lru_clock(now_ms) <= MASK);
        }
    }
}
