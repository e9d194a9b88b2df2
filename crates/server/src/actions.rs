//! What commands leave for the server: ending it, files, sockets, memory.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::commands::server::roll_back;
use engine::config::{Config, Rewrite, rewrite};
use engine::letter::{Action, Letter};
use resp::Output;

use crate::accept;
use crate::event_loop::EventLoop;
use crate::mail::Mail;
use crate::process;
use crate::text_log::Level;
use crate::title;

impl EventLoop {
    /// Does one thing.
    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Shutdown { client, save, force } => self.shut_down(client, save, force),
            Action::Save { client } => self.begin_dump(client),
            Action::RewriteConfig { client } => self.rewrite_config(client),
            Action::Rebind { client, undo } => {
                let worker = self.index();
                self.shared.post(0, Mail::Rebind { waiting: (worker, client), undo });
            }
            Action::ConfigChanged => {
                let config = self.shared.engine.config.load();
                self.shared.log.reconfigure(&config);
                title::set(&config, self.shared.settings.file.as_deref());
                process::return_memory_aside(config.general.jemalloc_bg_thread);
            }
            Action::Feed { client } => self.begin_feed(client),
            Action::Migrate(migration) => self.begin_migration(migration),
            Action::PurgeMemory => {
                self.shared.engine.compactions.hurry();
                process::purge_memory();
            }
            Action::Log { level, text } => {
                let level = match level {
                    0 => Level::Debug,
                    1 => Level::Verbose,
                    2 => Level::Notice,
                    _ => Level::Warning,
                };
                self.shared.log.write(level, &text);
            }
            Action::Crash => panic!("a DEBUG command asked for a crash"),
        }
    }

    /// Ends the server, after the snapshot if there is to be one; the command has made its cut.
    fn shut_down(&mut self, client: u64, save: bool, force: bool) {
        let log = &self.shared.log;
        log.notice("User requested shutdown...");
        if !save {
            return self.shared.stop();
        }
        log.notice("Saving the final RDB snapshot before exiting.");
        *self.shared.leaving.lock() = Some((self.index(), client, force));
        self.begin_dump(None);
    }

    fn rewrite_config(&mut self, client: u64) {
        let log = &self.shared.log;
        let config = self.shared.engine.config.load();
        let file = self.shared.settings.file.as_deref().unwrap_or_default();
        let reply = match write_config(Path::new(file), &config) {
            Ok(()) => {
                log.notice("CONFIG REWRITE executed with success.");
                "+OK\r\n".to_owned()
            }
            Err(error) => {
                log.warning(&format!("CONFIG REWRITE failed: {error}"));
                format!("-ERR Rewriting config file: {error}\r\n")
            }
        };
        self.answer((self.index(), client), reply);
    }

    /// Replies to a client that waits for the server.
    fn answer(&self, (worker, client): (usize, u64), reply: String) {
        let reply = Box::new(Output::from(reply.into_bytes()));
        let letter = Letter::Unblocked { client, reply, offset: 0 };
        self.shared.post(worker, Mail::Letter(letter));
    }

    /// Listens where the settings now say; sets them back where that is not possible.
    pub(crate) fn rebind(&mut self, waiting: (usize, u64), undo: &[(String, Vec<u8>)]) {
        let config = self.shared.engine.config.load();
        let reply = match self.listen(&config) {
            Ok(()) => "+OK\r\n".to_owned(),
            Err(reason) => {
                self.shared.log.warning(&reason);
                let port = undo.iter().any(|(name, _)| name == "port");
                let failure = match port {
                    true => ("port", "Unable to listen on this port. Check server logs."),
                    false => ("bind", "Failed to bind to specified addresses."),
                };
                let error = roll_back(&self.shared.engine, undo, failure);
                if let Err(reason) = self.listen(&self.shared.engine.config.load()) {
                    self.shared.log.warning(&reason);
                }
                format!("-{error}\r\n")
            }
        };
        self.answer(waiting, reply);
    }

    /// Replaces the TCP sockets that accept connections.
    fn listen(&mut self, config: &Arc<Config>) -> Result<(), String> {
        self.close_tcp_listeners();
        let listeners = accept::open_tcp(config)?;
        title::set(config, self.shared.settings.file.as_deref());
        self.add_listeners(listeners).map_err(|error| format!("Can't listen: {error}"))
    }
}

/// Rewrites the configuration file: aside, synced, renamed, its directory synced.
fn write_config(path: &Path, config: &Config) -> io::Result<()> {
    let old = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read?,
    };
    let text = rewrite(&old, &Rewrite { config, users: &[], modules: &[] });
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let aside: PathBuf = folder.join(format!(".basalt-config-{}", std::process::id()));
    let result = write_aside(&aside, &text).and_then(|()| std::fs::rename(&aside, path));
    if result.is_err() {
        // What is left aside is of no use; a failure to remove it changes nothing.
        let _ = std::fs::remove_file(&aside);
    }
    result?;
    std::fs::File::open(folder)?.sync_all()
}

fn write_aside(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(text)?;
    file.sync_all()
}

impl crate::shared::Shared {
    /// The last snapshot is written, or not: ends the server, or tells who asked for the end.
    pub fn leave(&self, saved: bool) {
        let Some((worker, client, force)) = self.leaving.lock().take() else { return };
        if saved || force {
            return self.stop();
        }
        self.log.warning("Error trying to save the DB, can't exit.");
        let reply = b"-ERR Errors trying to SHUTDOWN. Check logs.\r\n".to_vec();
        let reply = Box::new(Output::from(reply));
        self.post(worker, Mail::Letter(Letter::Unblocked { client, reply, offset: 0 }));
    }

    /// Whether the server waits for its last snapshot.
    pub fn is_leaving(&self) -> bool {
        self.stopping.load(Ordering::Relaxed) || self.leaving.lock().is_some()
    }
}
