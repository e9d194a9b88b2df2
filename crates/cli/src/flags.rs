//! The command line's flags: one list, from which the parser and the help derive.
//!
//! Written by hand, since the names are those of `redis-cli`: `-h` takes a host, or asks for help
//! when it comes last; single letters are not combined; the first argument that is no flag ends
//! them. To add a flag is one entry in `list.rs`.

mod list;

use crate::options::Options;
use list::FLAGS;

/// One flag.
struct Flag {
    names: &'static [&'static str],
    /// How the help calls its value; empty when it takes none.
    value: &'static str,
    help: &'static str,
    apply: fn(&mut Options, &str) -> Result<(), String>,
}

/// What the command line asks for.
pub enum CommandLine {
    /// Run with these options and, after the flags, these arguments.
    Run(Box<Options>, Vec<Vec<u8>>),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// Reads the arguments that follow the program's name.
pub fn parse(arguments: Vec<Vec<u8>>) -> Result<CommandLine, String> {
    let mut options = Box::new(Options::default());
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next_if(|argument| argument.first() == Some(&b'-')) {
        let name = String::from_utf8_lossy(&argument).into_owned();
        match &*name {
            "--help" => return Ok(CommandLine::Help),
            "-h" if rest.peek().is_none() => return Ok(CommandLine::Help),
            "-v" | "--version" => return Ok(CommandLine::Version),
            _ => {}
        }
        let flag = FLAGS.iter().find(|flag| flag.names.contains(&&*name));
        let value = match flag {
            Some(flag) if flag.value.is_empty() => Some(Vec::new()),
            Some(_) => rest.next(),
            None => None,
        };
        let (Some(flag), Some(value)) = (flag, value) else {
            return Err(format!("Unrecognized option or bad number of args for: '{name}'"));
        };
        (flag.apply)(&mut options, &String::from_utf8_lossy(&value))?;
    }
    Ok(CommandLine::Run(options, rest.collect()))
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = format!(
        "basalt-cli {}\n\nUsage: basalt-cli [OPTIONS] [cmd [arg [arg ...]]]\n",
        env!("CARGO_PKG_VERSION")
    );
    for flag in FLAGS {
        let usage = format!("{} {}", flag.names.join(", "), flag.value);
        let mut label = usage.trim_end();
        for line in flag.help.lines() {
            text.push_str(&format!("  {label:<22} {line}\n"));
            label = "";
        }
    }
    text.push_str(EPILOGUE);
    text
}

const EPILOGUE: &str = "  --help                 Print this help and exit.
  --version              Print the version and exit.

Examples:
  basalt-cli set greeting hello
  basalt-cli -x set page < page.html
  basalt-cli -r 5 -i 1 info memory
  basalt-cli --pipe < commands.txt
  basalt-cli --eval script.lua key1 key2 , arg1 arg2

Without a command, basalt-cli reads commands from its input, with a prompt on a terminal.
";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::options::Dialect;

    fn parsed(line: &str) -> Result<(Options, Vec<Vec<u8>>), String> {
        match parse(line.split_whitespace().map(Into::into).collect())? {
            CommandLine::Run(options, rest) => Ok((*options, rest)),
            CommandLine::Help => Err("help".into()),
            CommandLine::Version => Err("version".into()),
        }
    }

    #[test]
    fn flags_end_at_the_command() {
        let (options, rest) = parsed("-h db -p 7000 -n 3 set -p -x").unwrap();
        assert_eq!((&*options.host, options.port, options.db), ("db", 7000, 3));
        assert_eq!(rest, [&b"set"[..], b"-p", b"-x"]);
    }

    #[test]
    fn the_last_h_asks_for_help() {
        assert_eq!(parsed("-p 1 -h").unwrap_err(), "help");
        assert_eq!(parsed("--help").unwrap_err(), "help");
        assert_eq!(parsed("--version").unwrap_err(), "version");
    }

    #[test]
    fn unknown_flags_and_missing_values_are_refused() {
        for line in ["--nope", "-p", "-p x", "-2 -3", "-x -X tag", "-4 -6", "-t -1", "-u http://x"]
        {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn json_prefers_resp3_unless_told() {
        assert_eq!(parsed("--json").unwrap().0.dialect, Dialect::PreferResp3);
        assert_eq!(parsed("--json -2").unwrap().0.dialect, Dialect::Resp2);
        assert_eq!(parsed("-3 --json").unwrap().0.dialect, Dialect::Resp3);
        assert_eq!(parsed("-2 --json").unwrap().0.dialect, Dialect::Resp2);
    }

    #[test]
    fn times_are_seconds() {
        let (options, _) = parsed("-i 0.25 -t 0 --pipe-timeout 0 -r -1").unwrap();
        assert_eq!(options.interval, Duration::from_millis(250));
        assert_eq!((options.connect_timeout, options.pipe_timeout), (None, None));
        assert_eq!(options.repeat, -1);
    }

    #[test]
    fn every_flag_is_in_the_help_once() {
        let help = help();
        let mut names: Vec<_> = FLAGS.iter().flat_map(|flag| flag.names).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), FLAGS.iter().map(|flag| flag.names.len()).sum::<usize>());
        for flag in FLAGS {
            assert!(help.contains(flag.names[0]), "{}", flag.names[0]);
        }
    }
}
