//! From the command line to running workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use engine::Engine;
use engine::config::{Config, Effect};
use engine::engine::Setup;
use mio::{Poll, Waker};

use crate::accept::{self, Listener};
use crate::event_loop::EventLoop;
use crate::settings::{self, Settings};
use crate::shared::{Door, Shared};
use crate::shutdown::Signals;
use crate::text_log::TextLog;
use crate::{clock, crash, daemon, dump, identity, process, system, system_check, title};

/// Runs the server; gives the exit status.
pub fn run(arguments: &[Vec<u8>]) -> i32 {
    match arguments.get(1..).unwrap_or_default() {
        [only] if only == b"-v" || only == b"--version" => {
            println!("{}", identity::version_line());
            return 0;
        }
        [only] if only == b"-h" || only == b"--help" => {
            println!("{}", identity::USAGE);
            return 0;
        }
        [only] if only == b"--check-system" => return system_check::run(),
        _ => {}
    }
    match start_up(arguments) {
        Ok(()) => 0,
        Err(reason) => {
            eprintln!("{reason}");
            1
        }
    }
}

fn start_up(arguments: &[Vec<u8>]) -> Result<(), String> {
    if is_sentinel(arguments) {
        return Err("This server cannot run as a Sentinel yet.".into());
    }
    let (config, settings) = settings::read(arguments).map_err(|error| error.to_string())?;
    settings::follow_extras(&settings.extras).map_err(|error| error.to_string())?;
    let ends = daemon::go_to_background(&config, arguments)
        .map_err(|error| format!("Can't go to the background: {error}"))?;
    if ends { Ok(()) } else { serve(config, settings) }
}

/// compat: the name under which the program was started decides, too.
fn is_sentinel(arguments: &[Vec<u8>]) -> bool {
    let name = arguments.first().map_or(&[][..], |name| name.as_slice());
    name.ends_with(b"-sentinel") || arguments.iter().skip(1).any(|word| word == b"--sentinel")
}

fn serve(mut config: Config, settings: Settings) -> Result<(), String> {
    let log =
        TextLog::open(&config).map_err(|error| format!("Can't open the log file: {error}"))?;
    std::env::set_current_dir(&config.persistence.dir)
        .map_err(|error| format!("Can't chdir to '{}': {error}", config.persistence.dir))?;
    if let Err(error) = dump::remove_leftovers(&log) {
        log.warning(&format!("Can't look for what snapshots have left: {error}"));
    }
    warn(&log, &settings);
    title::set(&config, settings.file.as_deref());
    if let Some(room) = process::make_room_for(config.clients.maxclients) {
        log.warning(&format!(
            "You requested maxclients of {}, but the limit of file descriptors leaves room for \
             {room}.",
            config.clients.maxclients
        ));
        config.clients.maxclients = room;
    }
    let listeners = accept::open(&config)?;
    let signals = Signals::catch().map_err(|error| format!("Can't catch signals: {error}"))?;
    let pid_file = daemon::write_pid_file(&config);
    let (port, unixsocket) = (config.network.port, config.network.unixsocket.clone());
    let loops = build(config, settings, log).map_err(|error| format!("Can't start: {error}"))?;
    let result = start(loops, listeners, signals, port);
    for path in pid_file.iter().chain((!unixsocket.is_empty()).then_some(&unixsocket)) {
        // Whoever removed it already did what is wanted.
        let _ = std::fs::remove_file(path);
    }
    result
}

/// Says what was set and has no effect.
fn warn(log: &TextLog, settings: &Settings) {
    settings.warnings.iter().for_each(|warning| log.warning(warning));
    for directive in engine::config::all().filter(|known| settings.seen.contains(known.name)) {
        if let Effect::None(reason) = directive.effect {
            log.notice(&format!("'{}' was set and has no effect: {reason}", directive.name));
        }
    }
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
    let supervisor = daemon::supervisor(&config);
    let host = system::host(settings.file.as_deref(), supervisor);
    let engine = Arc::new(Engine::new(config, setup).on(host));
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
        leaving: parking_lot::Mutex::new(None),
        settings,
        log,
        dump: parking_lot::Mutex::new(None),
        owns_dump: std::sync::atomic::AtomicBool::new(false),
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
    let shared = first.shared.clone();
    let log = &shared.log;
    crash::report_panics(shared.clone());
    process::return_memory_aside(shared.engine.config.load().general.jemalloc_bg_thread);
    process::prepare_memory().map_err(|error| format!("Can't start a thread: {error}"))?;
    log.notice(&format!("PID: {}, port {port}: Server initialized", std::process::id()));
    log.notice("Ready to accept connections tcp");
    tell_supervisor(&shared, "STATUS=Ready to accept connections\nREADY=1\n");
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
    tell_supervisor(&shared, "STOPPING=1\n");
    log.warning("Basalt is now ready to exit, bye bye...");
    Ok(())
}

fn tell_supervisor(shared: &Shared, state: &str) {
    if let Err(error) = daemon::notify(shared.engine.host.supervised, state) {
        shared.log.warning(&format!("Can't notify the init system: {error}"));
    }
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
