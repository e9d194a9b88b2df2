//! Hints to the processor.

/// Asks for the cache line at `at`, for reading soon.
#[inline(always)]
pub fn prefetch_read<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch touches no memory that the program can observe and never faults.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Asks for the cache line at `at`, for writing soon: another core's copy is given up at once.
#[inline(always)]
pub fn prefetch_write<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch touches no memory that the program can observe and never faults.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_ET0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_ET0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Reads a word that others may be changing, for a guess at what to ask for next. The answer is
/// any number at all as far as the program may know: nothing but hints may follow from it.
///
/// # Safety
///
/// The address is mapped and aligned.
#[inline(always)]
#[cfg(not(plain_memory))]
pub(crate) unsafe fn guess(at: *const u64) -> u64 {
    let word: u64;
    // A load that the compiler does not see: for it a race with a writer would have no meaning,
    // for the processor it gives the old word or the new one.
    // SAFETY: the caller's contract; the load changes nothing.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("mov {}, qword ptr [{}]", out(reg) word, in(reg) at,
            options(nostack, readonly, preserves_flags));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("ldr {}, [{}]", out(reg) word, in(reg) at,
            options(nostack, readonly, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = at;
        word = 0;
    }
    word
}
