//! The nine squares of the map in which Redis searches, for the order of what is found.
//!
//! Which places are in a shape does not depend on them. But clients that do not ask for an order
//! have come to know this one: the square of the middle first, then its neighbours.

use super::{EARTH_M, LAT_MAX, LON_MAX, Point, STEPS, Shape, cell, interleave};

/// A range of scores, to before its end.
type Range = (u64, u64);

/// Half of the equator of the web's maps, in metres.
const HALF_EQUATOR_M: f64 = 20_037_726.37;

/// What a shape reaches to, in degrees: west, south, east, north.
struct Reach {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// A square: its column and its row of `1 << steps` each.
#[derive(Clone, Copy)]
struct Square {
    lon: u32,
    lat: u32,
    steps: u32,
}

impl Square {
    fn of(point: Point, steps: u32) -> Square {
        let (lon, lat) = (cell(point.lon, LON_MAX, steps), cell(point.lat, LAT_MAX, steps));
        Square { lon, lat, steps }
    }

    /// The square so many to the east and to the north; behind the last comes the first.
    fn moved(self, east: i32, north: i32) -> Square {
        let within = |number: u32| number & ((1 << self.steps) - 1);
        let lon = within(self.lon.wrapping_add_signed(east));
        let lat = within(self.lat.wrapping_add_signed(north));
        Square { lon, lat, ..self }
    }

    fn reach(self) -> Reach {
        let edge = |number: u32, max: f64| {
            -max + (f64::from(number) / (1u64 << self.steps) as f64) * (2.0 * max)
        };
        Reach {
            west: edge(self.lon, LON_MAX),
            south: edge(self.lat, LAT_MAX),
            east: edge(self.lon + 1, LON_MAX),
            north: edge(self.lat + 1, LAT_MAX),
        }
    }

    fn scores(self) -> Range {
        let (square, shift) = (interleave(self.lat, self.lon), 2 * (STEPS - self.steps));
        (square << shift, (square + 1) << shift)
    }
}

/// The scores of the squares around the middle of a shape, in the order of the search.
pub(super) fn around(shape: &Shape) -> Vec<Range> {
    let (center, reach) = (shape.center(), reach_of(shape));
    let mut middle = Square::of(center, steps_for(radius_of(shape, center, &reach), center.lat));
    let falls_short = middle.moved(0, 1).reach().north < reach.north
        || middle.moved(0, -1).reach().south > reach.south
        || middle.moved(1, 0).reach().east < reach.east
        || middle.moved(-1, 0).reach().west > reach.west;
    if falls_short && middle.steps > 1 {
        middle = Square::of(center, middle.steps - 1);
    }
    let inner = middle.reach();
    let all = middle.steps < 2;
    let wanted = |east: i32, north: i32| {
        all || (north >= 0 || inner.south >= reach.south)
            && (north <= 0 || inner.north <= reach.north)
            && (east >= 0 || inner.west >= reach.west)
            && (east <= 0 || inner.east <= reach.east)
    };
    let ways = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)];
    let ways = ways.into_iter().filter(|&(east, north)| wanted(east, north));
    ways.map(|(east, north)| middle.moved(east, north).scores()).collect()
}

/// The parts of some ranges in the order of the squares that they lie in; what lies in none comes
/// last.
pub(super) fn order(ranges: Vec<Range>, squares: &[Range]) -> Vec<Range> {
    let (mut left, mut ordered) = (ranges, Vec::new());
    for &(low, high) in squares {
        let mut outside = Vec::new();
        for (from, to) in left {
            let (begin, end) = (from.max(low), to.min(high));
            if begin < end {
                ordered.push((begin, end));
                outside
                    .extend([(from, begin), (end, to)].into_iter().filter(|part| part.0 < part.1));
            } else {
                outside.push((from, to));
            }
        }
        left = outside;
    }
    ordered.extend(left);
    ordered
}

/// Into how many halves the map is divided, so that nine squares hold a circle.
fn steps_for(radius_m: f64, lat: f64) -> u32 {
    if radius_m == 0.0 {
        return STEPS;
    }
    let (mut radius_m, mut steps) = (radius_m, 1i32);
    while radius_m < HALF_EQUATOR_M {
        radius_m *= 2.0;
        steps += 1;
    }
    // Squares are narrower towards the poles.
    let narrow = i32::from(lat.abs() > 66.0) + i32::from(lat.abs() > 80.0);
    (steps - 2 - narrow).clamp(1, STEPS as i32) as u32
}

fn radius_of(shape: &Shape, center: Point, reach: &Reach) -> f64 {
    match shape {
        Shape::Circle { radius_m, .. } => *radius_m,
        Shape::Rectangle { width_m, height_m, .. } => (width_m / 2.0).hypot(height_m / 2.0),
        Shape::Polygon(_) => {
            let lons = [reach.west, reach.east].into_iter();
            let corners = lons.flat_map(|lon| [reach.south, reach.north].map(|lat| (lon, lat)));
            corners.map(|(lon, lat)| center.distance(Point { lon, lat })).fold(0.0, f64::max)
        }
    }
}

/// What the search takes for the reach of a shape; near the poles it is too little.
fn reach_of(shape: &Shape) -> Reach {
    let (center, width_m, height_m) = match shape {
        Shape::Circle { center, radius_m } => (center, *radius_m, *radius_m),
        Shape::Rectangle { center, width_m, height_m } => (center, width_m / 2.0, height_m / 2.0),
        Shape::Polygon(corners) => {
            let (west, east, south, north) = super::bounds_of(corners);
            return Reach { west, south, east, north };
        }
    };
    let up = (height_m / EARTH_M).to_degrees();
    let level = if center.lat < 0.0 { center.lat - up } else { center.lat + up };
    let aside = (width_m / EARTH_M / level.to_radians().cos()).to_degrees();
    Reach {
        west: center.lon - aside,
        south: center.lat - up,
        east: center.lon + aside,
        north: center.lat + up,
    }
}
