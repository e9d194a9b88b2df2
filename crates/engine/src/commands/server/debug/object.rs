//! `DEBUG OBJECT key [FAST]`, `DEBUG SDSLEN key`, `DEBUG LISTPACK key`, `DEBUG STRUCTSIZE`

use resp::Args;
use structures::entry::{EntryRef, Payload};
use types::{Object, Value};

use crate::command::Command;
use crate::commands::generic::object::encoding_of;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::string_of;

pub(super) fn object(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let now_s = (ctx.now_ms() / 1000) as u32 & 0xFF_FFFF;
    let entry = ctx.keys.peek(args.at(2)).ok_or(CommandError::NoSuchKey)?;
    let (at, encoding) = (entry.key().as_ptr(), encoding_of(entry));
    let (clock, idle) = (entry.access(), now_s.wrapping_sub(entry.access()) & 0xFF_FFFF);
    let bytes = serialized_bytes(entry);
    ctx.reply.status(&format!(
        "Value at:{at:p} refcount:1 encoding:{encoding} serializedlength:{bytes} lru:{clock} \
         lru_seconds_idle:{idle}"
    ));
    Ok(())
}

/// About what the value takes in a file.
fn serialized_bytes(entry: EntryRef<'_, Value>) -> usize {
    let header = |len: usize| if len < 64 { 1 } else { 5 };
    match entry.payload() {
        Payload::Bytes(bytes) => bytes.len() + header(bytes.len()),
        Payload::Int(value) => itoa::Buffer::new().format(value).len() + 1,
        Payload::Blob(blob) => blob.len() + header(blob.len()),
        Payload::Object(value) => value.allocated(),
    }
}

pub(super) fn sdslen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let entry = ctx.keys.peek(args.at(2)).ok_or(CommandError::NoSuchKey)?;
    let is_text = !matches!(entry.payload(), Payload::Int(_));
    let text = string_of(entry).ok().filter(|_| is_text);
    let Some(text) = text else {
        return Err(CommandError::err("Not an sds encoded string."));
    };
    let (key, value, bytes) = (entry.key().len(), text.len(), entry.allocated());
    let outside = if matches!(entry.payload(), Payload::Blob(_)) { value } else { 0 };
    ctx.reply.status(&format!(
        "key_sds_len:{key} key_sds_avail:0 obj_alloc:{bytes} val_sds_len:{value} val_sds_avail:0 \
         val_alloc:{outside}"
    ));
    Ok(())
}

pub(super) fn listpack(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let entry = ctx.keys.peek(args.at(2)).ok_or(CommandError::NoSuchKey)?;
    if encoding_of(entry) != "listpack" {
        return Err(CommandError::err("Not a listpack encoded object."));
    }
    ctx.reply.status("Listpack structure printed on stdout");
    Ok(())
}

pub(super) fn structsize(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let (bits, value, command) = (usize::BITS, size_of::<Value>(), size_of::<Command>());
    ctx.reply.bulk_display(format_args!("bits:{bits} value:{value} command:{command} "));
    Ok(())
}
