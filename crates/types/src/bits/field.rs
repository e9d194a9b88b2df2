//! Integers of 1 to 64 bits anywhere in a string, as BITFIELD knows them.
//!
//! # Invariants
//!
//! 1. A field touches nine bytes at most.
//! 2. Bytes beyond the end read as zero.

/// What an integer that does not fit becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Overflow {
    /// Its lowest bits.
    #[default]
    Wrap,
    /// The nearest that fits.
    Saturate,
    /// Nothing: the field stays as it is.
    Fail,
}

/// How a field is read: with a sign or without, and how many bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldType {
    signed: bool,
    bits: u32,
}

impl FieldType {
    /// A field of 1 to 64 bits, or of 1 to 63 where it has no sign.
    #[must_use]
    pub fn new(signed: bool, bits: i64) -> Option<FieldType> {
        let bits = u32::try_from(bits).ok().filter(|bits| (1..=64).contains(bits))?;
        (signed || bits < 64).then_some(FieldType { signed, bits })
    }

    /// Number of bits.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.bits
    }

    /// The integer at a bit offset.
    #[must_use]
    pub fn read(self, bytes: &[u8], offset: u64) -> i64 {
        let raw = (window(bytes, offset) >> self.shift(offset)) as u64;
        self.value_of(raw)
    }

    /// Writes an integer at a bit offset; the bytes reach to the end of the field.
    pub fn write(self, bytes: &mut [u8], offset: u64, value: i64) {
        let mask = u128::from(self.mask()) << self.shift(offset);
        let new = u128::from(value.cast_unsigned()) << self.shift(offset) & mask;
        let window = (window(bytes, offset) & !mask | new).to_be_bytes();
        let part = &mut bytes[index(offset)..];
        let len = part.len().min(WINDOW);
        part[..len].copy_from_slice(&window[size_of::<u128>() - WINDOW..][..len]);
    }

    /// The integer that this field holds instead of `value`.
    ///
    /// compat: a negative one counts as beyond the largest where the field has no sign.
    #[must_use]
    pub fn assign(self, value: i64, overflow: Overflow) -> Option<i64> {
        let signed = i128::from(value);
        let value = if self.signed { signed } else { i128::from(value.cast_unsigned()) };
        self.fit(value, overflow)
    }

    /// The integer that this field holds after something was added.
    #[must_use]
    pub fn add(self, old: i64, by: i64, overflow: Overflow) -> Option<i64> {
        self.fit(i128::from(old) + i128::from(by), overflow)
    }

    fn fit(self, value: i128, overflow: Overflow) -> Option<i64> {
        let (min, max) = match self.signed {
            true => (-(1i128 << (self.bits - 1)), (1i128 << (self.bits - 1)) - 1),
            false => (0, i128::from(self.mask())),
        };
        let fits = (min..=max).contains(&value);
        match overflow {
            _ if fits => Some(value as i64),
            Overflow::Wrap => Some(self.value_of(value as u64)),
            Overflow::Saturate => Some(value.clamp(min, max) as i64),
            Overflow::Fail => None,
        }
    }

    /// What the lowest bits of a word say.
    fn value_of(self, raw: u64) -> i64 {
        let unused = 64 - self.bits;
        let high = raw << unused;
        if self.signed { high.cast_signed() >> unused } else { (high >> unused).cast_signed() }
    }

    fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// How many bits of the window are behind the field.
    fn shift(self, offset: u64) -> u32 {
        WINDOW as u32 * 8 - (offset % 8) as u32 - self.bits
    }
}

/// Bytes of a window: invariant 1.
const WINDOW: usize = 9;

fn index(offset: u64) -> usize {
    usize::try_from(offset / 8).unwrap_or(usize::MAX)
}

/// The nine bytes from the one on that holds this bit, the first of them highest.
fn window(bytes: &[u8], offset: u64) -> u128 {
    let part = bytes.get(index(offset)..).unwrap_or_default();
    let part = &part[..part.len().min(WINDOW)];
    let mut window = [0; size_of::<u128>()];
    window[size_of::<u128>() - WINDOW..][..part.len()].copy_from_slice(part);
    u128::from_be_bytes(window)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bits::{get_bit, set_bit_within};

    fn field(signed: bool, bits: i64) -> FieldType {
        FieldType::new(signed, bits).expect("such a field exists")
    }

    #[test]
    fn only_some_widths_exist() {
        for bits in [i64::MIN, -1, 0, 65, i64::MAX] {
            assert!(FieldType::new(true, bits).is_none() && FieldType::new(false, bits).is_none());
        }
        assert!(FieldType::new(true, 64).is_some() && FieldType::new(false, 64).is_none());
    }

    #[test]
    fn what_does_not_fit_wraps_saturates_or_fails() {
        use Overflow::{Fail, Saturate, Wrap};
        for (signed, bits, old, by, expected) in [
            (false, 8, 255, 1, [Some(0), Some(255), None]),
            (false, 8, 1, -2, [Some(255), Some(0), None]),
            (true, 8, 127, 1, [Some(-128), Some(127), None]),
            (true, 8, -128, -1, [Some(127), Some(-128), None]),
            (true, 64, i64::MAX, 1, [Some(i64::MIN), Some(i64::MAX), None]),
            (true, 64, i64::MIN, i64::MIN, [Some(0), Some(i64::MIN), None]),
            (false, 63, i64::MAX, i64::MAX, [Some(i64::MAX - 1), Some(i64::MAX), None]),
            (true, 1, 0, 1, [Some(-1), Some(0), None]),
        ] {
            let results = [Wrap, Saturate, Fail].map(|how| field(signed, bits).add(old, by, how));
            assert_eq!(results, expected, "{signed} {bits} {old} {by}");
        }
        assert_eq!(field(false, 8).assign(-1, Saturate), Some(255));
        assert_eq!(field(false, 8).assign(-1, Wrap), Some(255));
        assert_eq!(field(true, 8).assign(-129, Saturate), Some(-128));
        assert_eq!(field(true, 64).assign(i64::MIN, Fail), Some(i64::MIN));
    }

    proptest! {
        #[test]
        fn writes_its_own_bits_and_no_others(
            mut bytes in proptest::collection::vec(any::<u8>(), 9..20),
            offset in 0..100u64,
            bits in 1..=64i64,
            signed: bool,
            value: i64,
        ) {
            let end = bytes.len() as u64 * 8;
            prop_assume!(offset + bits.cast_unsigned() <= end && (signed || bits < 64));
            let field = field(signed, bits);
            let value = field.assign(value, Overflow::Wrap).expect("wrapping always fits");
            let mut expected = bytes.clone();
            for bit in 0..bits.cast_unsigned() {
                let on = value >> (bits.cast_unsigned() - 1 - bit) & 1 == 1;
                set_bit_within(&mut expected, offset + bit, on);
            }
            field.write(&mut bytes, offset, value);
            prop_assert_eq!(&bytes, &expected);
            prop_assert_eq!(field.read(&bytes, offset), value);
        }

        #[test]
        fn reads_zeros_beyond_the_end(bytes: Vec<u8>, offset in 0..2000u64, bits in 1..=63i64) {
            let expected = (0..bits.cast_unsigned())
                .fold(0, |sum, bit| sum << 1 | i64::from(get_bit(&bytes, offset + bit)));
            prop_assert_eq!(field(false, bits).read(&bytes, offset), expected);
            prop_assert_eq!(field(true, 64).read(&bytes, u64::MAX - 80), 0);
        }
    }
}
