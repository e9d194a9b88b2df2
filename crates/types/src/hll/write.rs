//! Changes of HyperLogLogs where they lie.
//!
//! # Invariants
//!
//! 1. A sparse value is never longer than its limit by what is done here: it becomes dense first.
//! 2. What is refused leaves the value as it was.

use structures::Blob;
use structures::sixes::{Maxima, PACKED_BYTES, Packed};

use super::header::{self, Encoding, HEADER_BYTES, Header};
use super::sparse::{self, MAX_LEVEL, Split};
use super::{HllError, REGISTERS, Sign, Sketch, dense};

/// Room that a growing sparse value gets beyond its bytes.
pub const SPARE_BYTES: usize = 32;

/// A HyperLogLog without elements.
#[must_use]
pub fn empty() -> Blob {
    let mut blob = Blob::with_capacity(HEADER_BYTES + SPARE_BYTES);
    blob.extend(&header::encoded(header::fresh(), Encoding::Sparse));
    sparse::write(REGISTERS, 0, |byte| blob.extend(&[byte]));
    blob
}

/// Adds an element, and returns whether a register changed. A sparse value beyond `sparse_max`
/// bytes becomes dense.
///
/// # Errors
///
/// `Foreign` and `Corrupted`.
pub fn add(blob: &mut Blob, sign: Sign, sparse_max: usize) -> Result<bool, HllError> {
    let sketch = Sketch::of(blob)?;
    if sketch.encoding() == Encoding::Dense {
        let news = sketch.is_news(sign)?;
        if news {
            dense::set(dense_mut(blob), sign.index, sign.level);
            header::set_stale(blob.make_mut());
        }
        return Ok(news);
    }
    let place = sparse::find(&blob[HEADER_BYTES..], sign.index).ok_or(HllError::Corrupted)?;
    if place.stretch.level >= sign.level {
        return Ok(false);
    }
    if sign.level > MAX_LEVEL {
        return promote(blob, sign);
    }
    let split = Split::new(place, sign);
    let new = split.bytes();
    if new.len() > split.old && blob.len() + new.len() - split.old > sparse_max {
        return promote(blob, sign);
    }
    replace(blob, HEADER_BYTES + split.at, split.old, new);
    let bytes = blob.make_mut();
    header::set_stale(bytes);
    let saved = sparse::join(&mut bytes[HEADER_BYTES..], split.join_from);
    if saved > 0 {
        blob.resize(blob.len() - saved);
    }
    Ok(true)
}

/// Puts `new` in place of `old` bytes. Room grows by a few stretches at a time.
fn replace(blob: &mut Blob, at: usize, old: usize, new: &[u8]) {
    let before = blob.len();
    let len = before - old + new.len();
    if len > blob.capacity() {
        let mut larger = Blob::with_capacity(len + SPARE_BYTES);
        larger.extend(&blob[..at]);
        larger.extend(new);
        larger.extend(&blob[at + old..]);
        *blob = larger;
        return;
    }
    blob.resize(before.max(len));
    let bytes = blob.make_mut();
    bytes.copy_within(at + old..before, at + new.len());
    bytes[at..at + new.len()].copy_from_slice(new);
    blob.resize(len);
}

fn promote(blob: &mut Blob, sign: Sign) -> Result<bool, HllError> {
    to_dense(blob)?;
    dense::set(dense_mut(blob), sign.index, sign.level);
    header::set_stale(blob.make_mut());
    Ok(true)
}

/// Makes a sparse value dense, and returns whether it was sparse.
///
/// # Errors
///
/// `Foreign` and `Corrupted`.
pub fn to_dense(blob: &mut Blob) -> Result<bool, HllError> {
    let sketch = Sketch::of(blob)?;
    if sketch.encoding() == Encoding::Dense {
        return Ok(false);
    }
    let mut maxima = Maxima::default();
    sketch.merge_into(&mut maxima)?;
    *blob = dense_blob(sketch.header(), &maxima);
    Ok(true)
}

/// A value with these registers behind a header, dense where that is asked for or where a sparse
/// one would be beyond `sparse_max` bytes.
#[must_use]
pub fn merge(mut header: Header, maxima: &Maxima, encoding: Encoding, sparse_max: usize) -> Blob {
    header::set_stale(&mut header);
    let sparse = match encoding {
        Encoding::Sparse => sparse_blob(header, maxima, sparse_max),
        Encoding::Dense => None,
    };
    sparse.unwrap_or_else(|| dense_blob(header, maxima))
}

fn sparse_blob(header: Header, maxima: &Maxima, sparse_max: usize) -> Option<Blob> {
    let mut bytes = header::encoded(header, Encoding::Sparse).to_vec();
    let (mut len, mut level) = (0, 0);
    for next in maxima.iter() {
        if next != level {
            sparse::write(len, level, |byte| bytes.push(byte));
            (len, level) = (0, next);
        }
        len += 1;
        if next > MAX_LEVEL || next > 0 && bytes.len() > sparse_max {
            return None;
        }
    }
    sparse::write(len, level, |byte| bytes.push(byte));
    // compat: only registers that are raised make a value dense, so an empty one never is.
    let fits = bytes.len() <= sparse_max || level == 0 && len == REGISTERS;
    fits.then(|| Blob::new(&bytes))
}

fn dense_blob(header: Header, maxima: &Maxima) -> Blob {
    let mut registers = [0; PACKED_BYTES];
    maxima.pack(&mut registers);
    let mut blob = Blob::with_capacity(HEADER_BYTES + PACKED_BYTES);
    blob.extend(&header::encoded(header, Encoding::Dense));
    blob.extend(&registers);
    blob
}

fn dense_mut(blob: &mut Blob) -> &mut Packed {
    let registers = blob.make_mut()[HEADER_BYTES..].first_chunk_mut();
    registers.expect("the length of a dense value was checked")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPARSE_MAX: usize = 3000;

    fn registers(sketch: Sketch<'_>) -> Vec<u8> {
        let mut maxima = Maxima::default();
        sketch.merge_into(&mut maxima).expect("the value is sound");
        let registers: Vec<u8> = maxima.iter().collect();
        if sketch.encoding() == Encoding::Sparse {
            let mut numbers = [0; REGISTERS];
            sketch.raise(&mut numbers).expect("the value is sound");
            assert_eq!(registers, numbers);
            let mut maxima = Maxima::default();
            maxima.raise_all(&numbers);
            assert!(maxima.iter().eq(numbers));
        }
        registers
    }

    #[test]
    fn the_bytes_are_those_of_redis() {
        let mut blob = empty();
        for element in ["a", "b", "c"] {
            add(&mut blob, Sign::of(element.as_bytes()), SPARSE_MAX).expect("sound");
        }
        let expected = b"HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\
            \x60\xf3\x80\x50\xb1\x84\x4b\xfb\x80\x42\x5a";
        assert_eq!(&*blob, expected);
        assert_eq!(Sketch::of(&blob).expect("sound").count(), Ok(3));
    }

    proptest! {
        #[test]
        fn registers_are_those_of_a_plain_array(
            signs in proptest::collection::vec((0..REGISTERS, 1..52u8), 0..600),
            close: bool,
            low: bool,
            sparse_max in 0..SPARSE_MAX,
        ) {
            let mut model = vec![0; REGISTERS];
            let mut blob = empty();
            for (index, level) in signs {
                let index = if close { index % 97 } else { index };
                let level = if low { level % 4 + 1 } else { level };
                let news = add(&mut blob, Sign { index, level }, sparse_max).expect("sound");
                prop_assert_eq!(news, model[index] < level);
                model[index] = level.max(model[index]);
                let sketch = Sketch::of(&blob).expect("sound");
                prop_assert!(sketch.dense().is_some() || blob.len() <= sparse_max.max(18));
            }
            let sketch = Sketch::of(&blob).expect("sound");
            prop_assert_eq!(&registers(sketch), &model);
            let count = sketch.count();
            let mut maxima = Maxima::default();
            sketch.merge_into(&mut maxima).expect("sound");
            for encoding in [Encoding::Sparse, Encoding::Dense] {
                let merged = merge(header::fresh(), &maxima, encoding, SPARSE_MAX);
                let merged = Sketch::of(&merged).expect("sound");
                prop_assert_eq!(&registers(merged), &model);
                prop_assert_eq!(merged.count(), count);
            }
            let was_sparse = sketch.encoding() == Encoding::Sparse;
            prop_assert_eq!(to_dense(&mut blob), Ok(was_sparse));
            let dense = Sketch::of(&blob).expect("sound");
            prop_assert_eq!(&registers(dense), &model);
            prop_assert_eq!(dense.count(), count);
        }

        #[test]
        fn corrupt_bytes_are_refused_and_left_alone(
            elements in 0..300u32,
            flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in proptest::option::of(any::<prop::sample::Index>()),
            signs in proptest::collection::vec((0..REGISTERS, 1..52u8), 0..20),
        ) {
            let mut blob = empty();
            for element in 0..elements {
                add(&mut blob, Sign::of(&element.to_le_bytes()), SPARSE_MAX).expect("sound");
            }
            let mut bytes = blob.to_vec();
            flips.iter().for_each(|(at, byte)| *at.get_mut(&mut bytes) = *byte);
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len() + 1)));
            let mut blob = Blob::new(&bytes);
            for (index, level) in signs {
                let before = blob.to_vec();
                if add(&mut blob, Sign { index, level }, 200).is_err() {
                    prop_assert_eq!(&before, &blob.to_vec());
                }
            }
            if let Ok(sketch) = Sketch::of(&blob) {
                let sound = sketch.validate();
                prop_assert_eq!(sketch.count().map(drop), sound);
                prop_assert_eq!(sketch.merge_into(&mut Maxima::default()), sound);
                prop_assert_eq!(sketch.stretches().map_or(0, Iterator::count) > blob.len(), false);
                let before = blob.to_vec();
                if to_dense(&mut blob).is_err() {
                    prop_assert_eq!(&before, &blob.to_vec());
                }
            }
        }
    }
}
