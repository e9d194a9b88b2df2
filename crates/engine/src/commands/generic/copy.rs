//! `COPY source destination [DB destination-db] [REPLACE]`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, database, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const TO: Event = event(Class::Generic, "copy_to");

pub static COPY: Command = Command::new(Spec {
    name: "copy",
    group: Group::Generic,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Read), key(2, Access::Overwrite)],
    since: "6.2.0",
    complexity: "O(N) where N is the number of elements that the copies do not share",
    summary: "Copies the value of a key to another key.",
    syntax: "COPY source destination [DB destination-db] [REPLACE]",
    run: copy,
    ..SPEC
});

fn copy(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (from, to) = (args.at(1), args.at(2));
    let source = ctx.keys.db;
    let (mut target, mut replace) = (source, false);
    let mut words = Words::new(args, 3);
    while let Some(word) = words.next() {
        if is_word(word, "REPLACE") {
            replace = true;
        } else if is_word(word, "DB") {
            target = database(words.argument()?, ctx.config)?;
        } else {
            return Err(CommandError::Syntax);
        }
    }
    if source == target && from == to {
        return Err(CommandError::SameObject);
    }
    let parcel = ctx.keys.copy(from);
    ctx.keys.db = target;
    let taken = parcel.is_some() && !replace && ctx.keys.peek(to).is_some();
    let parcel = parcel.filter(|_| !taken);
    ctx.reply.integer(i64::from(parcel.is_some()));
    if let Some(parcel) = parcel {
        ctx.keys.place(to, parcel, TO);
    }
    ctx.keys.db = source;
    Ok(())
}
