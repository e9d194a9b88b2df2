//! Work that others may stop once it takes long, and as long as it has changed nothing.
//!
//! The three facts are one state behind one lock: were they atomics beside each other, a stop that
//! found nothing changed could take effect after the first change, and one that found the work
//! going on could hit the next.

use crate::sync::Mutex;

/// The work of one worker, of which there is one at a time.
#[derive(Debug, Default)]
pub struct Stoppable(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    long: bool,
    changed: bool,
    stopped: bool,
}

/// What became of a wish to stop it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It will end without having changed anything.
    Accepted,
    /// It has changed something.
    TooLate,
    /// There is no work that takes long.
    Nothing,
}

impl Stoppable {
    /// It takes long; true where that is new.
    pub fn become_long(&self) -> bool {
        !std::mem::replace(&mut self.0.lock().long, true)
    }

    /// It is about to change something for the first time; false where it was stopped before, and
    /// may not.
    pub fn begin_changes(&self) -> bool {
        let mut state = self.0.lock();
        state.changed |= !state.stopped;
        !state.stopped
    }

    /// Whether it is to end.
    pub fn is_stopped(&self) -> bool {
        self.0.lock().stopped
    }

    /// Stops it, if that may be.
    pub fn stop(&self) -> Stop {
        let mut state = self.0.lock();
        match (state.long, state.changed) {
            (false, _) => Stop::Nothing,
            (true, true) => Stop::TooLate,
            (true, false) => {
                state.stopped = true;
                Stop::Accepted
            }
        }
    }

    /// It is over; true where it took long.
    pub fn end(&self) -> bool {
        std::mem::take(&mut *self.0.lock()).long
    }
}

#[cfg(all(test, not(loom), not(shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn long_work_is_stopped_before_its_first_change_or_not_at_all() {
        let work = Stoppable::default();
        assert_eq!(work.stop(), Stop::Nothing);
        assert!(work.become_long() && !work.become_long());
        assert_eq!(work.stop(), Stop::Accepted);
        assert!(work.is_stopped() && !work.begin_changes());
        assert!(work.end() && !work.is_stopped());
        assert!(work.begin_changes() && work.become_long());
        assert_eq!(work.stop(), Stop::TooLate);
        assert!(!work.is_stopped());
    }
}
