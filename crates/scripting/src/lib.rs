//! Lua behind a host trait: the scripts of `EVAL`, in a sandbox.
//!
//! A [`State`] is one Lua interpreter with what scripts may use. It knows nothing of keys: a script
//! calls commands through a [`Host`], whose replies come as RESP and become Lua values here.
//!
//! | module | what it holds |
//! |---|---|
//! | [`state`] | the interpreter: loading and running scripts |
//! | [`sandbox`] | what scripts see: the library in `prelude.lua` and its native parts |
//! | [`from_lua`] | from what a script returns to a reply |
//! | [`to_lua`] | from a command's reply to what a script gets |
//! | [`number`] | numbers as command arguments |
//! | `arguments` | what scripts pass to native functions, and the complaints about it |
//! | `json`, `msgpack`, `structs`, `bit` | the libraries of that name |
//!
//! # Invariants
//!
//! 1. No script reads or changes anything but through its host: no clock but `os.clock`, no file,
//!    no process, no byte code.
//! 2. What a script can reach and another one will see (globals, libraries, metatables) is
//!    read-only.
//! 3. The collector does not run while a source is compiled (CVE-2025-49844).

mod arguments;
mod bit;
pub mod from_lua;
mod json;
mod msgpack;
pub mod number;
pub mod sandbox;
pub mod state;
mod structs;
pub mod to_lua;

use resp::{Args, Protocol};

pub use state::{Facts, Outcome, State};

/// What runs a script's commands.
pub trait Host {
    /// Runs a command and gives the bytes of its reply in this protocol; refusals are replies, too.
    /// No bytes end the script.
    fn call(&mut self, args: Args<'_>, protocol: Protocol) -> Vec<u8>;

    /// Whether the script's user may run a command; `None` where there is no such command.
    fn may_call(&mut self, args: Args<'_>) -> Option<bool>;

    /// The script has run for a while. False ends it.
    fn tick(&mut self) -> bool;

    /// The script wrote to the log.
    fn log(&mut self, level: u8, text: &[u8]);
}
