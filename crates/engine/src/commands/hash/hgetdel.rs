//! `HGETDEL key FIELDS numfields field [field ...]`

use resp::Args;
use types::{Hash, Item};

use super::{DELETED, fields};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
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
    let key = args.at(1);
    let fields = fields::behind_key(args)?;
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let Some(mut hash) = ctx.keys.write::<Hash>(key)? else {
        ctx.reply.array(fields.len());
        fields.iter().for_each(|_| ctx.reply.null());
        return Ok(());
    };
    ctx.reply.array(fields.len());
    let mut removed: Vec<&[u8]> = vec![b"HDEL", key];
    for field in fields {
        match hash.value().live(dead_up_to_ms).get(field).map(Item::to_vec) {
            Some(value) => {
                ctx.reply.bulk(&value);
                hash.modify(DELETED).remove(field, dead_up_to_ms);
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
