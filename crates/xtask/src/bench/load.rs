//! The workloads: a row for each, as arguments of the load generator.

/// One workload of the table.
pub struct Workload {
    pub name: &'static str,
    /// Requests at scale 1; enough that the ticks of the CPU clock (10 ms) are below 1%.
    pub requests: u64,
    pub pipeline: u32,
    /// What to send, in the words of the load generator.
    pub arguments: &'static [&'static str],
}

const fn row(
    name: &'static str,
    requests: u64,
    pipeline: u32,
    arguments: &'static [&'static str],
) -> Workload {
    Workload { name, requests, pipeline, arguments }
}

/// Keys are drawn from a range of a million, most of which exist.
pub const WORKLOADS: &[Workload] = &[
    row("ping P1", 300_000, 1, &["-t", "ping_mbulk"]),
    row("get P1", 300_000, 1, &["-t", "get", "-r", "1000000"]),
    row("set P1", 300_000, 1, &["-t", "set", "-r", "1000000"]),
    row("get P16", 2_000_000, 16, &["-t", "get", "-r", "1000000"]),
    row("set P16", 2_000_000, 16, &["-t", "set", "-r", "1000000"]),
    row("get P100", 4_000_000, 100, &["-t", "get", "-r", "1000000"]),
    row("set P100", 4_000_000, 100, &["-t", "set", "-r", "1000000"]),
    row("incr P16", 2_000_000, 16, &["-t", "incr", "-r", "1000000"]),
    row("mset P16", 300_000, 16, &["-t", "mset", "-r", "1000000"]),
];

/// Brings most of the key range into being before anything is measured.
pub const FILL: Workload = row("fill", 3_000_000, 100, &["-t", "set", "-r", "1000000"]);
