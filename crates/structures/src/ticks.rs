//! A cheap clock for durations: the processor's time stamp counter where it can be trusted, the
//! system's monotonic clock elsewhere.
//!
//! A command takes half a microsecond, and asking the system for the time takes a twentieth of
//! one, so durations are measured in ticks of whatever is cheapest, and converted when shown. The
//! rate of the counter is measured once, when the clock is made.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A clock that counts ticks.
#[derive(Clone, Copy, Debug)]
pub struct TickClock {
    /// Reads it.
    pub read: fn() -> u64,
    /// Its rate.
    pub ticks_per_us: f64,
    /// What it is, for `INFO`.
    pub name: &'static str,
}

/// How long the rate of the counter is measured.
const CALIBRATION: Duration = Duration::from_millis(4);

impl TickClock {
    /// The best clock of this machine.
    pub fn new() -> TickClock {
        #[cfg(target_arch = "x86_64")]
        if counter_is_steady() {
            let ticks_per_us = calibrate(read_counter);
            return TickClock { read: read_counter, ticks_per_us, name: "TSC" };
        }
        TickClock { read: read_system, ticks_per_us: 1000.0, name: "monotonic clock" }
    }
}

impl Default for TickClock {
    fn default() -> TickClock {
        TickClock::new()
    }
}

/// Nanoseconds since the first call.
fn read_system() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

#[cfg(target_arch = "x86_64")]
fn read_counter() -> u64 {
    // SAFETY: reading the time stamp counter touches no memory; every x86-64 processor has it.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// Whether the counter runs at one rate whatever the processor does, on all cores alike.
#[cfg(target_arch = "x86_64")]
#[allow(unused_unsafe)] // `__cpuid` became a safe function in newer toolchains
fn counter_is_steady() -> bool {
    const EXTENDED: u32 = 0x8000_0000;
    const POWER: u32 = 0x8000_0007;
    // SAFETY: every x86-64 processor has the instruction.
    let most = unsafe { core::arch::x86_64::__cpuid(EXTENDED) }.eax;
    // SAFETY: as above, and this leaf exists.
    most >= POWER && unsafe { core::arch::x86_64::__cpuid(POWER) }.edx & (1 << 8) != 0
}

#[cfg(target_arch = "x86_64")]
fn calibrate(read: fn() -> u64) -> f64 {
    let (start, first) = (Instant::now(), read());
    while start.elapsed() < CALIBRATION {
        std::hint::spin_loop();
    }
    let (last, passed) = (read(), start.elapsed());
    last.wrapping_sub(first) as f64 / (passed.as_nanos() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_go_forward_at_about_the_rate_they_claim() {
        let clock = TickClock::new();
        let (start, first) = (Instant::now(), (clock.read)());
        while start.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let us = (clock.read)().wrapping_sub(first) as f64 / clock.ticks_per_us;
        let passed = start.elapsed().as_micros() as f64;
        assert!((us / passed - 1.0).abs() < 0.1, "{us} for {passed}");
    }
}
