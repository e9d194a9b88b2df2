//! HyperLogLogs of keys, gathered for a union.

use resp::Args;
use structures::Blob;
use structures::sixes::{Loose, NUMBERS};
use types::hll::{Encoding, HllError, Maxima, Sketch};

use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Str;

/// What the keys of a union hold, as far as it takes long to look at: dense values are shared, and
/// merged when all are there.
#[derive(Default)]
pub(super) struct Union {
    maxima: Maxima,
    dense: Vec<Blob>,
    /// What sparse values hold, where there may be many.
    sparse: Option<Box<Loose>>,
}

/// From so many keys on, sparse values are gathered apart.
const MANY: usize = 16;

impl Union {
    /// Gathers what these keys hold. Keys that are not there count as empty.
    ///
    /// # Errors
    ///
    /// `WrongType`, and what is said of strings that are no HyperLogLogs.
    pub(super) fn of(ctx: &mut Ctx<'_>, keys: Args<'_>) -> Result<Union, CommandError> {
        let mut union = Union::default();
        if keys.len() >= MANY {
            union.sparse = vec![0; NUMBERS].into_boxed_slice().try_into().ok();
        }
        for key in keys {
            let Some(value) = ctx.keys.string(key)? else { continue };
            let sketch = sketch_of(value)?;
            match (value, sketch.encoding(), &mut union.sparse) {
                (Str::Blob(blob), Encoding::Dense, _) => union.dense.push(blob.clone()),
                (_, Encoding::Sparse, Some(sparse)) => sketch.raise(sparse)?,
                (_, Encoding::Dense | Encoding::Sparse, _) => {
                    sketch.merge_into(&mut union.maxima)?;
                }
            }
        }
        Ok(union)
    }

    /// Whether one of them was dense.
    pub(super) fn has_dense(&self) -> bool {
        !self.dense.is_empty()
    }

    /// The largest of each register.
    pub(super) fn maxima(mut self) -> Maxima {
        let sketches = self.dense.iter().filter_map(|blob| Sketch::of(blob).ok());
        let rows: Vec<_> = sketches.filter_map(Sketch::dense).collect();
        self.maxima.merge(&rows);
        if let Some(sparse) = &self.sparse {
            self.maxima.raise_all(sparse);
        }
        self.maxima
    }
}

/// The HyperLogLog that a value is.
///
/// # Errors
///
/// `Foreign` where it is none.
pub(super) fn sketch_of(value: Str<'_>) -> Result<Sketch<'_>, HllError> {
    match value {
        Str::Bytes(bytes) => Sketch::of(bytes),
        Str::Blob(blob) => Sketch::of(blob),
        Str::Int(_) => Err(HllError::Foreign),
    }
}
