//! `GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...]`

use resp::Args;
use smallvec::SmallVec;

use super::point;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::commands::sorted_set::zadd::{Options, put_all};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GEOADD: Command = Command::new(Spec {
    name: "geoadd",
    group: Group::Geo,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Modify)],
    since: "3.2.0",
    complexity: "O(log(N)) for each member, where N is the size of the set",
    summary: "Gives members their places, and returns how many are new.",
    syntax: "GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...]",
    run: geoadd,
    ..SPEC
});

fn geoadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (mut options, mut first) = (Options::default(), 2);
    while let Some(word) = args.get(first) {
        if is_word(word, "NX") {
            options.nx = true;
        } else if is_word(word, "XX") {
            options.xx = true;
        } else if is_word(word, "CH") {
            options.ch = true;
        } else {
            break;
        }
        first += 1;
    }
    let places = args.tail(first);
    if places.is_empty() || !places.len().is_multiple_of(3) || options.nx && options.xx {
        return Err(CommandError::Syntax);
    }
    let mut members = SmallVec::<[(f64, &[u8]); 8]>::new();
    for index in (0..places.len()).step_by(3) {
        let point = point(places.at(index), places.at(index + 1))?;
        members.push((point.score(), places.at(index + 2)));
    }
    put_all(ctx, args.at(1), &members, options)
}
