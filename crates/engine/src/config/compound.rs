//! Values made of several words: save points, buffer limits, the primary's address, shares of
//! memory, shutdown options.
//!
//! # Invariants
//!
//! 1. Each prints in the words that it is set with.

use super::parse;

/// A snapshot is due after so many seconds if so many changes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavePoint {
    /// Seconds since the last snapshot, at least 1.
    pub seconds: u64,
    /// Changes since the last snapshot.
    pub changes: u64,
}

impl SavePoint {
    /// The save points of a server without any configuration.
    #[must_use]
    pub fn defaults() -> Vec<SavePoint> {
        let points = [(3600, 1), (300, 100), (60, 10_000)];
        points.map(|(seconds, changes)| SavePoint { seconds, changes }).into()
    }
}

/// Where the primary is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primary {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A limit in bytes or as a share of `maxmemory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryShare {
    /// So many bytes; 0 is no limit.
    Bytes(u64),
    /// So many percent of `maxmemory`, 1 to 100.
    Percent(u8),
}

impl MemoryShare {
    /// The limit in bytes under a given `maxmemory`; `None` is no limit.
    #[must_use]
    pub fn limit_bytes(self, maxmemory_bytes: u64) -> Option<u64> {
        let limit = match self {
            MemoryShare::Bytes(bytes) => bytes,
            MemoryShare::Percent(percent) => {
                let share = u128::from(maxmemory_bytes) * u128::from(percent) / 100;
                u64::try_from(share).expect("at most 100 percent of a u64")
            }
        };
        (limit != 0).then_some(limit)
    }

    /// Percentages are carried as negative numbers.
    pub(super) fn from_number(number: i128) -> MemoryShare {
        if number < 0 {
            MemoryShare::Percent(super::values::narrow(-number))
        } else {
            MemoryShare::Bytes(super::values::narrow(number))
        }
    }

    pub(super) fn to_number(self) -> i128 {
        match self {
            MemoryShare::Bytes(bytes) => bytes.into(),
            MemoryShare::Percent(percent) => -i128::from(percent),
        }
    }
}

/// When a client with unread replies is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputBufferLimit {
    /// At once above so many bytes; 0 never.
    pub hard_bytes: u64,
    /// Above so many bytes for `soft_seconds`; 0 never.
    pub soft_bytes: u64,
    /// How long the soft limit may be exceeded.
    pub soft_seconds: u64,
}

/// The output buffer limits of the classes of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputBufferLimits {
    /// Ordinary clients.
    pub normal: OutputBufferLimit,
    /// Replicas.
    pub replica: OutputBufferLimit,
    /// Subscribers.
    pub pubsub: OutputBufferLimit,
}

impl Default for OutputBufferLimits {
    fn default() -> Self {
        let limit = |hard_mib: u64, soft_mib: u64, soft_seconds| OutputBufferLimit {
            hard_bytes: hard_mib << 20,
            soft_bytes: soft_mib << 20,
            soft_seconds,
        };
        OutputBufferLimits {
            normal: limit(0, 0, 0),
            replica: limit(256, 64, 60),
            pubsub: limit(32, 8, 60),
        }
    }
}

impl OutputBufferLimits {
    /// The limit of a class by its name, whether `slave` or `replica`.
    pub(super) fn class(&mut self, name: &[u8]) -> Option<&mut OutputBufferLimit> {
        match name.to_ascii_lowercase().as_slice() {
            b"normal" => Some(&mut self.normal),
            b"slave" | b"replica" => Some(&mut self.replica),
            b"pubsub" => Some(&mut self.pubsub),
            _ => None,
        }
    }
}

impl OutputBufferLimit {
    /// Parses the three words that follow the class.
    pub(super) fn parse(words: [&[u8]; 3]) -> Option<OutputBufferLimit> {
        Some(OutputBufferLimit {
            hard_bytes: parse::memory(words[0])?,
            soft_bytes: parse::memory(words[1])?,
            soft_seconds: parse::c_integer(words[2])?.try_into().ok()?,
        })
    }
}

/// What a shutdown that a signal starts does; all false is what SHUTDOWN without options does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShutdownOptions {
    /// Write a snapshot even without save points.
    pub save: bool,
    /// Write no snapshot.
    pub nosave: bool,
    /// Do not wait for replicas.
    pub now: bool,
    /// Shut down even after errors.
    pub force: bool,
    /// Refuse to shut down when that loses something.
    pub safe: bool,
    /// Hand over to a replica first.
    pub failover: bool,
}

impl ShutdownOptions {
    /// The words in the order in which they are listed and printed.
    pub(super) const WORDS: [&'static str; 7] =
        ["default", "save", "nosave", "now", "force", "safe", "failover"];

    fn fields(&mut self) -> [&mut bool; 6] {
        [
            &mut self.save,
            &mut self.nosave,
            &mut self.now,
            &mut self.force,
            &mut self.safe,
            &mut self.failover,
        ]
    }

    /// Adds what a word stands for; false if it is none of them.
    pub(super) fn add(&mut self, word: &[u8]) -> bool {
        let is_it = |name: &&str| word.eq_ignore_ascii_case(name.as_bytes());
        match Self::WORDS.iter().position(is_it) {
            None => false,
            Some(0) => true,
            Some(index) => {
                *self.fields()[index - 1] = true;
                true
            }
        }
    }

    /// The words for these options.
    pub(super) fn print(mut self) -> String {
        let fields = self.fields();
        let set = fields.iter().zip(&Self::WORDS[1..]).filter(|(field, _)| ***field);
        let words: Vec<&str> = set.map(|(_, word)| *word).collect();
        if words.is_empty() { Self::WORDS[0].to_owned() } else { words.join(" ") }
    }
}
