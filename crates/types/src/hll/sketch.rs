//! A HyperLogLog, for reading.

use structures::sixes::{Loose, Maxima, Packed, histogram};

use super::header::{self, Encoding, HEADER_BYTES, Header};
use super::sparse::{self, Stretch};
use super::{HllError, Sign, dense, estimate};

/// The bytes of a HyperLogLog whose header was checked.
#[derive(Clone, Copy, Debug)]
pub struct Sketch<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

impl<'a> Sketch<'a> {
    /// The HyperLogLog that a string is.
    ///
    /// # Errors
    ///
    /// `Foreign` where it is none.
    pub fn of(bytes: &'a [u8]) -> Result<Sketch<'a>, HllError> {
        header::check(bytes).map(|encoding| Sketch { bytes, encoding })
    }

    /// The first bytes.
    #[must_use]
    pub fn header(self) -> Header {
        *self.bytes.first_chunk().expect("a header was found there")
    }

    /// How the registers are written.
    #[must_use]
    pub fn encoding(self) -> Encoding {
        self.encoding
    }

    /// The cardinality that was found before, if no register has changed since.
    #[must_use]
    pub fn cached(self) -> Option<u64> {
        header::cached(self.bytes)
    }

    /// The cardinality, from the registers.
    ///
    /// # Errors
    ///
    /// `Corrupted`.
    pub fn count(self) -> Result<u64, HllError> {
        Ok(estimate(&self.histogram()?))
    }

    fn histogram(self) -> Result<[u32; 64], HllError> {
        if let Some(registers) = self.dense() {
            return Ok(histogram(registers));
        }
        let mut histogram = [0; 64];
        sparse::for_each(self.registers(), |_, stretch| {
            histogram[usize::from(stretch.level)] += stretch.len as u32;
        })?;
        Ok(histogram)
    }

    /// Whether an element would change a register.
    ///
    /// # Errors
    ///
    /// `Corrupted`.
    pub fn is_news(self, sign: Sign) -> Result<bool, HllError> {
        let level = match self.dense() {
            Some(registers) => dense::at(registers, sign.index),
            None => {
                let place = sparse::find(self.registers(), sign.index);
                place.ok_or(HllError::Corrupted)?.stretch.level
            }
        };
        Ok(level < sign.level)
    }

    /// Checks every register.
    ///
    /// # Errors
    ///
    /// `Corrupted`.
    pub fn validate(self) -> Result<(), HllError> {
        match self.encoding {
            Encoding::Dense => Ok(()),
            Encoding::Sparse => sparse::for_each(self.registers(), |_, _| {}),
        }
    }

    /// Raises the maxima to the registers.
    ///
    /// # Errors
    ///
    /// `Corrupted`; some maxima may then be raised.
    pub fn merge_into(self, maxima: &mut Maxima) -> Result<(), HllError> {
        if let Some(registers) = self.dense() {
            maxima.merge(&[registers]);
            return Ok(());
        }
        sparse::for_each_set(self.registers(), |first, stretch| {
            (first..first + stretch.len).for_each(|index| maxima.raise(index, stretch.level));
        })
    }

    /// Raises numbers to the registers, which are sparse.
    ///
    /// # Errors
    ///
    /// `Corrupted`; some numbers may then be raised.
    pub fn raise(self, numbers: &mut Loose) -> Result<(), HllError> {
        debug_assert_eq!(self.encoding, Encoding::Sparse, "dense ones are merged");
        sparse::for_each_set(self.registers(), |first, stretch| {
            for number in &mut numbers[first..first + stretch.len] {
                *number = stretch.level.max(*number);
            }
        })
    }

    /// The registers, where they are dense.
    #[must_use]
    pub fn dense(self) -> Option<&'a Packed> {
        match self.encoding {
            Encoding::Dense => self.registers().first_chunk(),
            Encoding::Sparse => None,
        }
    }

    /// The stretches, where they are sparse.
    pub fn stretches(self) -> Option<impl Iterator<Item = Stretch>> {
        match self.encoding {
            Encoding::Dense => None,
            Encoding::Sparse => Some(sparse::stretches(self.registers())),
        }
    }

    fn registers(self) -> &'a [u8] {
        &self.bytes[HEADER_BYTES..]
    }
}
