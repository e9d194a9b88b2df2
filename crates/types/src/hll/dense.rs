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

fn word([a, b, c]: &[u8; 3]) -> u32 {
    u32::from_le_bytes([*a, *b, *c, 0])
}
