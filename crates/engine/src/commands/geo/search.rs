//! Searching: the members of a set in a shape, shown or stored.

use types::SortedSet;
use types::geo::{Point, Shape};
use types::sorted_set::Cut;

use super::options::{Options, Order};
use super::{reply_distance, reply_point};
use crate::commands::sorted_set::{limits, store};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, event};

/// A member that was found.
struct Found {
    member: Box<[u8]>,
    score: f64,
    place: Point,
    distance: f64,
}

/// Searches, and shows or stores what is found. `event_name` is the event of storing.
pub(super) fn run(
    ctx: &mut Ctx<'_>,
    set: Option<&SortedSet>,
    mut options: Options<'_>,
    event_name: &'static str,
) -> Result<(), CommandError> {
    let mut found = match (set, options.shape()) {
        (Some(set), Some(shape)) => find(set, &shape, options.count.filter(|_| options.any)),
        (Some(_) | None, _) => Vec::new(),
    };
    // The first few only make sense in an order.
    let implied = options.count.is_some() && !options.any;
    match options.order {
        Order::Any if !implied => {}
        Order::Any | Order::Nearest => found.sort_by(|a, b| a.distance.total_cmp(&b.distance)),
        Order::Farthest => found.sort_by(|a, b| b.distance.total_cmp(&a.distance)),
    }
    found.truncate(options.count.unwrap_or(usize::MAX));
    found.iter_mut().for_each(|found| found.distance /= options.unit_m);
    match options.store {
        Some(key) => store_found(ctx, key, &found, (options.store_distances, event_name)),
        None => {
            reply_with(ctx, &found, &options);
            Ok(())
        }
    }
}

/// The members in a shape; any `enough` of them, if that is said.
fn find(set: &SortedSet, shape: &Shape, enough: Option<usize>) -> Vec<Found> {
    let (search, enough) = (shape.search(), enough.unwrap_or(usize::MAX));
    let (mut found, mut chosen) = (Vec::new(), 0);
    for (from, to) in shape.scores() {
        let from = set.count_before(Cut::BeforeScore(from));
        let to = set.count_before(Cut::BeforeScore(to));
        let choose = |score| {
            let place = if chosen < enough { search.find(score) } else { None };
            chosen += usize::from(place.is_some());
            place
        };
        set.each_chosen((from, to), choose, |member, score, (place, distance)| {
            found.push(Found { member: member.into(), score, place, distance });
        });
    }
    found
}

fn reply_with(ctx: &mut Ctx<'_>, found: &[Found], options: &Options<'_>) {
    let reply = &mut ctx.reply;
    let extras = [options.dist, options.hash, options.coord];
    let extras = extras.into_iter().filter(|wanted| *wanted).count();
    reply.array(found.len());
    for one in found {
        if extras > 0 {
            reply.array(extras + 1);
        }
        reply.bulk(&one.member);
        if options.dist {
            reply_distance(reply, one.distance);
        }
        if options.hash {
            reply.integer(one.score as i64);
        }
        if options.coord {
            reply_point(reply, one.place);
        }
    }
}

fn store_found(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    found: &[Found],
    (distances, event_name): (bool, &'static str),
) -> Result<(), CommandError> {
    let (limits, mut set) = (limits(ctx.config), SortedSet::default());
    for one in found {
        set.insert(&one.member, if distances { one.distance } else { one.score }, limits);
    }
    store(ctx, key, set, event(Class::SortedSet, event_name));
    Ok(())
}
