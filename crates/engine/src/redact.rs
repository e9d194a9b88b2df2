//! Which arguments are secrets: they are shown neither in logs nor to `MONITOR`.

use resp::Args;

use crate::command::Command;
use crate::config;
use crate::lookup;

/// What stands for a secret.
pub const PLACEHOLDER: &[u8] = b"(redacted)";

/// Whether argument `at` of a command is a secret.
pub fn is_secret(command: &Command, args: Args<'_>, at: usize) -> bool {
    match lookup::full_name(command) {
        "auth" => at >= 1,
        "hello" => behind(args, at, b"auth", 2),
        "migrate" => behind(args, at, b"auth", 1) || behind(args, at, b"auth2", 2),
        "config|set" => is_sensitive_value(args, at),
        "acl|setuser" | "acl|deluser" | "acl|getuser" => at >= 2,
        "replicaof" | "slaveof" => false,
        _ => false,
    }
}

/// Whether one of the `reach` arguments in front of `at` is this word.
fn behind(args: Args<'_>, at: usize, word: &[u8], reach: usize) -> bool {
    (at.saturating_sub(reach).max(1)..at).any(|i| args.at(i).eq_ignore_ascii_case(word))
}

fn is_sensitive_value(args: Args<'_>, at: usize) -> bool {
    at >= 3
        && at % 2 == 1
        && config::find(args.at(at - 1)).is_some_and(|(_, directive)| directive.sensitive)
}

#[cfg(test)]
mod tests {
    use resp::OwnedArgs;

    use super::*;

    fn shown(line: &str) -> String {
        let args = OwnedArgs::from_iter(line.split(' '));
        let args = args.as_args();
        let command = lookup::find(args.at(0)).map(|found| crate::dispatch::resolve(found, args));
        let command = command.unwrap();
        lookup::numbered();
        let words = line.split(' ').enumerate();
        let words = words.map(|(at, word)| if is_secret(command, args, at) { "*" } else { word });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn passwords_are_secret_and_nothing_else_is() {
        assert_eq!(shown("AUTH name pass"), "AUTH * *");
        assert_eq!(shown("HELLO 3 AUTH name pass SETNAME x"), "HELLO 3 AUTH * * SETNAME x");
        assert_eq!(
            shown("CONFIG SET port 1 requirepass secret"),
            "CONFIG SET port 1 requirepass *"
        );
        assert_eq!(shown("GET auth"), "GET auth");
    }
}
