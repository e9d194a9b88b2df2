//! Strings combined bit by bit, as BITOP does.
//!
//! The result is made in pieces that stay in the nearest cache, and each piece is handed on before
//! the next is made: every source is read once and the result is written once, however many
//! sources there are. The loops run over bytes; the compiler makes vectors of them.
//!
//! # Invariants
//!
//! 1. A source is as if it went on with zeros to the length of the longest.

/// Bytes of a piece.
pub const PIECE: usize = 4 << 10;

/// How strings are combined. X is the first source, Y any other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Set in all.
    And,
    /// Set in any.
    Or,
    /// Set in an odd number of them.
    Xor,
    /// Clear in the only one.
    Not,
    /// Set in X and in no Y.
    Diff,
    /// Set in a Y and not in X.
    Diff1,
    /// Set in X and in a Y.
    AndOr,
    /// Set in exactly one.
    One,
}

/// Combines the sources, and gives the result to `take` piece by piece.
pub fn combine(operation: Operation, sources: &[&[u8]], mut take: impl FnMut(&[u8])) {
    let len = sources.iter().map(|source| source.len()).max().unwrap_or(0);
    let (mut room, mut spare) = ([0; PIECE], [0; PIECE]);
    for from in (0..len).step_by(PIECE) {
        let piece = &mut room[..PIECE.min(len - from)];
        fill_piece(operation, sources, from, (piece, &mut spare));
        take(piece);
    }
}

/// Makes the piece that begins at `from`; `spare` is as long as the longest piece.
fn fill_piece<'a>(
    operation: Operation,
    sources: &[&'a [u8]],
    from: usize,
    (piece, spare): (&mut [u8], &mut [u8; PIECE]),
) {
    let len = piece.len();
    let part = |source: &&'a [u8]| {
        let rest = source.get(from..).unwrap_or_default();
        &rest[..rest.len().min(len)]
    };
    let first = part(&sources[0]);
    let parts = sources[1..].iter().map(part);
    match operation {
        Operation::And => {
            start(piece, first);
            parts.for_each(|part| and(piece, part));
        }
        Operation::Or => {
            unite(piece, parts);
            fold(piece, first, |a, b| a | b);
        }
        Operation::Xor => {
            start(piece, first);
            parts.for_each(|part| fold(piece, part, |a, b| a ^ b));
        }
        Operation::Not => {
            start(piece, first);
            piece.iter_mut().for_each(|byte| *byte = !*byte);
        }
        Operation::Diff => {
            unite(piece, parts);
            piece.iter_mut().for_each(|byte| *byte = !*byte);
            and(piece, first);
        }
        Operation::Diff1 => {
            unite(piece, parts);
            fold(piece, first, |a, b| a & !b);
        }
        Operation::AndOr => {
            unite(piece, parts);
            and(piece, first);
        }
        Operation::One => {
            start(piece, first);
            // What is set in more than one.
            let twice = &mut spare[..piece.len()];
            twice.fill(0);
            for part in parts {
                for ((once, twice), new) in piece.iter_mut().zip(&mut *twice).zip(part) {
                    *twice |= *once & new;
                    *once |= new;
                }
            }
            fold(piece, twice, |a, b| a & !b);
        }
    }
}

fn start(piece: &mut [u8], first: &[u8]) {
    piece[..first.len()].copy_from_slice(first);
    piece[first.len()..].fill(0);
}

/// What is set in any of the parts.
fn unite<'a>(piece: &mut [u8], parts: impl Iterator<Item = &'a [u8]>) {
    piece.fill(0);
    parts.for_each(|part| fold(piece, part, |a, b| a | b));
}

fn and(piece: &mut [u8], part: &[u8]) {
    fold(piece, part, |a, b| a & b);
    piece[part.len()..].fill(0);
}

#[inline(always)]
fn fold(piece: &mut [u8], part: &[u8], combine: impl Fn(u8, u8) -> u8) {
    for (byte, new) in piece.iter_mut().zip(part) {
        *byte = combine(*byte, *new);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Operation; 7] = [
        Operation::And,
        Operation::Or,
        Operation::Xor,
        Operation::Diff,
        Operation::Diff1,
        Operation::AndOr,
        Operation::One,
    ];

    /// A byte of the result, bit by bit.
    fn byte(operation: Operation, sources: &[&[u8]], at: usize) -> u8 {
        let get = |source: &&[u8], bit: u32| source.get(at).is_some_and(|b| b >> bit & 1 == 1);
        (0..8).fold(0, |byte, bit| {
            let x = get(&sources[0], bit);
            let set = sources.iter().filter(|source| get(source, bit)).count();
            let any_y = set > usize::from(x);
            let result = match operation {
                Operation::And => set == sources.len(),
                Operation::Or => set > 0,
                Operation::Xor => set % 2 == 1,
                Operation::Not => !x,
                Operation::Diff => x && !any_y,
                Operation::Diff1 => !x && any_y,
                Operation::AndOr => x && any_y,
                Operation::One => set == 1,
            };
            byte | u8::from(result) << bit
        })
    }

    fn check(operation: Operation, sources: &[&[u8]]) {
        let mut result = Vec::new();
        combine(operation, sources, |piece| result.extend_from_slice(piece));
        let len = sources.iter().map(|source| source.len()).max().unwrap_or(0);
        let expected: Vec<u8> = (0..len).map(|at| byte(operation, sources, at)).collect();
        assert_eq!(result, expected, "{operation:?}");
    }

    proptest! {
        #[test]
        fn combines_as_one_does_bit_by_bit(
            sources in proptest::collection::vec(any::<Vec<u8>>(), 1..5),
        ) {
            let sources: Vec<&[u8]> = sources.iter().map(Vec::as_slice).collect();
            ALL.into_iter().for_each(|operation| check(operation, &sources));
            check(Operation::Not, &sources[..1]);
        }
    }

    #[test]
    fn sources_end_in_different_pieces() {
        let long: Vec<u8> = (0..3 * PIECE + 5).map(|n| ((n * 7) >> 2) as u8).collect();
        let sources = [&long[..PIECE + 3], &long[1..], &long[9..2 * PIECE + 9], &[]];
        ALL.into_iter().for_each(|operation| check(operation, &sources));
        check(Operation::Not, &[&long]);
    }
}
