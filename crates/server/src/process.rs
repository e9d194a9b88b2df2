//! What concerns the process as a whole: its memory and its limits.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tikv_jemalloc_ctl::{Access, AsName, arenas, background_thread, max_background_threads, stats};

/// File descriptors that are not clients: listeners, pipes, files.
const OWN_DESCRIPTORS: u64 = 32;
/// For threads that wait for nothing that a client waits for.
const LEAST_PRIORITY: i32 = 19;

/// Starts the threads that find memory before workers need it, and that take back the memory of
/// very long strings. They run while the workers have nothing to do, where there are no more cores.
pub fn prepare_memory() -> std::io::Result<()> {
    for keep in [structures::slab::keep_spare_regions, structures::mapping::keep] {
        let thread = std::thread::Builder::new().name("memory".into());
        thread.spawn(move || {
            step_back(LEAST_PRIORITY);
            keep()
        })?;
    }
    Ok(())
}

/// Makes the calling thread give way to others.
pub fn step_back(priority: i32) {
    // Elsewhere it is the priority of the process. All works without it, a bit slower.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, priority);
    #[cfg(not(target_os = "linux"))]
    let _ = priority;
}

/// Lets a thread of the allocator return memory to the system, or else whoever frees some: a
/// worker that frees a large value would make a system call for every few pages of it.
pub fn return_memory_aside(yes: bool) {
    // The allocator's thread has the priority of the one that it is started by. Without it all
    // works, with longer pauses.
    let _ = std::thread::Builder::new().name("memory".into()).spawn(move || {
        step_back(LEAST_PRIORITY);
        let _ = max_background_threads::write(1);
        let _ = background_thread::write(yes);
    });
}

/// Gives unused memory back to the system: every arena drops its free pages at once.
pub fn purge_memory() {
    structures::slab::give_back_spare_regions();
    let count = arenas::narenas::read().unwrap_or(0);
    for arena in 0..count {
        for kind in ["dirty", "muzzy"] {
            let name = format!("arena.{arena}.{kind}_decay_ms\0");
            let name = name.as_bytes().name();
            // An arena that was never used has no settings; it has no pages either.
            let Ok(decay_ms) = Access::<isize>::read(name) else { continue };
            let _ = Access::<isize>::write(name, 0);
            let _ = Access::<isize>::write(name, decay_ms);
        }
    }
}

/// What the allocator says of itself, for people.
pub fn allocator_report() -> String {
    let _ = tikv_jemalloc_ctl::epoch::advance();
    let version = tikv_jemalloc_ctl::version::read().unwrap_or("unknown");
    let arenas = arenas::narenas::read().unwrap_or(0);
    let mut report = format!("jemalloc {version}\narenas: {arenas}\n");
    for (name, bytes) in [
        ("allocated", stats::allocated::read()),
        ("active", stats::active::read()),
        ("metadata", stats::metadata::read()),
        ("resident", stats::resident::read()),
        ("mapped", stats::mapped::read()),
        ("retained", stats::retained::read()),
    ] {
        report.push_str(&format!("{name}: {} bytes\n", bytes.unwrap_or(0)));
    }
    let slabs = structures::slab::usage();
    report.push_str(&format!("long strings: {} bytes\n", structures::mapping::live_bytes()));
    report.push_str(&format!("slabs: {} bytes\n", slabs.live_bytes));
    report.push_str(&format!("slab regions: {} bytes\n", slabs.resident_bytes));
    report
}

/// Raises the limit of file descriptors to what so many clients need. Gives the clients that there
/// is room for where that is not possible.
pub fn make_room_for(clients: u32) -> Option<u32> {
    let needed = u64::from(clients) + OWN_DESCRIPTORS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return None;
    }
    let maximum = limit.maximum.map(|maximum| maximum.max(needed));
    let raised = Rlimit { current: Some(needed), maximum };
    if setrlimit(Resource::Nofile, raised).is_ok() {
        return None;
    }
    let most = limit.maximum.unwrap_or(needed).min(needed);
    let within = Rlimit { current: Some(most), maximum: limit.maximum };
    if most < needed && setrlimit(Resource::Nofile, within).is_err() {
        return Some(room(limit.current.unwrap_or(0)));
    }
    (most < needed).then(|| room(most))
}

fn room(descriptors: u64) -> u32 {
    u32::try_from(descriptors.saturating_sub(OWN_DESCRIPTORS)).unwrap_or(u32::MAX).max(1)
}
