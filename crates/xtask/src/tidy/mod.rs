//! `tidy`: the house rules that the compiler and clippy do not check, one file per topic.

mod compatibility;
mod headers;
mod imports;
mod links;
mod purity;
mod ratchet;
mod report;
mod sizes;
mod words;

pub use report::run;
