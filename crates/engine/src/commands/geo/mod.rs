//! Commands on places, which are sorted sets whose scores say where their members are.

mod geoadd;
mod geopos;
mod georadius;
mod geosearch;
mod options;
mod search;

use resp::Reply;
use types::SortedSet;
use types::geo::Point;

use crate::command::Command;
use crate::commands::arguments::is_word;
use crate::error::CommandError;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &geoadd::GEOADD,
    &geopos::GEODIST,
    &geopos::GEOHASH,
    &geopos::GEOPOS,
    &georadius::GEORADIUS,
    &georadius::GEORADIUSBYMEMBER,
    &georadius::GEORADIUSBYMEMBER_RO,
    &georadius::GEORADIUS_RO,
    &geosearch::GEOSEARCH,
    &geosearch::GEOSEARCHSTORE,
];

/// A number, with the usual error.
fn number(word: &[u8]) -> Result<f64, CommandError> {
    types::number::parse_f64(word).ok_or(CommandError::NotFloat)
}

/// A place from its longitude and latitude.
fn point(lon: &[u8], lat: &[u8]) -> Result<Point, CommandError> {
    let (lon, lat) = (number(lon)?, number(lat)?);
    Point::new(lon, lat).ok_or_else(|| {
        CommandError::err(format_args!("invalid longitude,latitude pair {lon:.6},{lat:.6}"))
    })
}

/// How many metres a unit has.
fn unit(word: &[u8]) -> Result<f64, CommandError> {
    match word {
        word if is_word(word, "M") => Ok(1.0),
        word if is_word(word, "KM") => Ok(1000.0),
        word if is_word(word, "FT") => Ok(0.3048),
        word if is_word(word, "MI") => Ok(1609.34),
        _ => Err(CommandError::err("unsupported unit provided. please use M, KM, FT, MI")),
    }
}

/// The place of a member that must be there.
fn place_of(set: &SortedSet, member: &[u8]) -> Result<Point, CommandError> {
    set.score(member).map(Point::of_score).ok_or_else(|| {
        // compat: a zero byte ends the name.
        let shown = member.split(|byte| *byte == 0).next().unwrap_or_default();
        let member = String::from_utf8_lossy(shown);
        CommandError::err(format_args!("member {member} does not exist"))
    })
}

/// Replies with a place: two numbers with all their digits.
fn reply_point(reply: &mut Reply<'_>, point: Point) {
    reply.array(2);
    for degrees in [point.lon, point.lat] {
        if reply.protocol() == resp::Protocol::Resp3 {
            reply.double(degrees);
        } else {
            let text = format!("{degrees:.17}");
            reply.bulk(text.trim_end_matches('0').trim_end_matches('.').as_bytes());
        }
    }
}

/// Replies with a distance: four digits behind the point.
fn reply_distance(reply: &mut Reply<'_>, distance: f64) {
    reply.bulk_display(format_args!("{distance:.4}"));
}
