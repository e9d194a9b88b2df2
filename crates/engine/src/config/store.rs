//! The configuration that a running server shares among its workers.
//!
//! A reader takes a reference-counted snapshot, so that one command sees one configuration from
//! its first to its last step. Who reads often keeps its snapshot and compares the version, which
//! is one load of a rarely written word, before it takes a new one.
//!
//! # Invariants
//!
//! 1. A snapshot never changes.
//! 2. The version grows with each update, after the new snapshot is in place: who sees version n
//!    and then loads gets the n-th configuration or a later one.
//!    (`structures/tests/loom/order.rs` has the model, and what happens the other way round.)
//! 3. Updates exclude each other, so none is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use super::Config;

/// Holds the current configuration.
pub struct ConfigStore {
    current: RwLock<Arc<Config>>,
    version: AtomicU64,
    /// Held during an update, so that readers go on while a new configuration is made.
    updating: Mutex<()>,
}

impl ConfigStore {
    /// A store that begins with a configuration, at version 1.
    #[must_use]
    pub fn new(config: Config) -> ConfigStore {
        ConfigStore {
            current: RwLock::new(Arc::new(config)),
            version: AtomicU64::new(1),
            updating: Mutex::new(()),
        }
    }

    /// The current configuration.
    #[must_use]
    pub fn load(&self) -> Arc<Config> {
        Arc::clone(&self.current.read())
    }

    /// Grows with each update; never 0.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Replaces the configuration by what `change` makes of it.
    ///
    /// # Errors
    ///
    /// Whatever `change` returns; the configuration is then as it was.
    pub fn update<E>(
        &self,
        change: impl FnOnce(&Config) -> Result<Config, E>,
    ) -> Result<Arc<Config>, E> {
        let _updating = self.updating.lock();
        let changed = Arc::new(change(&self.load())?);
        *self.current.write() = Arc::clone(&changed);
        self.version.fetch_add(1, Ordering::Release);
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_port(config: &Config, port: u16) -> Config {
        let mut changed = config.clone();
        changed.network.port = port;
        changed
    }

    #[test]
    fn an_update_leaves_older_snapshots_alone_and_raises_the_version() {
        let store = ConfigStore::new(Config::default());
        let (before, version) = (store.load(), store.version());
        store.update(|config| Ok::<_, ()>(with_port(config, 7000))).unwrap();
        assert_eq!((before.network.port, store.load().network.port), (6379, 7000));
        assert!(store.version() > version);
    }

    #[test]
    fn a_refused_update_changes_nothing() {
        let store = ConfigStore::new(Config::default());
        let version = store.version();
        assert!(store.update(|_| Err("no")).is_err());
        assert_eq!((store.load().network.port, store.version()), (6379, version));
    }

    #[test]
    fn updates_of_many_threads_are_all_kept() {
        let store = ConfigStore::new(with_port(&Config::default(), 0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        let next = |config: &Config| {
                            Ok::<_, ()>(with_port(config, config.network.port + 1))
                        };
                        store.update(next).unwrap();
                    }
                });
            }
        });
        assert_eq!((store.load().network.port, store.version()), (1000, 1001));
    }
}
