//! `GEOSEARCH key FROMMEMBER member|FROMLONLAT longitude latitude BYRADIUS radius unit|BYBOX width
//! height unit|BYPOLYGON n longitude latitude ... [options]`, `GEOSEARCHSTORE destination source
//! ...`

use resp::Args;
use types::SortedSet;

use super::options::{Kin, Options};
use super::search;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GEOSEARCH: Command = Command::new(Spec {
    name: "geosearch",
    group: Group::Geo,
    arity: Arity::AtLeast(7),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "6.2.0",
    complexity: "O(log(N)+M) with N the size of the set and M the members around the shape",
    summary: "Returns the members inside of a circle, a box or a polygon.",
    syntax: "GEOSEARCH key [FROMMEMBER member|FROMLONLAT longitude latitude] \
             <BYRADIUS radius M|KM|FT|MI|BYBOX width height M|KM|FT|MI|BYPOLYGON vertices \
             longitude latitude [longitude latitude ...]> [ASC|DESC] [COUNT count [ANY]] \
             [WITHCOORD] [WITHDIST] [WITHHASH]",
    run: geosearch,
    ..SPEC
});

pub static GEOSEARCHSTORE: Command = Command::new(Spec {
    name: "geosearchstore",
    group: Group::Geo,
    arity: Arity::AtLeast(8),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), key(2, Access::Read)],
    since: "6.2.0",
    complexity: "O(log(N)+M) with N the size of the set and M the members around the shape",
    summary: "Stores the members inside of a circle, a box or a polygon.",
    syntax: "GEOSEARCHSTORE destination source [FROMMEMBER member|FROMLONLAT longitude latitude] \
             <BYRADIUS radius M|KM|FT|MI|BYBOX width height M|KM|FT|MI|BYPOLYGON vertices \
             longitude latitude [longitude latitude ...]> [ASC|DESC] [COUNT count [ANY]] \
             [STOREDIST]",
    run: geosearchstore,
    ..SPEC
});

fn geosearch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    search_in(ctx, args, (1, None), Kin::Search)
}

fn geosearchstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    search_in(ctx, args, (2, Some(args.at(1))), Kin::SearchStore)
}

fn search_in<'a>(
    ctx: &mut Ctx<'_>,
    args: Args<'a>,
    (source, store): (usize, Option<&'a [u8]>),
    kin: Kin,
) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(source))?.cloned();
    let mut options = Options::storing(store);
    options.read(args, source + 1, kin, set.as_ref())?;
    search::run(ctx, set.as_ref(), options, "geosearchstore")
}
