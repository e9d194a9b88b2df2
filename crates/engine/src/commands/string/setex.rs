//! `SETEX key seconds value`, `PSETEX key milliseconds value`

use resp::Args;

use super::options::{Expiry, Options};
use super::set::{deadline, propagate_with_deadline, set_string};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::deadline::Form;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Deadline;

pub static SETEX: Command = Command::new(Spec {
    name: "setex",
    group: Group::String,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Gives a key a string and a time to live in seconds.",
    syntax: "SETEX key seconds value",
    run: setex,
    ..SPEC
});

pub static PSETEX: Command = Command::new(Spec {
    name: "psetex",
    group: Group::String,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite)],
    since: "2.6.0",
    complexity: "O(1)",
    summary: "Gives a key a string and a time to live in milliseconds.",
    syntax: "PSETEX key milliseconds value",
    run: psetex,
    ..SPEC
});

fn setex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    set_for(ctx, args, Form::Seconds)
}

fn psetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    set_for(ctx, args, Form::Milliseconds)
}

fn set_for(ctx: &mut Ctx<'_>, args: Args<'_>, form: Form) -> Result<(), CommandError> {
    let (key, value) = (args.at(1), args.at(3));
    let options = Options { expiry: Expiry::At(form, args.at(2)), ..Options::default() };
    set_string(ctx, (key, value), options)?;
    if let Deadline::At(ms) = deadline(ctx, options.expiry)? {
        propagate_with_deadline(ctx, (key, value), ms);
    }
    ctx.reply.ok();
    Ok(())
}
