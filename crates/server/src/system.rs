//! What the server tells the engine of the machine and of its own process.

use std::sync::OnceLock;

use engine::host::{Host, Resources};
use structures::TickClock;
use tikv_jemalloc_ctl::{epoch, stats};

use crate::process;

/// Bytes of a page, and clock ticks of a second, as `/proc` counts them.
const PAGE_BYTES: u64 = 4096;
const TICK_US: u64 = 10_000;

/// The host of this process.
pub fn host(config_file: Option<&str>, supervised: &'static str) -> Host {
    let clock = TickClock::new();
    let executable = std::env::current_exe().map(|path| path.display().to_string());
    Host {
        pid: std::process::id(),
        os: os(),
        executable: executable.unwrap_or_default(),
        config_file: config_file.unwrap_or_default().to_owned(),
        supervised,
        clock_name: clock.name,
        ticks: clock.read,
        ticks_per_us: clock.ticks_per_us,
        wall_us: crate::clock::now_us,
        resources,
        sleep: std::thread::sleep,
        entropy: |bytes| {
            // Without entropy the process would not have started.
            let _ = getrandom::fill(bytes);
        },
        allocator_report: process::allocator_report,
    }
}

fn os() -> String {
    let name = rustix::system::uname();
    let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
    format!("{} {} {}", text(name.sysname()), text(name.release()), text(name.machine()))
}

fn resources() -> Resources {
    let (user_us, system_us) = processor_times();
    // The statistics of jemalloc stand still until this is said.
    let _ = epoch::advance();
    let bytes = |read: tikv_jemalloc_ctl::Result<usize>| read.unwrap_or(0) as u64;
    let slabs = structures::slab::usage();
    let strings = structures::mapping::live_bytes();
    let (live, held) = (slabs.live_bytes + strings, slabs.resident_bytes + strings);
    let (live, held) = (live as u64, held as u64);
    Resources {
        resident_bytes: resident_bytes(),
        total_bytes: *total_bytes(),
        system_us,
        user_us,
        allocated_bytes: bytes(stats::allocated::read()) + live,
        active_bytes: bytes(stats::active::read()) + held,
        allocator_resident_bytes: bytes(stats::resident::read()) + held,
    }
}

fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|word| word.parse::<u64>().ok());
    pages.unwrap_or(0) * PAGE_BYTES
}

/// Time in the program and in the kernel, in microseconds.
fn processor_times() -> (u64, u64) {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold anything but stands in parentheses.
    let behind = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let field = |at: usize| {
        let word = behind.split_whitespace().nth(at);
        word.and_then(|word| word.parse::<u64>().ok()).unwrap_or(0) * TICK_US
    };
    (field(11), field(12))
}

fn total_bytes() -> &'static u64 {
    static TOTAL: OnceLock<u64> = OnceLock::new();
    TOTAL.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("MemTotal:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    })
}
