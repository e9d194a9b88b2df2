//! Signals, as bytes in a pipe that the first worker watches, and the end that they ask for.

use std::io::{self, Read};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::Session;
use engine::clients::ClientInfo;
use engine::dispatch::{Outcome, Request};
use engine::lookup;
use mio::net::UnixStream;
use resp::{Output, OwnedArgs};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::event_loop::EventLoop;

/// A signal that asks for the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// From the keyboard.
    Interrupt,
    /// From another process.
    Terminate,
}

impl Signal {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        }
    }
}

/// The end of the pipe that the event loop reads.
pub struct Signals {
    /// One byte arrives per signal.
    pub pipe: UnixStream,
    interrupted: Arc<AtomicBool>,
}

impl Signals {
    /// Catches SIGTERM and SIGINT; SIGHUP and SIGPIPE do nothing. A second SIGINT ends the process
    /// at once.
    pub fn catch() -> io::Result<Signals> {
        let (reader, writer) = StdUnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register_conditional_shutdown(SIGINT, 1, interrupted.clone())?;
        signal_hook::flag::register(SIGINT, interrupted.clone())?;
        for signal in [SIGTERM, SIGINT] {
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        let (ignored, _unread) = StdUnixStream::pair()?;
        ignored.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(SIGHUP, ignored)?;
        Ok(Signals { pipe: UnixStream::from_std(reader), interrupted })
    }

    /// The signal that asks the server to end.
    pub fn arrived(&mut self) -> Option<Signal> {
        let mut bytes = [0; 16];
        let read = self.pipe.read(&mut bytes).is_ok_and(|read| read > 0);
        read.then(|| match self.interrupted.load(Ordering::Relaxed) {
            true => Signal::Interrupt,
            false => Signal::Terminate,
        })
    }
}

impl EventLoop {
    /// Ends the server as the settings say for this signal: as if a client had sent `SHUTDOWN`.
    pub(crate) fn shut_down_by(&mut self, signal: Signal) {
        if self.shared.is_leaving() {
            return;
        }
        let general = &self.worker.config.general;
        let options = match signal {
            Signal::Interrupt => &general.shutdown_on_sigint,
            Signal::Terminate => &general.shutdown_on_sigterm,
        };
        let words = [
            (true, "SHUTDOWN"),
            (options.save, "SAVE"),
            (options.nosave, "NOSAVE"),
            (options.now, "NOW"),
            (options.force, "FORCE"),
        ];
        let command: OwnedArgs =
            words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        let info = Arc::new(ClientInfo { unix: true, ..ClientInfo::default() });
        let mut session = Session::new(info, self.worker.index, true);
        let mut output = Output::new();
        // Its name may be another by `rename-command`.
        let shutdown = lookup::declared("shutdown");
        let request = Request { command: shutdown, ..Request::new(command.as_args()) };
        match self.worker.execute(&mut session, request, &mut output) {
            Outcome::Parked => self.signal_again = Some(signal),
            Outcome::Done | Outcome::Blocked { .. } => {}
        }
        if !output.is_empty() {
            let reply = String::from_utf8_lossy(&output.take_all()).trim().to_owned();
            self.shared.log.warning(&format!("Can't shut down now: {reply}"));
            self.signal_again = Some(signal);
        }
        self.send_outbox();
    }

    /// At a tick: a signal that could not be followed yet.
    pub(crate) fn follow_signal(&mut self) {
        if let Some(signal) = self.signal_again.take() {
            self.shut_down_by(signal);
        }
    }
}
