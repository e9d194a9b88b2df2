//! The forms of commands, as `grammar.txt` writes them: its head says what the signs mean.

use super::compare::Mode;
use super::words::Kind;

const TEXT: &str = include_str!("grammar.txt");

/// One line of the grammar.
pub struct Form {
    /// The name between brackets that the line stands under.
    pub group: &'static str,
    /// The command in lower case.
    pub command: String,
    pub mode: Mode,
    pub parts: Vec<Part>,
}

/// What a form is made of.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// As it is.
    Literal(&'static str),
    Word(Kind),
    /// One of these, or nothing.
    Optional(Vec<Vec<Part>>),
    /// One of these.
    Choice(Vec<Vec<Part>>),
    /// Once or more; with the count in front where it is counted.
    Repeated {
        counted: bool,
        parts: Vec<Part>,
    },
}

impl Form {
    /// Whether a word of this kind can stand anywhere in it.
    pub fn has(&self, kind: Kind) -> bool {
        any_word(&self.parts, kind)
    }

    /// Whether it waits where there is nothing: for a moment, if it is as drawn.
    pub fn waits(&self) -> bool {
        self.has(Kind::Timeout) || self.has(Kind::Block)
    }
}

fn any_word(parts: &[Part], kind: Kind) -> bool {
    parts.iter().any(|part| match part {
        Part::Literal(_) => false,
        Part::Word(other) => *other == kind,
        Part::Optional(ways) | Part::Choice(ways) => ways.iter().any(|way| any_word(way, kind)),
        Part::Repeated { parts, .. } => any_word(parts, kind),
    })
}

/// All forms.
pub fn forms() -> Result<Vec<Form>, String> {
    let (mut forms, mut group) = (Vec::new(), "");
    for (index, line) in TEXT.lines().enumerate() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            group = name;
        } else if !line.is_empty() && !line.starts_with('#') {
            let form = form(group, line);
            forms.push(form.map_err(|error| format!("grammar.txt:{}: {error}", index + 1))?);
        }
    }
    Ok(forms)
}

/// The groups in the order of the text.
pub fn groups() -> Vec<&'static str> {
    let heads = TEXT.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    heads.collect()
}

fn form(group: &'static str, line: &'static str) -> Result<Form, String> {
    let (mode, rest) = match line.split_once(' ') {
        Some((sign, rest)) if !sign.starts_with(|first: char| first.is_ascii_uppercase()) => {
            (mode(sign)?, rest)
        }
        Some(_) | None => (Mode::Exact, line),
    };
    let mut tokens = tokens(rest).into_iter().peekable();
    let parts = parts(&mut tokens)?;
    if let Some(left) = tokens.next() {
        return Err(format!("`{left}` closes nothing"));
    }
    let command = rest.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    Ok(Form { group, command, mode, parts })
}

fn mode(sign: &str) -> Result<Mode, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("`{sign}` is no sign"));
    match sign {
        "?" => Ok(Mode::Shape),
        "~" => Ok(Mode::Unordered(1)),
        "%" => Ok(Mode::Scores),
        _ => match sign.split_at(1) {
            ("~", size) => Ok(Mode::Unordered(number(size)?)),
            ("@", distance) => Ok(Mode::Near(number(distance)? as i64)),
            ("&", distance) => Ok(Mode::Times(number(distance)? as i64)),
            _ => Err(format!("`{sign}` is no sign")),
        },
    }
}

type Tokens = std::iter::Peekable<std::vec::IntoIter<&'static str>>;

/// Words, and the signs between them.
fn tokens(text: &'static str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for word in text.split(' ') {
        let mut rest = word;
        while !rest.is_empty() {
            let sign = if rest.starts_with("#{") { 2 } else { 1 };
            let is_sign = |c: char| "[]<>{}|".contains(c);
            let end = match rest.find(is_sign) {
                _ if rest.starts_with("#{") => sign,
                Some(0) => sign,
                Some(1) if rest.starts_with('#') => sign,
                Some(at) => at,
                None => rest.len(),
            };
            found.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    found
}

/// Parts up to the end, or to a sign that closes or divides.
fn parts(tokens: &mut Tokens) -> Result<Vec<Part>, String> {
    let mut found = Vec::new();
    while let Some(token) = tokens.next_if(|token| !["]", ">", "}", "|"].contains(token)) {
        found.push(match token {
            "[" => Part::Optional(ways(tokens, "]")?),
            "<" => Part::Choice(ways(tokens, ">")?),
            "{" | "#{" => {
                let parts = ways(tokens, "}")?.pop().unwrap_or_default();
                Part::Repeated { counted: token == "#{", parts }
            }
            word if word.starts_with(|first: char| first.is_ascii_lowercase()) => {
                Part::Word(Kind::of(word).ok_or(format!("`{word}` is no kind of word"))?)
            }
            word => Part::Literal(word),
        });
    }
    Ok(found)
}

fn ways(tokens: &mut Tokens, end: &str) -> Result<Vec<Vec<Part>>, String> {
    let mut found = vec![parts(tokens)?];
    loop {
        match tokens.next() {
            Some("|") => found.push(parts(tokens)?),
            Some(token) if token == end => return Ok(found),
            other => return Err(format!("`{end}` is missing before {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_grammar_can_be_read() {
        let forms = forms().unwrap();
        assert!(forms.len() > 200, "{}", forms.len());
        assert!(groups().iter().all(|group| forms.iter().any(|form| form.group == *group)));
    }

    #[test]
    fn a_line_says_how_it_is_compared_and_what_repeats() {
        let form = form("hash", "~2 X [NX|MAXLEN <~|=> int] #{key}").unwrap();
        assert_eq!(form.mode, Mode::Unordered(2));
        assert_eq!(form.command, "x");
        let choice = Part::Choice(vec![vec![Part::Literal("~")], vec![Part::Literal("=")]]);
        let long = vec![Part::Literal("MAXLEN"), choice, Part::Word(Kind::Int)];
        let parts = vec![
            Part::Literal("X"),
            Part::Optional(vec![vec![Part::Literal("NX")], long]),
            Part::Repeated { counted: true, parts: vec![Part::Word(Kind::Key)] },
        ];
        assert_eq!(form.parts, parts);
        assert!(form.has(Kind::Key) && !form.has(Kind::Any));
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        for line in ["X [NX", "X {key", "X nokind", "X ]", "!! X"] {
            assert!(form("", line).is_err(), "{line}");
        }
    }
}
