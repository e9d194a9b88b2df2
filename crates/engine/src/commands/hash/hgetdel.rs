//! `HGETDEL key FIELDS numfields field [field ...]`

use resp::Args;
use types::{Hash, Item};

use super::DELETED;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HGETDEL: Command = Command::new(Spec {
    name: "hgetdel",
    group: Group::Hash,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take)],
    since: "9.1.0",
    complexity: "O(1) for each field",
    summary: "Returns the values of fields of a hash, and removes the fields.",
    syntax: "HGETDEL key FIELDS numfields field [field ...]",
    run: hgetdel,
    ..SPEC
});

fn hgetdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, fields) = (args.at(1), args.tail(4));
    if !is_word(args.at(2), "FIELDS") {
        return Err(CommandError::Syntax);
    }
    if usize::try_from(integer(args.at(3))?) != Ok(fields.len()) {
        return Err(CommandError::err(
            "numfields should be greater than 0 and match the provided number of fields",
        ));
    }
    let Some(mut hash) = ctx.keys.write::<Hash>(key)? else {
        ctx.reply.array(fields.len());
        fields.iter().for_each(|_| ctx.reply.null());
        return Ok(());
    };
    ctx.reply.array(fields.len());
    let mut removed: Vec<&[u8]> = vec![b"HDEL", key];
    for field in fields {
        match hash.value().get(field).map(Item::to_vec) {
            Some(value) => {
                ctx.reply.bulk(&value);
                hash.modify(DELETED).remove(field);
                removed.push(field);
            }
            None => ctx.reply.null(),
        }
    }
    let count = removed.len() - 2;
    if count > 0 {
        hash.count(count as u64 - 1);
        drop(hash);
        ctx.propagate(&removed);
    }
    Ok(())
}
