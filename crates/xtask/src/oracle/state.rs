//! The questions about all that a server holds: every key of the pools, read as every type.
//!
//! A digest would tell that there is a difference; the questions tell which, and each of them is
//! a command that can be asked again with fewer commands in front.

use super::compare::Mode;
use super::round::Call;
use super::words::{KEYS, LETTERS, LEX};

/// Databases that commands are sent to.
const DATABASES: usize = 2;

/// Milliseconds that the deadlines of both servers may be apart.
const CLOCKS_MS: i64 = 5000;

/// What reads a value whole.
const READS: &[(Mode, &str)] = &[
    (Mode::Exact, "GET KEY"),
    (Mode::Exact, "LRANGE KEY 0 -1"),
    (Mode::Unordered(1), "SMEMBERS KEY"),
    (Mode::Unordered(2), "HGETALL KEY"),
    (Mode::Near(CLOCKS_MS), "HPEXPIRETIME KEY FIELDS 15 a b c d e f aa ab A 0 1 2 3 -1 10"),
    (Mode::Exact, "ZRANGE KEY 0 -1 WITHSCORES"),
    (Mode::Exact, "XRANGE KEY - +"),
    (Mode::Times(CLOCKS_MS), "XINFO STREAM KEY FULL COUNT 0"),
];

/// Asks about all keys.
pub fn questions(calls: &mut Vec<Call>) {
    for db in 0..DATABASES {
        calls.push(Call::of(Mode::Exact, &format!("SELECT {db}")));
        calls.push(Call::of(Mode::Unordered(1), "KEYS *"));
        for key in keys() {
            calls.push(Call::of(Mode::Exact, &format!("TYPE {key}")));
            calls.push(Call::of(Mode::Exact, &format!("OBJECT ENCODING {key}")));
            calls.push(Call::of(Mode::Near(CLOCKS_MS), &format!("PEXPIRETIME {key}")));
            reads(&key, calls);
        }
    }
    calls.push(Call::of(Mode::Exact, "SELECT 0"));
}

/// Reads one key as every type.
pub fn reads(key: &str, calls: &mut Vec<Call>) {
    for (mode, line) in READS {
        calls.push(Call::of(*mode, &line.replace("KEY", key)));
    }
}

/// All keys of the pools.
pub fn keys() -> impl Iterator<Item = String> {
    LETTERS.iter().chain([&LEX]).flat_map(|letter| (0..KEYS).map(move |n| format!("{letter}{n}")))
}
