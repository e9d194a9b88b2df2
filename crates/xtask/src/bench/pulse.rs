//! A client that sends one short command at a fixed rate, and how long the replies took.
//!
//! The load is open: a request is due at its moment whether or not the last one was answered, and
//! its time counts from that moment, so a server that stands still is charged for all that waited.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The client while it runs.
pub struct Pulse {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<std::io::Result<Vec<Duration>>>,
}

/// Reply times, ascending.
pub struct Times(Vec<Duration>);

impl Pulse {
    /// Sends `request`, whose reply has `reply_len` bytes, `per_second` times a second.
    pub fn start(
        port: u16,
        request: &'static [u8],
        reply_len: usize,
        per_second: u32,
    ) -> Result<Pulse, String> {
        let stream = connect(port)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let period = Duration::from_secs(1) / per_second;
        let thread =
            std::thread::spawn(move || beat(stream, request, reply_len, (period, &stopped)));
        Ok(Pulse { stop, thread })
    }

    /// Ends the load.
    pub fn finish(self) -> Result<Times, String> {
        self.stop.store(true, Ordering::Relaxed);
        let times = self.thread.join().map_err(|_| "the pulse panicked".to_owned())?;
        let mut times = times.map_err(|error| format!("pulse: {error}"))?;
        times.sort_unstable();
        Ok(Times(times))
    }
}

impl Times {
    /// The time that this share of the requests stayed within, in milliseconds.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let at = ((self.0.len() as f64 * share) as usize).min(self.0.len().saturating_sub(1));
        self.0.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

/// A connection whose small packets leave at once.
pub fn connect(port: u16) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(stream)
}

fn beat(
    mut stream: TcpStream,
    request: &[u8],
    reply_len: usize,
    (period, stop): (Duration, &AtomicBool),
) -> std::io::Result<Vec<Duration>> {
    stream.set_nonblocking(true)?;
    let (began, mut times) = (Instant::now(), Vec::new());
    let (mut sent, mut received_bytes, mut buffer) = (0u32, 0usize, [0; 16 << 10]);
    while !stop.load(Ordering::Relaxed) || (times.len() as u32) < sent {
        let due = began + period * sent;
        if Instant::now() >= due && !stop.load(Ordering::Relaxed) {
            // A request is far smaller than what the socket takes: it leaves as a whole.
            stream.write_all(request)?;
            sent += 1;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => received_bytes += bytes,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_micros(20));
            }
            Err(error) => return Err(error),
        }
        let now = Instant::now();
        while times.len() < received_bytes / reply_len {
            times.push(now.saturating_duration_since(began + period * times.len() as u32));
        }
    }
    Ok(times)
}
