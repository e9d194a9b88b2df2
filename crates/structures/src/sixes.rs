//! The largest of many rows of six-bit numbers, place by place: what a union of HyperLogLogs is.
//!
//! The rows come packed, four numbers in three bytes. They are not unpacked: the three bytes are
//! spread over two lanes of 16 bits, so that each lane holds two numbers, and the larger lane is
//! found for the upper and for the lower number apart. That is half the work of one byte a number.
//! Several rows are taken at a time, so that the maxima are loaded and stored less often.
//!
//! # Layout
//!
//! ```text
//!  packed: three bytes, a b c             lanes: 2n = a | b << 8, 2n+1 = b | c << 8
//!  +--------+--------+--------+          +-----------------+ +-----------------+
//!  |00000011|11112222|22333333|          |1111 000000 .... | |333333 222222 .. |
//!  +--------+--------+--------+          +-----------------+ +-----------------+
//!  (numbers as bits, lowest first)        bits 6-11, 0-5       bits 10-15, 4-9
//! ```
//!
//! # Invariants
//!
//! 1. Bits of a lane that belong to no number are zero.
//!
//! HOT: `PFCOUNT` of several keys; nothing here allocates.

/// Numbers of a row.
pub const NUMBERS: usize = 1 << 14;

/// Bytes of a packed row.
pub const PACKED_BYTES: usize = NUMBERS / 4 * 3;

const LANES: usize = NUMBERS / 2;
/// The lower numbers of an even and of an odd lane.
const LOWER: [u16; 2] = [0x003f, 0x03f0];
/// The upper numbers of an even and of an odd lane.
const UPPER: [u16; 2] = [0x0fc0, 0xfc00];
/// Where the four numbers of three bytes begin in their lanes.
const SHIFTS: [u32; 4] = [0, 6, 4, 10];

/// A packed row.
pub type Packed = [u8; PACKED_BYTES];

/// A row with a byte for each number: to raise one takes a third of what it takes in `Maxima`.
pub type Loose = [u8; NUMBERS];

/// The largest number of each place.
#[derive(Clone)]
pub struct Maxima([u16; LANES]);

impl Default for Maxima {
    fn default() -> Maxima {
        Maxima([0; LANES])
    }
}

impl Maxima {
    /// The number at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> u8 {
        (self.0[place / 2] >> SHIFTS[place % 4] & 0x3f) as u8
    }

    /// Raises the number at a place to this one, which has six bits.
    pub fn raise(&mut self, place: usize, number: u8) {
        debug_assert!(number < 64, "six bits");
        let (lane, shift) = (&mut self.0[place / 2], SHIFTS[place % 4]);
        // Without a branch: nobody could guess which way it goes.
        let old = *lane >> shift & 0x3f;
        *lane += (old.max(u16::from(number)) - old) << shift;
    }

    /// Raises every number to these, which have six bits and lie in a byte each.
    pub fn raise_all(&mut self, numbers: &Loose) {
        for (place, &number) in numbers.iter().enumerate() {
            self.raise(place, number);
        }
    }

    /// All numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = u8> {
        self.0.as_chunks::<2>().0.iter().flat_map(|[even, odd]| {
            [even & 0x3f, even >> 6, odd >> 4 & 0x3f, odd >> 10].map(|number| number as u8)
        })
    }

    /// How many places hold each number.
    #[must_use]
    pub fn histogram(&self) -> [u32; 64] {
        let mut pairs = Pairs::default();
        for [even, odd] in self.0.as_chunks::<2>().0 {
            pairs.count(*even);
            pairs.count(odd >> 4);
        }
        pairs.histogram()
    }

    /// The packed row.
    pub fn pack(&self, row: &mut Packed) {
        let (groups, _) = row.as_chunks_mut::<3>();
        for ([a, b, c], [even, odd]) in groups.iter_mut().zip(self.0.as_chunks::<2>().0) {
            *a = *even as u8;
            *b = (even >> 8) as u8 | *odd as u8;
            *c = (odd >> 8) as u8;
        }
    }

    /// Raises every number to those of these rows.
    pub fn merge(&mut self, rows: &[&Packed]) {
        let (fours, rest) = rows.as_chunks::<4>();
        fours.iter().for_each(|rows| self.merge_some(rows));
        rest.iter().for_each(|row| self.merge_some(&[*row]));
    }

    fn merge_some<const ROWS: usize>(&mut self, rows: &[&Packed; ROWS]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor was asked for the feature.
            return unsafe { avx2::merge(&mut self.0, rows) };
        }
        rows.iter().for_each(|row| merge_portable(&mut self.0, row));
    }
}

/// How many places of a packed row hold each number.
#[must_use]
pub fn histogram(row: &Packed) -> [u32; 64] {
    let mut pairs = Pairs::default();
    for &[a, b, c, d, e, f] in row.as_chunks().0 {
        let word = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        pairs.count(word as u16);
        pairs.count((word >> 12) as u16);
        pairs.count((word >> 24) as u16);
        pairs.count((word >> 36) as u16);
    }
    pairs.histogram()
}

/// Counts of two numbers at a time: a count takes as long as a store, whatever it counts.
struct Pairs([u16; 64 * 64]);

impl Default for Pairs {
    fn default() -> Pairs {
        Pairs([0; 64 * 64])
    }
}

impl Pairs {
    /// Counts the two numbers that are lowest in a word.
    #[inline(always)]
    fn count(&mut self, pair: u16) {
        self.0[usize::from(pair & 0xfff)] += 1;
    }

    fn histogram(&self) -> [u32; 64] {
        let mut lower = [0u16; 64];
        let mut upper = [0u16; 64];
        for (row, upper) in self.0.as_chunks::<64>().0.iter().zip(&mut upper) {
            *upper = row.iter().sum();
            lower.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        }
        std::array::from_fn(|number| u32::from(lower[number]) + u32::from(upper[number]))
    }
}

fn merge_portable(lanes: &mut [u16; LANES], row: &Packed) {
    for (pair, &[a, b, c]) in lanes.as_chunks_mut::<2>().0.iter_mut().zip(row.as_chunks().0) {
        let new = [u16::from_le_bytes([a, b]), u16::from_le_bytes([b, c])];
        for side in 0..2 {
            let lower = (pair[side] & LOWER[side]).max(new[side] & LOWER[side]);
            let upper = (pair[side] & UPPER[side]).max(new[side] & UPPER[side]);
            pair[side] = lower | upper;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use core::arch::x86_64::*;

    use super::{LANES, LOWER, Packed, UPPER};

    /// Packed bytes of a step: each half of a vector takes twelve of them.
    const STEP: usize = 24;

    #[target_feature(enable = "avx2")]
    pub(super) fn merge<const ROWS: usize>(lanes: &mut [u16; LANES], rows: &[&Packed; ROWS]) {
        let lower = _mm256_set1_epi32(pair(LOWER));
        let upper = _mm256_set1_epi32(pair(UPPER));
        let (steps, _) = lanes.as_chunks_mut::<16>();
        for (step, lanes) in steps.iter_mut().enumerate() {
            let at = lanes.as_mut_ptr().cast::<__m256i>();
            // SAFETY: sixteen lanes are one vector; the load asks for no alignment.
            let old = unsafe { _mm256_loadu_si256(at) };
            let mut low = _mm256_and_si256(old, lower);
            let mut high = _mm256_and_si256(old, upper);
            for row in rows {
                let (from, _) = row[step * STEP..].split_at(STEP);
                let new = spread(from.first_chunk().expect("a step is as long"));
                low = _mm256_max_epu16(low, _mm256_and_si256(new, lower));
                high = _mm256_max_epu16(high, _mm256_and_si256(new, upper));
            }
            // SAFETY: as above.
            unsafe { _mm256_storeu_si256(at, _mm256_or_si256(low, high)) };
        }
    }

    /// Each three bytes a b c as a b b c. The upper half is loaded eight bytes further on, not
    /// twelve, so that nothing behind the step is read.
    #[target_feature(enable = "avx2")]
    fn spread(bytes: &[u8; STEP]) -> __m256i {
        // SAFETY: sixteen bytes from the first and from the ninth on lie within 24.
        let new = unsafe {
            let at = bytes.as_ptr();
            _mm256_loadu2_m128i(at.add(8).cast(), at.cast())
        };
        let order = _mm256_setr_epi8(
            0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11, //
            4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11, 12, 13, 14, 14, 15,
        );
        _mm256_shuffle_epi8(new, order)
    }

    fn pair([even, odd]: [u16; 2]) -> i32 {
        (u32::from(even) | u32::from(odd) << 16).cast_signed()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn row(seed: u32) -> Box<Packed> {
        let mut state = seed;
        let mut row = Box::new([0; PACKED_BYTES]);
        row.fill_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        row
    }

    /// A number as one reads it bit by bit.
    fn number(row: &Packed, place: usize) -> u8 {
        (0..6).fold(0, |number, bit| {
            let at = place * 6 + bit;
            number | (row[at / 8] >> (at % 8) & 1) << bit
        })
    }

    #[test]
    fn merging_takes_the_largest_of_each_place() {
        let rows: Vec<_> = (0..11).map(row).collect();
        for count in 0..rows.len() {
            let some: Vec<&Packed> = rows[..count].iter().map(|row| &**row).collect();
            let mut maxima = Maxima::default();
            maxima.merge(&some);
            let mut portable = [0; LANES];
            some.iter().for_each(|row| merge_portable(&mut portable, row));
            assert!(maxima.0 == portable);
            let mut packed = [0; PACKED_BYTES];
            maxima.pack(&mut packed);
            let mut counts = [0; 64];
            maxima.iter().for_each(|number| counts[usize::from(number)] += 1);
            assert!(maxima.histogram() == counts && histogram(&packed) == counts);
            for (place, largest) in maxima.iter().enumerate() {
                let expected = some.iter().map(|row| number(row, place)).max().unwrap_or(0);
                assert_eq!((largest, maxima.at(place)), (expected, expected), "{place}");
            }
        }
    }

    #[test]
    fn what_is_packed_reads_back() {
        let row = row(7);
        let mut maxima = Maxima::default();
        (0..NUMBERS).for_each(|place| maxima.raise(place, number(&row, place)));
        (0..NUMBERS).for_each(|place| maxima.raise(place, number(&row, place) / 2));
        let mut packed = [0; PACKED_BYTES];
        maxima.pack(&mut packed);
        assert!(packed == *row);
    }
}
