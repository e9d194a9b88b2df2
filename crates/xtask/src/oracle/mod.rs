//! `oracle`: random commands to Basalt and to a live Valkey; their replies must be the same, and
//! so must what they hold in the end.
//!
//! Transcripts say what somebody thought of; this asks about the rest. Everything is drawn from a
//! seed: a round of commands begins with empty servers and is known by its number, so a difference
//! can be had again, and the commands that it does not need can be left out one by one.
//!
//! | module | what it holds |
//! |---|---|
//! | [`grammar`] | the forms of commands, read from `grammar.txt` |
//! | [`words`] | the words of each kind: keys, members, numbers, ranges |
//! | [`round`] | the commands of one round |
//! | [`state`] | the questions about all that a server holds |
//! | [`pair`] | the two servers, and the same commands to both |
//! | [`compare`] | when two replies are the same |
//! | [`known`] | differences that are meant |
//! | [`shrink`] | the commands that a difference needs |
//! | [`payloads`] | payloads that were changed, for `RESTORE` |
//! | [`progress`] | how far a run got, and what it covered |
//! | [`show`] | commands and replies for people |
//! | [`run`] | the subcommand |

mod compare;
mod grammar;
mod known;
mod pair;
mod payloads;
mod progress;
mod random;
mod round;
mod run;
mod show;
mod shrink;
mod state;
mod words;

pub use run::{Options, run, run_on_release};
