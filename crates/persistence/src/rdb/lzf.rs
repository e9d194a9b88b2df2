//! Unpacking LZF, in which Redis and Valkey compress strings.
//!
//! # Layout
//!
//! ```text
//! 000nnnnn, n + 1 bytes          these bytes
//! lllooooo oooooooo              l + 2 bytes from o + 1 bytes back, l from 1 to 6
//! 111ooooo llllllll oooooooo     l + 9 bytes from o + 1 bytes back
//! ```

/// The most that one packed byte can stand for: three make 264.
const MOST: usize = 88;

/// The `len` bytes that were packed; `None` where that is not what they are.
pub(super) fn unpack(packed: &[u8], len: usize) -> Option<Vec<u8>> {
    if len > packed.len().saturating_mul(MOST) {
        return None;
    }
    let mut out = Vec::with_capacity(len);
    let mut packed = packed.iter();
    let mut next = || packed.next().copied().map(usize::from);
    while let Some(control) = next() {
        if control < 32 {
            for _ in 0..=control {
                out.push(next()? as u8);
            }
        } else {
            let length = match control >> 5 {
                7 => 7 + next()?,
                length => length,
            } + 2;
            let back = ((control & 31) << 8 | next()?) + 1;
            let from = out.len().checked_sub(back)?;
            // What is copied may begin with what this very copy has just written.
            (from..from + length).for_each(|at| out.push(out[at]));
        }
        if out.len() > len {
            return None;
        }
    }
    (out.len() == len).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_both_forms_of_repetition_unpack() {
        assert_eq!(unpack(b"\x02abc", 3).as_deref(), Some(&b"abc"[..]));
        assert_eq!(unpack(b"\x02abc\x20\x02", 6).as_deref(), Some(&b"abcabc"[..]));
        let long = unpack(b"\x00a\xE0\xFF\x00", 265).unwrap();
        assert!(long.iter().all(|byte| *byte == b'a'));
    }

    #[test]
    fn what_reaches_before_the_start_or_has_another_length_is_refused() {
        for (packed, len) in [
            (&b"\x02ab"[..], 3),
            (b"\x20\x00", 3),
            (b"\x00a\x20", 4),
            (b"\x00a\xE0\xFF", 265),
            (b"\x00a\x20\x01", 4),
            (b"\x00a", 2),
            (b"\x01ab", 1),
            (b"\x00a", usize::MAX),
        ] {
            assert_eq!(unpack(packed, len), None, "{packed:?}");
        }
    }
}
