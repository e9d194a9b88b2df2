//! `--check-system`: whether the machine is set up as a server wants it.

use std::fs;

use structures::TickClock;

/// What was looked at, and what is wrong with it.
type Finding = (&'static str, Result<(), String>);

/// Prints all findings; gives the exit status.
pub fn run() -> i32 {
    let findings = [clock(), backlog(), descriptors(), overcommit()];
    for (name, result) in &findings {
        match result {
            Ok(()) => println!("[{name}] ...OK"),
            Err(advice) => println!("[{name}] ...WARNING: {advice}"),
        }
    }
    i32::from(findings.iter().any(|(_, result)| result.is_err()))
}

fn clock() -> Finding {
    let advice = "the processor's counter is not steady, so timing every command costs more; see \
                  the clock source of the kernel";
    let steady = !cfg!(target_arch = "x86_64") || TickClock::new().name == "TSC";
    ("slow-clocksource", if steady { Ok(()) } else { Err(advice.to_owned()) })
}

fn number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

fn backlog() -> Finding {
    let most = number("/proc/sys/net/core/somaxconn").unwrap_or(u64::MAX);
    let advice = format!(
        "net.core.somaxconn is {most}, below the default tcp-backlog of 511: bursts of new \
         connections may be refused"
    );
    ("tcp-backlog", if most >= 511 { Ok(()) } else { Err(advice) })
}

fn descriptors() -> Finding {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let advice = format!(
        "at most {most} file descriptors are allowed, too few for the default maxclients of 10000"
    );
    ("file-descriptors", if most >= 10_032 { Ok(()) } else { Err(advice) })
}

fn overcommit() -> Finding {
    // Nothing is forked, so only the strictest mode can refuse memory that is there.
    let mode = number("/proc/sys/vm/overcommit_memory").unwrap_or(0);
    let advice = "vm.overcommit_memory is 2: the kernel may refuse memory though some is free";
    ("overcommit", if mode == 2 { Err(advice.to_owned()) } else { Ok(()) })
}
