//! `MIGRATE host port key|"" destination-db timeout [COPY] [REPLACE] [AUTH password]
//! [AUTH2 username password] [KEYS key [key ...]]`
//!
//! How keys travel is told in `migration`.
//!
//! deviates: refused in transactions and scripts, which cannot wait; a key that is named twice is
//! sent once; no connection to a target is kept for the next command.

use std::collections::BTreeSet;

use persistence::payload;
use resp::Args;

use crate::command::{
    Access, Arity, Begin, Command, Find, Flag, Group, KeySpec, SPEC, Spec, key, keys,
};
use crate::commands::arguments::{Words, integer, is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;
use crate::migration::{Answer, Errand, Failure, Item, Migration, Target};
use crate::snapshot::saved;

/// What is waited for where the command says 0.
const DEFAULT_TIMEOUT_MS: u64 = 1000;

pub static MIGRATE: Command = Command::new(Spec {
    name: "migrate",
    group: Group::Generic,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write],
    acl: &["dangerous"],
    keys: &[
        key(3, Access::Take),
        KeySpec {
            begin: Begin::Keyword("KEYS", -2),
            find: Find::Range { last: -1, step: 1, limit: 0 },
            access: Access::Take,
        },
    ],
    since: "2.6.0",
    complexity: "That of DUMP and DEL here and of RESTORE there, for each key",
    summary: "Moves keys to another server.",
    syntax: "MIGRATE host port key destination-db timeout [COPY] [REPLACE] [AUTH password] \
             [AUTH2 username password] [KEYS key [key ...]]",
    tips: &["nondeterministic_output"],
    run: migrate,
    ..SPEC
});

/// The server's own command for the end of a `MIGRATE`; no client can send it.
pub(crate) static SETTLE: Command = Command::new(Spec {
    name: "migrate",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write],
    keys: &[keys(1, -1, 1, Access::Delete)],
    run: settle,
    ..SPEC
});

#[derive(Default)]
struct Options<'a> {
    copy: bool,
    replace: bool,
    auth: Vec<Box<[u8]>>,
    keys: Option<Args<'a>>,
}

fn migrate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = parse(args)?;
    let timeout_ms = u64::try_from(integer(args.at(5))?).ok().filter(|ms| *ms > 0);
    let timeout_ms = timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS);
    let db = integer(args.at(4))?;
    if ctx.atomic {
        let error = "MIGRATE is not possible inside a transaction or a script";
        return Err(CommandError::err(error));
    }
    let names = options.keys.unwrap_or_else(|| args.tail(3).head(1));
    let items = pack(ctx, names, &options)?;
    if items.is_empty() {
        ctx.reply.status("NOKEY");
        return Ok(());
    }
    let (host, port) = (text(args.at(1)), text(args.at(2)));
    let migration = Migration {
        client: ctx.session.info.id,
        db: ctx.keys.db,
        target: Target { host, port, db, timeout_ms, auth: options.auth },
        copy: options.copy,
        until_ms: ctx.now_ms().saturating_add(timeout_ms),
        items,
        failure: None,
        refusal: None,
    };
    ctx.keys.effects.propagate_nothing();
    ctx.ask_server(Action::Migrate(Box::new(migration)));
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Options<'_>, CommandError> {
    let mut options = Options::default();
    let mut words = Words::new(args, 6);
    let mut at = 6;
    while let Some(word) = words.next() {
        let secrets = match word {
            word if is_word(word, "AUTH") => 1,
            word if is_word(word, "AUTH2") => 2,
            _ => 0,
        };
        if secrets > 0 {
            options.auth = vec![b"AUTH"[..].into()];
            for _ in 0..secrets {
                options.auth.push(words.argument()?.into());
            }
        } else if is_word(word, "COPY") {
            options.copy = true;
        } else if is_word(word, "REPLACE") {
            options.replace = true;
        } else if is_word(word, "KEYS") {
            if !args.at(3).is_empty() {
                return Err(CommandError::err(
                    "When using MIGRATE KEYS option, the key argument must be set to the empty \
                     string",
                ));
            }
            options.keys = Some(args.tail(at + 1));
            return Ok(options);
        } else {
            return Err(CommandError::Syntax);
        }
        at += 1 + secrets;
    }
    Ok(options)
}

/// Serialises the keys that are there, and watches them.
fn pack(
    ctx: &mut Ctx<'_>,
    names: Args<'_>,
    options: &Options<'_>,
) -> Result<Vec<Item>, CommandError> {
    let db = ctx.keys.db;
    let names: BTreeSet<&[u8]> = names.iter().collect();
    for name in names.iter().filter(|_| !options.copy) {
        let position = ctx.keys.position(name);
        if ctx.keys.locked.shard(position).watched.is_migrating(db, name) {
            return Err(CommandError::Park);
        }
    }
    let mut items = Vec::new();
    for name in names {
        let Some(errand) = restoring(ctx, name, options.replace) else { continue };
        let item = Item::new(name, errand);
        if !options.copy {
            let position = ctx.keys.position(name);
            ctx.keys.locked.shard(position).watched.add_migration(db, name, &item.changed);
        }
        items.push(item);
    }
    Ok(items)
}

/// What the target is to do to have the key as it is now; `None` where it is not there.
fn restoring(ctx: &mut Ctx<'_>, name: &[u8], replace: bool) -> Option<Errand> {
    let format = ctx.config.persistence.rdb_format.into();
    let entry = ctx.keys.get(name)?;
    let payload = payload::seal(saved(entry), format);
    Some(Errand::Restore { payload, expire_at_ms: entry.expire_at_ms(), replace })
}

/// Settles the keys that the target has answered for, and sends the changed ones again.
fn settle(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let mut migration = ctx.session.migration.take().expect("the server settles a migration");
    let mut items = std::mem::take(&mut migration.items);
    let late = ctx.now_ms() > migration.until_ms;
    let mut settled: Vec<Item> = Vec::new();
    let mut gone: Vec<Item> = Vec::new();
    for mut item in items.drain(..) {
        match std::mem::take(&mut item.answer) {
            Answer::Done if migration.copy => settled.push(item),
            Answer::Done if item.take_changed() => {
                if late || migration.failure.is_some() {
                    migration.failure.get_or_insert(Failure::Reading);
                    settled.push(item);
                } else {
                    item.errand = restoring(ctx, &item.key, true).unwrap_or(Errand::Remove);
                    migration.items.push(item);
                }
            }
            Answer::Done => gone.push(item),
            Answer::Refused(error) => {
                migration.refusal.get_or_insert(error);
                settled.push(item);
            }
            Answer::None => {
                migration.failure.get_or_insert(Failure::Reading);
                settled.push(item);
            }
        }
    }
    forget(ctx, settled.iter().chain(&gone));
    remove(ctx, &gone);
    if !migration.items.is_empty() {
        ctx.session.migration = Some(migration);
        return Ok(());
    }
    conclude(ctx, &migration)
}

/// Watches these keys no more.
fn forget<'a>(ctx: &mut Ctx<'_>, items: impl Iterator<Item = &'a Item>) {
    let db = ctx.keys.db;
    for item in items {
        let position = ctx.keys.position(&item.key);
        ctx.keys.locked.shard(position).watched.remove(db, &item.key, &item.changed);
    }
}

/// Deletes the keys that the target has now.
fn remove(ctx: &mut Ctx<'_>, items: &[Item]) {
    let mut words: Vec<&[u8]> = vec![b"DEL"];
    for item in items {
        if ctx.keys.delete(&item.key) {
            words.push(&item.key);
        }
    }
    if words.len() > 1 {
        ctx.propagate(&words);
    }
}

fn conclude(ctx: &mut Ctx<'_>, migration: &Migration) -> Result<(), CommandError> {
    if let Some(error) = &migration.refusal {
        return Err(CommandError::err(format!("Target instance replied with error: {error}")));
    }
    if let Some(failure) = migration.failure {
        return Err(CommandError::text(failure.text()));
    }
    ctx.reply.ok();
    Ok(())
}
