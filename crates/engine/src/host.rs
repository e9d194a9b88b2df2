//! What the engine is told of the machine and the process it runs in.
//!
//! The engine opens no file and reads no clock. What `INFO` and `TIME` report of the world comes
//! through here: facts that never change as values, the others as functions that the server gives.
//! A test gives none, and gets a process without time and memory.

use std::time::Duration;

/// The process and the machine.
#[derive(Clone, Debug)]
pub struct Host {
    /// Process id.
    pub pid: u32,
    /// `Linux 6.1.0 x86_64`
    pub os: String,
    /// Absolute path of the program.
    pub executable: String,
    /// Absolute path of the configuration file, empty where there is none.
    pub config_file: String,
    /// The init system that is told of the server's state: `no`, `systemd`, `upstart`.
    pub supervised: &'static str,
    /// What the ticks count, for `INFO`.
    pub clock_name: &'static str,
    /// Reads the cheap clock that times commands.
    pub ticks: fn() -> u64,
    /// Rate of that clock.
    pub ticks_per_us: f64,
    /// Microseconds since 1970; 0 where the time of the turn is good enough.
    pub wall_us: fn() -> u64,
    /// Memory and processor time of the process.
    pub resources: fn() -> Resources,
    /// Stops the thread that calls it: `DEBUG SLEEP`.
    pub sleep: fn(Duration),
    /// Fills bytes with what nobody can guess.
    pub entropy: fn(&mut [u8]),
    /// Report of the allocator, for people.
    pub allocator_report: fn() -> String,
}

/// What a process uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resources {
    /// Memory in use by the process, as the system counts it.
    pub resident_bytes: u64,
    /// Memory of the machine.
    pub total_bytes: u64,
    /// Processor time spent in the kernel, in microseconds.
    pub system_us: u64,
    /// Processor time spent in the program, in microseconds.
    pub user_us: u64,
    /// Bytes that the allocator handed out.
    pub allocated_bytes: u64,
    /// Bytes in pages that hold something.
    pub active_bytes: u64,
    /// Bytes of the allocator in memory.
    pub allocator_resident_bytes: u64,
}

impl Default for Host {
    fn default() -> Host {
        Host {
            pid: 0,
            os: String::new(),
            executable: String::new(),
            config_file: String::new(),
            supervised: "no",
            clock_name: "none",
            ticks: || 0,
            ticks_per_us: 1.0,
            wall_us: || 0,
            resources: Resources::default,
            sleep: |_| {},
            entropy: |bytes| bytes.fill(0),
            allocator_report: String::new,
        }
    }
}

impl Host {
    /// Microseconds of so many ticks.
    pub fn micros(&self, ticks: u64) -> u64 {
        (ticks as f64 / self.ticks_per_us) as u64
    }

    /// Ticks of so many microseconds; never for a negative number.
    pub fn ticks_of(&self, micros: i64) -> u64 {
        u64::try_from(micros).map_or(u64::MAX, |us| (us as f64 * self.ticks_per_us) as u64)
    }
}
