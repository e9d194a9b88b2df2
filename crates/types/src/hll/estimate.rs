//! How many elements the registers stand for.
//!
//! Source: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
//! arXiv:1702.01284, the improved raw estimator. It needs no tables and no change of method between
//! few and many elements.

use super::REGISTERS;

/// The largest level: bits of a hash beside those of the index, and one.
const MAX_LEVEL: usize = 51;

/// 1 / (2 ln 2)
const ALPHA: f64 = 0.721_347_520_444_481_7;

/// The cardinality, where so many registers hold each level.
#[must_use]
pub fn estimate(histogram: &[u32; 64]) -> u64 {
    let registers = REGISTERS as f64;
    let full = f64::from(histogram[MAX_LEVEL]);
    let mut sum = registers * tau((registers - full) / registers);
    for &count in histogram[1..MAX_LEVEL].iter().rev() {
        sum = (sum + f64::from(count)) * 0.5;
    }
    sum += registers * sigma(f64::from(histogram[0]) / registers);
    (ALPHA * registers * registers / sum).round() as u64
}

/// x + x² 1 + x⁴ 2 + x⁸ 4 + ...
fn sigma(x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut factor, mut sum) = (x, 1.0, x);
    loop {
        power *= power;
        let before = sum;
        sum += power * factor;
        factor += factor;
        if sum == before {
            return sum;
        }
    }
}

/// (1 - x - (1 - x^½)² ½ - (1 - x^¼)² ¼ - ...) / 3
fn tau(x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut root, mut factor, mut sum) = (x, 1.0, 1.0 - x);
    loop {
        root = root.sqrt();
        let before = sum;
        factor *= 0.5;
        sum -= (1.0 - root) * (1.0 - root) * factor;
        if sum == before {
            return sum / 3.0;
        }
    }
}
