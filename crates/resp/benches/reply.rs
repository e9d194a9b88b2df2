//! How long writing a reply takes: `cargo bench -p resp --bench reply`.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' paths are not general enough in the lifetime of `Reply`"
)]

use std::hint::black_box;
use std::time::Instant;

use resp::{Output, Protocol, Reply};

const REPLIES: usize = 1000;

fn main() {
    measure("ok", |reply| reply.ok());
    measure("integer 1", |reply| reply.integer(black_box(1)));
    measure("integer 123456789", |reply| reply.integer(black_box(123_456_789)));
    measure("bulk of 3 bytes", |reply| reply.bulk(black_box(b"abc")));
    measure("bulk of 64 bytes", |reply| reply.bulk(black_box(&[b'v'; 64])));
    measure("bulk of 1024 bytes", |reply| reply.bulk(black_box(&[b'v'; 1024])));
    measure("null", |reply| reply.null());
    measure("error", |reply| reply.error(black_box("ERR syntax error")));
    measure("double 0.1", |reply| reply.double(black_box(0.1)));
    measure("deferred array of 3", |reply| {
        let deferred = reply.defer_array();
        for _ in 0..3 {
            reply.bulk(black_box(b"abc"));
        }
        reply.resolve(deferred, 3);
    });
}

fn measure(what: &str, write: impl Fn(&mut Reply<'_>)) {
    let mut out = Output::new();
    let mut best = f64::MAX;
    for _ in 0..500 {
        let begin = Instant::now();
        for _ in 0..REPLIES {
            // A handler begins its reply anew for every command.
            write(&mut Reply::new(black_box(&mut out), Protocol::Resp2));
            if out.len() > 32 * 1024 {
                out.advance(out.len());
            }
        }
        best = best.min(begin.elapsed().as_secs_f64() / REPLIES as f64);
        out.advance(out.len());
    }
    println!("{what}: {:.1} ns", best * 1e9);
}
