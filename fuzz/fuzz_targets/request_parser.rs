//! A stream of requests parses alike whole and cut into reads, and its words survive being quoted.
//!
//! The first bytes of the input say how the rest is cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use resp::{Batch, Limits, OwnedArgs, Parsed, RequestParser, quote};

/// Bytes of the input that say how long the reads are.
const CUTS: usize = 4;

/// Small, so that short inputs reach the limits too.
const LIMITS: Limits =
    Limits { max_bulk: 4096, max_multibulk: 1024, max_inline: 64, authenticated: true };

fuzz_target!(|input: &[u8]| {
    let Some((cuts, stream)) = input.split_at_checked(CUTS) else { return };
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let end = parser.parse(stream, &LIMITS, &mut batch, usize::MAX);
    let whole: Vec<OwnedArgs> = (0..batch.len()).map(|i| batch.args(i, stream).into()).collect();
    whole.iter().for_each(check_quoted);
    assert_eq!(in_pieces(cuts, stream), (whole, end));
});

fn check_quoted(args: &OwnedArgs) {
    let mut line = Vec::new();
    for word in args.as_args() {
        quote::repr(&mut line, word);
        line.push(b' ');
    }
    assert_eq!(quote::split(&line).as_ref(), Ok(args));
}

/// Reads the stream in pieces, drops what was parsed, and parses few commands at a time.
fn in_pieces(cuts: &[u8], stream: &[u8]) -> (Vec<OwnedArgs>, Parsed) {
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let (mut buf, mut rest, mut commands) = (Vec::new(), stream, Vec::new());
    let mut cuts = cuts.iter().cycle();
    loop {
        let parsed = parser.parse(&buf, &LIMITS, &mut batch, 2);
        commands.extend((0..batch.len()).map(|i| OwnedArgs::from(batch.args(i, &buf))));
        batch.clear();
        let done = parser.consumable();
        buf.drain(..done);
        parser.consumed(done);
        match parsed {
            Parsed::Full => {}
            Parsed::NeedMore { .. } if !rest.is_empty() => {
                let cut = 1 + cuts.next().map_or(0, |&cut| usize::from(cut));
                let (piece, later) = rest.split_at(cut.min(rest.len()));
                buf.extend_from_slice(piece);
                rest = later;
            }
            Parsed::NeedMore { .. } | Parsed::Error(_) => return (commands, parsed),
        }
    }
}
