//! The large values that the scene of computations reckons with, as the commands that make them.

/// What is there before the commands of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// `bits`: 512 MB.
    LongString,
    /// `a` and `b`: 128 MB each.
    TwoStrings,
    /// `dense:0` to `dense:999`, of 2,000 elements each.
    DenseSketches,
    /// `sparse:0` to `sparse:999`, of 100 elements each.
    SparseSketches,
    /// `places`: a million, some one for each square kilometre.
    Places,
    /// `set:0` to `set:9`: a million each; each has 950,000 in common with the next.
    Sets,
    /// `zset:0` and `zset:1`: a million each; half of them in both.
    SortedSets,
    /// `list`: a million numbers.
    List,
    /// `names`: a sorted set of a million equal scores.
    Names,
    /// `stream`: ten million entries of two fields, and a group `group` that has seen none.
    Stream,
}

/// One command.
pub type Words = Vec<Vec<u8>>;

/// Elements of one command.
const TOGETHER: u64 = 500;
const MEGABYTE: usize = 1 << 20;

impl Stage {
    /// The commands that make it; `scale` is a factor on the number of elements.
    pub fn commands(self, scale: f64) -> Box<dyn Iterator<Item = Words>> {
        let of = move |count: u64| (count as f64 * scale).max(1.0) as u64;
        match self {
            Stage::LongString => Box::new(string("bits", of(512))),
            Stage::TwoStrings => Box::new(string("a", of(128)).chain(string("b", of(128)))),
            Stage::DenseSketches => Box::new(sketches("dense", 2000)),
            Stage::SparseSketches => Box::new(sketches("sparse", 100)),
            Stage::Places => Box::new(adding("GEOADD", "places".into(), 0..of(1_000_000), place)),
            Stage::Sets => Box::new((0..10).flat_map(move |set| {
                let first = of(50_000) * set;
                adding("SADD", format!("set:{set}"), first..first + of(1_000_000), |n| {
                    vec![format!("member:{n:09}")]
                })
            })),
            Stage::SortedSets => Box::new((0..2).flat_map(move |set| {
                let first = of(500_000) * set;
                adding("ZADD", format!("zset:{set}"), first..first + of(1_000_000), |n| {
                    vec![(scattered(n) % 1_000_000).to_string(), format!("member:{n:09}")]
                })
            })),
            Stage::List => Box::new(adding("RPUSH", "list".into(), 0..of(1_000_000), |n| {
                vec![(scattered(n) % 1_000_000_000).to_string()]
            })),
            Stage::Names => Box::new(adding("ZADD", "names".into(), 0..of(1_000_000), |n| {
                vec!["0".into(), format!("name:{:09}", scattered(n) % 1_000_000_000)]
            })),
            Stage::Stream => Box::new(stream(of(10_000_000))),
        }
    }
}

/// A number that looks like any other, always the same one for the same `n`.
fn scattered(n: u64) -> u64 {
    let mixed = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 7
}

fn words(of: &[&str]) -> Words {
    of.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn string(key: &'static str, megabytes: u64) -> impl Iterator<Item = Words> {
    (0..megabytes).map(move |number| {
        let part: Vec<u8> = (0..MEGABYTE as u64 / 8)
            .flat_map(|n| scattered(number << 32 | n).to_le_bytes())
            .collect();
        vec![b"APPEND".to_vec(), key.as_bytes().to_vec(), part]
    })
}

fn sketches(prefix: &'static str, elements: u64) -> impl Iterator<Item = Words> {
    (0..1000).map(move |key| {
        let mut command = words(&["PFADD", &format!("{prefix}:{key}")]);
        command.extend((0..elements).map(|n| format!("{}", key * 1000 + n).into_bytes()));
        command
    })
}

fn place(n: u64) -> Vec<String> {
    let part = |n: u64| (n % 1_000_000) as f64 / 100_000.0;
    let longitude = 10.0 + part(scattered(n));
    let latitude = 32.0 + part(scattered(n + (1 << 40)));
    vec![format!("{longitude:.5}"), format!("{latitude:.5}"), format!("place:{n:07}")]
}

/// Commands that add some elements each.
fn adding(
    verb: &'static str,
    key: String,
    numbers: std::ops::Range<u64>,
    element: impl Fn(u64) -> Vec<String> + Copy,
) -> impl Iterator<Item = Words> {
    let end = numbers.end;
    numbers.step_by(TOGETHER as usize).map(move |first| {
        let mut command = words(&[verb, &key]);
        let elements = (first..end.min(first + TOGETHER)).flat_map(element);
        command.extend(elements.map(String::into_bytes));
        command
    })
}

/// An entry for each millisecond.
fn stream(len: u64) -> impl Iterator<Item = Words> {
    let entries = (1..=len).map(|n| {
        let (id, number) = (format!("{n}-0"), (scattered(n) % 10_000).to_string());
        words(&["XADD", "stream", &id, "sensor", &number, "value", "0123456789"])
    });
    entries.chain([words(&["XGROUP", "CREATE", "stream", "group", "0"])])
}
