//! The list of flags, in the order of the help.

use std::time::Duration;

use super::Flag;
use crate::format::{Form, Quoting};
use crate::options::{Dialect, Family, Mode, Options, StdinArgument};
use crate::uri;

/// Every flag but those that end the run: `--help` and `--version`.
pub(super) const FLAGS: &[Flag] = &[
    Flag {
        names: &["-h"],
        value: "<host>",
        help: "Server's name or address (default: 127.0.0.1).",
        apply: |options, value| {
            value.clone_into(&mut options.host);
            Ok(())
        },
    },
    Flag {
        names: &["-p"],
        value: "<port>",
        help: "Server's port (default: 6379).",
        apply: |options, value| {
            options.port = value.parse().map_err(|_| "Invalid server port.")?;
            Ok(())
        },
    },
    Flag {
        names: &["-t"],
        value: "<seconds>",
        help: "How long connecting may take; 0 leaves it to the system.",
        apply: |options, value| {
            let timeout = seconds(value).ok_or("Invalid connection timeout for -t.")?;
            options.connect_timeout = Some(timeout).filter(|timeout| !timeout.is_zero());
            Ok(())
        },
    },
    Flag {
        names: &["-s"],
        value: "<socket>",
        help: "Path of the server's Unix socket, instead of host and port.",
        apply: |options, value| {
            options.socket = Some(value.to_owned());
            Ok(())
        },
    },
    Flag {
        names: &["-a", "--pass"],
        value: "<password>",
        help: "Password. The REDISCLI_AUTH environment variable is a safer way to give it.",
        apply: |options, value| {
            options.password = Some(value.into());
            options.password_was_visible = true;
            Ok(())
        },
    },
    Flag {
        names: &["--user"],
        value: "<name>",
        help: "User that the password belongs to.",
        apply: |options, value| {
            options.user = Some(value.into());
            Ok(())
        },
    },
    Flag {
        names: &["--no-auth-warning"],
        value: "",
        help: "Do not warn about a password on the command line.",
        apply: |options, _| {
            options.no_auth_warning = true;
            Ok(())
        },
    },
    Flag {
        names: &["-u"],
        value: "<uri>",
        help: "Server as redis://user:password@host:port/db; every part may be left out.",
        apply: |options, value| uri::apply(value, options),
    },
    Flag {
        names: &["-r"],
        value: "<times>",
        help: "Run the command so many times; -1 for ever.",
        apply: |options, value| {
            options.repeat = whole(value)?;
            Ok(())
        },
    },
    Flag {
        names: &["-i"],
        value: "<seconds>",
        help: "Wait so long after each run; fractions are allowed.",
        apply: |options, value| {
            options.interval = seconds(value).ok_or_else(|| not_a_number(value))?;
            Ok(())
        },
    },
    Flag {
        names: &["-n"],
        value: "<db>",
        help: "Database to select.",
        apply: |options, value| {
            options.db = whole(value)?;
            Ok(())
        },
    },
    Flag {
        names: &["-2"],
        value: "",
        help: "Speak RESP2.",
        apply: |options, _| dialect(options, Dialect::Resp2),
    },
    Flag {
        names: &["-3"],
        value: "",
        help: "Speak RESP3.",
        apply: |options, _| dialect(options, Dialect::Resp3),
    },
    Flag {
        names: &["-x"],
        value: "",
        help: "Standard input is the last argument.",
        apply: |options, _| stdin_argument(options, StdinArgument::Last),
    },
    Flag {
        names: &["-X"],
        value: "<tag>",
        help: "Standard input replaces the argument that equals the tag.",
        apply: |options, value| stdin_argument(options, StdinArgument::Tagged(value.into())),
    },
    Flag {
        names: &["-d"],
        value: "<delimiter>",
        help: "Goes between the elements of a raw reply (default: \\n).",
        apply: |options, value| {
            options.delimiters.element = value.into();
            Ok(())
        },
    },
    Flag {
        names: &["-D"],
        value: "<delimiter>",
        help: "Goes after each raw reply (default: \\n).",
        apply: |options, value| {
            options.delimiters.reply = value.into();
            Ok(())
        },
    },
    Flag {
        names: &["-e"],
        value: "",
        help: "Exit with code 1 when a command fails.",
        apply: |options, _| {
            options.exit_on_error = true;
            Ok(())
        },
    },
    Flag {
        names: &["-4"],
        value: "",
        help: "Try IPv4 addresses first.",
        apply: |options, _| family(options, Family::V4First),
    },
    Flag {
        names: &["-6"],
        value: "",
        help: "Try IPv6 addresses first.",
        apply: |options, _| family(options, Family::V6First),
    },
    Flag {
        names: &["--raw"],
        value: "",
        help: "Print replies as bare bytes; the default when output is no terminal.",
        apply: |options, _| {
            options.form = Some(Form::Raw);
            Ok(())
        },
    },
    Flag {
        names: &["--no-raw"],
        value: "",
        help: "Print replies for people even when output is no terminal.",
        apply: |options, _| {
            options.form = Some(Form::People);
            Ok(())
        },
    },
    Flag {
        names: &["--csv"],
        value: "",
        help: "Print replies as comma separated values.",
        apply: |options, _| {
            options.form = Some(Form::Csv);
            Ok(())
        },
    },
    Flag {
        names: &["--json"],
        value: "",
        help: "Print replies as JSON; speaks RESP3 unless -2 is given.",
        apply: |options, _| json(options, Quoting::Unicode),
    },
    Flag {
        names: &["--quoted-json"],
        value: "",
        help: "As --json, but strings are ASCII only.",
        apply: |options, _| json(options, Quoting::Ascii),
    },
    Flag {
        names: &["--quoted-input"],
        value: "",
        help: "Arguments in quotes may hold escapes such as \\x00.",
        apply: |options, _| {
            options.quoted_input = true;
            Ok(())
        },
    },
    Flag {
        names: &["--show-pushes"],
        value: "<yes|no>",
        help: "Print pushes of RESP3; the default on a terminal.",
        apply: |options, value| {
            options.show_pushes = Some(match value.bytes().next() {
                Some(b'y' | b'Y') => true,
                Some(b'n' | b'N') => false,
                _ => return Err(format!("Unknown --show-pushes value '{value}'")),
            });
            Ok(())
        },
    },
    Flag {
        names: &["--pipe"],
        value: "",
        help: "Send standard input to the server as it is, and count the replies.",
        apply: |options, _| {
            options.mode = Mode::Pipe;
            Ok(())
        },
    },
    Flag {
        names: &["--pipe-timeout"],
        value: "<seconds>",
        help: "Give up when no reply came for so long after all was sent.\n\
               Default: 30; 0 waits for ever.",
        apply: |options, value| {
            let timeout = seconds(value).ok_or_else(|| not_a_number(value))?;
            options.pipe_timeout = Some(timeout).filter(|timeout| !timeout.is_zero());
            Ok(())
        },
    },
    Flag {
        names: &["--scan"],
        value: "",
        help: "List all keys with SCAN.",
        apply: |options, _| {
            options.mode = Mode::Scan;
            Ok(())
        },
    },
    Flag {
        names: &["--pattern"],
        value: "<pattern>",
        help: "Which keys --scan lists (default: *).",
        apply: |options, value| {
            options.pattern = Some(value.into());
            Ok(())
        },
    },
    Flag {
        names: &["--count"],
        value: "<count>",
        help: "COUNT of each SCAN.",
        apply: |options, value| {
            options.count = Some(value.parse().map_err(|_| not_a_number(value))?);
            Ok(())
        },
    },
    Flag {
        names: &["--eval"],
        value: "<file>",
        help: "Run the script in the file; a comma separates keys from arguments.",
        apply: |options, value| {
            options.mode = Mode::Eval(value.to_owned());
            Ok(())
        },
    },
    Flag {
        names: &["--verbose"],
        value: "",
        help: "Say more.",
        apply: |options, _| {
            options.verbose = true;
            Ok(())
        },
    },
];

fn dialect(options: &mut Options, dialect: Dialect) -> Result<(), String> {
    match (options.dialect, dialect) {
        (Dialect::Resp2, Dialect::Resp3) | (Dialect::Resp3, Dialect::Resp2) => {
            Err("Options -2 and -3 are mutually exclusive.".into())
        }
        _ => {
            options.dialect = dialect;
            Ok(())
        }
    }
}

fn family(options: &mut Options, family: Family) -> Result<(), String> {
    if options.family != Family::Any && options.family != family {
        return Err("Options -4 and -6 are mutually exclusive.".into());
    }
    options.family = family;
    Ok(())
}

fn stdin_argument(options: &mut Options, which: StdinArgument) -> Result<(), String> {
    let same_kind =
        std::mem::discriminant(&options.stdin_argument) == std::mem::discriminant(&which);
    if options.stdin_argument != StdinArgument::None && !same_kind {
        return Err("Options -x and -X are mutually exclusive.".into());
    }
    options.stdin_argument = which;
    Ok(())
}

fn json(options: &mut Options, quoting: Quoting) -> Result<(), String> {
    options.form = Some(Form::Json(quoting));
    if options.dialect == Dialect::Unsaid {
        options.dialect = Dialect::PreferResp3;
    }
    Ok(())
}

fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse().ok()?).ok()
}

fn whole(value: &str) -> Result<i64, String> {
    value.parse().map_err(|_| not_a_number(value))
}

fn not_a_number(value: &str) -> String {
    format!("Not a number: '{value}'")
}
