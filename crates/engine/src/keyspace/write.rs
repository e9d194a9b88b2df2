//! The handle through which a value that is no string changes.
//!
//! The only way to `&mut T` names the event, and everybody who must know of the change is told
//! when the handle goes: the dirty count, watching transactions, events, waiting clients, a
//! running snapshot. A value that was left empty takes its key along.

use std::marker::PhantomData;

use structures::table::EntryMut;
use types::{Kind, Value};

use super::effects::Garbage;
use super::event::{DEL, Event};
use super::handle::object_of;
use super::touch::Touch;

/// Write access to the value of one key.
pub struct Write<'k, T: Kind> {
    entry: Option<EntryMut<'k, Value>>,
    key: &'k [u8],
    touch: Touch<'k>,
    event: Option<Event>,
    kind: PhantomData<T>,
}

impl<'k, T: Kind> Write<'k, T> {
    pub(super) fn new(entry: EntryMut<'k, Value>, key: &'k [u8], touch: Touch<'k>) -> Self {
        Write { entry: Some(entry), key, touch, event: None, kind: PhantomData }
    }

    /// The value as it is.
    pub fn value(&self) -> &T {
        let entry = self.entry.as_ref().expect("only dropping takes the entry");
        object_of(entry.entry()).unwrap_or_else(|_| panic!("the type was checked"))
    }

    /// The value, for a change that is one event. The change counts once, however often this is
    /// called; more of it is counted with `count`.
    pub fn modify(&mut self, event: Event) -> &mut T {
        let entry = self.entry.as_mut().expect("only dropping takes the entry");
        if self.event.is_none() {
            self.touch.before(entry.entry());
        }
        self.event = Some(event);
        let value = entry.object_mut().expect("the type was checked");
        T::of_mut(value).expect("the type was checked")
    }

    /// Notes an event in front of that of the change.
    pub fn note(&mut self, event: Event) {
        self.touch.note(self.key, event);
    }

    /// Counts further changes that the command made to the value.
    pub fn count(&mut self, more: u64) {
        self.touch.effects.dirty += more;
    }
}

impl<T: Kind> Drop for Write<'_, T> {
    fn drop(&mut self) {
        let emptied = self.value().is_empty();
        if let Some(event) = self.event {
            self.touch.after(self.key, event);
        }
        if emptied && let Some(entry) = self.entry.take() {
            let entry = entry.remove();
            if self.event.is_some() {
                self.touch.note(self.key, DEL);
            }
            self.touch.effects.garbage.push(Garbage::Entry(entry));
        }
    }
}
