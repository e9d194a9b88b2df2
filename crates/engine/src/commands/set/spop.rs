//! `SPOP key [count]`
//!
//! What chance took is logged as `SREM`, or as the removal of the key.

use resp::Args;
use types::{Object, Set};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::positive;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const POPPED: Event = event(Class::Set, "spop");
/// Members that one logged command removes, at most.
const BATCH: usize = 1024;

pub static SPOP: Command = Command::new(Spec {
    name: "spop",
    group: Group::Set,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take)],
    since: "1.0.0",
    complexity: "O(1), or O(N) where N is the count",
    tips: &["nondeterministic_output"],
    summary: "Removes members by chance from a set, and returns them.",
    syntax: "SPOP key [count]",
    run: spop,
    ..SPEC
});

fn spop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.len() {
        2 => pop_one(ctx, args.at(1)),
        3 => pop_several(ctx, args.at(1), positive(args.at(2))?),
        _ => Err(CommandError::Syntax),
    }
}

fn pop_one(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<(), CommandError> {
    let random = ctx.random.next();
    let Some(mut set) = ctx.keys.write::<Set>(key)? else {
        ctx.reply.null();
        return Ok(());
    };
    let member = set.value().random(random).expect("a set that is there has members").to_vec();
    set.modify(POPPED).remove(&member);
    drop(set);
    ctx.propagate(&[b"SREM", key, &member]);
    ctx.reply.bulk(&member);
    Ok(())
}

fn pop_several(ctx: &mut Ctx<'_>, key: &[u8], count: usize) -> Result<(), CommandError> {
    let Some(mut set) = ctx.keys.write::<Set>(key)? else {
        ctx.reply.set(0);
        return Ok(());
    };
    let len = set.value().len();
    if count == 0 {
        ctx.reply.set(0);
        return Ok(());
    }
    if count >= len {
        let all = std::mem::take(set.modify(POPPED));
        set.count(len as u64 - 1);
        drop(set);
        let lazy = ctx.config.memory.lazyfree_lazy_server_del;
        ctx.propagate(&[if lazy { b"UNLINK" } else { b"DEL" }, key]);
        ctx.reply.set(len);
        let mut digits = itoa::Buffer::new();
        all.iter().for_each(|member| ctx.reply.bulk(member.bytes(&mut digits)));
        return Ok(());
    }
    let mut popped = Vec::new();
    let members = set.modify(POPPED);
    for _ in 0..count {
        let member = members.random(ctx.random.next()).expect("fewer than there are").to_vec();
        members.remove(&member);
        popped.push(member);
    }
    set.count(count as u64 - 1);
    drop(set);
    for batch in popped.chunks(BATCH) {
        let mut command: Vec<&[u8]> = vec![b"SREM", key];
        command.extend(batch.iter().map(Vec::as_slice));
        ctx.propagate(&command);
    }
    ctx.reply.set(count);
    popped.iter().for_each(|member| ctx.reply.bulk(member));
    Ok(())
}
