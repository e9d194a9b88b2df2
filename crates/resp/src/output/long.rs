//! A reply that is too long to be made at once.
//!
//! Whoever replies with all of a large collection holds its shard meanwhile, and a slow client
//! would have all of the text kept for it. So the collection is taken as it is, and a piece of the
//! reply made whenever the one before it is sent.

use super::Output;

/// The bytes of a long reply, piece by piece.
pub trait Pieces: Send {
    /// Appends the next piece, some tens of kilobytes; whether more follows.
    fn write(&mut self, out: &mut Output) -> bool;

    /// About how many bytes are held for what is not written yet.
    fn held(&self) -> usize;
}

/// A long reply that is being sent.
pub(super) struct Long {
    pieces: Box<dyn Pieces>,
    /// What is left of the last piece.
    pub ready: Output,
    /// Whether that was the last of all.
    pub finished: bool,
}

impl Long {
    pub fn new(pieces: Box<dyn Pieces>) -> Long {
        Long { pieces, ready: Output::new(), finished: false }
    }

    /// Makes the next piece if the last one is sent; whether it did.
    pub fn make_piece(&mut self) -> bool {
        let wanted = !self.finished && self.ready.is_empty();
        if wanted {
            self.finished = !self.pieces.write(&mut self.ready);
        }
        wanted
    }

    pub fn is_sent(&self) -> bool {
        self.finished && self.ready.is_empty()
    }

    pub fn memory(&self) -> usize {
        self.ready.memory() + self.pieces.held()
    }

    /// Makes all pieces, and appends them to `taken`.
    pub fn take_all(&mut self, taken: &mut Vec<u8>) {
        loop {
            taken.append(&mut self.ready.take_all());
            if !self.make_piece() {
                return;
            }
        }
    }
}
