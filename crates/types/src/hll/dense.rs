//! Registers of six bits, four in three bytes.
//!
//! # Layout
//!
//! ```text
//! +--------+--------+--------+---- - -
//! |11000000|22221111|33333322|            registers as bits, the lowest bit on the right
//! +--------+--------+--------+---- - -
//! ```

use structures::sixes::Packed;

use super::REGISTERS;

/// The register with this index.
pub(super) fn at(registers: &Packed, index: usize) -> u8 {
    let (groups, _) = registers.as_chunks::<3>();
    (word(&groups[index / 4]) >> (index % 4 * 6) & 0x3f) as u8
}

/// Sets a register.
pub(super) fn set(registers: &mut Packed, index: usize, level: u8) {
    let (groups, _) = registers.as_chunks_mut::<3>();
    let group = &mut groups[index / 4];
    let shift = index % 4 * 6;
    let new = word(group) & !(0x3f << shift) | u32::from(level) << shift;
    let [a, b, c, _] = new.to_le_bytes();
    *group = [a, b, c];
}

/// How many registers hold each level. One count for each place of a group, as neighbours that are
/// alike would wait for each other's sum.
pub(super) fn histogram(registers: &Packed) -> [u32; 64] {
    let mut counts = [[0; 64]; 4];
    for group in registers.as_chunks::<3>().0 {
        let word = word(group);
        for (place, counts) in counts.iter_mut().enumerate() {
            counts[(word >> (place * 6) & 0x3f) as usize] += 1;
        }
    }
    let sums: [u32; 64] = std::array::from_fn(|level| counts.iter().map(|c| c[level]).sum());
    debug_assert_eq!(sums.iter().sum::<u32>() as usize, REGISTERS);
    sums
}

fn word([a, b, c]: &[u8; 3]) -> u32 {
    u32::from_le_bytes([*a, *b, *c, 0])
}
