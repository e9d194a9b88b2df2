//! The mark that a use leaves in an entry, for eviction to read: when, or how often.

use structures::EntryRef;
use types::Value;
use types::access::{LFU_INITIAL, LfuSettings, lfu_from_counter, lfu_touch, lru_clock};

use crate::config::Config;

/// How the uses of one command leave their mark.
#[derive(Clone, Copy, Debug)]
pub struct AccessMark {
    /// The mark of a new key; under the LRU policies also that of a use.
    pub fresh: u32,
    /// Under the LFU policies, how counters grow and shrink.
    lfu: Option<LfuSettings>,
    now_ms: u64,
    /// Reads leave no mark (`CLIENT NO-TOUCH`).
    pub no_touch: bool,
    /// Reads hide expired keys but do not remove them (replicas, `CLIENT PAUSE`).
    pub keep_expired: bool,
    /// Keys with a deadline up to this one have expired: the time of the command, or 0 for who
    /// sees expired keys as if they had not (a primary's link, an import).
    pub dead_up_to_ms: u64,
    /// Removals of expired keys are logged as `UNLINK` instead of `DEL`.
    pub lazy_expire: bool,
    /// Keys come in from another server, with their deadlines.
    pub imports: bool,
}

impl AccessMark {
    /// The mark of this moment under the policy in force, for any client.
    pub fn new(config: &Config, now_ms: u64) -> AccessMark {
        let imports = config.general.import_mode;
        let mut mark = AccessMark {
            fresh: lru_clock(now_ms),
            lfu: None,
            now_ms,
            no_touch: false,
            keep_expired: imports,
            dead_up_to_ms: now_ms,
            lazy_expire: config.memory.lazyfree_lazy_expire,
            imports,
        };
        if config.memory.maxmemory_policy.is_lfu() {
            mark.lfu = Some(lfu_settings(config));
            mark.fresh = lfu_from_counter(LFU_INITIAL, now_ms);
        }
        mark
    }

    /// Marks an entry as used. `chance` differs from use to use.
    #[inline(always)]
    pub fn used(self, entry: EntryRef<'_, Value>, chance: u64) {
        match self.lfu {
            None if entry.access() == self.fresh => {}
            None => entry.set_access(self.fresh),
            Some(settings) => count(entry, self.now_ms, settings, chance),
        }
    }
}

#[cold]
fn count(entry: EntryRef<'_, Value>, now_ms: u64, settings: LfuSettings, chance: u64) {
    let random = (chance.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32;
    entry.set_access(lfu_touch(entry.access(), now_ms, settings, random));
}

/// How the counters of the LFU policies grow and shrink.
pub fn lfu_settings(config: &Config) -> LfuSettings {
    LfuSettings {
        log_factor: config.memory.lfu_log_factor,
        decay_time_min: config.memory.lfu_decay_time_min,
    }
}
