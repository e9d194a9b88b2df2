//! Which shards a command needs, and getting them.
//!
//! Whoever cannot have all shards at once lets go of what it got and is parked (`None` here); it
//! has changed nothing. A command that needs every shard announces that, and from then on nobody
//! else begins: those who run finish, and the announcer gets its turn.

use std::sync::atomic::Ordering;

use resp::Args;
use resp::number::parse_i64;
use smallvec::SmallVec;

use crate::blocking::Wish;
use crate::command::{Command, Locks};
use crate::dispatch::Request;
use crate::engine::Engine;
use crate::key_specs::for_each_key;
use crate::keyspace::locked::Locked;
use crate::session::Session;

/// More destinations of waiting moves than this, and the command takes every shard.
const DESTINATIONS_MAX: usize = 8;

/// Indices of shards, ascending and without repetition once `sorted`.
type Indices = SmallVec<[usize; 8]>;

/// What a command needs.
enum Need {
    Shards(Indices),
    All,
}

/// Gets the shards of a command; `None` parks it.
pub(crate) fn lock<'a>(
    engine: &'a Engine,
    wants_exclusive: &mut bool,
    session: &Session,
    (command, request): (&'static Command, Request<'_>),
) -> Option<Locked<'a>> {
    let args = request.args;
    let barred = engine.exclusive_wanted.load(Ordering::Relaxed) > u32::from(*wants_exclusive);
    let mut need = need(engine, session, command, request);
    if barred && !matches!(need, Need::All) {
        return None;
    }
    loop {
        let Need::Shards(indices) = &need else {
            return lock_all(engine, wants_exclusive);
        };
        let mut locked = Locked::several(&engine.shards, indices)?;
        match missing_destinations(&mut locked, session, command, args) {
            None => return Some(locked),
            Some(wider) => need = wider,
        }
    }
}

/// Takes every shard, or announces that it wants to.
pub(crate) fn lock_all<'a>(engine: &'a Engine, wants: &mut bool) -> Option<Locked<'a>> {
    let locked = Locked::all(&engine.shards);
    match (&locked, *wants) {
        (Some(_), true) => {
            engine.exclusive_wanted.fetch_sub(1, Ordering::Relaxed);
            *wants = false;
        }
        (None, false) => {
            engine.exclusive_wanted.fetch_add(1, Ordering::Relaxed);
            *wants = true;
        }
        (Some(_), false) | (None, true) => {}
    }
    locked
}

/// Takes back the announcement of a command that will not run now.
pub(crate) fn withdraw(engine: &Engine, wants: &mut bool) {
    if std::mem::take(wants) {
        engine.exclusive_wanted.fetch_sub(1, Ordering::Relaxed);
    }
}

fn need(
    engine: &Engine,
    session: &Session,
    command: &'static Command,
    request: Request<'_>,
) -> Need {
    let (mut indices, args) = (Indices::new(), request.args);
    match command.spec.locks {
        Locks::Stepwise => {}
        _ if needs_all(command, args) => return Need::All,
        Locks::Script if engine.scripts.starts_exclusive(command, args) => return Need::All,
        Locks::Keys if !request.hints.is_empty() => {
            let shards = &engine.shards;
            indices.extend(request.hints.iter().map(|(_, position)| shards.index(*position)));
        }
        Locks::Keys | Locks::Script | Locks::Patterns | Locks::All => {
            add_keys(engine, command, args, &mut indices);
        }
        Locks::Watched => add_watched(engine, session, &mut indices),
        Locks::Transaction => {
            add_watched(engine, session, &mut indices);
            for (command, args) in session.transaction.iter().flat_map(|t| &t.commands) {
                let args = args.as_args();
                match command.spec.locks {
                    // Steps cannot be parked in the middle of a transaction.
                    _ if needs_all(command, args) => return Need::All,
                    Locks::Script if engine.scripts.starts_exclusive(command, args) => {
                        return Need::All;
                    }
                    _ => add_keys(engine, command, args, &mut indices),
                }
            }
        }
    }
    Need::Shards(sorted(indices))
}

/// Whether a command touches shards that its arguments do not tell, so that it must hold all, or
/// would take one after the other.
pub(crate) fn needs_all(command: &Command, args: Args<'_>) -> bool {
    match command.spec.locks {
        Locks::All | Locks::Stepwise => true,
        Locks::Patterns => {
            let options = args.tail(2);
            let targets = options.iter().filter(|word| word.eq_ignore_ascii_case(b"store")).count();
            // What is taken for a target may be what another option takes.
            targets > 1 || options.iter().any(|word| word.contains(&b'*'))
        }
        Locks::Keys | Locks::Script | Locks::Transaction | Locks::Watched => false,
    }
}

fn add_keys(engine: &Engine, command: &Command, args: Args<'_>, indices: &mut Indices) {
    for_each_key(command, args, &mut |at, _| {
        indices.push(engine.shards.index(engine.shards.position(args.at(at))));
    });
}

fn add_watched(engine: &Engine, session: &Session, indices: &mut Indices) {
    for (_, key) in session.watch.iter().flat_map(|watch| &watch.keys) {
        indices.push(engine.shards.index(engine.shards.position(key)));
    }
}

fn sorted(mut indices: Indices) -> Indices {
    indices.sort_unstable();
    indices.dedup();
    indices
}

/// Where a write may serve waiters that move elements on, the shards of all destinations must be
/// held before the first change. Gives the wider need, or `None` where nothing is missing.
fn missing_destinations(
    locked: &mut Locked<'_>,
    session: &Session,
    command: &'static Command,
    args: Args<'_>,
) -> Option<Need> {
    let may_serve = command.is_write()
        || command.spec.locks == Locks::Transaction
        || command.spec.locks == Locks::Script;
    if !may_serve || locked.iter_mut().all(|shard| shard.waiting.is_empty()) {
        return None;
    }
    let mut keys: Vec<(u32, Vec<u8>)> = Vec::new();
    let mut note = |db: u32, command: &Command, args: Args<'_>| {
        let other = named_database(command, args, "move").or(named_database(command, args, "copy"));
        for db in [db, other.unwrap_or(db)] {
            for_each_key(command, args, &mut |at, _| keys.push((db, args.at(at).to_vec())));
        }
    };
    note(session.db, command, args);
    let mut db = session.db;
    for (inner, args) in session.transaction.iter().flat_map(|t| &t.commands) {
        let args = args.as_args();
        db = named_database(inner, args, "select").unwrap_or(db);
        note(db, inner, args);
    }
    let mut missing = Indices::new();
    let mut next = 0;
    while let Some((db, key)) = keys.get(next).cloned() {
        next += 1;
        if next > DESTINATIONS_MAX * 4 {
            return Some(Need::All);
        }
        let position = locked.shards().position(&key);
        let index = locked.shards().index(position);
        if !locked.holds(index) {
            missing.push(index);
            continue;
        }
        for waiter in locked.shard_at(index).waiting.of_key(db, &key) {
            if let Wish::Move { destination, .. } = &waiter.wish {
                let target = (db, destination.to_vec());
                if !keys.contains(&target) {
                    keys.push(target);
                }
            }
        }
    }
    if missing.is_empty() {
        return None;
    }
    if missing.len() > DESTINATIONS_MAX {
        return Some(Need::All);
    }
    missing.extend(locked.indices());
    Some(Need::Shards(sorted(missing)))
}

/// The database that the last argument but `REPLACE` names, if this is the command.
fn named_database(command: &Command, args: Args<'_>, name: &str) -> Option<u32> {
    if command.name() != name {
        return None;
    }
    let numbers = args.iter().rev().filter_map(parse_i64);
    numbers.filter_map(|number| u32::try_from(number).ok()).next()
}
