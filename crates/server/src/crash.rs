//! The last words: a report of a broken invariant, with all that may explain it.
//!
//! compat: the head and foot are what log readers look for.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::sync::Arc;

use engine::lookup;

use crate::identity;
use crate::shared::Shared;

/// From now on a panic of any thread writes a report and ends the process.
pub fn report_panics(shared: Arc<Shared>) {
    std::panic::set_hook(Box::new(move |panic| {
        let config = shared.engine.config.load();
        if config.general.crash_log_enabled {
            report(&shared, panic);
        }
        if config.general.use_exit_on_panic {
            std::process::exit(1);
        }
        std::process::abort();
    }));
}

fn report(shared: &Shared, panic: &PanicHookInfo<'_>) {
    let log = &shared.log;
    log.warning("=== BASALT BUG REPORT START: Cut & paste starting from here ===");
    log.warning(&format!("Guru Meditation: {panic}"));
    log.warning(&identity::version_line());
    log.warning(&format!("Thread: {}", thread_name()));
    for (worker, counters) in shared.engine.counters.iter().enumerate() {
        log.warning(&format!("Worker {worker} ran: {}", name_of(counters.running.value())));
    }
    let context = &shared.engine.config.load().general.debug_context;
    if !context.is_empty() {
        log.warning(&format!("Context: {context}"));
    }
    log.warning("------ STACK TRACE ------");
    for line in Backtrace::force_capture().to_string().lines() {
        log.warning(line);
    }
    log.warning("=== BASALT BUG REPORT END ===");
    log.warning("Please report this together with the log lines before it.");
}

fn thread_name() -> String {
    std::thread::current().name().unwrap_or("unnamed").to_owned()
}

fn name_of(number: u64) -> &'static str {
    let at = usize::try_from(number).unwrap_or(0).checked_sub(1);
    at.and_then(|at| lookup::numbered().get(at)).map_or("nothing", |entry| &entry.full_name)
}
