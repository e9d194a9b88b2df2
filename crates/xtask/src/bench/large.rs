//! The scene of large values: a short command on the same shard beside whatever takes long.
//!
//! The short command names the large key too, so that it needs that key's shard.
//!
//! A machine that is shared stands still now and then, and both servers with it. So each act is
//! played several times, and the best time counts: what a server does itself, it does every time.
//! The act of nothing shows what the machine alone does.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::pulse::{Pulse, Times, connect};
use super::scene::{call, encode, failed, text};

/// `EXISTS large pulse` has a reply of one digit, whatever happens to the large key.
const PULSE: &[u8] = b"*3\r\n$6\r\nEXISTS\r\n$5\r\nlarge\r\n$5\r\npulse\r\n";
const PULSE_REPLY_LEN: usize = 4;
const PER_SECOND: u32 = 10_000;
const LARGE: u64 = 1_000_000;
const HUGE: u64 = 10_000_000;
/// A reply is over when nothing comes for so long.
const SILENCE: Duration = Duration::from_millis(200);

/// How often an act is played that leaves the value as it is, and one that does not.
const READINGS: usize = 7;
const REMOVALS: usize = 3;

/// A command that takes long, and the value that it meets.
struct Act {
    name: &'static str,
    kind: Kind,
    elements: u64,
    command: &'static [&'static [u8]],
}

const ACTS: [Act; 11] = [
    Act { name: "nothing", kind: Kind::List, elements: 500, command: &[b"PING"] },
    Act { name: "HGETALL", kind: Kind::Hash, elements: LARGE, command: &[b"HGETALL", b"large"] },
    Act { name: "SMEMBERS", kind: Kind::Set, elements: LARGE, command: &[b"SMEMBERS", b"large"] },
    Act {
        name: "LRANGE",
        kind: Kind::List,
        elements: LARGE,
        command: &[b"LRANGE", b"large", b"0", b"-1"],
    },
    Act {
        name: "ZRANGE",
        kind: Kind::SortedSet,
        elements: LARGE,
        command: &[b"ZRANGE", b"large", b"0", b"-1"],
    },
    Act { name: "DEL list", kind: Kind::List, elements: HUGE, command: &[b"DEL", b"large"] },
    Act { name: "UNLINK set", kind: Kind::Set, elements: HUGE, command: &[b"UNLINK", b"large"] },
    Act { name: "DEL zset", kind: Kind::SortedSet, elements: HUGE, command: &[b"DEL", b"large"] },
    Act {
        name: "expiry of hash",
        kind: Kind::Hash,
        elements: HUGE,
        command: &[b"PEXPIRE", b"large", b"300"],
    },
    Act {
        name: "SUNIONSTORE",
        kind: Kind::Set,
        elements: LARGE,
        command: &[b"SUNIONSTORE", b"union", b"large", b"large"],
    },
    Act { name: "BGSAVE zset", kind: Kind::SortedSet, elements: LARGE, command: &[b"BGSAVE"] },
];

/// What the value is.
#[derive(Clone, Copy)]
enum Kind {
    List,
    Set,
    Hash,
    SortedSet,
}

impl Kind {
    /// The command that fills it.
    fn verb(self) -> &'static [u8] {
        match self {
            Kind::List => b"RPUSH",
            Kind::Set => b"SADD",
            Kind::Hash => b"HSET",
            Kind::SortedSet => b"ZADD",
        }
    }

    /// The words that add an element.
    fn element(self, n: u64) -> Vec<Vec<u8>> {
        let name = format!("element:{n:08}").into_bytes();
        match self {
            Kind::List | Kind::Set => vec![name],
            Kind::Hash => vec![name, b"0123456789abcdef".to_vec()],
            Kind::SortedSet => vec![(n * 7919 % 1_000_003).to_string().into_bytes(), name],
        }
    }
}

/// Plays all acts, and tells of each.
pub fn play(port: u16) -> Result<String, String> {
    let mut lines = String::new();
    for act in &ACTS {
        let (bytes, best) = best_of(port, act)?;
        lines.push_str(&format!("\n  {:14} {bytes:10} bytes; {}", act.name, text(&best)));
    }
    Ok(lines)
}

/// The best times beside an act, and the bytes of its reply.
fn best_of(port: u16, act: &Act) -> Result<(usize, Times), String> {
    let mut stream = connect(port)?;
    let times = if act.elements == HUGE { REMOVALS } else { READINGS };
    let mut best: Option<(usize, Times)> = None;
    call(&mut stream, &[b"DEL", b"large"])?;
    for _ in 0..times {
        if call(&mut stream, &[b"EXISTS", b"large"])? == ":0" {
            fill(&mut stream, act)?;
        }
        let pulse = Pulse::start(port, PULSE, PULSE_REPLY_LEN, PER_SECOND)?;
        std::thread::sleep(Duration::from_millis(500));
        let bytes = swallow(&mut stream, act.command)?;
        std::thread::sleep(Duration::from_millis(1500));
        let seen: Times = pulse.finish()?;
        if best.as_ref().is_none_or(|(_, best)| seen.quantile_ms(0.999) < best.quantile_ms(0.999)) {
            best = Some((bytes, seen));
        }
    }
    best.ok_or_else(|| "no act was played".into())
}

fn fill(stream: &mut TcpStream, act: &Act) -> Result<(), String> {
    for first in (0..act.elements).step_by(500) {
        let words: Vec<Vec<u8>> = (first..first + 500).flat_map(|n| act.kind.element(n)).collect();
        let words: Vec<&[u8]> = [act.kind.verb(), b"large"]
            .into_iter()
            .chain(words.iter().map(Vec::as_slice))
            .collect();
        let reply = call(stream, &words)?;
        if !reply.starts_with(':') {
            return Err(reply);
        }
    }
    Ok(())
}

/// Sends a command and reads its reply, however long, as fast as a network of 1 Gbit/s brings it:
/// a client that takes all of its core would be what the short commands wait for. Gives its bytes.
fn swallow(stream: &mut TcpStream, words: &[&[u8]]) -> Result<usize, String> {
    stream.write_all(&encode(words)).map_err(failed)?;
    stream.set_read_timeout(Some(SILENCE)).map_err(failed)?;
    let (mut bytes, mut buffer, began) = (0, vec![0; 64 << 10], Instant::now());
    loop {
        match stream.read(&mut buffer) {
            Ok(read) => {
                bytes += read;
                std::thread::sleep(Duration::from_nanos(8 * read as u64));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock && bytes > 0 => return Ok(bytes),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if began.elapsed() > Duration::from_secs(60) {
                    return Err("no reply within a minute".into());
                }
            }
            Err(error) => return Err(failed(error)),
        }
    }
}
