//! Connections come to a worker, go from it, or become feeds of replicas.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::Session;
use engine::clients::ClientInfo;
use mio::Token;

use super::{EventLoop, FIRST_CONNECTION};
use crate::connection::Connection;
use crate::socket::Socket;

impl EventLoop {
    pub(super) fn adopt(&mut self, mut socket: Socket) {
        let index = self.free.last().copied().unwrap_or(self.connections.len());
        let token = Token(FIRST_CONNECTION + index);
        if socket.register(self.poll.registry(), token).is_err() {
            self.forget_connection();
            return;
        }
        self.free.pop();
        let engine = &self.shared.engine;
        let (id, now_ms) = (engine.clients.next_id(), self.worker.now_ms);
        let info = Arc::new(ClientInfo {
            worker: self.worker.index,
            unix: socket.is_unix(),
            fd: socket.fd(),
            ..ClientInfo::connected(id, socket.peer(), socket.local(), now_ms)
        });
        engine.clients.add(&info);
        self.by_client.insert(info.id, index);
        let open = engine.config.load().security.requirepass.is_empty();
        let session = Session::new(info, self.worker.index, open);
        let connection = Some(Box::new(Connection::new(socket, session)));
        if index == self.connections.len() {
            self.connections.push(connection);
        } else {
            self.connections[index] = connection;
        }
        self.turn(index);
    }

    /// Closes a connection and takes its traces out of the keyspace.
    pub(crate) fn close(&mut self, index: usize) {
        let Some(mut connection) = self.connections.get_mut(index).and_then(Option::take) else {
            return;
        };
        let id = connection.session.info.id;
        self.ahead.forget(index);
        self.by_client.remove(&id);
        self.free.push(index);
        self.again.retain(|other| *other != index);
        if connection.session.replica {
            self.end_feed(id);
        }
        self.worker.end_session(&mut connection.session);
        if !self.worker.outbox.is_empty() {
            self.shared.send_letters(&mut self.worker);
        }
        self.shared.engine.clients.remove(id);
        self.forget_connection();
    }

    fn forget_connection(&self) {
        self.shared.connections.fetch_sub(1, Ordering::Relaxed);
        self.shared.doors[self.index()].connections.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn begin_feed(&mut self, client: u64) {
        self.replicas.push(client);
        self.shared.doors[self.index()].replicas.fetch_add(1, Ordering::Relaxed);
        self.feed();
    }

    fn end_feed(&mut self, client: u64) {
        let before = self.replicas.len();
        self.replicas.retain(|other| *other != client);
        let ended = before - self.replicas.len();
        self.shared.doors[self.index()].replicas.fetch_sub(ended, Ordering::Relaxed);
    }

    /// Passes what is new in the log to the replicas of this worker.
    pub(super) fn feed(&mut self) {
        for client in self.replicas.clone() {
            let log = &self.shared.engine.log;
            let Some(index) = self.by_client.get(&client).copied() else { continue };
            let Some(connection) = self.connections[index].as_deref_mut() else { continue };
            log.read(client, usize::MAX, &mut |bytes| connection.output.extend_from_slice(bytes));
            // Like other replies, so that what one turn does not allow to write follows later.
            self.flush(index);
        }
    }
}
