//! The scene of computations: single commands that reckon with large values.
//!
//! Each act is a few commands, sent again and again to each server; what counts is the processor
//! time of the server's process, helping threads included. The replies of both must have the same
//! length and the same sum of bytes, in whatever order their elements come.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::measure::{Subject, cpu_us};
use super::pulse::connect;
use super::scene::{call, encode, failed};
use super::stage::{Stage, Words};

/// Commands over a stage.
struct Act {
    name: &'static str,
    stage: Stage,
    /// How often the commands are sent.
    times: u64,
    /// `{n}` is the number of the turn, `{thousands}` a thousand times that, `{key}` one of 100
    /// keys in turn, and `{sparse}` and `{dense}` are 1,000 keys.
    commands: &'static [&'static str],
}

const fn act(
    name: &'static str,
    stage: Stage,
    times: u64,
    commands: &'static [&'static str],
) -> Act {
    Act { name, stage, times, commands }
}

/// Those of one stage stand together: it is set up once.
const ACTS: &[Act] = &[
    act("BITCOUNT", Stage::LongString, 20, &["BITCOUNT bits"]),
    act("BITOP AND", Stage::TwoStrings, 10, &["BITOP AND c a b"]),
    act("PFCOUNT dense", Stage::DenseSketches, 30, &["PFCOUNT {dense}"]),
    act("PFADD PFCOUNT", Stage::DenseSketches, 50_000, &["PFADD {key} new:{n}", "PFCOUNT {key}"]),
    act("PFCOUNT sparse", Stage::SparseSketches, 200, &["PFCOUNT {sparse}"]),
    act("GEOSEARCH", Stage::Places, 100, &["GEOSEARCH places FROMLONLAT 15 37 BYRADIUS 40 km"]),
    act(
        "SINTER",
        Stage::Sets,
        2,
        &["SINTER set:0 set:1 set:2 set:3 set:4 set:5 set:6 set:7 set:8 set:9"],
    ),
    act("SUNIONSTORE", Stage::Sets, 3, &["SUNIONSTORE union set:0 set:9"]),
    act("ZUNIONSTORE", Stage::SortedSets, 2, &["ZUNIONSTORE union 2 zset:0 zset:1"]),
    act("SORT", Stage::List, 3, &["SORT list"]),
    act("SORT ALPHA", Stage::List, 3, &["SORT list ALPHA LIMIT 0 100"]),
    act(
        "ZRANGEBYLEX part",
        Stage::Names,
        2_000,
        &["ZRANGEBYLEX names [name:2 [name:8 LIMIT 100000 1000"],
    ),
    act("ZRANGEBYLEX", Stage::Names, 5, &["ZRANGEBYLEX names - +"]),
    act("XRANGE", Stage::Stream, 5_000, &["XRANGE stream {thousands} + COUNT 1000"]),
    act(
        "XREADGROUP",
        Stage::Stream,
        1_000,
        &["XREADGROUP GROUP group one COUNT 1000 STREAMS stream >"],
    ),
];

/// Commands that are sent before their replies are read.
const AHEAD: u64 = 100;
const MARK: &[u8] = b"the-replies-are-over";

/// Plays the acts whose name holds `only`, on both servers, and prints what they cost.
pub fn play(subjects: &[Subject; 2], only: &str, scale: f64) -> Result<(), String> {
    println!("{:16} {:>12} {:>12} {:>7}", "", "basalt us", "peer us", "ratio");
    let mut set_up = None;
    for act in ACTS.iter().filter(|act| act.name.contains(only)) {
        if set_up != Some(act.stage) {
            subjects.iter().try_for_each(|subject| prepare(subject, act.stage, scale))?;
            set_up = Some(act.stage);
        }
        let [ours, peer] = [measure(&subjects[0], act)?, measure(&subjects[1], act)?];
        if ours.replies != peer.replies {
            return Err(format!("{}: {:?} and {:?}", act.name, ours.replies, peer.replies));
        }
        let [ours, peer] = [ours, peer].map(|cost| cost.cpu_us as f64 / act.times as f64);
        println!("{:16} {ours:12.1} {peer:12.1} {:7.2}", act.name, ours / peer);
    }
    Ok(())
}

/// What an act cost, and what came of it.
struct Cost {
    cpu_us: u64,
    replies: Replies,
}

/// What can be compared of long replies.
#[derive(PartialEq, Eq, Debug, Default)]
struct Replies {
    bytes: usize,
    sum: u64,
}

fn prepare(subject: &Subject, stage: Stage, scale: f64) -> Result<(), String> {
    let mut stream = connect(subject.server.port)?;
    call(&mut stream, &[b"FLUSHALL"])?;
    let mut commands = stage.commands(scale).peekable();
    while commands.peek().is_some() {
        send(&mut stream, commands.by_ref().take(AHEAD as usize), &mut Replies::default())?;
    }
    Ok(())
}

fn measure(subject: &Subject, act: &Act) -> Result<Cost, String> {
    let (mut stream, mut replies) = (connect(subject.server.port)?, Replies::default());
    let before = cpu_us(subject.server.pid())?;
    for first in (0..act.times).step_by(AHEAD as usize) {
        let turns = first..act.times.min(first + AHEAD);
        let commands = turns.flat_map(|n| act.commands.iter().map(move |text| fill_in(text, n)));
        send(&mut stream, commands, &mut replies)
            .map_err(|error| format!("{} {}: {error}", subject.name, act.name))?;
    }
    Ok(Cost { cpu_us: cpu_us(subject.server.pid())? - before, replies })
}

fn fill_in(text: &str, n: u64) -> Words {
    let mut words = Words::new();
    for word in text.split(' ') {
        match word {
            "{dense}" | "{sparse}" => {
                let name = word.trim_matches(['{', '}']);
                words.extend((0..1000).map(|key| format!("{name}:{key}").into_bytes()));
            }
            _ => {
                let word = word.replace("{key}", &format!("dense:{}", n % 100));
                let word = word.replace("{thousands}", &(n * 1000).to_string());
                words.push(word.replace("{n}", &n.to_string()).into_bytes());
            }
        }
    }
    words
}

/// Sends the commands, and adds up their replies until that to a last one comes.
fn send(
    stream: &mut TcpStream,
    commands: impl Iterator<Item = Words>,
    replies: &mut Replies,
) -> Result<(), String> {
    let mut request = Vec::new();
    for words in commands {
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        request.extend_from_slice(&encode(&words));
    }
    request.extend_from_slice(&encode(&[b"ECHO", MARK]));
    let mut writer = stream.try_clone().map_err(failed)?;
    std::thread::scope(|scope| {
        // On a thread of its own: a server may stop reading while its replies are not read.
        let sending = scope.spawn(move || writer.write_all(&request).map_err(failed));
        let received = receive(stream, replies);
        let sent = sending.join().unwrap_or_else(|_| Err("the sender panicked".into()));
        received.and(sent)
    })
}

fn receive(stream: &mut TcpStream, replies: &mut Replies) -> Result<(), String> {
    let (mut buffer, mut end) = (vec![0; 256 << 10], Vec::new());
    loop {
        let read = stream.read(&mut buffer).map_err(failed)?;
        let part = &buffer[..read];
        let fails = end.is_empty() && part.starts_with(b"-");
        if read == 0 || fails || part.windows(5).any(|at| at == b"\r\n-ER") {
            return Err(String::from_utf8_lossy(&part[..read.min(200)]).into_owned());
        }
        replies.bytes += read;
        replies.sum += part.iter().map(|&byte| u64::from(byte)).sum::<u64>();
        end.extend_from_slice(&part[read.saturating_sub(MARK.len() + 2)..]);
        end.drain(..end.len().saturating_sub(MARK.len() + 2));
        if end.starts_with(MARK) {
            return Ok(());
        }
    }
}
