//! What concerns the process as a whole.

/// Gives unused memory back to the system.
pub fn purge_memory() {
    // "All arenas" has the number 4096 in jemalloc's control names.
    let purged = tikv_jemalloc_ctl::Access::write(
        tikv_jemalloc_ctl::AsName::name(b"background_thread\0".as_slice()),
        true,
    );
    let _ = purged;
}
