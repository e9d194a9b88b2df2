//! The two servers, each with one connection, and the same commands to both.

use super::compare::{Comparison, Mode};
use super::known;
use super::progress::Tally;
use super::round::Call;
use super::state;
use crate::process::{self, Server, command};
use crate::scratch::Scratch;
use resp::{Decoder, Value};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Commands that are under way at a time.
const PIPELINE: usize = 100;
/// A server that is silent for so long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Two replies that are not the same.
pub struct Difference {
    /// How many commands came before.
    pub after: usize,
    pub call: Call,
    pub ours: Value,
    pub theirs: Value,
}

/// What a row of commands came to.
pub enum Outcome {
    Same,
    Different(Difference),
    /// What follows may differ on purpose.
    Over,
    /// A server went away, or answers no more.
    Broken(String),
}

/// One server.
struct Side {
    name: &'static str,
    program: PathBuf,
    folder: Scratch,
    /// Kept for its end.
    server: Option<Server>,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

/// Basalt and its peer.
pub struct Pair {
    sides: [Side; 2],
    /// The commands that both know.
    pub commands: BTreeSet<String>,
}

impl Pair {
    /// Starts both.
    pub fn start(ours: &Path, theirs: &Path) -> Result<Pair, String> {
        let side = |name, program: &Path| -> Result<Side, String> {
            let folder = Scratch::new(&format!("oracle-{name}"))?;
            let (server, stream, received) = (None, None, Vec::new());
            let program = program.to_path_buf();
            let mut side = Side { name, program, folder, server, stream, received };
            side.start()?;
            Ok(side)
        };
        let sides = [side("basalt", ours)?, side("peer", theirs)?];
        let mut pair = Pair { sides, commands: BTreeSet::new() };
        let [ours, theirs] = pair.ask("COMMAND LIST")?.map(names);
        pair.commands = ours.intersection(&theirs).cloned().collect();
        Ok(pair)
    }

    /// Starts both anew, after one of them broke.
    pub fn restart(&mut self) -> Result<(), String> {
        self.sides.iter_mut().try_for_each(Side::start)
    }

    /// The reply of each to one command.
    pub fn ask(&mut self, line: &str) -> Result<[Value; 2], String> {
        let calls = [Call::of(Mode::Exact, line)];
        let [mut ours, mut theirs] = self.exchange([&calls, &calls])?;
        Ok([ours.remove(0), theirs.remove(0)])
    }

    /// The replies of Basalt alone.
    pub fn ask_ours(&mut self, calls: &[Call]) -> Result<Vec<Value>, String> {
        Ok(self.exchange([calls, &[]])?[0].split_off(0))
    }

    /// The payloads of these keys, from both.
    pub fn dumps(&mut self, keys: &[String]) -> Result<Vec<Vec<u8>>, String> {
        let dumps: Vec<Call> =
            keys.iter().map(|key| Call::of(Mode::Exact, &format!("DUMP {key}"))).collect();
        let replies = self.exchange([&dumps, &dumps])?.into_iter().flatten();
        let payloads = replies.filter_map(|reply| match reply {
            Value::Bulk(payload) => Some(payload),
            _ => None,
        });
        Ok(payloads.collect())
    }

    /// The most memory that Basalt ever used.
    pub fn peak_bytes(&mut self) -> Result<u64, String> {
        let reply = self.ask_ours(&[Call::of(Mode::Exact, "INFO memory")])?.remove(0);
        let text = String::from_utf8_lossy(reply.as_bytes().unwrap_or_default()).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("used_memory_peak:"));
        line.and_then(|line| line.parse().ok()).ok_or_else(|| "no used_memory_peak".into())
    }

    /// Sends the commands to both, up to the first difference.
    pub fn run(&mut self, calls: &[Call], tally: &mut Tally) -> Outcome {
        let mut comparison = Comparison::default();
        for (index, chunk) in calls.chunks(PIPELINE).enumerate() {
            let replies = match self.exchange([chunk, chunk]) {
                Ok(replies) => replies,
                Err(error) => return Outcome::Broken(error),
            };
            let [ours, theirs] = replies;
            for (at, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
                let call = &chunk[at];
                tally.count(&call.words[0], &ours);
                let same = comparison.agrees(call, &ours, &theirs);
                if known::tells_of_corruption(&ours, &theirs)
                    || !same && known::leaves_something_else(call, &calls[..index * PIPELINE + at])
                {
                    return Outcome::Over;
                }
                if !same {
                    let (after, call) = (index * PIPELINE + at, call.clone());
                    return Outcome::Different(Difference { after, call, ours, theirs });
                }
            }
        }
        Outcome::Same
    }

    /// Takes keys from each server to the other, and reads them there.
    pub fn hop(&mut self, keys: &[String]) -> Outcome {
        self.try_hop(keys).unwrap_or_else(Outcome::Broken)
    }

    fn try_hop(&mut self, keys: &[String]) -> Result<Outcome, String> {
        let dumps: Vec<Call> =
            keys.iter().map(|key| Call::of(Mode::Exact, &format!("DUMP {key}"))).collect();
        let [ours, theirs] = self.exchange([&dumps, &dumps])?;
        let mut restores = [Vec::new(), Vec::new()];
        let mut reads = Vec::new();
        for (key, payloads) in keys.iter().zip(ours.iter().zip(theirs)) {
            let (Value::Bulk(ours), Value::Bulk(theirs)) = payloads else { continue };
            let name = format!("hop:{key}");
            for (to, payload) in restores.iter_mut().zip([theirs, ours.clone()]) {
                let mut call = Call::of(Mode::Exact, &format!("RESTORE {name} 0 payload REPLACE"));
                call.words[3] = payload;
                to.push(call);
            }
            reads.push(Call::of(Mode::Exact, &format!("TYPE {name}")));
            state::reads(&name, &mut reads);
        }
        reads.retain(|call| self.commands.iter().any(|name| call.is(name)));
        let [ours, theirs] = self.exchange([&restores[0], &restores[1]])?;
        let mut each = restores[0].iter().zip(ours.into_iter().zip(theirs));
        if let Some((call, (ours, theirs))) = each.find(|(_, (ours, theirs))| ours != theirs) {
            let (after, call) = (0, call.clone());
            return Ok(Outcome::Different(Difference { after, call, ours, theirs }));
        }
        Ok(self.run(&reads, &mut Tally::default()))
    }

    /// The replies of both to as many commands each, in their order.
    fn exchange(&mut self, calls: [&[Call]; 2]) -> Result<[Vec<Value>; 2], String> {
        for (side, calls) in self.sides.iter_mut().zip(calls) {
            side.send(calls)?;
        }
        let [ours, theirs] = &mut self.sides;
        Ok([ours.receive(calls[0].len())?, theirs.receive(calls[1].len())?])
    }
}

/// The names that a server replies with, in lower case.
fn names(reply: Value) -> BTreeSet<String> {
    let names = reply.as_slice().unwrap_or_default().iter().filter_map(Value::as_bytes);
    names.map(|name| String::from_utf8_lossy(name).to_lowercase()).collect()
}

impl Side {
    fn start(&mut self) -> Result<(), String> {
        self.stream = None;
        self.server = None;
        self.received.clear();
        let port = process::free_port()?;
        let program = self.program.to_string_lossy();
        let mut start = command(self.folder.path(), &program, &["--port", &port.to_string()]);
        start
            .args(["--save", "", "--appendonly", "no", "--enable-debug-command", "yes", "--dir"])
            .arg(self.folder.path());
        start.stdout(Stdio::null());
        self.server = Some(Server::start(start, port)?);
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|error| self.failed(error))?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| self.failed(error))?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(|error| self.failed(error))?;
        stream.set_nodelay(true).map_err(|error| self.failed(error))?;
        self.stream = Some(stream);
        Ok(())
    }

    fn failed(&self, error: impl std::fmt::Display) -> String {
        format!("{}: {error}", self.name)
    }

    fn stream(&mut self) -> Result<&mut TcpStream, String> {
        let name = self.name;
        self.stream.as_mut().ok_or_else(|| format!("{name} is not connected"))
    }

    fn send(&mut self, calls: &[Call]) -> Result<(), String> {
        let mut bytes = Vec::new();
        for call in calls {
            bytes.extend_from_slice(format!("*{}\r\n", call.words.len()).as_bytes());
            for word in &call.words {
                bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
                bytes.extend_from_slice(word);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        let written = self.stream()?.write_all(&bytes);
        written.map_err(|error| self.failed(error))
    }

    fn receive(&mut self, count: usize) -> Result<Vec<Value>, String> {
        let (mut replies, mut start) = (Vec::with_capacity(count), 0);
        let mut decoder = Decoder::new();
        while replies.len() < count {
            let decoded = decoder.decode(&self.received[start..]);
            if let Some((value, used)) = decoded.map_err(|error| self.failed(error))? {
                replies.push(value);
                start += used;
                continue;
            }
            let mut part = [0; 1 << 16];
            match self.stream()?.read(&mut part) {
                Ok(0) => return Err(self.failed("the connection was closed")),
                Ok(len) => self.received.extend_from_slice(&part[..len]),
                // A run may be paused for a while.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.received.drain(..start);
        Ok(replies)
    }
}
