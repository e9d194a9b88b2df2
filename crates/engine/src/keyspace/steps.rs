//! Commands that go through the shards one after another, and hold each for a moment only.

use structures::Position;

use super::handle::Keyspace;
use super::shard::Shard;
use crate::error::CommandError;

impl Keyspace<'_> {
    /// Shows one shard, held for that if it is not held already.
    ///
    /// # Errors
    ///
    /// `Park` where the shard is busy; the command may not have changed anything before.
    pub fn with_shard<R>(
        &mut self,
        index: usize,
        show: impl FnOnce(&mut Shard) -> R,
    ) -> Result<R, CommandError> {
        if self.locked.holds(index) {
            return Ok(show(self.locked.shard_at(index)));
        }
        let guard = self.locked.shards().lock(index).try_lock_spinning();
        let mut guard = guard.ok_or(CommandError::Park)?;
        Ok(show(&mut guard))
    }

    /// Number of shards.
    pub fn shard_count(&self) -> usize {
        self.locked.shards().len()
    }

    /// The shard of a position, and the first position of the next one (`END` behind the last).
    pub fn shard_around(&self, position: Position) -> (usize, Position) {
        let shards = self.locked.shards();
        let index = shards.index(position);
        let next = if index + 1 < shards.len() { shards.first(index + 1) } else { Position::END };
        (index, next)
    }
}
