//! Changes an input as somebody would who knows the commands: their names, subcommands and options
//! come from the table, the directives from their lists, so nothing has to be kept up to date here.

use std::sync::LazyLock;

use engine::command::Command;
use engine::commands::TABLE;
use engine::config::{self, Config};
use engine::random::Random;
use libfuzzer_sys::fuzzer_mutate;

use crate::SEPARATOR;
use crate::world::option;

const KEYS: [&str; 8] = ["a", "b", "c", "k1", "k2", "{t}x", "{t}y", "list"];
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "2",
    "3",
    "10",
    "-1",
    "-2",
    "100",
    "1000",
    "4000",
    "1800000001",
    "1800000000500",
    "9223372036854775807",
    "1.5",
];
const WORDS: [&str; 12] = [
    "x",
    "",
    "hello",
    "*",
    "[a-c]*",
    "u8",
    "i5",
    "#1",
    "everything",
    "no",
    "yes",
    "\"\\x00\\xff\"",
];
const SCRIPTS: [&str; 4] = [
    "\"return redis.call('SET',KEYS[1],ARGV[1])\"",
    "\"return redis.call('GET','a')\"",
    "\"#!lua flags=no-writes\\nreturn {1,2,{3}}\"",
    "\"redis.call('RPUSH','list','v') return redis.pcall('INCR','list')\"",
];
/// Words of one command, at most.
const WORDS_MAX: u64 = 12;

/// All commands, the subcommands in place of their containers.
static COMMANDS: LazyLock<Vec<&'static Command>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for command in TABLE.iter().copied().flatten() {
        all.push(*command);
        all.extend(command.spec.subcommands);
    }
    all
});

static DIRECTIVES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let defaults = Config::default();
    let value = |directive: &config::Directive| {
        let value = directive.get(&defaults);
        format!("\"{}\"", String::from_utf8_lossy(&value))
    };
    config::all().map(|directive| (directive.name.to_owned(), value(directive))).collect()
});

/// A changed input in the place of the old one; gives its length.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random::new(u64::from(seed));
    if size == 0 || random.below(4) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let options = data[0];
    let mut pieces: Vec<Vec<u8>> =
        data[1..size].split(|byte| *byte == SEPARATOR).map(<[u8]>::to_vec).collect();
    let at = random.below(pieces.len() as u64) as usize;
    let other = random.below(pieces.len() as u64) as usize;
    match random.below(9) {
        0..=3 if options & option::FILE != 0 => pieces[at].extend(directive(&mut random)),
        0..=3 => pieces.insert(at, piece(&mut random)),
        4 => pieces[at].extend(line(&mut random)),
        5 => pieces.swap(at, other),
        6 => drop(pieces.remove(at)),
        7 => replace_word(&mut pieces[at], &mut random),
        _ => {
            if let Some(head) = pieces[at].first_mut() {
                *head = head_byte(&mut random);
            }
        }
    }
    let options = if random.below(16) == 0 { random.next() as u8 } else { options };
    let mut new = vec![options];
    new.extend(pieces.join(&SEPARATOR));
    new.truncate(max_size);
    data[..new.len()].copy_from_slice(&new);
    new.len()
}

fn piece(random: &mut Random) -> Vec<u8> {
    let mut piece = vec![head_byte(random)];
    for _ in 0..=random.below(3) {
        piece.extend(line(random));
    }
    piece
}

/// A line of a configuration file.
fn directive(random: &mut Random) -> Vec<u8> {
    let (name, value) = pick(random, &DIRECTIVES);
    let value =
        if random.below(2) == 0 { value.trim_matches('"').to_owned() } else { filler(random) };
    format!("\n{name} {value}\n").into_bytes()
}

/// Most pieces come from the first client, at the same moment, with nothing around them.
fn head_byte(random: &mut Random) -> u8 {
    let client = if random.below(2) == 0 { 0 } else { random.below(4) as u8 };
    let step = if random.below(3) == 0 { random.below(8) as u8 } else { 0 };
    let event = if random.below(4) == 0 { random.below(5) as u8 } else { 0 };
    client | step << 2 | event << 5
}

/// A command as a line.
fn line(random: &mut Random) -> Vec<u8> {
    let command = pick(random, &COMMANDS);
    let mut words: Vec<String> = Vec::new();
    let syntax = command.spec.syntax.split([' ', '|', '[', ']', '\n']);
    for token in syntax.filter(|token| !token.is_empty() && *token != "...") {
        // Optional parts and alternatives are taken or left; names are kept.
        let kept = words.len() < usize::from(command.spec.arity.least()) || random.below(3) > 0;
        if kept && words.len() < WORDS_MAX as usize {
            fill(token, &mut words, random);
        }
    }
    format!("{}\r\n", words.join(" ")).into_bytes()
}

/// The words that stand for one of the syntax.
fn fill(token: &str, words: &mut Vec<String>, random: &mut Random) {
    let any_of = |random: &mut Random, list: &[&str]| (*pick(random, list)).to_owned();
    let is = |parts: &[&str]| parts.iter().any(|part| token.contains(part));
    if token.chars().all(|c| !c.is_ascii_lowercase()) {
        words.push(token.to_owned());
    } else if token == "parameter" {
        let (name, value) = pick(random, &DIRECTIVES);
        words.push(name.clone());
        let value = if random.below(2) == 0 { value.clone() } else { filler(random) };
        words.push(value);
    } else if token == "numkeys" {
        words.push(random.below(3).to_string());
    } else if is(&["script"]) {
        words.push(any_of(random, &SCRIPTS));
    } else if is(&["command"]) {
        words.push(pick(random, &COMMANDS).name().to_owned());
    } else if is(&["key", "source", "destination"]) && !is(&["-db"]) {
        words.push(any_of(random, &KEYS));
    } else if is(&["sec", "time", "count", "index", "offset", "start", "end", "incre", "-db", "id"])
    {
        words.push(any_of(random, &NUMBERS));
    } else {
        words.push(filler(random));
    }
}

fn filler(random: &mut Random) -> String {
    let list: &[&str] = match random.below(3) {
        0 => &KEYS,
        1 => &NUMBERS,
        _ => &WORDS,
    };
    (*pick(random, list)).to_owned()
}

fn replace_word(piece: &mut Vec<u8>, random: &mut Random) {
    let Some((&head, text)) = piece.split_first() else { return };
    let mut words: Vec<Vec<u8>> = text.split(|byte| *byte == b' ').map(<[u8]>::to_vec).collect();
    let at = random.below(words.len() as u64) as usize;
    let ends_line = words[at].ends_with(b"\r\n");
    words[at] = filler(random).into_bytes();
    if ends_line {
        words[at].extend(b"\r\n");
    }
    let mut new = vec![head];
    new.extend(words.join(&b' '));
    *piece = new;
}

fn pick<'a, T>(random: &mut Random, list: &'a [T]) -> &'a T {
    &list[random.below(list.len() as u64) as usize]
}
