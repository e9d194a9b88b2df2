//! Reading what a search in places is asked for.

use resp::Args;
use types::SortedSet;
use types::geo::{Point, Shape};

use super::{place_of, point, unit};
use crate::commands::arguments::{Words, integer, integer_or, is_word};
use crate::error::CommandError;

/// Which command is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kin {
    /// `GEORADIUS`, `GEORADIUSBYMEMBER`: may store.
    Radius,
    /// `GEORADIUS_RO`, `GEORADIUSBYMEMBER_RO`
    RadiusReadOnly,
    /// `GEOSEARCH`
    Search,
    /// `GEOSEARCHSTORE`
    SearchStore,
}

impl Kin {
    fn is_search(self) -> bool {
        matches!(self, Kin::Search | Kin::SearchStore)
    }
}

/// In which order members are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Order {
    #[default]
    Any,
    Nearest,
    Farthest,
}

/// Where a search is, until it is complete.
#[derive(Clone, Debug)]
enum Extent {
    Radius(f64),
    Sides(f64, f64),
    Corners(Vec<Point>),
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Options<'a> {
    pub dist: bool,
    pub hash: bool,
    pub coord: bool,
    pub order: Order,
    /// The most members that are shown.
    pub count: Option<usize>,
    /// Any so many members will do, not the nearest.
    pub any: bool,
    /// The key that gets the result.
    pub store: Option<&'a [u8]>,
    /// What is stored are distances.
    pub store_distances: bool,
    /// Metres of the unit.
    pub unit_m: f64,
    /// Where to search; it needs no middle where it has corners.
    center: Option<Point>,
    /// The middle is a member of a set that is not there.
    nowhere: bool,
    extent: Option<Extent>,
}

impl<'a> Options<'a> {
    /// Nothing but the key that gets the result, if there is one.
    pub fn storing(store: Option<&'a [u8]>) -> Options<'a> {
        Options { store, ..Options::default() }
    }

    /// A circle, as the older commands have it in front of their options.
    pub fn circle(
        center: Option<Point>,
        radius: &[u8],
        unit_word: &[u8],
    ) -> Result<Options<'a>, CommandError> {
        let mut options = Options { center, nowhere: center.is_none(), ..Options::default() };
        options.radius(radius, unit_word)?;
        Ok(options)
    }

    fn radius(&mut self, radius: &[u8], unit_word: &[u8]) -> Result<(), CommandError> {
        let radius = types::number::parse_f64(radius);
        let radius = radius.ok_or_else(|| CommandError::err("need numeric radius"))?;
        if radius < 0.0 {
            return Err(CommandError::err("radius cannot be negative"));
        }
        self.unit_m = unit(unit_word)?;
        self.extent = Some(Extent::Radius(radius * self.unit_m));
        Ok(())
    }

    /// Reads the options from argument `first` on.
    pub fn read(
        &mut self,
        args: Args<'a>,
        first: usize,
        kin: Kin,
        set: Option<&SortedSet>,
    ) -> Result<(), CommandError> {
        let mut words = Words::new(args, first);
        while let Some(word) = words.next() {
            let known = self.flag(word)
                || self.count_or_store(word, &mut words, kin)?
                || kin.is_search() && self.place(word, &mut words, set)?;
            if !known {
                return Err(CommandError::Syntax);
            }
        }
        self.check(args, kin)
    }

    /// Words that stand alone.
    fn flag(&mut self, word: &[u8]) -> bool {
        match word {
            word if is_word(word, "WITHDIST") => self.dist = true,
            word if is_word(word, "WITHHASH") => self.hash = true,
            word if is_word(word, "WITHCOORD") => self.coord = true,
            word if is_word(word, "ANY") => self.any = true,
            word if is_word(word, "ASC") => self.order = Order::Nearest,
            word if is_word(word, "DESC") => self.order = Order::Farthest,
            _ => return false,
        }
        true
    }

    fn count_or_store(
        &mut self,
        word: &[u8],
        words: &mut Words<'a>,
        kin: Kin,
    ) -> Result<bool, CommandError> {
        if is_word(word, "COUNT") {
            let count = usize::try_from(integer(words.argument()?)?).unwrap_or(0);
            if count == 0 {
                return Err(CommandError::err("COUNT must be > 0"));
            }
            self.count = Some(count);
            return Ok(true);
        }
        let distances = is_word(word, "STOREDIST");
        if kin == Kin::SearchStore && distances {
            self.store_distances = true;
            return Ok(true);
        }
        if kin == Kin::Radius && (distances || is_word(word, "STORE")) {
            self.store = Some(words.argument()?);
            self.store_distances = distances;
            return Ok(true);
        }
        Ok(false)
    }

    /// Words that say where to search.
    fn place(
        &mut self,
        word: &[u8],
        words: &mut Words<'a>,
        set: Option<&SortedSet>,
    ) -> Result<bool, CommandError> {
        let has_center = self.center.is_some() || self.nowhere;
        let has_corners = matches!(self.extent, Some(Extent::Corners(_)));
        if is_word(word, "FROMMEMBER") && self.center.is_none() && !has_corners {
            let member = words.argument()?;
            self.center = set.map(|set| place_of(set, member)).transpose()?;
            self.nowhere = self.center.is_none();
        } else if is_word(word, "FROMLONLAT") && !has_center && !has_corners {
            self.center = Some(point(words.argument()?, words.argument()?)?);
        } else if is_word(word, "BYRADIUS") && !matches!(self.extent, Some(Extent::Sides(..))) {
            if has_corners {
                return Ok(false);
            }
            self.radius(words.argument()?, words.argument()?)?;
        } else if is_word(word, "BYBOX") && !matches!(self.extent, Some(Extent::Radius(_))) {
            if has_corners {
                return Ok(false);
            }
            self.sides(words)?;
        } else if is_word(word, "BYPOLYGON") && self.extent.is_none() && !has_center {
            self.corners(words)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn sides(&mut self, words: &mut Words<'a>) -> Result<(), CommandError> {
        let (width, height) = (words.argument()?, words.argument()?);
        let unit_word = words.argument()?;
        let side = |word, error: &'static str| {
            types::number::parse_f64(word).ok_or_else(|| CommandError::err(error))
        };
        let (width, height) =
            (side(width, "need numeric width")?, side(height, "need numeric height")?);
        if width < 0.0 || height < 0.0 {
            return Err(CommandError::err("height or width cannot be negative"));
        }
        self.unit_m = unit(unit_word)?;
        self.extent = Some(Extent::Sides(width * self.unit_m, height * self.unit_m));
        Ok(())
    }

    fn corners(&mut self, words: &mut Words<'a>) -> Result<(), CommandError> {
        let malformed = "invalid number of vertices";
        let number_of = integer_or(words.argument()?, malformed)?;
        let number_of = i32::try_from(number_of).map_err(|_| CommandError::err(malformed))?;
        let few = || CommandError::err("GEOSEARCH BYPOLYGON must have at least 3 vertices");
        let number_of = usize::try_from(number_of).ok().filter(|number| *number >= 3);
        let number_of = number_of.filter(|number| *number <= words.left() / 2).ok_or_else(few)?;
        let mut corners = Vec::with_capacity(number_of);
        for _ in 0..number_of {
            corners.push(point(words.argument()?, words.argument()?)?);
        }
        self.unit_m = 1.0;
        self.extent = Some(Extent::Corners(corners));
        Ok(())
    }

    fn check(&self, args: Args<'a>, kin: Kin) -> Result<(), CommandError> {
        let stores = self.store.is_some() || kin == Kin::SearchStore;
        if stores && (self.dist || self.hash || self.coord) {
            let who = match kin {
                Kin::SearchStore => "GEOSEARCHSTORE",
                Kin::Radius | Kin::RadiusReadOnly | Kin::Search => "STORE option in GEORADIUS",
            };
            let text = "is not compatible with WITHDIST, WITHHASH and WITHCOORD options";
            return Err(CommandError::err(format_args!("{who} {text}")));
        }
        let name = String::from_utf8_lossy(args.at(0));
        let has_corners = matches!(self.extent, Some(Extent::Corners(_)));
        if self.center.is_none() && !self.nowhere && !has_corners {
            let text = "exactly one of FROMMEMBER or FROMLONLAT can be specified for";
            return Err(CommandError::err(format_args!("{text} {name}")));
        }
        if self.extent.is_none() {
            let text = "exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for";
            return Err(CommandError::err(format_args!("{text} {name}")));
        }
        if self.any && self.count.is_none() {
            return Err(CommandError::err("the ANY argument requires COUNT argument"));
        }
        Ok(())
    }

    /// The shape to search in; `None` if its middle is a member of a set that is not there.
    pub fn shape(&mut self) -> Option<Shape> {
        match (self.extent.take()?, self.center) {
            (Extent::Corners(corners), _) => Some(Shape::Polygon(corners)),
            (Extent::Radius(radius_m), Some(center)) => Some(Shape::Circle { center, radius_m }),
            (Extent::Sides(width_m, height_m), Some(center)) => {
                Some(Shape::Rectangle { center, width_m, height_m })
            }
            (Extent::Radius(_) | Extent::Sides(..), None) => None,
        }
    }
}
