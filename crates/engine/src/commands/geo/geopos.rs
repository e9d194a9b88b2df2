//! `GEOPOS key [member ...]`, `GEOHASH key [member ...]`, `GEODIST key member1 member2
//! [M|KM|FT|MI]`

use resp::Args;
use types::SortedSet;
use types::geo::Point;

use super::{reply_distance, reply_point, unit};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const PLACE: Spec = Spec {
    group: Group::Geo,
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "3.2.0",
    ..SPEC
};

pub static GEOPOS: Command = Command::new(Spec {
    name: "geopos",
    arity: Arity::AtLeast(2),
    complexity: "O(N) where N is the number of members asked for",
    summary: "Returns where members are.",
    syntax: "GEOPOS key [member [member ...]]",
    run: geopos,
    ..PLACE
});

pub static GEOHASH: Command = Command::new(Spec {
    name: "geohash",
    arity: Arity::AtLeast(2),
    complexity: "O(N) where N is the number of members asked for",
    summary: "Returns where members are, as geohashes.",
    syntax: "GEOHASH key [member [member ...]]",
    run: geohash,
    ..PLACE
});

pub static GEODIST: Command = Command::new(Spec {
    name: "geodist",
    arity: Arity::AtLeast(4),
    complexity: "O(1)",
    summary: "Returns the distance between two members.",
    syntax: "GEODIST key member1 member2 [M|KM|FT|MI]",
    run: geodist,
    ..PLACE
});

fn geopos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    ctx.reply.array(args.len() - 2);
    for member in args.tail(2) {
        match set.and_then(|set| set.score(member)) {
            Some(score) => reply_point(&mut ctx.reply, Point::of_score(score)),
            None => ctx.reply.null_array(),
        }
    }
    Ok(())
}

fn geohash(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    ctx.reply.array(args.len() - 2);
    for member in args.tail(2) {
        match set.and_then(|set| set.score(member)) {
            Some(score) => ctx.reply.bulk(&Point::of_score(score).geohash()),
            None => ctx.reply.null(),
        }
    }
    Ok(())
}

fn geodist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let metres = match args.len() {
        4 => 1.0,
        5 => unit(args.at(4))?,
        _ => return Err(CommandError::Syntax),
    };
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    let place = |index| set.and_then(|set| set.score(args.at(index))).map(Point::of_score);
    match place(2).zip(place(3)) {
        Some((a, b)) => reply_distance(&mut ctx.reply, a.distance(b) / metres),
        None => ctx.reply.null(),
    }
    Ok(())
}
