//! `LTRIM key start stop`

use resp::Args;
use types::{List, Object};

use super::ends::fill;
use super::lrange::range;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const TRIMMED: Event = event(Class::List, "ltrim");

pub static LTRIM: Command = Command::new(Spec {
    name: "ltrim",
    group: Group::List,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write],
    keys: &[key(1, Access::Delete)],
    since: "1.0.0",
    complexity: "O(log N) and the number of blocks that go",
    summary: "Removes the elements of a list outside of a range of indices.",
    syntax: "LTRIM key start stop",
    run: ltrim,
    ..SPEC
});

fn ltrim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let bounds = (integer(args.at(2))?, integer(args.at(3))?);
    let fill = fill(ctx.config);
    if let Some(mut list) = ctx.keys.write::<List>(args.at(1))? {
        let len = list.value().len();
        let (from, to) = range(bounds, len);
        list.modify(TRIMMED).trim(from, to, fill);
        list.count((len - (to - from)) as u64);
    }
    ctx.reply.ok();
    Ok(())
}
