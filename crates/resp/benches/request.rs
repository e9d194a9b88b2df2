//! How long parsing takes per command: `cargo bench -p resp --bench request`.
//!
//! Prints numbers and judges nothing: a time limit in a test fails on a busy machine.

use std::hint::black_box;
use std::time::Instant;

use resp::{Batch, Limits, RequestParser};

fn main() {
    measure("GET key:16, pipelined", b"*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n");
    measure(
        "SET key:16 value:64, pipelined",
        format!("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$64\r\n{}\r\n", "v".repeat(64))
            .as_bytes(),
    );
    measure("PING, inline", b"PING\r\n");
    let mset: String = (0..100).map(|i| format!("$4\r\nk{i:03}\r\n$4\r\nv{i:03}\r\n")).collect();
    measure("MSET of 100 pairs", format!("*201\r\n$4\r\nMSET\r\n{mset}").as_bytes());
}

fn measure(what: &str, command: &[u8]) {
    let per_buffer = (16 * 1024 / command.len()).max(1);
    let buffer = command.repeat(per_buffer);
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let mut best = f64::MAX;
    for _ in 0..50 {
        let begin = Instant::now();
        for _ in 0..100 {
            batch.clear();
            parser.parse(black_box(&buffer), &Limits::default(), &mut batch, usize::MAX);
            assert_eq!(black_box(&batch).len(), per_buffer);
            parser.consumed(buffer.len());
        }
        best = best.min(begin.elapsed().as_secs_f64() / (100 * per_buffer) as f64);
    }
    println!("{what}: {:.1} ns per command", best * 1e9);
}
