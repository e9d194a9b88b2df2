//! Changes of strings where they lie: counters and long strings.
//!
//! HOT: `INCR` comes here; one search of the table for a key that exists.

use structures::Blob;
use structures::entry::Put;

use super::event::Event;
use super::handle::{Keyspace, Str, string_of};
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
        let (db, mark) = (self.db, self.mark);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let has_expired = 'found: {
            let Some(mut entry) = table.get_mut(position, key) else { break 'found false };
            let view = entry.entry();
            if view.expire_at_ms().is_none_or(|ms| ms > mark.dead_up_to_ms) {
                let old = string_of(view)?.as_integer().ok_or(CommandError::NotInteger)?;
                let new = change(old)?;
                touch.before(view);
                // A text that spells an integer is short: nothing large is dropped here.
                drop(entry.replace(Put::Int(new)));
                mark.used(entry.entry(), self.counters.commands.value());
                touch.after(key, event);
                return Ok(new);
            }
            true
        };
        if has_expired {
            self.expire(position, key);
        }
        let new = change(0)?;
        self.create(position, key, (Put::Int(new), None), event);
        Ok(new)
    }

    /// Changes the bytes of a string where they lie; they are none where there is no key. The
    /// deadline stays. `len` is how many there will be.
    ///
    /// A short string leaves its entry for that: who changes one piece of it changes another.
    ///
    /// # Errors
    ///
    /// `WrongType`; the key is then as it was.
    pub fn edit_string(
        &mut self,
        key: &[u8],
        event: Event,
        len: usize,
        edit: impl FnOnce(&mut Blob),
    ) -> Result<(), CommandError> {
        self.edit_string_counted(key, event, len, |blob| {
            edit(blob);
            1
        })?;
        Ok(())
    }

    /// As `edit_string`, for edits that say how many changes they were. Where there was none,
    /// nobody is told, and no key is made.
    ///
    /// # Errors
    ///
    /// `WrongType`; the key is then as it was.
    pub fn edit_string_counted(
        &mut self,
        key: &[u8],
        event: Event,
        len: usize,
        edit: impl FnOnce(&mut Blob) -> u64,
    ) -> Result<u64, CommandError> {
        let position = self.position(key);
        let (db, mark) = (self.db, self.mark);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let has_expired = 'found: {
            let Some(mut entry) = table.get_mut(position, key) else { break 'found false };
            let view = entry.entry();
            if view.expire_at_ms().is_none_or(|ms| ms > mark.dead_up_to_ms) {
                let old = string_of(view)?;
                touch.before(view);
                let changes = if matches!(old, Str::Blob(_)) {
                    entry.blob_mut().map_or(0, edit)
                } else {
                    let mut blob = Blob::to_fill(len);
                    blob.extend(old.bytes(&mut itoa::Buffer::new()));
                    let changes = edit(&mut blob);
                    if changes > 0 {
                        drop(entry.replace(Put::Blob(blob)));
                    }
                    changes
                };
                mark.used(entry.entry(), self.counters.commands.value());
                if changes > 0 {
                    touch.after(key, event);
                    touch.effects.dirty += changes - 1;
                }
                return Ok(changes);
            }
            true
        };
        if has_expired {
            self.expire(position, key);
        }
        let mut blob = Blob::to_fill(len);
        let changes = edit(&mut blob);
        if changes > 0 {
            self.create(position, key, (Put::Blob(blob), None), event);
            self.effects.dirty += changes - 1;
        }
        Ok(changes)
    }
}
