//! The filters of `CLIENT LIST` and `CLIENT KILL`: each in a positive and a `NOT-` form.

use std::sync::atomic::Ordering::Relaxed;

use resp::Args;
use resp::number::parse_i64;

use super::describe::{FLAG_LETTERS, flags, user};
use crate::clients::ClientInfo;
use crate::commands::arguments::{integer_or, is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// A kind of client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ClientType {
    Normal,
    Replica,
    Primary,
    PubSub,
}

/// What is asked of a client.
#[derive(Debug)]
enum Test {
    Ids(Vec<i64>),
    MaxAge(u64),
    Type(ClientType),
    Address(String),
    LocalAddress(String),
    User(String),
    Idle(u64),
    Flags(String),
    Name(String),
    Library(String),
    LibraryVersion(String),
    Db(u64),
    Capabilities(String),
    Ip(String),
}

/// Which clients are meant.
#[derive(Debug)]
pub(super) struct Filter {
    /// Tests, and whether they must fail.
    tests: Vec<(Test, bool)>,
    /// The client that asks is left out.
    skip_me: bool,
}

impl Filter {
    /// Clients of this address alone, whoever asks.
    pub(super) fn address(address: &[u8]) -> Filter {
        Filter { tests: vec![(Test::Address(text(address)), false)], skip_me: false }
    }

    /// Reads the options from argument 2 on.
    pub(super) fn parse(
        ctx: &Ctx<'_>,
        args: Args<'_>,
        skip_me: bool,
    ) -> Result<Filter, CommandError> {
        let mut filter = Filter { tests: Vec::new(), skip_me };
        let mut at = 2;
        while let Some(option) = args.get(at) {
            let (name, negated) = positive(option);
            at += 1;
            if is_word(name, "id") {
                filter.add(Test::Ids(ids(args, &mut at)?), negated);
                continue;
            }
            let value = args.get(at).ok_or(CommandError::Syntax)?;
            at += 1;
            if is_word(name, "skipme") && !negated {
                filter.skip_me = yes_or_no(value)?;
                continue;
            }
            let databases = ctx.config.general.databases;
            filter.add(parse_test((name, negated), value, databases)?, negated);
        }
        Ok(filter)
    }

    /// compat: ids add up; of other options the last one counts.
    fn add(&mut self, test: Test, negated: bool) {
        let same = |old: &&mut (Test, bool)| {
            std::mem::discriminant(&old.0) == std::mem::discriminant(&test) && old.1 == negated
        };
        match (self.tests.iter_mut().find(same), test) {
            (Some((Test::Ids(old), _)), Test::Ids(new)) => old.extend(new),
            (Some(old), test) => old.0 = test,
            (None, test) => self.tests.push((test, negated)),
        }
    }

    /// Whether this client is meant.
    pub(super) fn matches(&self, client: &ClientInfo, me: u64, now_ms: u64) -> bool {
        let skipped = self.skip_me && client.id == me;
        let passes =
            |(test, negated): &(Test, bool)| test.passes(client, now_ms, *negated) != *negated;
        !skipped && self.tests.iter().all(passes)
    }
}

/// The option's name without `NOT-`, and whether that was there.
fn positive(option: &[u8]) -> (&[u8], bool) {
    match option.split_at_checked(4) {
        Some((head, rest)) if is_word(head, "not-") => (rest, true),
        _ => (option, false),
    }
}

/// All numbers that follow.
fn ids(args: Args<'_>, at: &mut usize) -> Result<Vec<i64>, CommandError> {
    let mut ids = Vec::new();
    while let Some(id) = args.get(*at).and_then(parse_i64) {
        if id < 1 {
            return Err(CommandError::err("client-id should be greater than 0"));
        }
        ids.push(id);
        *at += 1;
    }
    Ok(ids)
}

fn yes_or_no(value: &[u8]) -> Result<bool, CommandError> {
    match value {
        word if is_word(word, "yes") => Ok(true),
        word if is_word(word, "no") => Ok(false),
        _ => Err(CommandError::Syntax),
    }
}

fn parse_test(
    (name, negated): (&[u8], bool),
    value: &[u8],
    databases: u32,
) -> Result<Test, CommandError> {
    let shown = text(value);
    let test = match name.to_ascii_lowercase().as_slice() {
        b"maxage" if !negated => Test::MaxAge(seconds(value, "maxage")?),
        b"idle" if !negated => Test::Idle(seconds(value, "idle")?),
        b"type" => Test::Type(client_type(value)?),
        b"addr" => Test::Address(shown),
        b"laddr" => Test::LocalAddress(shown),
        b"user" => Test::User(known_user(shown)?),
        b"flags" => Test::Flags(letters(shown, FLAG_LETTERS, ("flags", negated))?),
        b"name" => Test::Name(shown),
        b"lib-name" => Test::Library(shown),
        b"lib-ver" => Test::LibraryVersion(shown),
        b"db" => Test::Db(database(value, negated, databases)?),
        b"capa" => Test::Capabilities(letters(shown, b"r", ("capa", negated))?),
        b"ip" => Test::Ip(shown),
        _ => return Err(CommandError::Syntax),
    };
    Ok(test)
}

fn seconds(value: &[u8], name: &str) -> Result<u64, CommandError> {
    let error = || CommandError::err(format!("{name} is not an integer or out of range"));
    match parse_i64(value).ok_or_else(error)? {
        seconds @ 1.. => Ok(seconds as u64),
        _ => Err(CommandError::err(format!("{name} should be greater than 0"))),
    }
}

fn client_type(value: &[u8]) -> Result<ClientType, CommandError> {
    match value.to_ascii_lowercase().as_slice() {
        b"normal" => Ok(ClientType::Normal),
        b"replica" | b"slave" => Ok(ClientType::Replica),
        b"primary" | b"master" => Ok(ClientType::Primary),
        b"pubsub" => Ok(ClientType::PubSub),
        _ => Err(CommandError::err(format!("Unknown client type '{}'", text(value)))),
    }
}

/// Until there are ACLs, there is one user.
fn known_user(name: String) -> Result<String, CommandError> {
    match name.as_str() {
        "default" => Ok(name),
        _ => Err(CommandError::err(format!("No such user '{name}'"))),
    }
}

fn letters(
    value: String,
    known: &[u8],
    (what, negated): (&str, bool),
) -> Result<String, CommandError> {
    if value.bytes().all(|letter| known.contains(&letter)) {
        return Ok(value);
    }
    let filter = match negated {
        true => format!("the NOT-{} filter", what.to_uppercase()),
        false => "the provided filter".to_owned(),
    };
    Err(CommandError::err(format!("Unknown {what} found in {filter}: {value}")))
}

fn database(value: &[u8], negated: bool, databases: u32) -> Result<u64, CommandError> {
    let (error, name) = match negated {
        true => ("NOT-DB is not an integer or out of range", "NOT-DB"),
        false => ("DB is not an integer or out of range", "DB"),
    };
    let db = integer_or(value, error)?;
    match u64::try_from(db) {
        Ok(db) if db < u64::from(databases) => Ok(db),
        _ => {
            let last = databases - 1;
            Err(CommandError::err(format!("{name} number should be between 0 and {last}")))
        }
    }
}

impl Test {
    /// Whether the client has what is asked for. compat: a client without a name is never found by
    /// an empty one, in neither form.
    fn passes(&self, client: &ClientInfo, now_ms: u64, negated: bool) -> bool {
        let age_s = |since: u64| now_ms.saturating_sub(since) / 1000;
        let label = |own: &str, wanted: &str| own == wanted && (!own.is_empty() || negated);
        match self {
            Test::Ids(ids) => ids.contains(&(client.id as i64)),
            Test::MaxAge(least) => age_s(client.created_ms) >= *least,
            Test::Idle(least) => age_s(client.active_ms.value()) >= *least,
            Test::Type(wanted) => type_of(client) == *wanted,
            Test::Address(wanted) => client.address == *wanted,
            Test::LocalAddress(wanted) => client.local_address == *wanted,
            Test::User(wanted) => user(client) == *wanted,
            Test::Flags(wanted) => {
                let own = flags(client);
                wanted.chars().all(|letter| own.contains(letter))
            }
            Test::Name(wanted) => label(&client.labels.lock().name, wanted),
            Test::Library(wanted) => label(&client.labels.lock().library, wanted),
            Test::LibraryVersion(wanted) => label(&client.labels.lock().library_version, wanted),
            Test::Db(wanted) => client.db.value() == *wanted,
            Test::Capabilities(wanted) => wanted.is_empty() || client.redirect.load(Relaxed),
            Test::Ip(wanted) => is_from(client, wanted),
        }
    }
}

fn type_of(client: &ClientInfo) -> ClientType {
    if client.replica.load(Relaxed) {
        ClientType::Replica
    } else if client.subscriptions.iter().any(|count| count.value() > 0) {
        ClientType::PubSub
    } else {
        ClientType::Normal
    }
}

fn is_from(client: &ClientInfo, ip: &str) -> bool {
    let Some((own, _)) = client.address.rsplit_once(':') else { return false };
    !client.unix && own.trim_start_matches('[').trim_end_matches(']') == ip
}
