//! Configuration: every directive's value, where it may be changed and how it is written.
//!
//! The values are plain typed fields ([`Config`], by topic); what is known of each directive (name,
//! alias, range, who may set it, whether this build acts on it) is one entry in its topic's list.
//! CONFIG GET, SET and REWRITE, the configuration file, the command line and the documentation all
//! derive from these lists. Nothing here opens a file: texts come in, texts and values go out.
//!
//! # Invariants
//!
//! 1. A directive is described once: its field, default, bounds and summary stand in one topic
//!    file.
//! 2. What a directive prints, it accepts again with the same meaning.
//! 3. A configuration is only ever replaced as a whole, so readers never see half a change.

mod arguments;
mod checks;
mod choices;
mod compound;
mod directive;
mod effect;
mod events;
mod file;
mod parse;
mod rewrite;
mod select;
mod set;
mod special;
mod store;
mod topics;
mod values;

#[cfg(test)]
mod tests;

pub use arguments::{CommandLine, command_line};
pub use choices::{
    AclPubsubDefault, AppendFsync, Choice, ClusterConfigSave, ClusterEndpoint, DisklessLoad,
    LogFormat, LogLevel, LogTimestamp, MaxmemoryPolicy, OomScoreAdj, Permission, PropagationErrors,
    RdbFormat, RdbVersionCheck, Supervised, SyslogFacility, TlsAuthClients, TlsAuthUser,
};
pub use compound::{
    MemoryShare, OutputBufferLimit, OutputBufferLimits, Primary, SavePoint, ShutdownOptions,
};
pub use directive::{Arguments, Directive, Mutability, Source};
pub use effect::Effect;
pub use events::KeyspaceEvents;
pub use file::{ConfigFileError, Extra, ExtraKind, Loaded, Origin, SourceText, load};
pub use parse::{quote, split_arguments};
pub use rewrite::{Rewrite, rewrite};
pub use select::{all, find, matching, topics};
pub use set::{SetContext, SetError, set_many};
pub use store::ConfigStore;
pub use topics::clients::Clients;
pub use topics::cluster::Cluster;
pub use topics::encodings::Encodings;
pub use topics::general::General;
pub use topics::memory::Memory;
pub use topics::network::Network;
pub use topics::observability::Observability;
pub use topics::persistence::Persistence;
pub use topics::replication::Replication;
pub use topics::security::Security;
pub use topics::tls::Tls;
pub use values::Config;
