//! Places on the earth as scores of a sorted set, and shapes that places are searched in.
//!
//! A score interleaves the bits of latitude and longitude, so that a square of the map is a range
//! of scores. Source: geohashes by G. Niemeyer, with the latitudes of web maps; distances by the
//! haversine formula; polygons by the crossing test of W. R. Franklin.
//!
//! # Layout
//!
//! ```text
//! score: 52 bits   lon25 lat25 lon24 lat24 ... lon0 lat0
//! ```
//!
//! # Invariants
//!
//! 1. A shape's ranges of scores hold every place inside of the shape, once.

mod squares;

/// The radius of the earth that all servers of the field take, in metres.
const EARTH_M: f64 = 6_372_797.560_856;
/// Latitudes end here.
const LAT_MAX: f64 = 85.051_128_78;
/// Longitudes end here.
const LON_MAX: f64 = 180.0;
/// Bits of each coordinate.
const STEPS: u32 = 26;

/// A place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Degrees to the east.
    pub lon: f64,
    /// Degrees to the north.
    pub lat: f64,
}

impl Point {
    /// A place, if the coordinates are ones.
    pub fn new(lon: f64, lat: f64) -> Option<Point> {
        let inside = lon.abs() <= LON_MAX && lat.abs() <= LAT_MAX;
        inside.then_some(Point { lon, lat })
    }

    /// The score of the place.
    pub fn score(self) -> f64 {
        interleave(cell(self.lat, LAT_MAX, STEPS), cell(self.lon, LON_MAX, STEPS)) as f64
    }

    /// The middle of the square that a score stands for.
    pub fn of_score(score: f64) -> Point {
        let bits = cells(score);
        let middle = |cell: u32, max: f64| {
            let edge = |cell: u64| (cell as f64 / (1u64 << STEPS) as f64) * (2.0 * max) - max;
            let (low, high) = (edge(u64::from(cell)), edge(u64::from(cell) + 1));
            ((low + high) / 2.0).clamp(-max, max)
        };
        Point {
            lon: middle(every_second(bits >> 1), LON_MAX),
            lat: middle(every_second(bits), LAT_MAX),
        }
    }

    /// The usual eleven letters for the place.
    pub fn geohash(self) -> [u8; 11] {
        const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let bits = interleave(cell(self.lat, 90.0, STEPS), cell(self.lon, LON_MAX, STEPS));
        std::array::from_fn(|index| match index {
            // compat: fifty-two bits are ten letters and a half; the last one is always 0.
            10 => b'0',
            _ => LETTERS[(bits >> (47 - 5 * index) & 31) as usize],
        })
    }

    /// Metres between two places.
    pub fn distance(self, other: Point) -> f64 {
        let v = ((other.lon.to_radians() - self.lon.to_radians()) / 2.0).sin();
        if v.abs() <= 1e-15 {
            return north_distance(self.lat, other.lat);
        }
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let u = ((to - from) / 2.0).sin();
        let a = u * u + from.cos() * to.cos() * v * v;
        2.0 * EARTH_M * a.sqrt().asin()
    }
}

/// Metres between two latitudes.
fn north_distance(a: f64, b: f64) -> f64 {
    EARTH_M * (b.to_radians() - a.to_radians()).abs()
}

/// In which of `2^steps` parts of its range a coordinate lies.
fn cell(degrees: f64, max: f64, steps: u32) -> u32 {
    ((degrees + max) / (2.0 * max) * (1u64 << steps) as f64) as u32
}

/// The bits of `low` and `high` in turns, the lowest of `low` first.
fn interleave(low: u32, high: u32) -> u64 {
    spread(low) | spread(high) << 1
}

/// The masks of each halving of the gaps between bits.
const MASKS: [(u32, u64); 5] = [
    (16, 0x0000_FFFF_0000_FFFF),
    (8, 0x00FF_00FF_00FF_00FF),
    (4, 0x0F0F_0F0F_0F0F_0F0F),
    (2, 0x3333_3333_3333_3333),
    (1, 0x5555_5555_5555_5555),
];

fn spread(bits: u32) -> u64 {
    MASKS.iter().fold(u64::from(bits), |bits, (shift, mask)| (bits | bits << shift) & mask)
}

/// The cells of a score, also of one that is none of a place.
fn cells(score: f64) -> u64 {
    const ALL: f64 = 18_446_744_073_709_551_616.0;
    // compat: as x86 processors convert, where negative ones wrap and what is too large is 0.
    match score {
        score if score >= ALL => 0,
        score if score >= 0.0 => score as u64,
        score => score as i64 as u64,
    }
}

fn every_second(bits: u64) -> u32 {
    let low = bits & 0x5555_5555_5555_5555;
    let gathered = [(1, 0x3333_3333_3333_3333u64), (2, 0x0F0F_0F0F_0F0F_0F0F)]
        .into_iter()
        .chain([(4, 0x00FF_00FF_00FF_00FF), (8, 0x0000_FFFF_0000_FFFF), (16, 0xFFFF_FFFF)])
        .fold(low, |bits, (shift, mask)| (bits | bits >> shift) & mask);
    gathered as u32
}

/// What places are searched in.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// All within a distance.
    Circle {
        /// The middle.
        center: Point,
        /// The distance in metres.
        radius_m: f64,
    },
    /// All within distances to the north and to the east.
    Rectangle {
        /// The middle.
        center: Point,
        /// From west to east, in metres.
        width_m: f64,
        /// From south to north, in metres.
        height_m: f64,
    },
    /// All within a line of corners.
    Polygon(Vec<Point>),
}

impl Shape {
    /// The place that distances are measured from.
    pub fn center(&self) -> Point {
        match self {
            Shape::Circle { center, .. } | Shape::Rectangle { center, .. } => *center,
            Shape::Polygon(corners) => centroid(corners),
        }
    }

    /// The distance of a place from the middle, `center`, if it is inside.
    pub fn distance(&self, center: Point, point: Point) -> Option<f64> {
        match self {
            Shape::Circle { radius_m, .. } => {
                Some(center.distance(point)).filter(|distance| distance <= radius_m)
            }
            Shape::Rectangle { width_m, height_m, .. } => {
                let level = Point { lat: point.lat, ..center };
                let inside = north_distance(point.lat, center.lat) <= height_m / 2.0
                    && point.distance(level) <= width_m / 2.0;
                inside.then(|| center.distance(point))
            }
            Shape::Polygon(corners) => is_within(corners, point).then(|| center.distance(point)),
        }
    }

    /// A search in this shape.
    pub fn search(&self) -> Search<'_> {
        Search { shape: self, center: self.center(), bounds: self.bounds() }
    }

    /// Ranges of scores, each to before its end, that hold all places inside.
    ///
    /// compat: they come in the order in which Redis looks at the squares around the middle, which
    /// is the order of results that nobody asked to sort.
    pub fn scores(&self) -> Vec<(f64, f64)> {
        let (west, east, south, north) = self.bounds();
        let mut ranges = Vec::new();
        if west < -LON_MAX {
            cover(&mut ranges, (west + 2.0 * LON_MAX, LON_MAX), (south, north));
        }
        if east > LON_MAX {
            cover(&mut ranges, (-LON_MAX, east - 2.0 * LON_MAX), (south, north));
        }
        cover(&mut ranges, (west.max(-LON_MAX), east.min(LON_MAX)), (south, north));
        ranges.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for (from, to) in ranges {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                Some(_) | None => joined.push((from, to)),
            }
        }
        let ordered = squares::order(joined, &squares::around(self));
        ordered.into_iter().map(|(from, to)| (from as f64, to as f64)).collect()
    }

    /// The degrees that the shape reaches to, and a little more: west, east, south, north. West and
    /// east go beyond the longitudes where the shape reaches over their end.
    fn bounds(&self) -> (f64, f64, f64, f64) {
        let (center, height_m, width_m) = match self {
            Shape::Circle { center, radius_m } => (*center, *radius_m, *radius_m),
            Shape::Rectangle { center, width_m, height_m } => {
                (*center, height_m / 2.0, width_m / 2.0)
            }
            Shape::Polygon(corners) => return bounds_of(corners),
        };
        let up = (height_m / EARTH_M).to_degrees() * (1.0 + 1e-9) + 1e-9;
        let (south, north) = ((center.lat - up).max(-LAT_MAX), (center.lat + up).min(LAT_MAX));
        let level = south.abs().max(north.abs()).to_radians().cos();
        let reach = (width_m / EARTH_M / 2.0).min(std::f64::consts::FRAC_PI_2).sin() / level;
        if reach >= 1.0 {
            return (-LON_MAX, LON_MAX, south, north);
        }
        let aside = (2.0 * reach.asin()).to_degrees() * (1.0 + 1e-9) + 1e-9;
        if aside >= LON_MAX {
            return (-LON_MAX, LON_MAX, south, north);
        }
        (center.lon - aside, center.lon + aside, south, north)
    }
}

/// A shape, with what all places are compared with.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    shape: &'a Shape,
    center: Point,
    /// West, east, south, north.
    bounds: (f64, f64, f64, f64),
}

impl Search<'_> {
    /// The place of a score and its distance from the middle, if it is inside.
    pub fn find(&self, score: f64) -> Option<(Point, f64)> {
        let point = Point::of_score(score);
        if !self.is_near(point) {
            return None;
        }
        self.shape.distance(self.center, point).map(|distance| (point, distance))
    }

    /// Whether a place is as far to each side as the shape reaches: most that are not inside are
    /// not, and that is found with no sine.
    fn is_near(&self, point: Point) -> bool {
        // Middles of cells, and the distances between them, are rounded.
        const MARGIN: f64 = 1e-5;
        let (west, east, south, north) = self.bounds;
        let within = |lon: f64| west - MARGIN <= lon && lon <= east + MARGIN;
        let level = south - MARGIN <= point.lat && point.lat <= north + MARGIN;
        level
            && (within(point.lon)
                || within(point.lon + 2.0 * LON_MAX)
                || within(point.lon - 2.0 * LON_MAX))
    }
}

fn bounds_of(corners: &[Point]) -> (f64, f64, f64, f64) {
    let start = (LON_MAX, -LON_MAX, LAT_MAX, -LAT_MAX);
    corners.iter().fold(start, |(west, east, south, north), corner| {
        let (lon, lat) = (corner.lon, corner.lat);
        (west.min(lon), east.max(lon), south.min(lat), north.max(lat))
    })
}

/// Adds the ranges of the squares that cover these degrees: three by three at most.
fn cover(ranges: &mut Vec<(u64, u64)>, (west, east): (f64, f64), (south, north): (f64, f64)) {
    let fits = |steps: &u32| {
        let parts = (1u64 << steps) as f64;
        2.0 * LON_MAX / parts >= (east - west) / 2.0
            && 2.0 * LAT_MAX / parts >= (north - south) / 2.0
    };
    let steps = (0..=STEPS).rev().find(fits).unwrap_or(0);
    let shift = 2 * (STEPS - steps);
    for lat in cell(south, LAT_MAX, steps)..=cell(north, LAT_MAX, steps) {
        for lon in cell(west, LON_MAX, steps)..=cell(east, LON_MAX, steps) {
            let square = interleave(lat, lon);
            ranges.push((square << shift, (square + 1) << shift));
        }
    }
}

/// The middle of the corners, on the globe.
fn centroid(corners: &[Point]) -> Point {
    let (mut x, mut y, mut z) = (0.0, 0.0, 0.0);
    for corner in corners {
        let (lon, lat) = (corner.lon.to_radians(), corner.lat.to_radians());
        x += lat.cos() * lon.cos();
        y += lat.cos() * lon.sin();
        z += lat.sin();
    }
    let lat = f64::atan2(z, (x * x + y * y).sqrt()).to_degrees();
    Point { lon: f64::atan2(y, x).to_degrees(), lat }
}

/// Whether a line from the place to the east crosses the border an odd number of times.
fn is_within(corners: &[Point], point: Point) -> bool {
    let mut inside = false;
    let mut before = corners.last();
    for corner in corners {
        if let Some(before) = before {
            let crosses = (corner.lat > point.lat) != (before.lat > point.lat);
            let slope = (before.lon - corner.lon) * (point.lat - corner.lat);
            if crosses && point.lon < slope / (before.lat - corner.lat) + corner.lon {
                inside = !inside;
            }
        }
        before = Some(corner);
    }
    inside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        (-LON_MAX..=LON_MAX, -LAT_MAX..=LAT_MAX).prop_map(|(lon, lat)| Point { lon, lat })
    }

    #[test]
    fn known_places_have_their_known_hashes_and_distance() {
        let palermo = Point::new(13.361_389, 38.115_556).unwrap();
        let catania = Point::new(15.087_269, 37.502_669).unwrap();
        assert_eq!(palermo.score(), 3_479_099_956_230_698.0);
        assert_eq!(&Point::of_score(palermo.score()).geohash(), b"sqc8b49rny0");
        let (palermo, catania) = (palermo.score(), catania.score());
        let distance = Point::of_score(palermo).distance(Point::of_score(catania));
        assert_eq!(format!("{distance:.4}"), "166274.1516");
        assert!(Point::new(181.0, 0.0).is_none() && Point::new(0.0, f64::NAN).is_none());
    }

    proptest! {
        #[test]
        fn a_score_leads_back_to_its_place(point in point()) {
            let back = Point::of_score(point.score());
            prop_assert!((back.lon - point.lon).abs() < 1e-5);
            prop_assert!((back.lat - point.lat).abs() < 1e-5);
            prop_assert_eq!(back.score(), point.score());
        }

        #[test]
        fn what_is_inside_is_in_the_ranges(
            center in point(),
            place in point(),
            near in (-1.0..1.0f64, -1.0..1.0f64, -6.0..1.0f64),
            metres in (1.0..7.5f64, 1.0..7.5f64),
        ) {
            let scale = 10f64.powf(near.2);
            let close = Point::new(center.lon + near.0 * scale, center.lat + near.1 * scale);
            let (width_m, height_m) = (10f64.powf(metres.0), 10f64.powf(metres.1));
            let circle = Shape::Circle { center, radius_m: width_m };
            let rectangle = Shape::Rectangle { center, width_m, height_m };
            for shape in [circle, rectangle] {
                let ranges = shape.scores();
                prop_assert!(ranges.len() <= 45);
                for place in [Some(place), close].into_iter().flatten() {
                    let score = place.score();
                    let found = shape.distance(center, Point::of_score(score)).is_some();
                    prop_assert_eq!(shape.search().find(score).is_some(), found);
                    let holds = |range: &&(f64, f64)| range.0 <= score && score < range.1;
                    let times = ranges.iter().filter(holds).count();
                    let expected = usize::from(found)..=1;
                    prop_assert!(expected.contains(&times), "{:?} {:?}", shape, place);
                }
            }
        }

        #[test]
        fn corners_make_a_shape(corners in prop::collection::vec(point(), 3..6), place in point()) {
            let shape = Shape::Polygon(corners);
            let score = place.score();
            let found = shape.distance(shape.center(), Point::of_score(score)).is_some();
            prop_assert_eq!(shape.search().find(score).is_some(), found);
            let ranges = shape.scores();
            let covered = ranges.iter().any(|range| range.0 <= score && score < range.1);
            prop_assert!(covered || !found);
        }
    }
}
