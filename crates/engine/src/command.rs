//! What a command is: its facts and its handler, declared together and checked while compiling.
//!
//! Everything that the server says or does about a command follows from this one value: arity
//! errors, the keys to lock, access rules, `COMMAND INFO` and `COMMAND DOCS`, the reference pages.

use std::sync::atomic::{AtomicU16, Ordering};

use resp::Args;

use crate::ctx::Ctx;
use crate::error::CommandError;

/// What runs a command: replies go to `ctx.reply`, an error becomes the reply instead.
pub type Handler = fn(&mut Ctx<'_>, Args<'_>) -> Result<(), CommandError>;

/// A property of a command; the names are those of `COMMAND INFO`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Flag {
    /// May change the keyspace.
    Write = 1,
    /// Reads keys and changes nothing.
    ReadOnly = 1 << 1,
    /// May make the keyspace larger; refused when memory is full.
    DenyOom = 1 << 2,
    /// For administrators.
    Admin = 1 << 3,
    /// About channels, and allowed while subscribed.
    PubSub = 1 << 4,
    /// Not for scripts.
    NoScript = 1 << 5,
    /// May block the client.
    Blocking = 1 << 6,
    /// Allowed while data is loaded.
    Loading = 1 << 7,
    /// Allowed on a replica with stale data.
    Stale = 1 << 8,
    /// Not shown to `MONITOR`.
    SkipMonitor = 1 << 9,
    /// Not shown in the command log.
    SkipCommandLog = 1 << 10,
    /// Allowed on a slot that is being imported.
    Asking = 1 << 11,
    /// Takes constant or logarithmic time.
    Fast = 1 << 12,
    /// Allowed before authentication.
    NoAuth = 1 << 13,
    /// May be sent to replicas though it is no write.
    MayReplicate = 1 << 14,
    /// Keys may be absent from the arguments.
    NoMandatoryKeys = 1 << 15,
    /// Needs its own `enable-...` directive.
    Protected = 1 << 16,
    /// Not allowed inside `MULTI`.
    NoMulti = 1 << 17,
    /// Allowed while a script is busy.
    AllowBusy = 1 << 18,
    /// Touches keys that its arguments do not name.
    TouchesArbitraryKeys = 1 << 19,
    /// Runs at once even inside `MULTI`.
    Immediate = 1 << 20,
    /// For Sentinels, too.
    Sentinel = 1 << 21,
    /// Refused while a replica loads beside its old data.
    NoAsyncLoading = 1 << 22,
    /// Touches every database.
    AllDbs = 1 << 23,
}

/// A set of flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(u32);

impl Flags {
    const fn of(list: &[Flag]) -> Flags {
        let (mut bits, mut i) = (0, 0);
        while i < list.len() {
            bits |= list[i] as u32;
            i += 1;
        }
        Flags(bits)
    }

    /// Whether the flag is in the set.
    #[inline]
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & flag as u32 != 0
    }

    /// Whether any of these flags is in the set.
    #[inline]
    pub const fn has_any(self, flags: Flags) -> bool {
        self.0 & flags.0 != 0
    }
}

/// How many arguments a command takes, its own name included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// This many.
    Exactly(u8),
    /// This many or more.
    AtLeast(u8),
}

impl Arity {
    /// As `COMMAND INFO` shows it: negative for "or more".
    pub const fn wire(self) -> i64 {
        match self {
            Arity::Exactly(n) => n as i64,
            Arity::AtLeast(n) => -(n as i64),
        }
    }

    /// The fewest arguments.
    pub const fn least(self) -> u8 {
        match self {
            Arity::Exactly(n) | Arity::AtLeast(n) => n,
        }
    }

    /// Whether a command with `len` arguments is acceptable.
    #[inline]
    pub const fn accepts(self, len: usize) -> bool {
        match self {
            Arity::Exactly(n) => len == n as usize,
            Arity::AtLeast(n) => len >= n as usize,
        }
    }
}

/// What a command does with a key; the names are those of the key specifications.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// `RO ACCESS`: reads the value.
    Read,
    /// `RO`: reads only what the key is, such as its length or existence.
    Inspect,
    /// `RW ACCESS UPDATE`: reads and changes the value.
    Update,
    /// `RW ACCESS UPDATE VARIABLE_FLAGS`: what is done with the value depends on the options.
    Variable,
    /// `RW UPDATE`: changes the value without giving it away.
    Modify,
    /// `RW INSERT`: adds to the value.
    Insert,
    /// `OW UPDATE`: replaces the value.
    Overwrite,
    /// `OW INSERT`: gives a value to a key that has none.
    Create,
    /// `RW ACCESS`: reads the value, and may change how it is stored but not what it says.
    Recode,
    /// `RW ACCESS INSERT`: reads the value and adds to it.
    Merge,
    /// `RM DELETE`: removes the key.
    Remove,
    /// `RW DELETE`: takes from the value.
    Delete,
    /// `RW ACCESS DELETE`: takes from the value and gives it away.
    Take,
    /// `NOT_KEY`: a name that goes to a slot as a key does, but is none.
    Channel,
}

impl Access {
    /// Whether the key may change.
    pub const fn writes(self) -> bool {
        !matches!(self, Access::Read | Access::Inspect | Access::Recode | Access::Channel)
    }
}

/// Where the keys of one kind begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begin {
    /// At this argument.
    Index(u8),
    /// Behind this word, searched from this argument (from the end where negative).
    Keyword(&'static str, i8),
    /// Behind this word, searched from this argument, if it is the last of these.
    LastKeyword(&'static str, u8, &'static [&'static str]),
}

/// How the keys of one kind go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Find {
    /// Up to a last word.
    Range {
        /// Where, relative to the first; negative from the end.
        last: i8,
        /// A key is every how manieth word.
        step: u8,
        /// n > 1 takes one n-th of the rest.
        limit: u8,
    },
    /// A count, then as many keys.
    Counted {
        /// The first key's distance behind the count.
        first: u8,
        /// A key is every how manieth word.
        step: u8,
    },
}

/// One kind of keys among a command's arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeySpec {
    /// Where they begin.
    pub begin: Begin,
    /// How they go on.
    pub find: Find,
    /// What is done with them.
    pub access: Access,
}

/// One key at argument `index`.
pub const fn key(index: u8, access: Access) -> KeySpec {
    keys(index, 0, 1, access)
}

/// Keys from argument `first` on, to `last` (relative to the first; negative from the end).
pub const fn keys(first: u8, last: i8, step: u8, access: Access) -> KeySpec {
    let find = Find::Range { last, step, limit: 0 };
    KeySpec { begin: Begin::Index(first), find, access }
}

/// A count of keys at argument `index`, and the keys right behind it, every `step`th.
pub const fn counted(index: u8, step: u8, access: Access) -> KeySpec {
    KeySpec { begin: Begin::Index(index), find: Find::Counted { first: 1, step }, access }
}

/// Which shards a command holds while it runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locks {
    /// Those of its keys.
    Keys,
    /// All.
    All,
    /// Those of its keys, or all where an argument is a pattern, which names other keys.
    Patterns,
    /// None at first; the handler takes one shard after another.
    Stepwise,
    /// Those of the queued commands and of the watched keys.
    Transaction,
    /// Those of its keys, and the script token with them.
    Script,
    /// Those of the watched keys.
    Watched,
}

/// The family of a command, as `COMMAND DOCS` names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Group {
    Bitmap,
    Cluster,
    Connection,
    Generic,
    Geo,
    Hash,
    Hyperloglog,
    List,
    PubSub,
    Scripting,
    Sentinel,
    Server,
    Set,
    SortedSet,
    Stream,
    String,
    Transactions,
}

impl Group {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Group::Bitmap => "bitmap",
            Group::Cluster => "cluster",
            Group::Connection => "connection",
            Group::Generic => "generic",
            Group::Geo => "geo",
            Group::Hash => "hash",
            Group::Hyperloglog => "hyperloglog",
            Group::List => "list",
            Group::PubSub => "pubsub",
            Group::Scripting => "scripting",
            Group::Sentinel => "sentinel",
            Group::Server => "server",
            Group::Set => "set",
            Group::SortedSet => "sorted-set",
            Group::Stream => "stream",
            Group::String => "string",
            Group::Transactions => "transactions",
        }
    }
}

/// What a command is declared with.
pub struct Spec {
    /// Lower case; of a subcommand its own word alone.
    pub name: &'static str,
    /// Its family.
    pub group: Group,
    /// How many arguments it takes, all names included.
    pub arity: Arity,
    /// Its properties.
    pub flags: &'static [Flag],
    /// ACL categories beyond those that follow from flags and group, without the `@`.
    pub acl: &'static [&'static str],
    /// Where its keys are.
    pub keys: &'static [KeySpec],
    /// The first Redis or Valkey version that had it.
    pub since: &'static str,
    /// Its cost.
    pub complexity: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its arguments, as a manual shows them.
    pub syntax: &'static str,
    /// Hints for clients and proxies, as `COMMAND INFO` lists them.
    pub tips: &'static [&'static str],
    /// Which argument names the element that it looks up in its key's collection, 0 for none.
    pub element: u8,
    /// What it holds.
    pub locks: Locks,
    /// What runs it.
    pub run: Handler,
    /// The commands that its second argument chooses from.
    pub subcommands: &'static [&'static Command],
}

/// What most commands do not say.
pub const SPEC: Spec = Spec {
    name: "",
    group: Group::Generic,
    arity: Arity::Exactly(1),
    flags: &[],
    acl: &[],
    keys: &[],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "",
    syntax: "",
    tips: &[],
    element: 0,
    locks: Locks::Keys,
    run: container,
    subcommands: &[],
};

/// A command.
pub struct Command {
    /// What it was declared with.
    pub spec: Spec,
    /// Its properties.
    pub flags: Flags,
    /// The argument of its only key, 0 where it has none or several.
    pub single_key: u8,
    /// Its number in statistics, once `lookup` has counted the commands; 0 before. Whoever counts
    /// writes the same numbers, so their order is of no matter.
    number: AtomicU16,
    /// Its name is all letters.
    pub has_plain_name: bool,
    /// How long it takes depends on nothing.
    pub takes_constant_time: bool,
}

impl Command {
    /// Checks the declaration; a contradiction does not compile.
    pub const fn new(spec: Spec) -> Command {
        let flags = Flags::of(spec.flags);
        assert!(!(flags.has(Flag::Write) && flags.has(Flag::ReadOnly)), "write and read-only");
        assert!(!flags.has(Flag::DenyOom) || flags.has(Flag::Write), "only writes can be denied");
        assert!(spec.arity.least() > 0, "the name counts");
        let mut i = 0;
        while i < spec.keys.len() {
            if spec.keys[i].access.writes() {
                let writes = flags.has(Flag::Write) || matches!(spec.locks, Locks::Script);
                assert!(writes, "a key changes but the command is no write");
            }
            if let Begin::Index(index) = spec.keys[i].begin {
                let least = spec.arity.least();
                // A list of keys up to the last argument may be empty.
                let list = matches!(spec.keys[i].find, Find::Range { last: -1, .. });
                let optional = flags.has(Flag::NoMandatoryKeys) || list && index == least;
                assert!(index > 0 && (index < least || optional), "the key is outside the arity");
            }
            i += 1;
        }
        let name = spec.name.as_bytes();
        let (mut i, mut has_plain_name) = (0, true);
        while i < name.len() {
            assert!(!name[i].is_ascii_uppercase(), "command names are lower case");
            has_plain_name &= name[i].is_ascii_lowercase();
            i += 1;
        }
        let single_key = single_key(spec.keys);
        let number = AtomicU16::new(0);
        let takes_constant_time = matches!(spec.complexity.as_bytes(), b"O(1)");
        Command { spec, flags, single_key, number, has_plain_name, takes_constant_time }
    }

    /// The name; of a subcommand, its own word.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    /// Its number in statistics; 0 before the commands were counted.
    #[inline]
    pub fn number(&self) -> usize {
        usize::from(self.number.load(Ordering::Relaxed))
    }

    pub(crate) fn set_number(&self, number: u16) {
        self.number.store(number, Ordering::Relaxed);
    }

    /// Whether the command may change keys.
    #[inline]
    pub const fn is_write(&self) -> bool {
        self.flags.has(Flag::Write)
    }
}

impl PartialEq for Command {
    fn eq(&self, other: &Command) -> bool {
        std::ptr::eq(self, other)
    }
}

const fn single_key(specs: &[KeySpec]) -> u8 {
    if specs.len() != 1 {
        return 0;
    }
    match (specs[0].begin, specs[0].find) {
        (Begin::Index(index), Find::Range { last: 0, .. }) => index,
        _ => 0,
    }
}

/// The handler of a command that has only subcommands: dispatch finds those before it.
fn container(_: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::WrongArity(String::from_utf8_lossy(args.at(0)).into_owned()))
}
