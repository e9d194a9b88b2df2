//! Keyspace events: what happened to a key, by name, and the classes that
//! `notify-keyspace-events` chooses from.

/// A class of events: the letters of `notify-keyspace-events`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Class {
    /// Never published.
    Silent = 0,
    /// `g`: commands for any type.
    Generic = 1 << 2,
    /// `$`
    String = 1 << 3,
    /// `l`
    List = 1 << 4,
    /// `s`
    Set = 1 << 5,
    /// `h`
    Hash = 1 << 6,
    /// `z`
    SortedSet = 1 << 7,
    /// `x`
    Expired = 1 << 8,
    /// `e`
    Evicted = 1 << 9,
    /// `t`
    Stream = 1 << 10,
    /// `m`
    Miss = 1 << 11,
    /// `n`
    New = 1 << 14,
}

/// `K`: publish to `__keyspace@db__:key`.
pub const TO_KEYSPACE: u32 = 1;
/// `E`: publish to `__keyevent@db__:event`.
pub const TO_KEYEVENT: u32 = 1 << 1;

/// Something that happened to a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its class.
    pub class: Class,
    /// Its name, usually the command's.
    pub name: &'static str,
}

/// An event.
pub const fn event(class: Class, name: &'static str) -> Event {
    Event { class, name }
}

/// `del`
pub const DEL: Event = event(Class::Generic, "del");
/// `expired`
pub const EXPIRED: Event = event(Class::Expired, "expired");
/// `evicted`
pub const EVICTED: Event = event(Class::Evicted, "evicted");
/// `expire`
pub const EXPIRE: Event = event(Class::Generic, "expire");
/// `persist`
pub const PERSIST: Event = event(Class::Generic, "persist");
/// `new`
pub const NEW: Event = event(Class::New, "new");
/// `keymiss`
pub const MISS: Event = event(Class::Miss, "keymiss");
/// A change that watching transactions and the log must know of, and nobody else.
pub const SILENT: Event = event(Class::Silent, "");
/// `set`
pub const SET: Event = event(Class::String, "set");
