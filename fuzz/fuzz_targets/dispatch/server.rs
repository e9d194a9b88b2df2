//! What a server does for the engine, without files and sockets: it succeeds or fails at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::clients::ClientInfo;
use engine::commands::server::roll_back;
use engine::letter::{Action, Letter};
use engine::migration::{Answer, Failure};
use engine::snapshot::SavedPart;
use engine::sweep::Progress;
use engine::{Session, dispatch::Outcome};
use resp::Output;

use crate::world::World;

/// Shards that are swept between two pieces of the input.
const SHARDS_A_SLICE: usize = 20;

impl World {
    /// Does one thing.
    pub fn act(&mut self, action: Action, failure: bool) {
        match action {
            Action::Save { client } => self.saving = client,
            Action::Shutdown { .. } => {}
            Action::RewriteConfig { client } => self.answer(client, failure),
            Action::Rebind { client, undo } => {
                if failure {
                    // The reply is the error that it gives.
                    let _ = roll_back(&self.worker.engine, &undo, ("port", "Unable to listen"));
                }
                self.answer(client, failure);
            }
            Action::Migrate(migration) => self.migrations.push(migration),
            Action::Feed { .. }
            | Action::ConfigChanged
            | Action::PurgeMemory
            | Action::Log { .. }
            | Action::Crash => {}
        }
    }

    fn answer(&mut self, client: u64, failure: bool) {
        let reply: &[u8] = if failure { b"-ERR failed\r\n" } else { b"+OK\r\n" };
        let letter = Letter::Unblocked { client, reply: reply.to_vec(), offset: 0 };
        self.worker.outbox.post(0, letter);
    }

    /// A slice of the snapshot, and its end.
    pub fn sweep(&mut self, failure: bool) {
        let (mut part, mut shards) = (SavedPart::default(), 0..SHARDS_A_SLICE);
        if self.worker.sweep(&mut part, &mut || shards.next().is_some()) == Progress::DoneLast {
            let engine = self.worker.engine.clone();
            let failed = failure || engine.snapshots.cancelled.load(Ordering::Acquire);
            engine.snapshots.end(!failed, self.now_ms);
            if let Some(client) = self.saving.take() {
                self.answer(client, failed);
            }
        }
    }

    /// The targets of migrations answer.
    pub fn settle(&mut self, failure: bool) {
        for mut migration in std::mem::take(&mut self.migrations) {
            let client = migration.client;
            for (i, item) in migration.items.iter_mut().enumerate() {
                let refused = failure && i % 2 == 1;
                item.answer = match refused {
                    true => Answer::Refused("ERR no".into()),
                    false => Answer::Done,
                };
            }
            if failure && migration.items.len() == 1 {
                migration.failure = Some(Failure::Reading);
            }
            let info = Arc::new(ClientInfo { unix: true, ..ClientInfo::default() });
            let mut session = Session::new(info, 0, true);
            session.migration = Some(migration);
            let mut output = Output::new();
            let outcome = self.worker.settle(&mut session, &mut output);
            match session.migration.take() {
                Some(migration) => {
                    assert!(!matches!(outcome, Outcome::Blocked { .. }));
                    self.migrations.push(migration);
                }
                None => {
                    let letter = Letter::Unblocked { client, reply: output.take_all(), offset: 0 };
                    self.hand_over(letter);
                }
            }
        }
    }
}
