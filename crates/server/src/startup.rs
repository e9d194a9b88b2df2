//! From the command line to running workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use engine::Engine;
use engine::config::Config;
use engine::engine::Setup;
use mio::{Poll, Waker};

use crate::accept::{self, Listener};
use crate::event_loop::EventLoop;
use crate::settings::{self, Settings};
use crate::shared::{Door, Shared};
use crate::shutdown::Signals;
use crate::text_log::TextLog;
use crate::{clock, identity};

/// Runs the server; gives the exit status.
pub fn run(arguments: &[Vec<u8>]) -> i32 {
    if let [_, only] = arguments
        && (only == b"-v" || only == b"--version")
    {
        println!("{}", identity::version_line());
        return 0;
    }
    let (config, settings) = match settings::read(arguments) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("{error}");
            return 1;
        }
    };
    match serve(config, settings) {
        Ok(()) => 0,
        Err(reason) => {
            eprintln!("{reason}");
            1
        }
    }
}

fn serve(config: Config, settings: Settings) -> Result<(), String> {
    let log =
        TextLog::open(&config).map_err(|error| format!("Can't open the log file: {error}"))?;
    std::env::set_current_dir(&config.persistence.dir)
        .map_err(|error| format!("Can't chdir to '{}': {error}", config.persistence.dir))?;
    let listeners = accept::open(&config)?;
    let signals = Signals::catch().map_err(|error| format!("Can't catch signals: {error}"))?;
    let port = config.network.port;
    let loops = build(config, settings, log).map_err(|error| format!("Can't start: {error}"))?;
    start(loops, listeners, signals, port)
}

fn build(config: Config, settings: Settings, log: TextLog) -> std::io::Result<Vec<EventLoop>> {
    let workers = workers(&config);
    let setup = Setup { workers, seed: seed(&config)?, now_ms: clock::now_ms(), run_id: run_id()? };
    log.notice(&format!(
        "Basalt {} (compatible with Redis {}), {workers} workers, PID: {}",
        env!("CARGO_PKG_VERSION"),
        identity::REDIS_VERSION,
        std::process::id()
    ));
    let engine = Arc::new(Engine::new(config, setup));
    let polls = (0..workers).map(|_| Poll::new()).collect::<std::io::Result<Vec<_>>>()?;
    let doors = polls
        .iter()
        .map(|poll| Waker::new(poll.registry(), EventLoop::WAKER).map(Door::new))
        .collect::<std::io::Result<Vec<_>>>()?;
    let shared = Arc::new(Shared {
        engine,
        doors,
        connections: AtomicUsize::new(0),
        stopping: AtomicBool::new(false),
        settings,
        log,
        dump: parking_lot::Mutex::new(None),
    });
    let loops = polls.into_iter().enumerate();
    Ok(loops.map(|(index, poll)| EventLoop::new(index, poll, shared.clone())).collect())
}

fn start(
    mut loops: Vec<EventLoop>,
    listeners: Vec<Listener>,
    signals: Signals,
    port: u16,
) -> Result<(), String> {
    let mut first = loops.remove(0);
    first.take_doors(listeners, signals).map_err(|error| format!("Can't listen: {error}"))?;
    let log = &first.shared.clone().log;
    log.notice(&format!("Server initialized, PID: {}", std::process::id()));
    log.notice(&format!("Ready to accept connections tcp, port {port}"));
    let threads: Vec<_> = loops
        .into_iter()
        .enumerate()
        .map(|(i, mut event_loop)| {
            let name = format!("worker-{}", i + 1);
            std::thread::Builder::new().name(name).spawn(move || event_loop.run())
        })
        .collect::<std::io::Result<_>>()
        .map_err(|error| format!("Can't start a worker: {error}"))?;
    first.run();
    for thread in threads {
        // A worker that panicked has aborted the process.
        let _ = thread.join();
    }
    log.notice("Basalt is now ready to exit, bye bye...");
    Ok(())
}

fn workers(config: &Config) -> usize {
    match config.general.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers as usize,
    }
}

fn seed(config: &Config) -> std::io::Result<u64> {
    let fixed = &config.general.hash_seed;
    if !fixed.is_empty() {
        return Ok(fixed.iter().fold(0, |seed, byte| (seed << 8 | u64::from(*byte)) % 0xFFFF_FFFB));
    }
    getrandom::u64().map_err(std::io::Error::other)
}

fn run_id() -> std::io::Result<String> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
