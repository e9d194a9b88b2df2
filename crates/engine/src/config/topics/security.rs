//! Passwords, ACLs and what is off by default.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::values::{I64_MAX, narrow};
use crate::config::{AclPubsubDefault, Permission};

/// Passwords, ACLs and what is off by default.
#[derive(Clone, Debug, PartialEq)]
pub struct Security {
    /// `requirepass`: password of the default user.
    pub requirepass: Vec<u8>,
    /// `aclfile`: file that holds the users.
    pub aclfile: String,
    /// `acl-pubsub-default`: channels that a new user may use.
    pub acl_pubsub_default: AclPubsubDefault,
    /// `acllog-max-len`: entries of ACL LOG.
    pub acllog_max_len: u64,
    /// `enable-protected-configs`: who may CONFIG SET protected directives.
    pub enable_protected_configs: Permission,
    /// `enable-debug-command`: who may use DEBUG.
    pub enable_debug_command: Permission,
    /// `enable-module-command`: who may use MODULE.
    pub enable_module_command: Permission,
    /// `busy-reply-threshold`: milliseconds after which a running script makes others get BUSY; 0
    /// never.
    pub busy_reply_threshold_ms: u64,
    /// `lua-enable-insecure-api`: offer Lua functions that are unsafe or were removed.
    pub lua_enable_insecure_api: bool,
}

impl Default for Security {
    fn default() -> Self {
        Security {
            requirepass: Vec::new(),
            aclfile: String::new(),
            acl_pubsub_default: AclPubsubDefault::ResetChannels,
            acllog_max_len: 128,
            enable_protected_configs: Permission::No,
            enable_debug_command: Permission::No,
            enable_module_command: Permission::No,
            busy_reply_threshold_ms: 5000,
            lua_enable_insecure_api: false,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::bytes("requirepass", |c| &c.security.requirepass, |c, v| c.security.requirepass = v)
        .sensitive()
        .about("Password of the default user"),
    Directive::text("aclfile", |c| &c.security.aclfile, |c, v| c.security.aclfile = v)
        .immutable()
        .about("File that holds the users"),
    Directive::choice::<AclPubsubDefault>(
        "acl-pubsub-default",
        |c| c.security.acl_pubsub_default.name(),
        |c, name| replace(&mut c.security.acl_pubsub_default, name),
    )
    .about("Channels that a new user may use"),
    Directive::number(
        "acllog-max-len",
        Form::Integer,
        (0, I64_MAX),
        |c| c.security.acllog_max_len.into(),
        |c, v| c.security.acllog_max_len = narrow(v),
    )
    .about("Entries of ACL LOG"),
    Directive::choice::<Permission>(
        "enable-protected-configs",
        |c| c.security.enable_protected_configs.name(),
        |c, name| replace(&mut c.security.enable_protected_configs, name),
    )
    .immutable()
    .about("Who may CONFIG SET protected directives"),
    Directive::choice::<Permission>(
        "enable-debug-command",
        |c| c.security.enable_debug_command.name(),
        |c, name| replace(&mut c.security.enable_debug_command, name),
    )
    .immutable()
    .about("Who may use DEBUG"),
    Directive::choice::<Permission>(
        "enable-module-command",
        |c| c.security.enable_module_command.name(),
        |c, name| replace(&mut c.security.enable_module_command, name),
    )
    .immutable()
    .about("Who may use MODULE")
    .effect(effect::MODULES),
    Directive::number(
        "busy-reply-threshold",
        Form::Integer,
        (0, I64_MAX),
        |c| c.security.busy_reply_threshold_ms.into(),
        |c, v| c.security.busy_reply_threshold_ms = narrow(v),
    )
    .alias("lua-time-limit")
    .about("Milliseconds after which a running script makes others get BUSY; 0 never"),
    Directive::bool(
        "lua-enable-insecure-api",
        |c| c.security.lua_enable_insecure_api,
        |c, v| c.security.lua_enable_insecure_api = v,
    )
    .alias("lua-enable-deprecated-api")
    .protected()
    .hidden()
    .about("Offer Lua functions that are unsafe or were removed")
    .effect(effect::LUA),
];
