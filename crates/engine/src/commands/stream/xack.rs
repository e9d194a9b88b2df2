//! `XACK key group id [id ...]`

use resp::Args;
use types::Stream;

use super::ids::id;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;

pub static XACK: Command = Command::new(Spec {
    name: "xack",
    group: Group::Stream,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "5.0.0",
    complexity: "O(log(N)) for each id",
    summary: "Says that entries given to a group are done, and returns how many were pending.",
    syntax: "XACK key group id [id ...]",
    run: xack,
    ..SPEC
});

fn xack(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let name = args.at(2);
    let stream = ctx.keys.write::<Stream>(args.at(1))?;
    let Some(mut stream) = stream.filter(|stream| stream.value().group(name).is_some()) else {
        ctx.reply.integer(0);
        return Ok(());
    };
    for argument in args.tail(3) {
        id(argument, 0)?;
    }
    let mut done = 0;
    for argument in args.tail(3) {
        let id = id(argument, 0)?;
        let pending = stream.value().group(name).and_then(|group| group.pending().get(id));
        if pending.is_some()
            && let Some(group) = stream.modify(SILENT).group_mut(name)
        {
            group.acknowledge(id);
            done += 1;
        }
    }
    if done > 1 {
        stream.count(done - 1);
    }
    drop(stream);
    ctx.reply.integer(done as i64);
    Ok(())
}
