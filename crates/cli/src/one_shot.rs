//! Runs that do one thing and end: a command, a script, a listing of keys.

use std::io::{self, Read, Write};
use std::thread::sleep;

use resp::{OwnedArgs, Value, quote};

use crate::connection::plain;
use crate::format::Form;
use crate::options::{Options, StdinArgument};
use crate::session::{Failure, Session};

/// Runs the command of the command line.
pub fn command<W: Write>(
    session: &mut Session<'_, W>,
    options: &Options,
    arguments: Vec<Vec<u8>>,
) -> Result<bool, Failure> {
    let Some(mut arguments) = unquoted(arguments, options.quoted_input) else {
        println!("Invalid quoted string");
        return Ok(false);
    };
    match &options.stdin_argument {
        StdinArgument::None => {}
        StdinArgument::Last => arguments.push(stdin()?),
        StdinArgument::Tagged(tag) => match arguments.iter_mut().find(|arg| *arg == tag) {
            Some(argument) => *argument = stdin()?,
            None => {
                eprintln!("Using -X option but stdin tag not match.");
                return Ok(false);
            }
        },
    }
    let args = OwnedArgs::from_iter(arguments);
    session.run(args.as_args(), options.repeat)?;
    session.messages(|| false)?;
    Ok(true)
}

/// Runs the script in the file at `path`: keys, a comma, then arguments.
pub fn eval<W: Write>(
    session: &mut Session<'_, W>,
    options: &Options,
    path: &str,
    arguments: Vec<Vec<u8>>,
) -> Result<bool, Failure> {
    let script = match std::fs::read(path) {
        Ok(script) => script,
        Err(error) => {
            eprintln!("Can't open file '{path}': {}", plain(&error));
            return Ok(false);
        }
    };
    let comma = arguments.iter().position(|argument| argument == b",");
    let (keys, rest) = arguments.split_at(comma.unwrap_or(arguments.len()));
    let mut args = OwnedArgs::from_iter([&b"EVAL"[..], &script]);
    args.push(keys.len().to_string().as_bytes());
    args.extend(keys.iter().chain(rest.iter().skip(1)));
    session.run(args.as_args(), options.repeat)?;
    Ok(true)
}

/// Lists all keys, one a line.
pub fn scan<W: Write>(session: &mut Session<'_, W>, options: &Options) -> Result<(), Failure> {
    let mut cursor = b"0".to_vec();
    loop {
        let reply = session.ask(scan_args(&cursor, options).as_args())?;
        let Some([Value::Bulk(next), Value::Array(keys)]) = reply.as_slice() else {
            return Err(Failure::Refused(match reply {
                Value::Error(text) => format!("ERROR: {}", String::from_utf8_lossy(&text)),
                _ => "Unexpected reply to SCAN".into(),
            }));
        };
        print_keys(session, keys)?;
        if next == b"0" {
            return Ok(());
        }
        cursor.clone_from(next);
        sleep(options.interval);
    }
}

fn scan_args(cursor: &[u8], options: &Options) -> OwnedArgs {
    let mut args = OwnedArgs::from_iter([b"SCAN", cursor]);
    if let Some(pattern) = &options.pattern {
        args.extend([b"MATCH", &**pattern]);
    }
    if let Some(count) = options.count {
        args.extend(["COUNT", &count.to_string()]);
    }
    args
}

fn print_keys<W: Write>(session: &mut Session<'_, W>, keys: &[Value]) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for key in keys {
        let key = key.as_bytes().unwrap_or_default();
        match session.form() {
            Form::People => quote::repr(&mut lines, key),
            Form::Raw | Form::Csv | Form::Json(_) => lines.extend_from_slice(key),
        }
        lines.push(b'\n');
    }
    session.out().write_all(&lines).map_err(Failure::Output)
}

/// With `--quoted-input`, an argument that begins with a quote is read as the prompt would.
fn unquoted(arguments: Vec<Vec<u8>>, wanted: bool) -> Option<Vec<Vec<u8>>> {
    if !wanted {
        return Some(arguments);
    }
    let unquote = |argument: Vec<u8>| match argument.first() {
        Some(b'"' | b'\'') => {
            let words = quote::split(&argument).ok()?;
            (words.len() == 1).then(|| words.as_args().at(0).to_vec())
        }
        Some(_) | None => Some(argument),
    };
    arguments.into_iter().map(unquote).collect()
}

fn stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(Failure::Broken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_arguments_are_unquoted_one_by_one() {
        let args = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let quoted: Vec<Vec<u8>> = args(&["set", "\"a\\x00b\"", "it's"]);
        let expect = vec![b"set".to_vec(), b"a\0b".to_vec(), b"it's".to_vec()];
        assert_eq!(unquoted(quoted.clone(), true), Some(expect));
        assert_eq!(unquoted(quoted.clone(), false), Some(quoted));
        assert_eq!(unquoted(args(&["\"a\" \"b\""]), true), None);
    }
}
