//! How large a list may be that is one block: what `list-max-listpack-size` says.

/// The setting: so many elements, or, from -1 to -5, so many bytes: 4 KiB to 64 KiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill(pub i32);

/// What a `listpack` has around its elements, which take as much as in our blocks.
const FRAME: usize = 7;

/// A block that is limited by its elements has no more bytes than this.
const BYTES_MAX: usize = 8 << 10;

impl Fill {
    /// Whether a list of so many elements, with so many bytes together, may be one block.
    pub fn allows(self, bytes: usize, len: usize) -> bool {
        self.allows_part(bytes, len, 1)
    }

    /// Whether a list that has become small may be one block again: half as much, so that it does
    /// not change its form with every element that comes and goes.
    pub fn allows_again(self, bytes: usize, len: usize) -> bool {
        self.allows_part(bytes, len, 2)
    }

    fn allows_part(self, bytes: usize, len: usize, part: usize) -> bool {
        let bytes = bytes + FRAME;
        match self.0 {
            ..0 => bytes <= (2 << 10 << self.0.unsigned_abs().min(5)) / part,
            count => bytes <= BYTES_MAX / part && len <= (count as usize).max(1) / part,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FRAME, Fill};

    #[test]
    fn negative_settings_are_kibibytes_and_positive_ones_elements() {
        for (setting, bytes) in [(-1, 4096), (-2, 8192), (-5, 65_536), (-9, 65_536)] {
            let bytes = bytes - FRAME;
            assert!(Fill(setting).allows(bytes, 1 << 20) && !Fill(setting).allows(bytes + 1, 1));
        }
        assert!(Fill(-2).allows_again(4089, 1) && !Fill(-2).allows_again(4090, 1));
        assert!(Fill(4).allows(8185, 4) && !Fill(4).allows(1, 5) && !Fill(4).allows(8186, 1));
        assert!(Fill(4).allows_again(1, 2) && !Fill(4).allows_again(1, 3));
        assert!(Fill(0).allows(1, 1) && !Fill(0).allows(1, 2));
    }
}
