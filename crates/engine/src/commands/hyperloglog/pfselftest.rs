//! `PFSELFTEST`

use resp::Args;
use types::hll::{self, Encoding, Sign, Sketch};

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static PFSELFTEST: Command = Command::new(Spec {
    name: "pfselftest",
    group: Group::Hyperloglog,
    arity: Arity::Exactly(1),
    flags: &[Flag::Admin],
    since: "2.8.9",
    complexity: "O(1), some hundred milliseconds",
    summary: "Checks that HyperLogLogs estimate as well as they should.",
    syntax: "PFSELFTEST",
    run: pfselftest,
    ..SPEC
});

/// The most elements that are added.
const ELEMENTS: u64 = 1_000_000;

/// The error that is to be expected: 1.04 / √16384.
const STANDARD_ERROR: f64 = 0.008_125;

fn pfselftest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let sparse_max = ctx.config.encodings.hll_sparse_max_bytes as usize;
    let (mut small, mut dense) = (hll::empty(), hll::empty());
    hll::to_dense(&mut dense)?;
    let mut checkpoint = 1;
    for number in 1..=ELEMENTS {
        let sign = Sign::of(&number.to_le_bytes());
        hll::add(&mut small, sign, sparse_max)?;
        hll::add(&mut dense, sign, sparse_max)?;
        if number == checkpoint {
            let sketch = Sketch::of(&small)?;
            if number < sparse_max as u64 / 4 && sketch.encoding() != Encoding::Sparse {
                return Err(failed("a small value is not sparse"));
            }
            let count = sketch.count()?;
            if count != Sketch::of(&dense)?.count()? {
                return Err(failed("sparse and dense registers disagree"));
            }
            if count.abs_diff(number) as f64 > (STANDARD_ERROR * 6.0 * number as f64).ceil() {
                return Err(failed(&format!("{number} elements are counted as {count}")));
            }
            checkpoint *= 10;
        }
    }
    ctx.reply.ok();
    Ok(())
}

fn failed(text: &str) -> CommandError {
    CommandError::text(format!("TESTFAILED {text}"))
}
