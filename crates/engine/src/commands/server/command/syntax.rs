//! A command's arguments as a tree, read from the line of its manual.
//!
//! The declaration holds one line for people, such as `SET key value [NX|XX] [EX seconds]`, and
//! programs get the tree that this line says; so the two cannot differ. Capital words are literal,
//! others stand for values, brackets are optional, `|` separates alternatives, and `[x ...]` behind
//! `x` says that it may be repeated.

/// What an argument is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// A word.
    Value,
    /// One of its parts.
    OneOf,
    /// All of its parts.
    Block,
}

/// An argument, or a group of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) shape: Shape,
    /// The literal word in front of it, or that it is.
    pub(super) token: Option<String>,
    pub(super) optional: bool,
    pub(super) multiple: bool,
    pub(super) parts: Vec<Argument>,
}

impl Argument {
    fn new(name: &str, shape: Shape, parts: Vec<Argument>) -> Argument {
        let name = name.to_lowercase();
        Argument { name, shape, token: None, optional: false, multiple: false, parts }
    }

    /// The type's name, as far as the argument's name tells it.
    pub(super) fn kind(&self) -> &'static str {
        match self.shape {
            Shape::OneOf => return "oneof",
            Shape::Block => return "block",
            Shape::Value => {}
        }
        let token = self.token.as_deref().unwrap_or_default();
        match self.name.as_str() {
            name if token.eq_ignore_ascii_case(name) => "pure-token",
            "key" | "source" | "destination" | "newkey" | "destkey" | "key1" | "key2" => "key",
            "pattern" => "pattern",
            "seconds" | "milliseconds" | "count" | "numkeys" | "index" | "start" | "stop"
            | "offset" | "db" | "port" | "cursor" | "client-id" | "decrement" | "end" | "bit"
            | "numreplicas" | "protover" | "samples" => "integer",
            "timeout" | "score" | "weight" | "longitude" | "latitude" | "radius" => "double",
            name if name.starts_with("unix-time") => "unix-time",
            _ => "string",
        }
    }
}

/// The arguments of a line, behind the first `skip` words.
pub(super) fn parse(line: &str, skip: usize) -> Vec<Argument> {
    let mut tokens = tokens(line);
    tokens.drain(..skip.min(tokens.len()));
    sequence(&tokens)
}

fn tokens(line: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in line.split(' ') {
        let mut rest = word;
        while let Some(at) = rest.find(['[', ']', '|']) {
            tokens.extend((at > 0).then(|| &rest[..at]));
            tokens.push(&rest[at..=at]);
            rest = &rest[at + 1..];
        }
        tokens.extend((!rest.is_empty()).then_some(rest));
    }
    tokens
}

/// The place behind the bracket that closes the one at `open`.
fn behind_bracket(tokens: &[&str], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match *token {
            "[" => depth += 1,
            "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Arguments one after the other.
fn sequence(tokens: &[&str]) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "[" {
            let end = behind_bracket(tokens, at);
            let inner = &tokens[at + 1..end.saturating_sub(1).max(at + 1)];
            at = end;
            add_optional(&mut arguments, inner);
            continue;
        }
        let mut words = vec![tokens[at]];
        at += 1;
        while tokens.get(at) == Some(&"|") && at + 1 < tokens.len() {
            words.push(tokens[at + 1]);
            at += 2;
        }
        match words.as_slice() {
            [word] if is_literal(word) && tokens.get(at).is_some_and(|next| is_value(next)) => {
                let mut argument = Argument::new(tokens[at], Shape::Value, Vec::new());
                argument.token = Some((*word).to_owned());
                arguments.push(argument);
                at += 1;
            }
            [word] => arguments.push(single(word)),
            several => {
                let parts = several.iter().map(|word| single(word)).collect();
                arguments.push(Argument::new(several[0], Shape::OneOf, parts));
            }
        }
    }
    arguments
}

/// What stands in brackets: an option, alternatives, or the repetition of what is in front.
fn add_optional(arguments: &mut Vec<Argument>, inner: &[&str]) {
    if inner.last() == Some(&"...") {
        repeat(arguments, inner.len() - 1);
        return;
    }
    let mut argument = match alternatives(inner).as_slice() {
        [only] => one(sequence(only)),
        several => {
            let parts: Vec<Argument> = several.iter().map(|part| one(sequence(part))).collect();
            let name = parts.first().map_or_else(String::new, |part| part.name.clone());
            Argument::new(&name, Shape::OneOf, parts)
        }
    };
    argument.optional = true;
    arguments.push(argument);
}

/// Says that the last arguments, `words` words together, may be repeated.
fn repeat(arguments: &mut Vec<Argument>, words: usize) {
    let width = |argument: &Argument| {
        1 + usize::from(argument.token.is_some() && argument.kind() != "pure-token")
    };
    let (mut from, mut seen) = (arguments.len(), 0);
    while from > 0 && seen < words {
        from -= 1;
        seen += width(&arguments[from]);
    }
    let mut argument = one(arguments.split_off(from));
    argument.multiple = true;
    arguments.push(argument);
}

/// Splits at the `|` outside of brackets.
fn alternatives<'a>(tokens: &'a [&'a str]) -> Vec<&'a [&'a str]> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0);
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "[" => depth += 1,
            "]" => depth -= 1,
            "|" if depth == 0 => {
                parts.push(&tokens[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[from..]);
    parts
}

/// Several arguments as one.
fn one(mut arguments: Vec<Argument>) -> Argument {
    if arguments.len() == 1 {
        return arguments.remove(0);
    }
    let name = arguments.first().map_or_else(String::new, |first| first.name.clone());
    Argument::new(&name, Shape::Block, arguments)
}

fn single(word: &str) -> Argument {
    let mut argument = Argument::new(word, Shape::Value, Vec::new());
    argument.token = is_literal(word).then(|| word.to_owned());
    argument
}

fn is_literal(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && !word.chars().any(char::is_lowercase)
}

fn is_value(word: &str) -> bool {
    word.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(arguments: &[Argument]) -> String {
        let shown_one = |argument: &Argument| {
            let mut text = match argument.shape {
                Shape::Value => argument.kind().to_owned(),
                Shape::OneOf => format!("oneof({})", shown(&argument.parts)),
                Shape::Block => format!("block({})", shown(&argument.parts)),
            };
            if let Some(token) = argument.token.as_ref().filter(|_| text != "pure-token") {
                text = format!("{token}={text}");
            }
            let optional = if argument.optional { "?" } else { "" };
            let multiple = if argument.multiple { "*" } else { "" };
            format!("{}:{text}{optional}{multiple}", argument.name)
        };
        arguments.iter().map(shown_one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_and_alternatives_become_a_tree() {
        assert_eq!(
            shown(&parse("SET key value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]", 1)),
            "key:key value:string nx:oneof(nx:pure-token xx:pure-token)? get:pure-token? \
             seconds:oneof(seconds:EX=integer milliseconds:PX=integer keepttl:pure-token)?"
        );
    }

    #[test]
    fn repetitions_mark_what_they_repeat() {
        assert_eq!(shown(&parse("DEL key [key ...]", 1)), "key:key*");
        assert_eq!(
            shown(&parse("MSET key value [key value ...]", 1)),
            "key:block(key:key value:string)*"
        );
        assert_eq!(shown(&parse("PING [message]", 1)), "message:string?");
        assert_eq!(shown(&parse("CONFIG GET parameter [parameter ...]", 2)), "parameter:string*");
    }

    #[test]
    fn no_line_of_any_command_is_too_odd() {
        for entry in crate::lookup::numbered() {
            let words = entry.full_name.split('|').count();
            parse(entry.command.spec.syntax, words);
        }
    }
}
