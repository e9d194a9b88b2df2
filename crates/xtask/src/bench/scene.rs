//! Scenes that show latency: growth to many keys, a million keys that expire together, a crowd of
//! idle connections. Each runs against both servers, one after the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::measure::{Subject, cpu_us};
use super::pulse::{Pulse, Times, connect};

/// What to look at.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scene {
    /// GETs at 10,000 a second while 20 million keys come into being
    Growth,
    /// GETs at 2,000 a second while a million keys expire in the same second
    Expiry,
    /// EXISTS at 10,000 a second on the shard of a value of a million elements, or ten
    Large,
    /// Processor time of single commands that reckon with large values
    Computations,
    /// 50 busy connections, alone and beside 10,000 idle ones
    Crowd,
}

const GET: &[u8] = b"*2\r\n$3\r\nGET\r\n$5\r\npulse\r\n";
/// `$1`, `x` and their line ends.
const GET_REPLY_LEN: usize = 7;

const GROWN_KEYS: u64 = 20_000_000;
const GROWTH_PER_SECOND: u64 = 200_000;
const EXPIRING_KEYS: u64 = 1_000_000;
const IDLE: usize = 10_000;
const BUSY: usize = 50;

/// Plays the scene against one server and prints what was seen.
pub fn play(scene: Scene, subject: &Subject) -> Result<(), String> {
    let port = subject.server.port;
    call(&mut connect(port)?, &[b"SET", b"pulse", b"x"])?;
    let seen = match scene {
        Scene::Growth => growth(port)?,
        Scene::Expiry => expiry(port)?,
        Scene::Large => super::large::play(port)?,
        Scene::Computations => return Err("it is played on both servers at once".into()),
        Scene::Crowd => crowd(port, subject.server.pid())?,
    };
    println!("{:7} {seen}", subject.name);
    Ok(())
}

fn growth(port: u16) -> Result<String, String> {
    let mut loader = Loader::new(port)?;
    let pulse = Pulse::start(port, GET, GET_REPLY_LEN, 10_000)?;
    let (began, batch) = (Instant::now(), 20);
    for first in (0..GROWN_KEYS).step_by(batch) {
        let due = Duration::from_micros(first * 1_000_000 / GROWTH_PER_SECOND);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        loader.send((first..first + batch as u64).map(|n| {
            let key = format!("key:{n:012}");
            encode(&[b"SET", key.as_bytes(), b"0123456789abcdef"])
        }))?;
    }
    loader.finish()?;
    let (took, times) = (began.elapsed(), pulse.finish()?);
    let slowest = slowest_us(port)?;
    Ok(format!("{GROWN_KEYS} keys in {:.0} s; GET {}; {slowest}", took.as_secs_f64(), text(&times)))
}

fn expiry(port: u16) -> Result<String, String> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string());
    let at = Duration::from_secs(now()?.as_secs() + 12);
    let mut loader = Loader::new(port)?;
    for first in (0..EXPIRING_KEYS).step_by(1000) {
        loader.send((first..first + 1000).map(|n| {
            let (key, at) = (format!("key:{n:012}"), at.as_secs().to_string());
            encode(&[b"SET", key.as_bytes(), b"0123456789abcdef", b"EXAT", at.as_bytes()])
        }))?;
    }
    loader.finish()?;
    std::thread::sleep(at.saturating_sub(now()?).saturating_sub(Duration::from_secs(1)));
    let pulse = Pulse::start(port, GET, GET_REPLY_LEN, 2_000)?;
    let mut stream = connect(port)?;
    let gone_after = loop {
        let left = call(&mut stream, &[b"DBSIZE"])?;
        let after = now()?.saturating_sub(at);
        if left == ":1" {
            break format!("{:.3} s", after.as_secs_f64());
        }
        if after > Duration::from_secs(30) {
            break format!("not in 30 s ({left} left)");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    std::thread::sleep(Duration::from_secs(1));
    let times = pulse.finish()?;
    Ok(format!("{EXPIRING_KEYS} keys gone after {gone_after}; GET {}", text(&times)))
}

fn crowd(port: u16, pid: u32) -> Result<String, String> {
    let mut busy = Vec::new();
    for _ in 0..BUSY {
        busy.push(connect(port)?);
    }
    rounds(&mut busy, 500)?;
    let alone = cost(pid, &mut busy)?;
    let before = resident_bytes(pid)?;
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        let mut stream = connect(port)?;
        call(&mut stream, &[b"PING"])?;
        idle.push(stream);
    }
    let each = (resident_bytes(pid)? - before) / IDLE as f64;
    let beside = cost(pid, &mut busy)?;
    let more = (beside / alone - 1.0) * 100.0;
    Ok(format!(
        "{alone:.2} us a command alone, {beside:.2} us beside {IDLE} idle ({more:+.1}%), \
         which take {each:.0} bytes each"
    ))
}

/// Processor time for each command of the busy connections, the least of five goes.
fn cost(pid: u32, busy: &mut [TcpStream]) -> Result<f64, String> {
    const ROUNDS: u32 = 4_000;
    let mut least = f64::INFINITY;
    for _ in 0..5 {
        let before = cpu_us(pid)?;
        rounds(busy, ROUNDS)?;
        let spent = (cpu_us(pid)? - before) as f64;
        least = least.min(spent / (f64::from(ROUNDS) * busy.len() as f64));
    }
    Ok(least)
}

/// Each connection asks once and is answered once, so many times.
fn rounds(busy: &mut [TcpStream], count: u32) -> Result<(), String> {
    let mut reply = [0; GET_REPLY_LEN];
    for _ in 0..count {
        busy.iter_mut().try_for_each(|stream| stream.write_all(GET)).map_err(failed)?;
        busy.iter_mut().try_for_each(|stream| stream.read_exact(&mut reply)).map_err(failed)?;
    }
    Ok(())
}

pub(super) fn text(times: &Times) -> String {
    let [p50, p99, p999, most] = [0.5, 0.99, 0.999, 1.0].map(|share| times.quantile_ms(share));
    format!("p50 {p50:.2} p99 {p99:.2} p99.9 {p999:.2} max {most:.2} ms")
}

/// What the server's own histograms say of long commands.
fn slowest_us(port: u16) -> Result<String, String> {
    let (mut above, mut calls, mut most) = (0, 0, 0);
    for name in [&b"get"[..], b"set"] {
        let mut stream = connect(port)?;
        stream.write_all(&encode(&[b"LATENCY", b"HISTOGRAM", name])).map_err(failed)?;
        stream.set_read_timeout(Some(Duration::from_millis(500))).map_err(failed)?;
        let mut reply = String::new();
        // The reply has no end that can be told without reading it: the silence behind it is one.
        let _ = stream.read_to_string(&mut reply);
        let numbers = reply.lines().filter_map(|line| line.strip_prefix(':')?.parse::<u64>().ok());
        // The number of calls, then bounds and how many stayed within each.
        let numbers: Vec<_> = numbers.collect();
        let Some((&all, steps)) = numbers.split_first() else { continue };
        let within = steps.chunks_exact(2).take_while(|step| step[0] <= 1024).map(|step| step[1]);
        above += all - within.max().unwrap_or(0);
        calls += all;
        most = steps.chunks_exact(2).map(|step| step[0]).max().unwrap_or(0).max(most);
    }
    Ok(format!("own histogram: {above} of {calls} above 1024 us, none above {most} us"))
}

fn resident_bytes(pid: u32) -> Result<f64, String> {
    let path = format!("/proc/{pid}/statm");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok());
    pages.map(|pages| pages * 4096.0).ok_or_else(|| format!("{path} is not understood"))
}

pub(super) fn failed(error: std::io::Error) -> String {
    error.to_string()
}

pub(super) fn encode(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// The first line of the reply.
pub(super) fn call(stream: &mut TcpStream, words: &[&[u8]]) -> Result<String, String> {
    stream.write_all(&encode(words)).map_err(failed)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end().to_owned())
}

/// Sends pipelines and reads their replies, which are `+OK`.
struct Loader {
    stream: TcpStream,
    pending: usize,
}

impl Loader {
    /// Replies that may be outstanding.
    const WINDOW: usize = 5_000;

    fn new(port: u16) -> Result<Loader, String> {
        Ok(Loader { stream: connect(port)?, pending: 0 })
    }

    fn send(&mut self, requests: impl Iterator<Item = Vec<u8>>) -> Result<(), String> {
        let requests: Vec<_> = requests.collect();
        self.stream.write_all(&requests.concat()).map_err(failed)?;
        self.pending += requests.len();
        if self.pending > Loader::WINDOW { self.finish() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<(), String> {
        let mut replies = vec![0; std::mem::take(&mut self.pending) * b"+OK\r\n".len()];
        self.stream.read_exact(&mut replies).map_err(failed)?;
        let fine = replies.chunks(5).all(|reply| reply == b"+OK\r\n");
        if fine { Ok(()) } else { Err("a SET was refused".into()) }
    }
}
