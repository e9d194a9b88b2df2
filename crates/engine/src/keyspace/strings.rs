//! Changes of strings where they lie: counters and long strings.
//!
//! HOT: `INCR` comes here; one search of the table for a key that exists.

use structures::Blob;
use structures::entry::Put;

use super::event::Event;
use super::handle::{Keyspace, string_of};
use super::touch::Touch;
use crate::error::CommandError;

impl Keyspace<'_> {
    /// Changes the integer of a key, which is 0 where there is no key. The deadline stays.
    ///
    /// # Errors
    ///
    /// What `change` refuses, and values that are no integers; the key is then as it was.
    #[inline]
    pub fn update_integer(
        &mut self,
        key: &[u8],
        event: Event,
        change: impl FnOnce(i64) -> Result<i64, CommandError>,
    ) -> Result<i64, CommandError> {
        let position = self.position(key);
        let (db, now_ms, mark) = (self.db, self.now_ms, self.mark);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        if let Some(mut entry) = table.get_mut(position, key) {
            let view = entry.entry();
            if view.expire_at_ms().is_none_or(|ms| ms > now_ms) {
                let old = string_of(view)?.as_integer().ok_or(CommandError::NotInteger)?;
                let new = change(old)?;
                touch.before(view);
                // A text that spells an integer is short, so nothing large is dropped here.
                drop(entry.replace(Put::Int(new)));
                mark.used(entry.entry(), self.counters.commands.value());
                touch.after(key, event);
                return Ok(new);
            }
            self.expire(position, key);
        }
        let new = change(0)?;
        self.create(position, key, (Put::Int(new), None), event);
        Ok(new)
    }

    /// Changes a long string where it lies. `None` where the key holds no long string: then the
    /// caller builds the new value and uses `set`.
    pub fn edit_blob<R>(
        &mut self,
        key: &[u8],
        event: Event,
        edit: impl FnOnce(&mut Blob) -> R,
    ) -> Option<R> {
        let position = self.position(key);
        let (db, mark) = (self.db, self.mark);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let mut entry = table.get_mut(position, key)?;
        touch.before(entry.entry());
        let result = entry.blob_mut().map(edit)?;
        mark.used(entry.entry(), self.counters.commands.value());
        touch.after(key, event);
        Some(result)
    }
}
