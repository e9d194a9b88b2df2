//! What all workers share of the scripts: their sources, who runs one, and how it can be stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::Engine;

/// The right to run scripts that may write: one client of the server has it at a time.
///
/// Who has it may wait for shards while holding others (`Locked::escalate`); nobody else may.
pub struct ScriptToken<'a>(&'a AtomicBool);

impl<'a> ScriptToken<'a> {
    /// The token, if nobody has it.
    pub fn take(engine: &'a Engine) -> Option<ScriptToken<'a>> {
        let token = &engine.script_token;
        let free = token.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed);
        free.is_ok().then_some(ScriptToken(token))
    }
}

impl Drop for ScriptToken<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
