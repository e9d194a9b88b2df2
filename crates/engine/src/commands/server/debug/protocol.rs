//! `DEBUG PROTOCOL type`: a reply of each type.

use resp::{Args, Protocol};

use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn protocol(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let reply = &mut ctx.reply;
    match args.at(2).to_ascii_lowercase().as_slice() {
        b"string" => reply.bulk(b"Hello World"),
        b"integer" => reply.integer(12345),
        #[expect(clippy::approx_constant, reason = "compat: these digits, not more of pi")]
        b"double" => reply.double(3.141),
        b"bignum" => reply.big_number("1234567999999999999999999999999999999"),
        b"null" => reply.null(),
        b"array" => {
            reply.array(3);
            (0..3).for_each(|i| reply.integer(i));
        }
        b"set" => {
            reply.set(3);
            (0..3).for_each(|i| reply.integer(i));
        }
        b"map" => {
            reply.map(3);
            for i in 0..3 {
                reply.integer(i);
                reply.boolean(i == 1);
            }
        }
        b"attrib" => {
            if reply.attribute(1) {
                reply.bulk(b"key-popularity");
                reply.array(2);
                reply.bulk(b"key:123");
                reply.integer(90);
            }
            reply.bulk(b"Some real reply following the attribute");
        }
        b"push" => return push(ctx),
        b"verbatim" => reply.verbatim("txt", "This is a verbatim\nstring"),
        b"true" => reply.boolean(true),
        b"false" => reply.boolean(false),
        _ => {
            return Err(CommandError::err(
                "Wrong protocol type name. Please use one of the following: \
                 string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
            ));
        }
    }
    Ok(())
}

/// A push is no reply, so a reply follows.
fn push(ctx: &mut Ctx<'_>) -> Result<(), CommandError> {
    if ctx.reply.protocol() == Protocol::Resp2 {
        return Err(CommandError::err("RESP2 is not supported by this command"));
    }
    ctx.reply.push(2);
    ctx.reply.bulk(b"server-cpu-usage");
    ctx.reply.integer(42);
    ctx.reply.bulk(b"Some real reply following the push reply");
    Ok(())
}
