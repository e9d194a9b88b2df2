//! The command line: a file, then options that stand for lines after the file's last.
//!
//! `basalt-server file --port 7000 --save '' --loglevel verbose -` reads the file, then the
//! standard input, then the lines `port "7000"`, `save ""` and `loglevel "verbose"`.
//!
//! # Invariants
//!
//! 1. Options are text for the same parser that reads files, so that both accept the same.
//! 2. Every value is quoted, so that it stays one word.

use super::parse::{quote, split_arguments};

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The configuration file.
    pub file: Option<Vec<u8>>,
    /// Read further lines from the standard input.
    pub read_stdin: bool,
    /// The options as lines, to be read after the file and the standard input.
    pub options: Vec<u8>,
}

/// Parses the arguments after the program's name.
///
/// compat: `--save` and `--sentinel` may stand without a value; a value may itself begin with `--`
/// if it follows an option that has none yet.
#[must_use]
pub fn command_line(arguments: &[Vec<u8>]) -> CommandLine {
    let mut parsed = CommandLine::default();
    let mut first_option = 0;
    if let Some(first) = arguments.first().filter(|first| !first.starts_with(b"-")) {
        parsed.file = Some(first.clone());
        first_option = 1;
    }
    let last = arguments.len().saturating_sub(1);
    let mut option_has_value = true;
    for (index, argument) in arguments.iter().enumerate().skip(first_option) {
        if argument == b"-" && (index == 0 || index == last) {
            parsed.read_stdin = true;
        } else if option_has_value && argument.starts_with(b"--") {
            let next = arguments.get(index + 1);
            option_has_value = add_option(&mut parsed.options, argument, next);
        } else {
            parsed.options.extend(quote(argument));
            parsed.options.push(b' ');
            option_has_value = true;
        }
    }
    parsed
}

/// Begins the line of an option; whether it needs no further argument.
fn add_option(options: &mut Vec<u8>, argument: &[u8], next: Option<&Vec<u8>>) -> bool {
    if !options.is_empty() {
        options.push(b'\n');
    }
    options.extend(&argument[2..]);
    options.push(b' ');
    // An argument like "--port 7000" holds its value already.
    if split_arguments(argument).is_none_or(|words| words.len() != 1) {
        return true;
    }
    let stands_alone = next.is_none_or(|next| next.starts_with(b"--"));
    if stands_alone && argument.eq_ignore_ascii_case(b"--save") {
        options.extend(b"\"\"");
        return true;
    }
    stands_alone && argument.eq_ignore_ascii_case(b"--sentinel")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> (Option<String>, bool, String) {
        let arguments: Vec<Vec<u8>> = arguments.iter().map(|text| text.as_bytes().into()).collect();
        let parsed = command_line(&arguments);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (parsed.file.map(text), parsed.read_stdin, text(parsed.options))
    }

    #[test]
    fn options_become_lines_after_the_file() {
        let (file, stdin, options) =
            parse(&["a.conf", "--port", "7000", "--bind", "::1", "127.0.0.1", "-"]);
        assert_eq!(file.as_deref(), Some("a.conf"));
        assert!(stdin);
        assert_eq!(options, "port \"7000\" \nbind \"::1\" \"127.0.0.1\" ");
    }

    #[test]
    fn save_without_a_value_saves_nothing() {
        assert_eq!(parse(&["--save", "--port", "1"]).2, "save \"\"\nport \"1\" ");
        assert_eq!(parse(&["--save"]).2, "save \"\"");
        assert_eq!(parse(&["--save", ""]).2, "save \"\" ");
    }

    #[test]
    fn an_option_may_hold_its_value_or_take_one_that_looks_like_an_option() {
        assert_eq!(parse(&["--port 7000", "--hz", "5"]).2, "port 7000 \nhz \"5\" ");
        assert_eq!(parse(&["--requirepass", "--secret"]).2, "requirepass \"--secret\" ");
    }

    #[test]
    fn a_dash_is_the_standard_input_only_at_either_end() {
        assert!(parse(&["-"]).1);
        assert!(parse(&["--port", "1", "-"]).1);
        assert!(!parse(&["--logfile", "-", "--port", "1"]).1);
    }
}
