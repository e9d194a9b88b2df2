//! The memory limit, eviction, expiry and freeing.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::MaxmemoryPolicy;
use crate::config::checks::check_no_defrag;
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::values::{I32_MAX, I64_MAX, U64_MAX, narrow};

/// The memory limit, eviction, expiry and freeing.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// `maxmemory`: memory limit of the data; 0 sets none.
    pub maxmemory_bytes: u64,
    /// `maxmemory-policy`: what is evicted at the memory limit.
    pub maxmemory_policy: MaxmemoryPolicy,
    /// `maxmemory-samples`: keys compared to find one to evict.
    pub maxmemory_samples: u32,
    /// `maxmemory-eviction-tenacity`: how long one command may spend evicting, 0 to 100.
    pub maxmemory_eviction_tenacity: u32,
    /// `lfu-log-factor`: how much slower the access counter grows as it grows.
    pub lfu_log_factor: u32,
    /// `lfu-decay-time`: minutes after which the access counter loses one; 0 never.
    pub lfu_decay_time_min: u32,
    /// `active-expire-effort`: how hard expired keys are searched, 1 to 10.
    pub active_expire_effort: u32,
    /// `lazyfree-lazy-eviction`: free evicted values in the background.
    pub lazyfree_lazy_eviction: bool,
    /// `lazyfree-lazy-expire`: free expired values in the background.
    pub lazyfree_lazy_expire: bool,
    /// `lazyfree-lazy-server-del`: free values that a command replaces in the background.
    pub lazyfree_lazy_server_del: bool,
    /// `lazyfree-lazy-user-del`: let DEL free in the background like UNLINK.
    pub lazyfree_lazy_user_del: bool,
    /// `lazyfree-lazy-user-flush`: let FLUSHALL and FLUSHDB free in the background by default.
    pub lazyfree_lazy_user_flush: bool,
    /// `activedefrag`: compact memory while running.
    pub activedefrag: bool,
    /// `active-defrag-cycle-min`: least share of a core for defragmentation, in percent.
    pub active_defrag_cycle_min_percent: u32,
    /// `active-defrag-cycle-max`: largest share of a core for defragmentation, in percent.
    pub active_defrag_cycle_max_percent: u32,
    /// `active-defrag-threshold-lower`: fragmentation at which defragmentation starts, in percent.
    pub active_defrag_threshold_lower_percent: u32,
    /// `active-defrag-threshold-upper`: fragmentation at which defragmentation works hardest, in
    /// percent.
    pub active_defrag_threshold_upper_percent: u32,
    /// `active-defrag-cycle-us`: microseconds of one defragmentation step.
    pub active_defrag_cycle_us: u32,
    /// `active-defrag-max-scan-fields`: fields above which a value is defragmented in steps.
    pub active_defrag_max_scan_fields: u64,
    /// `active-defrag-ignore-bytes`: wasted bytes below which nothing is defragmented.
    pub active_defrag_ignore_bytes: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Memory {
            maxmemory_bytes: 0,
            maxmemory_policy: MaxmemoryPolicy::NoEviction,
            maxmemory_samples: 5,
            maxmemory_eviction_tenacity: 10,
            lfu_log_factor: 10,
            lfu_decay_time_min: 1,
            active_expire_effort: 1,
            lazyfree_lazy_eviction: true,
            lazyfree_lazy_expire: true,
            lazyfree_lazy_server_del: true,
            lazyfree_lazy_user_del: true,
            lazyfree_lazy_user_flush: true,
            activedefrag: false,
            active_defrag_cycle_min_percent: 1,
            active_defrag_cycle_max_percent: 25,
            active_defrag_threshold_lower_percent: 10,
            active_defrag_threshold_upper_percent: 100,
            active_defrag_cycle_us: 500,
            active_defrag_max_scan_fields: 1000,
            active_defrag_ignore_bytes: 100 * 1024 * 1024,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::number(
        "maxmemory",
        Form::Memory,
        (0, U64_MAX),
        |c| c.memory.maxmemory_bytes.into(),
        |c, v| c.memory.maxmemory_bytes = narrow(v),
    )
    .about("Memory limit of the data; 0 sets none"),
    Directive::choice::<MaxmemoryPolicy>(
        "maxmemory-policy",
        |c| c.memory.maxmemory_policy.name(),
        |c, name| replace(&mut c.memory.maxmemory_policy, name),
    )
    .about("What is evicted at the memory limit"),
    Directive::number(
        "maxmemory-samples",
        Form::Integer,
        (1, 64),
        |c| c.memory.maxmemory_samples.into(),
        |c, v| c.memory.maxmemory_samples = narrow(v),
    )
    .about("Keys compared to find one to evict"),
    Directive::number(
        "maxmemory-eviction-tenacity",
        Form::Integer,
        (0, 100),
        |c| c.memory.maxmemory_eviction_tenacity.into(),
        |c, v| c.memory.maxmemory_eviction_tenacity = narrow(v),
    )
    .about("How long one command may spend evicting, 0 to 100")
    .effect(effect::TENACITY),
    Directive::number(
        "lfu-log-factor",
        Form::Integer,
        (0, I32_MAX),
        |c| c.memory.lfu_log_factor.into(),
        |c, v| c.memory.lfu_log_factor = narrow(v),
    )
    .about("How much slower the access counter grows as it grows"),
    Directive::number(
        "lfu-decay-time",
        Form::Integer,
        (0, I32_MAX),
        |c| c.memory.lfu_decay_time_min.into(),
        |c, v| c.memory.lfu_decay_time_min = narrow(v),
    )
    .about("Minutes after which the access counter loses one; 0 never"),
    Directive::number(
        "active-expire-effort",
        Form::Integer,
        (1, 10),
        |c| c.memory.active_expire_effort.into(),
        |c, v| c.memory.active_expire_effort = narrow(v),
    )
    .about("How hard expired keys are searched, 1 to 10")
    .effect(effect::EXPIRE),
    Directive::bool(
        "lazyfree-lazy-eviction",
        |c| c.memory.lazyfree_lazy_eviction,
        |c, v| c.memory.lazyfree_lazy_eviction = v,
    )
    .about("Free evicted values in the background")
    .effect(effect::LAZY),
    Directive::bool(
        "lazyfree-lazy-expire",
        |c| c.memory.lazyfree_lazy_expire,
        |c, v| c.memory.lazyfree_lazy_expire = v,
    )
    .about("Free expired values in the background")
    .effect(effect::LAZY),
    Directive::bool(
        "lazyfree-lazy-server-del",
        |c| c.memory.lazyfree_lazy_server_del,
        |c, v| c.memory.lazyfree_lazy_server_del = v,
    )
    .about("Free values that a command replaces in the background")
    .effect(effect::LAZY),
    Directive::bool(
        "lazyfree-lazy-user-del",
        |c| c.memory.lazyfree_lazy_user_del,
        |c, v| c.memory.lazyfree_lazy_user_del = v,
    )
    .about("Let DEL free in the background like UNLINK")
    .effect(effect::LAZY),
    Directive::bool(
        "lazyfree-lazy-user-flush",
        |c| c.memory.lazyfree_lazy_user_flush,
        |c, v| c.memory.lazyfree_lazy_user_flush = v,
    )
    .about("Let FLUSHALL and FLUSHDB free in the background by default")
    .effect(effect::LAZY),
    Directive::bool("activedefrag", |c| c.memory.activedefrag, |c, v| c.memory.activedefrag = v)
        .about("Compact memory while running")
        .effect(effect::DEFRAG)
        .command_check(check_no_defrag),
    Directive::number(
        "active-defrag-cycle-min",
        Form::Integer,
        (1, 99),
        |c| c.memory.active_defrag_cycle_min_percent.into(),
        |c, v| c.memory.active_defrag_cycle_min_percent = narrow(v),
    )
    .about("Least share of a core for defragmentation, in percent")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-cycle-max",
        Form::Integer,
        (1, 99),
        |c| c.memory.active_defrag_cycle_max_percent.into(),
        |c, v| c.memory.active_defrag_cycle_max_percent = narrow(v),
    )
    .about("Largest share of a core for defragmentation, in percent")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-threshold-lower",
        Form::Integer,
        (0, 1000),
        |c| c.memory.active_defrag_threshold_lower_percent.into(),
        |c, v| c.memory.active_defrag_threshold_lower_percent = narrow(v),
    )
    .about("Fragmentation at which defragmentation starts, in percent")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-threshold-upper",
        Form::Integer,
        (0, 1000),
        |c| c.memory.active_defrag_threshold_upper_percent.into(),
        |c, v| c.memory.active_defrag_threshold_upper_percent = narrow(v),
    )
    .about("Fragmentation at which defragmentation works hardest, in percent")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-cycle-us",
        Form::Integer,
        (0, 100_000),
        |c| c.memory.active_defrag_cycle_us.into(),
        |c, v| c.memory.active_defrag_cycle_us = narrow(v),
    )
    .about("Microseconds of one defragmentation step")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-max-scan-fields",
        Form::Integer,
        (1, I64_MAX),
        |c| c.memory.active_defrag_max_scan_fields.into(),
        |c, v| c.memory.active_defrag_max_scan_fields = narrow(v),
    )
    .about("Fields above which a value is defragmented in steps")
    .effect(effect::DEFRAG),
    Directive::number(
        "active-defrag-ignore-bytes",
        Form::Memory,
        (1, I64_MAX),
        |c| c.memory.active_defrag_ignore_bytes.into(),
        |c, v| c.memory.active_defrag_ignore_bytes = narrow(v),
    )
    .about("Wasted bytes below which nothing is defragmented")
    .effect(effect::DEFRAG),
];
