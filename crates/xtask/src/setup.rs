//! What the checks need of the machine, installed where that is possible.
//!
//! Only tools of the system are installed for the machine, and only by root; everything else
//! (Python and Node packages) goes below the checkout.

use crate::process::{command, must, on_path};
use std::path::Path;

/// A program and the Debian packages that bring it.
type Need = (&'static str, &'static [&'static str]);

const NEEDS: &[Need] = &[
    ("cc", &["gcc", "libc6-dev"]),
    ("make", &["make"]),
    ("redis-cli", &["redis-tools"]),
    ("redis-benchmark", &["redis-tools"]),
    ("python3", &["python3", "python3-venv"]),
    ("node", &["nodejs"]),
    ("npm", &["npm"]),
    ("valgrind", &["valgrind", "libc6-dbg"]),
];

/// Makes sure that every program is there; says which packages to install when it may not.
pub fn install_missing(root: &Path) -> Result<(), String> {
    let packages = missing(root);
    if packages.is_empty() {
        return Ok(());
    }
    if !may_install() {
        return Err(format!("install these packages first: {}", packages.join(" ")));
    }
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    must(&mut command(root, "apt-get", &["update", "-qq"]))?;
    must(command(root, "apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn missing(root: &Path) -> Vec<&'static str> {
    let absent = NEEDS.iter().filter(|(program, _)| on_path(program).is_none());
    let mut packages: Vec<_> = absent.flat_map(|(_, packages)| packages.iter().copied()).collect();
    if !has_venv(root) {
        packages.push("python3-venv");
    }
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Debian keeps the part of Python that makes environments in a package of its own.
fn has_venv(root: &Path) -> bool {
    let mut probe = command(root, "python3", &["-c", "import ensurepip, venv"]);
    probe.output().is_ok_and(|output| output.status.success())
}

fn may_install() -> bool {
    let id = command(Path::new("/"), "id", &["-u"]).output();
    let root = id.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && on_path("apt-get").is_some()
}
