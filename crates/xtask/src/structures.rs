//! The checks that the crate with unsafe code has for itself: every interleaving of its atomics,
//! every access to memory; and what is built on its atomics, under many schedules.
//!
//! All but valgrind compile dependencies in another way, so they have folders of their own for
//! what they build.

use crate::interop::target_folder;
use crate::process::{command, must, output_of};
use std::path::Path;

/// The one target whose address sanitizer comes with the compiler that we use.
const SANITIZED: &str = "x86_64-unknown-linux-gnu";

/// The models of the atomics, by loom.
pub fn interleavings(root: &Path) -> Result<(), String> {
    let arguments =
        ["test", "--quiet", "--locked", "--release", "-p", "structures", "--test", "loom"];
    let mut test = command(root, "cargo", &arguments);
    test.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", target_folder(root).join("loom"));
    // The models need fast code, not the last percent of it.
    test.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    must(&mut test)
}

/// Workers, clients and scripts under many schedules, by shuttle.
pub fn schedules(root: &Path) -> Result<(), String> {
    let arguments = ["test", "--quiet", "--locked", "-p", "engine", "--test", "schedules"];
    let mut test = command(root, "cargo", &arguments);
    test.env("RUSTFLAGS", "--cfg shuttle");
    must(test.env("CARGO_TARGET_DIR", target_folder(root).join("shuttle")))
}

/// The tests of the structures under the address sanitizer. The flag that asks for it is not a
/// stable one, so the compiler is told to accept it; nothing else depends on that.
pub fn addresses(root: &Path) -> Result<(), String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        eprintln!("skipped: the sanitizer is run on {SANITIZED} only");
        return Ok(());
    }
    let arguments =
        ["test", "--quiet", "--locked", "--target", SANITIZED, "-p", "structures", "--lib"];
    let mut test = command(root, "cargo", &arguments);
    // Blocks of the slabs would hide a use after their release.
    let flags = "-Zsanitizer=address --cfg plain_memory";
    test.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags);
    must(test.env("CARGO_TARGET_DIR", target_folder(root).join("asan")))
}

/// A read of what was never written (which the sanitizer does not see), an access out of bounds, or
/// memory that nobody can free is an error. What the test harness still holds at the end is not.
const VALGRIND: &[&str] = &[
    "--quiet",
    "--error-exitcode=1",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
];

/// The tests of the structures under valgrind, without the slabs, which would hide from it what
/// happens in their blocks. Only this crate is built for it.
pub fn valgrind(root: &Path) -> Result<(), String> {
    if cfg!(not(target_os = "linux")) {
        eprintln!("skipped: valgrind is run on Linux only");
        return Ok(());
    }
    let arguments = ["rustc", "--quiet", "--locked", "-p", "structures", "--lib"];
    let mut build = command(root, "cargo", &arguments);
    build.args(["--profile", "test", "--message-format", "json", "--", "--cfg", "plain_memory"]);
    let messages = output_of(&mut build)?;
    let tests = executable(&messages).ok_or("cargo names no test program")?;
    let mut test = command(root, "valgrind", VALGRIND);
    // It runs one thread at a time whatever it is given.
    must(test.args([tests, "--test-threads=1", "--quiet"]))
}

/// The program that cargo says it has built.
fn executable(messages: &str) -> Option<&str> {
    let (_, rest) = messages.rsplit_once(r#""executable":""#)?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_one_that_cargo_names_last() {
        let messages = r#"{"executable":null} {"executable":"/a/b","fresh":true} {"success":true}"#;
        assert_eq!(executable(messages), Some("/a/b"));
        assert_eq!(executable("{}"), None);
    }
}
