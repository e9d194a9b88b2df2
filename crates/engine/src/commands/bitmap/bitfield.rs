//! `BITFIELD key [operation ...]`, `BITFIELD_RO key [GET encoding offset ...]`
//!
//! deviates: where every write fails by `OVERFLOW FAIL`, no key is made and none grows.

use resp::{Args, Reply};
use structures::Blob;

use super::field_operations::{Action, FieldOperation, FieldOperations};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::Str;

const EVENT: Event = event(Class::String, "setbit");

pub static BITFIELD: Command = Command::new(Spec {
    name: "bitfield",
    group: Group::Bitmap,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Variable)],
    since: "3.2.0",
    complexity: "O(1) for each operation",
    summary: "Reads, sets and increments integers of any width in the string at a key.",
    syntax: "BITFIELD key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] \
             <SET encoding offset value | INCRBY encoding offset increment> \
             [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] \
             <SET encoding offset value | INCRBY encoding offset increment> ...]]",
    run: bitfield,
    ..SPEC
});

pub static BITFIELD_RO: Command = Command::new(Spec {
    name: "bitfield_ro",
    group: Group::Bitmap,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "6.0.0",
    complexity: "O(1) for each operation",
    summary: "Reads integers of any width in the string at a key.",
    syntax: "BITFIELD_RO key [GET encoding offset [GET encoding offset ...]]",
    run: bitfield_ro,
    ..SPEC
});

/// What the arguments amount to.
struct Plan {
    operations: usize,
    /// How long the string must be for its writes; none where there are no writes.
    len: Option<usize>,
}

fn plan(ctx: &Ctx<'_>, args: Args<'_>) -> Result<Plan, CommandError> {
    let mut plan = Plan { operations: 0, len: None };
    for operation in FieldOperations::new(args, ctx.config) {
        let operation = operation?;
        plan.operations += 1;
        if operation.action != Action::Get {
            plan.len = plan.len.max(Some(operation.end()));
        }
    }
    Ok(plan)
}

fn bitfield(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let plan = plan(ctx, args)?;
    let Some(len) = plan.len else { return read_fields(ctx, args, &plan) };
    let operations = FieldOperations::new(args, ctx.config);
    let reply = &mut ctx.reply;
    ctx.keys.edit_string_counted(args.at(1), EVENT, len, |blob| {
        reply.array(plan.operations);
        operations.flatten().map(|operation| apply(reply, blob, len, operation)).sum()
    })?;
    Ok(())
}

fn bitfield_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let plan = plan(ctx, args)?;
    if plan.len.is_some() {
        return Err(CommandError::err("BITFIELD_RO only supports the GET subcommand"));
    }
    read_fields(ctx, args, &plan)
}

fn read_fields(ctx: &mut Ctx<'_>, args: Args<'_>, plan: &Plan) -> Result<(), CommandError> {
    let value = ctx.keys.string(args.at(1))?;
    let mut digits = itoa::Buffer::new();
    let bytes = value.unwrap_or(Str::Bytes(b"")).bytes(&mut digits);
    ctx.reply.array(plan.operations);
    for FieldOperation { field, offset, .. } in FieldOperations::new(args, ctx.config).flatten() {
        ctx.reply.integer(field.read(bytes, offset));
    }
    Ok(())
}

/// Does one operation on a string that a write makes `len` bytes long, replies, and returns how
/// many changes that was.
fn apply(reply: &mut Reply<'_>, blob: &mut Blob, len: usize, operation: FieldOperation) -> u64 {
    let FieldOperation { action, field, offset, overflow } = operation;
    let old = field.read(blob, offset);
    let (new, answer) = match action {
        Action::Get => {
            reply.integer(old);
            return 0;
        }
        Action::Set(value) => (field.assign(value, overflow), Some(old)),
        Action::Increment(by) => {
            let new = field.add(old, by, overflow);
            (new, new)
        }
    };
    let (Some(new), Some(answer)) = (new, answer) else {
        reply.null();
        return 0;
    };
    reply.integer(answer);
    let grows = blob.len() < len;
    if grows {
        blob.resize(len);
    }
    if old != new {
        field.write(blob.make_mut(), offset, new);
    }
    u64::from(grows || old != new)
}
