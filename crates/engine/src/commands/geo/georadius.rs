//! `GEORADIUS key longitude latitude radius M|KM|FT|MI [options]`, `GEORADIUSBYMEMBER key member
//! radius M|KM|FT|MI [options]`, and both with `_RO`, which never store

use resp::Args;
use types::SortedSet;

use super::options::{Kin, Options};
use super::{place_of, point, search};
use crate::command::{Access, Arity, Begin, Command, Find, Flag, Group, KeySpec, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const RADIUS: Spec = Spec {
    group: Group::Geo,
    complexity: "O(log(N)+M) with N the size of the set and M the members around the circle",
    ..SPEC
};

/// A key behind the last such word.
const fn behind(word: &'static str, from: u8) -> KeySpec {
    let find = Find::Range { last: 0, step: 1, limit: 0 };
    let begin = Begin::LastKeyword(word, from, &["STORE", "STOREDIST"]);
    KeySpec { begin, find, access: Access::Overwrite }
}

pub static GEORADIUS: Command = Command::new(Spec {
    name: "georadius",
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Read), behind("STORE", 6), behind("STOREDIST", 6)],
    since: "3.2.0",
    summary: "Returns or stores the members in a circle around a place.",
    syntax: "GEORADIUS key longitude latitude radius M|KM|FT|MI [WITHCOORD] [WITHDIST] [WITHHASH] \
             [COUNT count [ANY]] [ASC|DESC] [STORE key|STOREDIST key]",
    run: georadius,
    ..RADIUS
});

pub static GEORADIUSBYMEMBER: Command = Command::new(Spec {
    name: "georadiusbymember",
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Read), behind("STORE", 5), behind("STOREDIST", 5)],
    since: "3.2.0",
    summary: "Returns or stores the members in a circle around another member.",
    syntax: "GEORADIUSBYMEMBER key member radius M|KM|FT|MI [WITHCOORD] [WITHDIST] [WITHHASH] \
             [COUNT count [ANY]] [ASC|DESC] [STORE key|STOREDIST key]",
    run: georadiusbymember,
    ..RADIUS
});

pub static GEORADIUS_RO: Command = Command::new(Spec {
    name: "georadius_ro",
    arity: Arity::AtLeast(6),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "3.2.10",
    summary: "Returns the members in a circle around a place.",
    syntax: "GEORADIUS_RO key longitude latitude radius M|KM|FT|MI [WITHCOORD] [WITHDIST] \
             [WITHHASH] [COUNT count [ANY]] [ASC|DESC]",
    run: georadius_ro,
    ..RADIUS
});

pub static GEORADIUSBYMEMBER_RO: Command = Command::new(Spec {
    name: "georadiusbymember_ro",
    arity: Arity::AtLeast(5),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "3.2.10",
    summary: "Returns the members in a circle around another member.",
    syntax: "GEORADIUSBYMEMBER_RO key member radius M|KM|FT|MI [WITHCOORD] [WITHDIST] [WITHHASH] \
             [COUNT count [ANY]] [ASC|DESC]",
    run: georadiusbymember_ro,
    ..RADIUS
});

fn georadius(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    around_place(ctx, args, Kin::Radius)
}

fn georadius_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    around_place(ctx, args, Kin::RadiusReadOnly)
}

fn georadiusbymember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    around_member(ctx, args, Kin::Radius)
}

fn georadiusbymember_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    around_member(ctx, args, Kin::RadiusReadOnly)
}

fn around_place(ctx: &mut Ctx<'_>, args: Args<'_>, kin: Kin) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?.cloned();
    let center = point(args.at(2), args.at(3))?;
    let mut options = Options::circle(Some(center), args.at(4), args.at(5))?;
    options.read(args, 6, kin, set.as_ref())?;
    search_with(ctx, set.as_ref(), options)
}

fn around_member(ctx: &mut Ctx<'_>, args: Args<'_>, kin: Kin) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?.cloned();
    let center = set.as_ref().map(|set| place_of(set, args.at(2))).transpose()?;
    // compat: where there is no set, nobody looks at the radius.
    let mut options = match center {
        Some(_) => Options::circle(center, args.at(3), args.at(4))?,
        None => Options::circle(None, b"0", b"m")?,
    };
    options.read(args, 5, kin, set.as_ref())?;
    search_with(ctx, set.as_ref(), options)
}

fn search_with(
    ctx: &mut Ctx<'_>,
    set: Option<&SortedSet>,
    options: Options<'_>,
) -> Result<(), CommandError> {
    if let Some(store) = options.store {
        // Where the options were read in another way than the keys were found, nothing is stored.
        let position = ctx.keys.position(store);
        let index = ctx.keys.locked.shards().index(position);
        if !ctx.keys.locked.holds(index) {
            return Err(CommandError::Syntax);
        }
    }
    search::run(ctx, set, options, "georadiusstore")
}
