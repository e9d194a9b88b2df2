//! Payloads that are not what they say: those of a round, changed here and there, for `RESTORE`.
//!
//! Checksums are not looked at meanwhile, so that the decoder sees what was changed. Whatever it
//! accepts must be a value like any other: it can be read, dumped, restored from that and removed.

use super::compare::{Mode, same};
use super::pair::Pair;
use super::random::Random;
use super::round::Call;
use super::show::shown;
use super::state;
use resp::Value;
use resp::quote::repr_string;

/// The version and the checksum that a payload ends with.
const FOOTER: usize = 10;
/// Changed payloads for each that there is.
const MUTANTS: usize = 20;
/// What a server may have used at its peak: nothing comes near it but a length that is believed.
const PEAK_MAX_BYTES: u64 = 400 << 20;
/// Bytes that mean something: lengths, encodings, ends.
const TELLING: [u8; 16] =
    [0, 1, 2, 3, 10, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xC0, 0xC3, 0xDF, 0xE0, 0xFE, 0xFF];

/// How many payloads were sent and how many of them were accepted.
#[derive(Default)]
pub struct Sent {
    pub all: u64,
    pub accepted: u64,
}

/// Sends changed payloads of all keys that both servers hold now; an error says what went wrong.
pub fn send(pair: &mut Pair, random: &mut Random, sent: &mut Sent) -> Result<(), String> {
    let keys: Vec<String> = state::keys().collect();
    let payloads = pair.dumps(&keys)?;
    for payload in &payloads {
        for _ in 0..MUTANTS {
            let mutant = mutant(random, payload, &payloads);
            try_one(pair, &mutant, sent)
                .map_err(|error| format!("{error}\n  > RESTORE k 0 {}", repr_string(&mutant)))?;
        }
    }
    let peak = pair.peak_bytes()?;
    if peak > PEAK_MAX_BYTES { Err(format!("the peak is {peak} bytes")) } else { Ok(()) }
}

fn try_one(pair: &mut Pair, payload: &[u8], sent: &mut Sent) -> Result<(), String> {
    sent.all += 1;
    let replies = pair.ask_ours(&questions(payload))?;
    if replies[0].is_error() {
        return Ok(());
    }
    sent.accepted += 1;
    let count = replies.len();
    let Value::Bulk(again) = &replies[count - 2] else {
        return Err(format!("what was accepted is dumped as {:?}", replies[count - 2]));
    };
    let calls = questions(again);
    let second = pair.ask_ours(&calls)?;
    let mut each = calls[..count - 2].iter().zip(replies.iter().zip(&second));
    match each.find(|(call, (first, second))| !same(call.mode, first, second)) {
        Some((call, (first, second))) => {
            let name = String::from_utf8_lossy(&call.words[0]).into_owned();
            Err(format!("{name}: {}, and restored again: {}", shown(first), shown(second)))
        }
        None => Ok(()),
    }
}

/// Restores a payload, reads it in every way, dumps and removes it.
fn questions(payload: &[u8]) -> Vec<Call> {
    let key = "mutant";
    let mut restore = Call::of(Mode::Exact, &format!("RESTORE {key} 0 payload REPLACE"));
    restore.words[3] = payload.to_vec();
    let mut calls = vec![restore, Call::of(Mode::Exact, &format!("TYPE {key}"))];
    state::reads(key, &mut calls);
    calls.push(Call::of(Mode::Exact, &format!("DUMP {key}")));
    calls.push(Call::of(Mode::Exact, &format!("DEL {key}")));
    calls
}

/// The payload with a few changes, its footer as it was.
fn mutant(random: &mut Random, payload: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let (body, footer) = payload.split_at(payload.len() - FOOTER);
    let mut body = body.to_vec();
    for _ in 0..1 + random.below(3) {
        let (at, end) = stretch(random, body.len());
        match random.below(8) {
            0 | 1 => change(random, &mut body, at),
            2 => drop(body.drain(at..end)),
            3 => {
                let part = body[at..end].to_vec();
                body.splice(at..at, part);
            }
            4 => body.truncate(at),
            5 => body.extend((0..random.below(20)).map(|_| random.next() as u8)),
            6 => body.insert(at, *random.pick(&TELLING)),
            _ => {
                let other = random.pick(others);
                let (from, to) = stretch(random, other.len() - FOOTER);
                body.splice(at..end, other[from..to].iter().copied());
            }
        }
        if body.is_empty() {
            body.push(random.below(28) as u8);
        }
    }
    body.extend_from_slice(footer);
    body
}

fn change(random: &mut Random, body: &mut [u8], at: usize) {
    // The beginning says the most.
    let at = if random.chance(300) { at % body.len().min(16) } else { at };
    body[at] = match random.below(3) {
        0 => body[at] ^ 1 << random.below(8),
        1 => *random.pick(&TELLING),
        _ => random.next() as u8,
    };
}

/// A stretch of so many bytes: short ones mostly.
fn stretch(random: &mut Random, len: usize) -> (usize, usize) {
    let at = random.below(len);
    let most = if random.chance(800) { 8 } else { len };
    (at, (at + 1 + random.below(most)).min(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutants_keep_their_footer_and_never_end_empty() {
        let mut random = Random::new(1);
        let payload = [&[0, 1, b'a'], [7; FOOTER].as_slice()].concat();
        for _ in 0..2000 {
            let mutant = mutant(&mut random, &payload, std::slice::from_ref(&payload));
            assert!(mutant.len() > FOOTER && mutant.ends_with(&[7; FOOTER]));
        }
    }
}
