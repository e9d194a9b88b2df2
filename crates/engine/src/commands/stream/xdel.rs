//! `XDEL key id [id ...]`

use resp::Args;
use types::Stream;

use super::XDEL_EVENT;
use super::ids::id;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XDEL: Command = Command::new(Spec {
    name: "xdel",
    group: Group::Stream,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "5.0.0",
    complexity: "O(log(N)) for each id",
    summary: "Deletes entries of a stream and returns how many there were.",
    syntax: "XDEL key id [id ...]",
    run: xdel,
    ..SPEC
});

fn xdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(mut stream) = ctx.keys.write::<Stream>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    for argument in args.tail(2) {
        id(argument, 0)?;
    }
    let mut deleted = 0;
    for argument in args.tail(2) {
        let id = id(argument, 0)?;
        if stream.value().get(id).is_some() {
            stream.modify(XDEL_EVENT).delete(id);
            deleted += 1;
        }
    }
    if deleted > 1 {
        stream.count(deleted - 1);
    }
    ctx.reply.integer(deleted as i64);
    Ok(())
}
