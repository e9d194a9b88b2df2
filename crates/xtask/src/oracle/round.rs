//! The commands of one round, drawn from its seed.

use super::compare::Mode;
use super::grammar::{Form, Part};
use super::known;
use super::random::Random;
use super::state;
use super::words::{Kind, Source};

/// Commands of a round, without the questions at its end.
pub const COMMANDS: usize = 1000;

/// The limits of the compact encodings, with what is usual first.
const LIMITS: &[(&str, &[&str])] = &[
    ("list-max-listpack-size", &["-2", "4", "-1", "1"]),
    ("list-compress-depth", &["0", "1"]),
    ("hash-max-listpack-entries", &["512", "4", "0"]),
    ("hash-max-listpack-value", &["64", "8"]),
    ("set-max-intset-entries", &["512", "4", "0"]),
    ("set-max-listpack-entries", &["128", "4", "0"]),
    ("set-max-listpack-value", &["64", "20"]),
    ("zset-max-listpack-entries", &["128", "4", "0"]),
    ("zset-max-listpack-value", &["64", "8"]),
    ("stream-node-max-entries", &["100", "3"]),
    ("hll-sparse-max-bytes", &["3000", "100", "0"]),
];

/// Whether this begins or ends a transaction.
fn is_turn(call: &Call) -> bool {
    call.is("multi") || call.is("exec")
}

/// Whether this sets a limit to what it is anyway.
pub fn is_usual(call: &Call) -> bool {
    let is = |word: &[u8], text: &str| word == text.as_bytes();
    let [command, _, name, value] = call.words.as_slice() else { return false };
    let usual = |(limit, values): &(&str, &[&str])| is(name, limit) && is(value, values[0]);
    is(command, "CONFIG") && LIMITS.iter().any(usual)
}

/// One command, and how its replies are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub words: Vec<Vec<u8>>,
    pub mode: Mode,
}

impl Call {
    /// A command written as text.
    pub fn of(mode: Mode, line: &str) -> Call {
        Call { words: line.split(' ').map(|word| word.as_bytes().to_vec()).collect(), mode }
    }

    /// Whether it is this command.
    pub fn is(&self, name: &str) -> bool {
        self.words[0].eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Which forms a round draws from.
pub struct Choice<'a> {
    /// Those that most commands have.
    pub wanted: Vec<&'a Form>,
    /// All that both servers know.
    pub all: Vec<&'a Form>,
}

/// A round: how it begins, and its commands with questions about what they left.
pub struct Round {
    pub preamble: Vec<Call>,
    pub calls: Vec<Call>,
}

impl Round {
    /// The round of this seed.
    pub fn new(seed: u64, choice: &Choice<'_>) -> Round {
        let mut source = Source { random: Random::new(seed), letter: "", many: false };
        let preamble = preamble(&mut source.random);
        let intsets_are_small = preamble.iter().any(|call| {
            call.words.iter().any(|word| word == b"set-max-intset-entries") && !is_usual(call)
        });
        let mut calls = Vec::with_capacity(COMMANDS * 2);
        let mut in_transaction = false;
        while calls.len() < COMMANDS {
            if source.random.chance(if in_transaction { 200 } else { 10 }) {
                let turn = if in_transaction { "EXEC" } else { "MULTI" };
                calls.push(Call::of(Mode::Exact, turn));
                in_transaction = !in_transaction;
            }
            let from = if source.random.chance(100) { &choice.all } else { &choice.wanted };
            let form = *source.random.pick(from);
            // Those that wait take their time, but not in transactions.
            if form.waits() && !in_transaction && !source.random.chance(100) {
                continue;
            }
            let call = call(&mut source, form);
            let by_order = intsets_are_small && known::hangs_on_order(&call);
            if !by_order && !known::is_left_out(&call) {
                calls.push(call);
            }
        }
        if in_transaction {
            calls.push(Call::of(Mode::Exact, "EXEC"));
        }
        state::questions(&mut calls);
        calls.retain(|call| choice.all.iter().any(|form| call.is(&form.command)) || is_turn(call));
        Round { preamble, calls }
    }
}

fn preamble(random: &mut Random) -> Vec<Call> {
    let version = 2 + random.below(2);
    let mut calls = vec![
        Call::of(Mode::Ignored, "RESET"),
        Call::of(Mode::Ignored, &format!("HELLO {version}")),
        Call::of(Mode::Ignored, "FLUSHALL"),
    ];
    for (name, values) in LIMITS {
        let value = if random.chance(400) { random.pick(values) } else { &values[0] };
        calls.push(Call::of(Mode::Ignored, &format!("CONFIG SET {name} {value}")));
    }
    calls
}

fn call(source: &mut Source, form: &Form) -> Call {
    source.letter = letter(form.group);
    let mut words = Vec::new();
    write(source, &form.parts, &mut words);
    let mut mode = form.mode;
    // Those that wait may wait for ever, and those that draw members may draw others.
    let is_fixed = form.command == "spop" || form.has(Kind::LexKey) && form.command == "zadd";
    let may_be_spoilt = !form.waits() && !is_fixed;
    if may_be_spoilt && source.random.chance(50) {
        spoil(source, form, &mut words);
        // Without its order or a count, a command may reply with something else.
        if mode != Mode::Exact || form.group == "geo" {
            mode = Mode::Shape;
        }
    }
    Call { words, mode }
}

fn letter(group: &str) -> &'static str {
    match group {
        "string" | "bitmap" => "s",
        "hyperloglog" => "p",
        "list" => "l",
        "set" => "e",
        "hash" | "field deadlines" => "h",
        "sorted-set" => "z",
        "geo" => "g",
        "stream" => "x",
        _ => "",
    }
}

/// Writes the words of these parts; options that stand side by side come in any order.
fn write(source: &mut Source, parts: &[Part], words: &mut Vec<Vec<u8>>) {
    let mut rest = parts;
    while let Some(first) = rest.first() {
        let options = rest.iter().take_while(|part| matches!(part, Part::Optional(_))).count();
        if options > 1 {
            let mut some: Vec<&Part> = rest[..options].iter().collect();
            source.random.shuffle(&mut some);
            some.iter().for_each(|part| write_one(source, part, words));
        } else {
            write_one(source, first, words);
        }
        rest = &rest[options.max(1)..];
    }
}

fn write_one(source: &mut Source, part: &Part, words: &mut Vec<Vec<u8>>) {
    match part {
        Part::Literal(word) => words.push(word.as_bytes().to_vec()),
        Part::Word(kind) => words.push(source.word(*kind)),
        Part::Optional(_) if source.random.chance(650) => {}
        Part::Optional(ways) | Part::Choice(ways) => {
            let way = source.random.below(ways.len());
            write(source, &ways[way], words);
        }
        Part::Repeated { counted, parts } => repeat(source, parts, *counted, words),
    }
}

fn repeat(source: &mut Source, parts: &[Part], counted: bool, words: &mut Vec<Vec<u8>>) {
    let is_data = parts.iter().any(|part| {
        matches!(part, Part::Word(Kind::Member | Kind::Field | Kind::Value | Kind::Score))
    });
    source.many = is_data && source.random.chance(15);
    let rounds = match source.random.below(10) {
        _ if source.many => 50 + source.random.below(550),
        0..5 => 1,
        5..9 => 2 + source.random.below(2),
        _ => 4 + source.random.below(6),
    };
    if counted {
        let wrong = source.random.chance(30);
        words.push(if wrong { source.odd() } else { rounds.to_string().into_bytes() });
    }
    for _ in 0..rounds {
        write(source, parts, words);
    }
    source.many = false;
}

/// Makes a command wrong, or at least strange.
fn spoil(source: &mut Source, form: &Form, words: &mut Vec<Vec<u8>>) {
    let times = [Kind::Seconds, Kind::Ms, Kind::At, Kind::AtMs];
    let timed = times.iter().any(|kind| form.has(*kind));
    let at = source.random.below(words.len());
    match source.random.below(5) {
        0 if words.len() > 1 => words.truncate(words.len() - 1),
        1 if at > 0 => words[at] = source.odd(),
        2 => words.push(source.odd()),
        3 if at > 0 && !timed => {
            let other = 1 + source.random.below(words.len() - 1);
            words.swap(at, other);
        }
        _ if at > 0 => words.insert(at, words[at].clone()),
        _ => words.truncate(1),
    }
}
