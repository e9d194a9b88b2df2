//! What a transcript says, and what came of playing it.
//!
//! ```text
//! # a remark
//! > SET a 1          a command; the lines behind it are the reply as the cli prints it
//! OK
//! @2                 what follows is said by client 2 (client 1 begins)
//! +250ms             the clock moves on
//! log                what was logged since the last look, one command a line
//! events             which events were published since the last look
//! ```
//!
//! A reply ends at the next command, mark or empty line. `# oracle: skip` keeps a foreign server
//! from being asked up to the next empty line.

use resp::{OwnedArgs, quote};

use super::people;

/// Who answers.
pub trait Target {
    /// Runs a command of a client, numbered from 1, and gives what the client sees.
    fn ask(&mut self, client: usize, args: &OwnedArgs) -> Vec<String>;
    /// Moves the clock, and gives what clients see because of it.
    fn advance(&mut self, ms: u64) -> Vec<String>;
    /// What was logged; `None` where that cannot be seen.
    fn log(&mut self) -> Option<Vec<String>>;
    /// What was published; `None` where that cannot be seen.
    fn events(&mut self) -> Option<Vec<String>>;
    /// Whether this is another server than ours.
    fn is_foreign(&self) -> bool;
}

/// What a line of a transcript does.
enum Act {
    Nothing,
    Ask(OwnedArgs),
    Client(usize),
    Advance(u64),
    Log,
    Events,
}

/// One line and the lines that should follow it.
struct Step {
    number: usize,
    line: String,
    act: Act,
    expected: Vec<String>,
}

/// A transcript.
pub struct Transcript {
    steps: Vec<Step>,
}

impl Transcript {
    /// Reads a transcript.
    pub fn parse(text: &str) -> Transcript {
        let mut steps: Vec<Step> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let expects = steps.last().is_some_and(|step| !matches!(step.act, Act::Nothing));
            match act_of(line) {
                None if expects => {
                    if let Some(step) = steps.last_mut() {
                        step.expected.push(line.to_owned());
                    }
                }
                None => panic!("line {} is neither a command nor a reply: {line}", index + 1),
                Some(act) => {
                    let (line, expected) = (line.to_owned(), Vec::new());
                    steps.push(Step { number: index + 1, line, act, expected });
                }
            }
        }
        Transcript { steps }
    }

    /// Whether the log is looked at.
    pub fn looks_at_log(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.act, Act::Log))
    }

    /// Whether events are looked at.
    pub fn looks_at_events(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.act, Act::Events))
    }

    /// Plays the transcript.
    pub fn play(&self, target: &mut dyn Target) -> Played<'_> {
        let (mut client, mut skipping) = (1, false);
        let mut actual = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            if step.line.starts_with("# oracle: skip") {
                skipping = target.is_foreign();
            }
            skipping &= !step.line.is_empty();
            let lines = match &step.act {
                _ if skipping => None,
                Act::Nothing => Some(Vec::new()),
                Act::Ask(args) => Some(without_identity(args, target.ask(client, args))),
                Act::Client(number) => {
                    client = *number;
                    Some(Vec::new())
                }
                Act::Advance(ms) => Some(target.advance(*ms)),
                Act::Log => target.log(),
                Act::Events => target.events(),
            };
            actual.push(lines.unwrap_or_else(|| step.expected.clone()));
        }
        Played { steps: &self.steps, actual }
    }
}

/// The reply to `HELLO` tells the server's name and version, which no transcript is about.
fn without_identity(args: &OwnedArgs, lines: Vec<String>) -> Vec<String> {
    let hello = args.as_args().at(0).eq_ignore_ascii_case(b"hello");
    if hello && lines.len() > 1 { vec!["(hello)".to_owned()] } else { lines }
}

/// What a line does; `None` where it is part of a reply.
fn act_of(line: &str) -> Option<Act> {
    if let Some(command) = line.strip_prefix("> ") {
        let args = quote::split(command.as_bytes()).expect("quotes are balanced");
        return Some(Act::Ask(args));
    }
    if let Some(number) = line.strip_prefix('@')
        && let Ok(number) = number.parse()
    {
        return Some(Act::Client(number));
    }
    if let Some(ms) = line.strip_prefix('+').and_then(|rest| rest.strip_suffix("ms"))
        && let Ok(ms) = ms.parse()
    {
        return Some(Act::Advance(ms));
    }
    match line {
        "log" => Some(Act::Log),
        "events" => Some(Act::Events),
        "" => Some(Act::Nothing),
        _ => line.starts_with("# ").then_some(Act::Nothing),
    }
}

/// A transcript and the replies that came.
pub struct Played<'a> {
    steps: &'a [Step],
    actual: Vec<Vec<String>>,
}

impl Played<'_> {
    /// The transcript with the replies that came.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (step, actual) in self.steps.iter().zip(&self.actual) {
            for line in std::iter::once(&step.line).chain(actual) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }

    /// Where the replies are not those of the transcript, in words.
    pub fn differences(&self, name: &str) -> Vec<String> {
        let both = self.steps.iter().zip(&self.actual);
        let differing = both.filter(|(step, actual)| step.expected != **actual);
        let shown = |lines: &[String], sign: &str| -> String {
            lines.iter().map(|line| format!("  {sign} {line}\n")).collect()
        };
        differing
            .map(|(step, actual)| {
                let (expected, actual) = (shown(&step.expected, "-"), shown(actual, "+"));
                format!("{name}:{}\n  {}\n{expected}{actual}", step.number, step.line)
            })
            .collect()
    }
}

/// What a client sees, with a mark in front where it is another one than who speaks.
pub fn seen(client: Option<usize>, value: &resp::Value) -> Vec<String> {
    let mut out = Vec::new();
    people::write(&mut out, value, "");
    let text = String::from_utf8_lossy(&out).into_owned();
    let mark = client.map_or(String::new(), |client| format!("client {client}: "));
    text.lines().map(|line| format!("{mark}{line}")).collect()
}
