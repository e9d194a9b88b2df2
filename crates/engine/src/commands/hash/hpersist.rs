//! `HPERSIST key FIELDS numfields field [field ...]`

use resp::Args;
use types::Hash;

use super::{PERSIST, fields};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HPERSIST: Command = Command::new(Spec {
    name: "hpersist",
    group: Group::Hash,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "9.0.0",
    complexity: "O(log(N)) for each field where N is the fields with deadlines",
    summary: "Takes the deadlines of fields of a hash away.",
    syntax: "HPERSIST key FIELDS numfields field [field ...]",
    run: hpersist,
    ..SPEC
});

const NO_FIELD: i64 = -2;
const NO_DEADLINE: i64 = -1;

fn hpersist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let fields = fields::behind_key(args)?;
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let Some(mut hash) = ctx.keys.write::<Hash>(args.at(1))? else {
        ctx.reply.array(fields.len());
        fields.iter().for_each(|_| ctx.reply.integer(NO_FIELD));
        return Ok(());
    };
    ctx.reply.array(fields.len());
    let mut changes = 0u64;
    for field in fields {
        ctx.reply.integer(match hash.value().live(dead_up_to_ms).deadline(field) {
            None => NO_FIELD,
            Some(None) => NO_DEADLINE,
            Some(Some(_)) => {
                hash.modify(PERSIST).set_deadline(field, None);
                changes += 1;
                1
            }
        });
    }
    hash.count(changes.saturating_sub(1));
    Ok(())
}
