//! The first line of a script, where it says what engine it is for and what it needs:
//! `#!lua flags=no-writes,allow-oom`.

use crate::error::CommandError;

/// What a script says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(u8);

impl Flags {
    /// `no-writes`: it changes nothing.
    pub const NO_WRITES: Flags = Flags(1);
    /// `allow-oom`: it may run when memory is full.
    pub const ALLOW_OOM: Flags = Flags(1 << 1);

    const NAMES: [(&'static str, Flags); 5] = [
        ("no-writes", Flags::NO_WRITES),
        ("allow-oom", Flags::ALLOW_OOM),
        ("allow-stale", Flags(1 << 2)),
        ("no-cluster", Flags(1 << 3)),
        ("allow-cross-slot-keys", Flags(1 << 4)),
    ];

    /// Whether a flag is among these.
    pub fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }
}

/// A script's first line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shebang {
    /// Its bytes, without the line end; 0 where there is none.
    pub len: usize,
    /// Its flags; `None` where there is no such line, and the script may do what it likes.
    pub flags: Option<Flags>,
}

impl Shebang {
    /// Reads the first line of a script.
    pub fn parse(body: &[u8]) -> Result<Shebang, CommandError> {
        if !body.starts_with(b"#!") {
            return Ok(Shebang { len: 0, flags: None });
        }
        let Some(len) = body.iter().position(|byte| *byte == b'\n') else {
            return Err(CommandError::err("Invalid script shebang"));
        };
        let line = String::from_utf8_lossy(&body[2..len]).into_owned();
        let mut words = line.split_ascii_whitespace();
        let engine = words.next().unwrap_or_default();
        let mut flags = Flags(0);
        for word in words {
            let Some(names) = word.strip_prefix("flags=") else {
                return Err(CommandError::err(format!("Unknown lua shebang option: {word}")));
            };
            for name in names.split(',').filter(|_| !names.is_empty()) {
                let known = Flags::NAMES.iter().find(|(other, _)| *other == name);
                let Some((_, flag)) = known else {
                    return Err(CommandError::err(format!(
                        "Unexpected flag in script shebang: {name}"
                    )));
                };
                flags.0 |= flag.0;
            }
        }
        if engine != "lua" {
            return Err(CommandError::err(format!("Could not find scripting engine '{engine}'")));
        }
        Ok(Shebang { len, flags: Some(flags) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(body: &str) -> String {
        Shebang::parse(body.as_bytes()).expect_err("no first line").to_string()
    }

    #[test]
    fn the_first_line_names_engine_and_flags() {
        let shebang = Shebang::parse(b"#!lua flags=no-writes,allow-oom\nreturn 1").expect("fine");
        assert_eq!(shebang.len, 31);
        let flags = shebang.flags.expect("said");
        assert!(flags.has(Flags::NO_WRITES) && flags.has(Flags::ALLOW_OOM));
        assert_eq!(Shebang::parse(b"return 1"), Ok(Shebang { len: 0, flags: None }));
        let bare = Shebang::parse(b"#!lua\n").expect("fine");
        assert_eq!(bare.flags, Some(Flags(0)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(error("#!lua"), "ERR Invalid script shebang");
        assert_eq!(error("#!lua flags=x\n"), "ERR Unexpected flag in script shebang: x");
        assert_eq!(error("#!lua name=x\n"), "ERR Unknown lua shebang option: name=x");
        assert_eq!(error("#!js\n"), "ERR Could not find scripting engine 'js'");
    }
}
