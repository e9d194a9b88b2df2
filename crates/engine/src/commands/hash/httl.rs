//! `HTTL key FIELDS numfields field [field ...]`, `HPTTL`, `HEXPIRETIME`, `HPEXPIRETIME`

use resp::Args;

use super::fields;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::deadline::Form;
use crate::ctx::Ctx;
use crate::error::CommandError;

/// What the four have in common.
const READ: Spec = Spec {
    group: Group::Hash,
    arity: Arity::AtLeast(5),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "9.0.0",
    complexity: "O(log(N)) for each field where N is the fields with deadlines",
    ..SPEC
};

pub static HTTL: Command = Command::new(Spec {
    name: "httl",
    summary: "Returns the time to live of fields of a hash, in seconds.",
    syntax: "HTTL key FIELDS numfields field [field ...]",
    run: |ctx, args| httl(ctx, args, Form::Seconds),
    ..READ
});

pub static HPTTL: Command = Command::new(Spec {
    name: "hpttl",
    summary: "Returns the time to live of fields of a hash, in milliseconds.",
    syntax: "HPTTL key FIELDS numfields field [field ...]",
    run: |ctx, args| httl(ctx, args, Form::Milliseconds),
    ..READ
});

pub static HEXPIRETIME: Command = Command::new(Spec {
    name: "hexpiretime",
    summary: "Returns the deadlines of fields of a hash, in seconds since 1970.",
    syntax: "HEXPIRETIME key FIELDS numfields field [field ...]",
    run: |ctx, args| httl(ctx, args, Form::AtSeconds),
    ..READ
});

pub static HPEXPIRETIME: Command = Command::new(Spec {
    name: "hpexpiretime",
    summary: "Returns the deadlines of fields of a hash, in milliseconds since 1970.",
    syntax: "HPEXPIRETIME key FIELDS numfields field [field ...]",
    run: |ctx, args| httl(ctx, args, Form::AtMilliseconds),
    ..READ
});

const NO_FIELD: i64 = -2;
const NO_DEADLINE: i64 = -1;

fn httl(ctx: &mut Ctx<'_>, args: Args<'_>, form: Form) -> Result<(), CommandError> {
    let error = |error| if is_mismatch(&error) { CommandError::Syntax } else { error };
    let fields = fields::behind_key(args).map_err(error)?;
    let base_ms = if form.is_absolute() { 0 } else { ctx.now_ms() };
    let hash = ctx.keys.hash(args.at(1))?;
    ctx.reply.array(fields.len());
    for field in fields {
        ctx.reply.integer(match hash.and_then(|hash| hash.deadline(field)) {
            None => NO_FIELD,
            Some(None) => NO_DEADLINE,
            Some(Some(ms)) => shown(ms.saturating_sub(base_ms), form),
        });
    }
    Ok(())
}

/// compat: a wrong number of fields is a syntax error here.
fn is_mismatch(error: &CommandError) -> bool {
    *error != CommandError::NotInteger
}

fn shown(ms: u64, form: Form) -> i64 {
    let number = match form {
        Form::Seconds | Form::AtSeconds => ms.saturating_add(500) / 1000,
        Form::Milliseconds | Form::AtMilliseconds => ms,
    };
    i64::try_from(number).unwrap_or(i64::MAX)
}
