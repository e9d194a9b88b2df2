//! Encrypted connections.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::values::{I32_MAX, narrow};
use crate::config::{TlsAuthClients, TlsAuthUser};

/// Encrypted connections.
#[derive(Clone, Debug, PartialEq)]
pub struct Tls {
    /// `tls-port`: TCP port for encrypted clients; 0 opens none.
    pub tls_port: u16,
    /// `tls-cert-file`: certificate of the server.
    pub tls_cert_file: String,
    /// `tls-key-file`: its private key.
    pub tls_key_file: String,
    /// `tls-key-file-pass`: passphrase of that key.
    pub tls_key_file_pass: String,
    /// `tls-client-cert-file`: certificate for outgoing connections.
    pub tls_client_cert_file: String,
    /// `tls-client-key-file`: its private key.
    pub tls_client_key_file: String,
    /// `tls-client-key-file-pass`: passphrase of that key.
    pub tls_client_key_file_pass: String,
    /// `tls-dh-params-file`: diffie-Hellman parameters.
    pub tls_dh_params_file: String,
    /// `tls-ca-cert-file`: certificates that are trusted, in one file.
    pub tls_ca_cert_file: String,
    /// `tls-ca-cert-dir`: certificates that are trusted, in a folder.
    pub tls_ca_cert_dir: String,
    /// `tls-auth-clients`: whether clients must show a certificate.
    pub tls_auth_clients: TlsAuthClients,
    /// `tls-auth-clients-user`: which field of a certificate names the user.
    pub tls_auth_clients_user: TlsAuthUser,
    /// `tls-replication`: encrypt replication links.
    pub tls_replication: bool,
    /// `tls-cluster`: encrypt the cluster bus.
    pub tls_cluster: bool,
    /// `tls-protocols`: versions of TLS that are accepted.
    pub tls_protocols: String,
    /// `tls-ciphers`: ciphers up to TLS 1.2.
    pub tls_ciphers: String,
    /// `tls-ciphersuites`: cipher suites of TLS 1.3.
    pub tls_ciphersuites: String,
    /// `tls-prefer-server-ciphers`: prefer the server's order of ciphers.
    pub tls_prefer_server_ciphers: bool,
    /// `tls-session-caching`: let clients resume sessions.
    pub tls_session_caching: bool,
    /// `tls-session-cache-size`: sessions kept; 0 sets no limit.
    pub tls_session_cache_size: u32,
    /// `tls-session-cache-timeout`: seconds for which a session is kept.
    pub tls_session_cache_timeout_s: u32,
    /// `tls-auto-reload-interval`: seconds between looks for new certificates; 0 never looks.
    pub tls_auto_reload_interval_s: u32,
    /// `max-new-tls-connections-per-cycle`: encrypted connections accepted in one turn of the event
    /// loop.
    pub max_new_tls_connections_per_cycle: u32,
}

impl Default for Tls {
    fn default() -> Self {
        Tls {
            tls_port: 0,
            tls_cert_file: String::new(),
            tls_key_file: String::new(),
            tls_key_file_pass: String::new(),
            tls_client_cert_file: String::new(),
            tls_client_key_file: String::new(),
            tls_client_key_file_pass: String::new(),
            tls_dh_params_file: String::new(),
            tls_ca_cert_file: String::new(),
            tls_ca_cert_dir: String::new(),
            tls_auth_clients: TlsAuthClients::Yes,
            tls_auth_clients_user: TlsAuthUser::Off,
            tls_replication: false,
            tls_cluster: false,
            tls_protocols: String::new(),
            tls_ciphers: String::new(),
            tls_ciphersuites: String::new(),
            tls_prefer_server_ciphers: false,
            tls_session_caching: true,
            tls_session_cache_size: 20 * 1024,
            tls_session_cache_timeout_s: 300,
            tls_auto_reload_interval_s: 0,
            max_new_tls_connections_per_cycle: 1,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::number(
        "tls-port",
        Form::Integer,
        (0, 65_535),
        |c| c.tls.tls_port.into(),
        |c, v| c.tls.tls_port = narrow(v),
    )
    .about("TCP port for encrypted clients; 0 opens none")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-cert-file",
        |c| &c.tls.tls_cert_file,
        |c, v| c.tls.tls_cert_file = v,
    )
    .always_applied()
    .about("Certificate of the server")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-key-file",
        |c| &c.tls.tls_key_file,
        |c, v| c.tls.tls_key_file = v,
    )
    .always_applied()
    .about("Its private key")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-key-file-pass",
        |c| &c.tls.tls_key_file_pass,
        |c, v| c.tls.tls_key_file_pass = v,
    )
    .sensitive()
    .about("Passphrase of that key")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-client-cert-file",
        |c| &c.tls.tls_client_cert_file,
        |c, v| c.tls.tls_client_cert_file = v,
    )
    .always_applied()
    .about("Certificate for outgoing connections")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-client-key-file",
        |c| &c.tls.tls_client_key_file,
        |c, v| c.tls.tls_client_key_file = v,
    )
    .always_applied()
    .about("Its private key")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-client-key-file-pass",
        |c| &c.tls.tls_client_key_file_pass,
        |c, v| c.tls.tls_client_key_file_pass = v,
    )
    .sensitive()
    .about("Passphrase of that key")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-dh-params-file",
        |c| &c.tls.tls_dh_params_file,
        |c, v| c.tls.tls_dh_params_file = v,
    )
    .always_applied()
    .about("Diffie-Hellman parameters")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-ca-cert-file",
        |c| &c.tls.tls_ca_cert_file,
        |c, v| c.tls.tls_ca_cert_file = v,
    )
    .always_applied()
    .about("Certificates that are trusted, in one file")
    .effect(effect::TLS),
    Directive::optional_text(
        "tls-ca-cert-dir",
        |c| &c.tls.tls_ca_cert_dir,
        |c, v| c.tls.tls_ca_cert_dir = v,
    )
    .always_applied()
    .about("Certificates that are trusted, in a folder")
    .effect(effect::TLS),
    Directive::choice::<TlsAuthClients>(
        "tls-auth-clients",
        |c| c.tls.tls_auth_clients.name(),
        |c, name| replace(&mut c.tls.tls_auth_clients, name),
    )
    .about("Whether clients must show a certificate")
    .effect(effect::TLS),
    Directive::choice::<TlsAuthUser>(
        "tls-auth-clients-user",
        |c| c.tls.tls_auth_clients_user.name(),
        |c, name| replace(&mut c.tls.tls_auth_clients_user, name),
    )
    .about("Which field of a certificate names the user")
    .effect(effect::TLS),
    Directive::bool("tls-replication", |c| c.tls.tls_replication, |c, v| c.tls.tls_replication = v)
        .about("Encrypt replication links")
        .effect(effect::TLS),
    Directive::bool("tls-cluster", |c| c.tls.tls_cluster, |c, v| c.tls.tls_cluster = v)
        .about("Encrypt the cluster bus")
        .effect(effect::TLS),
    Directive::optional_text(
        "tls-protocols",
        |c| &c.tls.tls_protocols,
        |c, v| c.tls.tls_protocols = v,
    )
    .about("Versions of TLS that are accepted")
    .effect(effect::TLS),
    Directive::optional_text("tls-ciphers", |c| &c.tls.tls_ciphers, |c, v| c.tls.tls_ciphers = v)
        .about("Ciphers up to TLS 1.2")
        .effect(effect::TLS),
    Directive::optional_text(
        "tls-ciphersuites",
        |c| &c.tls.tls_ciphersuites,
        |c, v| c.tls.tls_ciphersuites = v,
    )
    .about("Cipher suites of TLS 1.3")
    .effect(effect::TLS),
    Directive::bool(
        "tls-prefer-server-ciphers",
        |c| c.tls.tls_prefer_server_ciphers,
        |c, v| c.tls.tls_prefer_server_ciphers = v,
    )
    .about("Prefer the server's order of ciphers")
    .effect(effect::TLS),
    Directive::bool(
        "tls-session-caching",
        |c| c.tls.tls_session_caching,
        |c, v| c.tls.tls_session_caching = v,
    )
    .about("Let clients resume sessions")
    .effect(effect::TLS),
    Directive::number(
        "tls-session-cache-size",
        Form::Integer,
        (0, I32_MAX),
        |c| c.tls.tls_session_cache_size.into(),
        |c, v| c.tls.tls_session_cache_size = narrow(v),
    )
    .about("Sessions kept; 0 sets no limit")
    .effect(effect::TLS),
    Directive::number(
        "tls-session-cache-timeout",
        Form::Integer,
        (0, I32_MAX),
        |c| c.tls.tls_session_cache_timeout_s.into(),
        |c, v| c.tls.tls_session_cache_timeout_s = narrow(v),
    )
    .about("Seconds for which a session is kept")
    .effect(effect::TLS),
    Directive::number(
        "tls-auto-reload-interval",
        Form::Integer,
        (0, I32_MAX),
        |c| c.tls.tls_auto_reload_interval_s.into(),
        |c, v| c.tls.tls_auto_reload_interval_s = narrow(v),
    )
    .about("Seconds between looks for new certificates; 0 never looks")
    .effect(effect::TLS),
    Directive::number(
        "max-new-tls-connections-per-cycle",
        Form::Integer,
        (1, 1000),
        |c| c.tls.max_new_tls_connections_per_cycle.into(),
        |c, v| c.tls.max_new_tls_connections_per_cycle = narrow(v),
    )
    .about("Encrypted connections accepted in one turn of the event loop")
    .effect(effect::TLS),
];
