//! `basalt-server`: reads the configuration, opens the sockets, and runs one event loop per worker.

mod accept;
mod actions;
mod busy;
mod clock;
mod connection;
mod crash;
mod daemon;
mod dump;
mod event_loop;
mod housekeeping;
mod identity;
mod mail;
mod migrate;
mod process;
mod settings;
mod shared;
mod shutdown;
mod socket;
mod startup;
mod system;
mod system_check;
mod text_log;
mod timers;
mod title;

use structures::alloc::Counting;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Counting<Jemalloc> = Counting(Jemalloc);

fn main() {
    let arguments: Vec<Vec<u8>> =
        std::env::args_os().map(std::os::unix::ffi::OsStringExt::into_vec).collect();
    std::process::exit(startup::run(&arguments));
}
