//! The connection whose turn is next: its commands are read, parsed and planned before.
//!
//! Two desks take turns: while commands run from one, the next connection is prepared on the
//! other. Memory that its keys need is asked for in two steps, and whole turns lie between them.
//!
//! # Invariants
//!
//! 1. What is prepared runs in the next turn of its connection, or is dropped with it.

use engine::{Engine, Worker};

use crate::connection::{Connection, Desk};

/// The other desk.
#[derive(Default)]
pub(crate) struct Ahead {
    desk: Box<Desk>,
    /// The connection that it is prepared for.
    index: Option<usize>,
}

impl Ahead {
    /// Reads and plans for the connection at `index`; says whether anything was read.
    pub(super) fn prepare(
        &mut self,
        index: usize,
        connection: &mut Connection,
        worker: &Worker,
    ) -> bool {
        if self.index.is_some() {
            return false;
        }
        let prepared = connection.prepare(worker, &mut self.desk);
        self.index = prepared.then_some(index);
        prepared
    }

    /// Asks for the entries of the keys; their buckets should be near by now.
    pub(super) fn fetch_entries(&self, engine: &Engine) {
        if self.index.is_some() {
            self.desk.fetch_ahead(engine);
        }
    }

    /// The connection at `index` has its turn: what is prepared for it comes to this desk.
    pub(super) fn lay_out(&mut self, index: usize, desk: &mut Box<Desk>) {
        if self.index.take_if(|prepared| *prepared == index).is_some() {
            std::mem::swap(&mut self.desk, desk);
        }
    }

    /// The connection at `index` is gone.
    pub(super) fn forget(&mut self, index: usize) {
        if self.index.take_if(|prepared| *prepared == index).is_some() {
            self.desk.prepared = None;
        }
    }
}
