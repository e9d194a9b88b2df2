//! The words of each kind. They come from small pools, so that commands meet each other's keys
//! and members, and at times from its edges and beyond.
//!
//! # Invariants
//!
//! 1. No deadline is close: a key is gone at once or outlives the round.
//! 2. No number makes a server reserve much memory: between 100,000 and 2^32 there is none that
//!    an offset could be.

use super::random::Random;

/// The letters that keys begin with: one for each kind of value.
pub const LETTERS: [&str; 8] = ["s", "p", "l", "e", "h", "z", "g", "x"];
/// What keys begin with whose members all have one score: ranges of names need that.
pub const LEX: &str = "y";
/// Keys of each letter.
pub const KEYS: usize = 3;

macro_rules! kinds {
    ($($name:ident $word:literal,)*) => {
        /// What a word of a command stands for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($name,)* }

        impl Kind {
            /// The kind that the grammar calls so.
            pub fn of(word: &str) -> Option<Kind> {
                match word {
                    $($word => Some(Kind::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    Key "key", Any "any", LexKey "lexkey", KeyOrSet "keyorset", Absent "absent", Value "value",
    Member "member",
    Field "field", Int "int", Index "index", Float "float", Score "score", Offset "offset",
    Place "place", Bit "bit", Layout "layout", Seconds "seconds", Ms "ms", At "at", AtMs "atms",
    Hour "hour", Timeout "timeout", ScoreBound "scorebound", LexBound "lexbound",
    Pattern "pattern", Cursor "cursor", Type "type", Db "db", Weight "weight",
    WeightKey "weightkey", WeightHash "weighthash", Longitude "longitude", Latitude "latitude",
    Radius "radius", Unit "unit", Id "id", NewId "newid", IdBound "idbound", Group "group",
    Consumer "consumer", Near "near", Block "block",
}

const VALUES: &[&str] = &[
    "",
    "a",
    "b",
    "hello",
    "hello world",
    "0",
    "1",
    "-1",
    "10",
    "12345",
    "-0",
    "007",
    "+5",
    " 7",
    "3.0",
    "1.5",
    "-2.25",
    "1e3",
    "inf",
    "nan",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "99999999999999999999",
    "ohmytext",
    "mynewtext",
];
const MEMBERS: &[&str] = &[
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "aa",
    "ab",
    "A",
    "",
    "0",
    "1",
    "2",
    "3",
    "-1",
    "10",
    "100",
    "200",
    "32767",
    "32768",
    "-32769",
    "2147483648",
    "-2147483649",
    "4294967296",
    "007",
    "1.5",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "foo bar",
    "\r\n",
];
const INTS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "10",
    "100",
    "-100",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "4294967296",
    "-2",
    "abc",
    "",
    "1.0",
    "+1",
    "01",
    " 1",
    "1 ",
    "-0",
];
const FLOATS: &[&str] = &[
    "0",
    "1",
    "-1",
    "1.5",
    "-2.25",
    "0.1",
    "3.0e3",
    "1e17",
    "-0",
    "inf",
    "-inf",
    "+inf",
    "nan",
    "1e308",
    "-1e308",
    "1e-320",
    "1e400",
    "5e-324",
    "0.30000000000000004",
    "9007199254740993",
    "123456789.123456789",
    "abc",
    "",
    "1.5x",
    " 1",
    "1 ",
    "0x10",
    "infinity",
    "1e-7",
    "1e21",
    "3.14159265358979",
    "99999999999999999999",
];
/// What takes the place of a word when a command is spoilt: nothing that is a short deadline.
const ODD: &[&str] = &[
    "0",
    "-1",
    "",
    "abc",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1e3",
    "4294967296",
    "+1",
    " 1",
    "01",
    "-0",
    "nan",
    "0x10",
    "*",
    "(1",
    "[a",
    "-",
    "+",
];
const LENGTHS: &[usize] = &[43, 44, 45, 63, 64, 65, 100, 127, 128, 129, 200, 600];

/// Where words come from.
pub struct Source {
    pub random: Random,
    /// The first letter of most keys; none for commands of any type.
    pub letter: &'static str,
    /// Many words come in a row: they come from a larger pool.
    pub many: bool,
}

impl Source {
    /// A word of this kind.
    pub fn word(&mut self, kind: Kind) -> Vec<u8> {
        match kind {
            Kind::Key => self.key(70),
            Kind::Any => self.key(1000),
            Kind::LexKey => format!("{LEX}{}", self.random.below(KEYS)).into_bytes(),
            Kind::KeyOrSet => self.key_or_set(),
            Kind::Value => self.value(),
            Kind::Member | Kind::Field => self.member(),
            Kind::Int | Kind::Index => self.int(12),
            Kind::Offset => self.offset(),
            Kind::Place => self.place(),
            Kind::Layout => self.layout(),
            Kind::Float | Kind::Score => self.float(),
            Kind::ScoreBound => self.score_bound(),
            Kind::LexBound => self.lex_bound(),
            Kind::Longitude => self.degrees(120.0),
            Kind::Latitude => self.degrees(60.0),
            Kind::Near => self.degrees(12.0),
            Kind::Id => self.id(),
            Kind::IdBound => self.id_bound(),
            Kind::Seconds | Kind::Ms | Kind::At | Kind::AtMs => self.time(kind),
            other => self.plain(other),
        }
    }

    /// A word that may be wrong wherever it stands.
    pub fn odd(&mut self) -> Vec<u8> {
        self.one_of(ODD)
    }

    /// Words with nothing behind them but a short list.
    fn plain(&mut self, kind: Kind) -> Vec<u8> {
        let some: &[&str] = match kind {
            Kind::Absent => &["absent"],
            Kind::Bit => &["0", "1", "0", "1", "0", "1", "2", "-1", "x"],
            Kind::Hour => &["3600000"],
            Kind::Timeout => &["0.001", "0.001", "0.001", "-1", "x", "inf", "1e400", "nan"],
            Kind::Block => &["1", "1", "1", "-1", "x", "1.5", "9223372036854775808"],
            Kind::Pattern => &["*", "?", "??", "[a-c]*", "[^a]*", "*1", "s*", "\\*", "[", "a"],
            Kind::Cursor => &["0", "0", "abc", "-1", "18446744073709551616", "1x"],
            Kind::Type => &["string", "list", "set", "zset", "hash", "stream", "STRING", "none"],
            Kind::Db => &["0", "0", "0", "1", "1", "99", "-1", "x"],
            Kind::Weight => &["w_*", "wh->*", "*", "w_*->f", "s*", "h0->*"],
            Kind::WeightKey => &["w_a", "w_b", "w_1", "w_2", "w_10", "w_"],
            Kind::WeightHash => &["wh"],
            Kind::Radius => &["0", "100", "1000", "200.5", "2000", "3e3", "-1", "x", "nan"],
            Kind::Unit => &["m", "km", "ft", "mi", "KM", "km", "yd"],
            Kind::NewId => &[">", ">", ">", "0", "3-1", "x"],
            Kind::Group => &["g1", "g1", "g2"],
            Kind::Consumer => &["alice", "bob"],
            _ => &["x"],
        };
        self.one_of(some)
    }

    fn one_of(&mut self, some: &[&str]) -> Vec<u8> {
        text(some[self.random.below(some.len())])
    }

    fn key(&mut self, foreign_per_mille: usize) -> Vec<u8> {
        let foreign = self.letter.is_empty() || self.random.chance(foreign_per_mille);
        let letter = if foreign { self.random.pick(&LETTERS) } else { self.letter };
        format!("{letter}{}", self.random.below(KEYS)).into_bytes()
    }

    /// What sorted sets are combined with may be a set.
    fn key_or_set(&mut self) -> Vec<u8> {
        if self.random.chance(250) {
            return format!("e{}", self.random.below(KEYS)).into_bytes();
        }
        self.key(40)
    }

    fn value(&mut self) -> Vec<u8> {
        match self.random.below(10) {
            0 => b"x".repeat(*self.random.pick(LENGTHS)),
            1 => (0..self.random.below(20)).map(|_| self.random.next() as u8).collect(),
            2 | 3 => self.int(2000),
            4 => self.float(),
            _ => self.one_of(VALUES),
        }
    }

    fn member(&mut self) -> Vec<u8> {
        if self.many {
            let number = self.random.below(700);
            let plain = self.random.chance(500);
            return if plain { number.to_string() } else { format!("el:{number}") }.into_bytes();
        }
        match self.random.below(40) {
            0 => b"m".repeat(*self.random.pick(LENGTHS)),
            1 => vec![255, self.random.next() as u8 | 1, 0],
            2..6 => self.random.below(700).to_string().into_bytes(),
            _ => self.one_of(MEMBERS),
        }
    }

    /// Mostly a small number of either sign.
    fn int(&mut self, most: usize) -> Vec<u8> {
        if self.random.chance(150) {
            return self.one_of(INTS);
        }
        let number = self.random.below(2 * most + 1) as i64 - most as i64;
        number.to_string().into_bytes()
    }

    fn offset(&mut self) -> Vec<u8> {
        if self.random.chance(80) {
            return self.odd();
        }
        let end = if self.random.chance(50) { 40_000 } else { 200 };
        self.random.below(end).to_string().into_bytes()
    }

    fn place(&mut self) -> Vec<u8> {
        let mark = if self.random.chance(300) { "#" } else { "" };
        [mark.as_bytes(), &self.offset()].concat()
    }

    fn layout(&mut self) -> Vec<u8> {
        let sign = if self.random.chance(500) { "u" } else { "i" };
        let bits = *self.random.pick(&[1, 2, 5, 8, 16, 31, 32, 63, 64, 65, 0]);
        format!("{sign}{bits}").into_bytes()
    }

    fn float(&mut self) -> Vec<u8> {
        match self.random.below(4) {
            0 => self.one_of(FLOATS),
            1 => format!("{}", self.random.below(2000) as f64 / 7.0 - 100.0).into_bytes(),
            _ => (self.random.below(21) as i64 - 10).to_string().into_bytes(),
        }
    }

    fn score_bound(&mut self) -> Vec<u8> {
        if self.random.chance(200) {
            return self.one_of(&["-inf", "+inf", "inf", "(-inf", "(+inf", "(", "a"]);
        }
        let mark = if self.random.chance(300) { "(" } else { "" };
        [mark.as_bytes(), &self.float()].concat()
    }

    fn lex_bound(&mut self) -> Vec<u8> {
        match self.random.below(10) {
            0 | 1 => text("-"),
            2 | 3 => text("+"),
            4 => self.member(),
            5 => self.one_of(&["(", "[", "", "-x", "+x"]),
            6 | 7 => [b"(", self.member().as_slice()].concat(),
            _ => [b"[", self.member().as_slice()].concat(),
        }
    }

    /// Part of a place: no search reaches across the line where longitudes begin anew, as the peer
    /// misses some of what lies behind it.
    fn degrees(&mut self, most: f64) -> Vec<u8> {
        match self.random.below(14) {
            0 => self.one_of(&["abc", "", "nan", "200", "-181", "90", "1e400", "0"]),
            1 => format!("{}", most * (self.random.below(3) as f64 - 1.0)).into_bytes(),
            2 | 3 => format!("{}", self.random.below(20) as f64 - 10.0).into_bytes(),
            _ => {
                let share = self.random.below(2_000_001) as f64 / 1_000_000.0 - 1.0;
                format!("{:.6}", share * most).into_bytes()
            }
        }
    }

    fn id(&mut self) -> Vec<u8> {
        let odd = ["0-0", "0", "-", "+", "5", "18446744073709551615-18446744073709551615", "x-1"];
        match self.random.below(16) {
            0 => self.one_of(&odd),
            1 | 2 => format!("{}-*", self.random.below(60)).into_bytes(),
            3 => self.random.below(60).to_string().into_bytes(),
            _ => format!("{}-{}", self.random.below(60), self.random.below(4)).into_bytes(),
        }
    }

    fn id_bound(&mut self) -> Vec<u8> {
        match self.random.below(6) {
            0 | 1 => text("-"),
            2 | 3 => text("+"),
            4 => [b"(", self.id().as_slice()].concat(),
            _ => self.id(),
        }
    }

    /// A deadline, or the time until it. One that is drawn twice would make `GT` and `LT` depend
    /// on the millisecond, so relative ones come from a wide range.
    fn time(&mut self, kind: Kind) -> Vec<u8> {
        if self.random.chance(120) {
            return self.one_of(&["0", "-1", "abc", "", "9223372036854775807", "1.5"]);
        }
        let (least, range) = match kind {
            Kind::Seconds => (1000, 10_000_000),
            Kind::Ms => (1_000_000, 10_000_000_000),
            Kind::At => (4_102_444_800, 8),
            _ => (4_102_444_800_000, 8000),
        };
        (least + self.random.below(range)).to_string().into_bytes()
    }
}

fn text(word: &str) -> Vec<u8> {
    word.as_bytes().to_vec()
}
