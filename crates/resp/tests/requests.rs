//! What the request parser accepts, refuses, and remembers between reads.

use proptest::prelude::*;
use resp::{Batch, Limits, OwnedArgs, Parsed, ProtocolError, RequestParser};

/// The commands of a stream, and how parsing it ended.
type Outcome = (Vec<OwnedArgs>, Parsed);

fn parse_whole(stream: &[u8], limits: &Limits) -> Outcome {
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let parsed = parser.parse(stream, limits, &mut batch, usize::MAX);
    (owned(&batch, stream), parsed)
}

/// Parses a stream that arrives in pieces, as a connection does: runs what is complete, drops it
/// from the buffer, reads on.
fn parse_in_pieces(stream: &[u8], sizes: &[usize], max: usize) -> Outcome {
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let (mut buf, mut commands) = (Vec::new(), Vec::new());
    let mut sizes = sizes.iter().copied().cycle();
    let mut rest = stream;
    loop {
        let parsed = parser.parse(&buf, &Limits::default(), &mut batch, max);
        commands.extend(owned(&batch, &buf));
        batch.clear();
        let done = parser.consumable();
        buf.drain(..done);
        parser.consumed(done);
        match parsed {
            Parsed::Full => {}
            Parsed::NeedMore { .. } if !rest.is_empty() => {
                let (piece, later) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
                buf.extend_from_slice(piece);
                rest = later;
            }
            Parsed::NeedMore { .. } | Parsed::Error(_) => return (commands, parsed),
        }
    }
}

fn owned(batch: &Batch, buf: &[u8]) -> Vec<OwnedArgs> {
    (0..batch.len()).map(|i| batch.args(i, buf).into()).collect()
}

fn args(words: &[&str]) -> OwnedArgs {
    OwnedArgs::from_iter(words)
}

fn check(stream: &[u8], expect: &[&[&str]]) {
    let (commands, parsed) = parse_whole(stream, &Limits::default());
    assert_eq!(commands, expect.iter().map(|words| args(words)).collect::<Vec<_>>());
    assert_eq!(parsed, Parsed::NeedMore { hint: 0 });
}

fn check_error(stream: &[u8], expect: ProtocolError) {
    assert_eq!(parse_whole(stream, &Limits::default()).1, Parsed::Error(expect));
    assert_eq!(parse_in_pieces(stream, &[1], usize::MAX).1, Parsed::Error(expect));
}

#[test]
fn a_pipeline_is_parsed_as_a_whole() {
    check(
        b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n*1\r\n$4\r\nPING\r\nset a 'b c'\r\necho x\n",
        &[&["GET", "key"], &["PING"], &["set", "a", "b c"], &["echo", "x"]],
    );
}

#[test]
fn empty_requests_are_skipped() {
    check(b"\r\n\n*0\r\n*-1\r\n   \r\n*-5\r\nPING\r\n*0\r\n", &[&["PING"]]);
}

#[test]
fn arguments_may_be_empty_or_hold_any_bytes() {
    check(b"*3\r\n$0\r\n\r\n$2\r\n\r\n\r\n$4\r\n*1\r\n\r\n", &[&["", "\r\n", "*1\r\n"]]);
}

#[test]
fn a_long_header_number_is_read_too() {
    let value = "x".repeat(100_000);
    let stream = format!("*2\r\n$4\r\nECHO\r\n$100000\r\n{value}\r\n");
    check(stream.as_bytes(), &[&["ECHO", &value]]);
}

#[test]
fn counts_that_are_no_counts_are_refused() {
    for count in ["abc", "", "1x", "+1", "01", "-", "2147483648", "99999999999999999999", " 1"] {
        let stream = format!("*{count}\r\n");
        check_error(stream.as_bytes(), ProtocolError::InvalidMultibulkLength);
    }
}

#[test]
fn bulk_lengths_that_are_no_lengths_are_refused() {
    for len in ["abc", "", "-1", "+1", "01", "536870913", "99999999999999999999", "9999999999"] {
        let stream = format!("*1\r\n${len}\r\n");
        check_error(stream.as_bytes(), ProtocolError::InvalidBulkLength);
    }
}

#[test]
fn an_argument_must_begin_with_a_dollar() {
    check_error(b"*1\r\n:5\r\n", ProtocolError::ExpectedDollar(b':'));
    check_error(b"*1\r\nPING\r\n", ProtocolError::ExpectedDollar(b'P'));
    check_error(b"*2\r\n$1\r\na\r\n\r\n", ProtocolError::ExpectedDollar(b'\r'));
}

#[test]
fn lines_and_bulks_must_end_with_cr_lf() {
    check_error(b"*1\rx", ProtocolError::InvalidCrlf);
    check_error(b"*1\r\n$1\rx", ProtocolError::InvalidCrlf);
    check_error(b"*1\r\n$1\r\nabc", ProtocolError::InvalidCrlf);
    check_error(b"*1\r\n$1\r\na\r\r", ProtocolError::InvalidCrlf);
}

#[test]
fn unbalanced_quotes_are_refused() {
    check_error(b"set \"a b\r\n", ProtocolError::UnbalancedQuotes);
}

#[test]
fn lines_end_within_64_kib() {
    let long = "1".repeat(64 * 1024);
    check_error(format!("*{long}").as_bytes(), ProtocolError::TooBigMultibulkCount);
    check_error(format!("*1\r\n${long}").as_bytes(), ProtocolError::TooBigBulkCount);
    check_error(format!("{long}1").as_bytes(), ProtocolError::TooBigInline);
    check_error(format!("{long}1\r\n").as_bytes(), ProtocolError::TooBigInline);
    let fits = format!("{}\n", "a".repeat(64 * 1024));
    assert_eq!(parse_whole(fits.as_bytes(), &Limits::default()).0.len(), 1);
}

#[test]
fn commands_in_front_of_an_error_still_run() {
    let (commands, parsed) = parse_whole(b"PING\r\n*x\r\nPING\r\n", &Limits::default());
    assert_eq!(commands, [args(&["PING"])]);
    assert_eq!(parsed, Parsed::Error(ProtocolError::InvalidMultibulkLength));
}

#[test]
fn strangers_may_send_little() {
    let limits = Limits { authenticated: false, ..Limits::default() };
    let outcome = |stream: &[u8]| parse_whole(stream, &limits).1;
    let many = Parsed::Error(ProtocolError::UnauthenticatedMultibulkLength);
    let long = Parsed::Error(ProtocolError::UnauthenticatedBulkLength);
    assert_eq!(outcome(b"*11\r\n"), many);
    assert_eq!(outcome(b"*10\r\n"), Parsed::NeedMore { hint: 0 });
    assert_eq!(outcome(b"*1\r\n$16385\r\n"), long);
    assert_eq!(outcome(b"*1\r\n$16384\r\n"), Parsed::NeedMore { hint: 16_386 });
}

#[test]
fn strangers_get_one_command_at_a_time() {
    let limits = Limits { authenticated: false, ..Limits::default() };
    let stream = b"AUTH pw\r\n*11\r\n";
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    assert_eq!(parser.parse(stream, &limits, &mut batch, 100), Parsed::Full);
    assert_eq!(batch.len(), 1);
    let limits = Limits::default();
    let parsed = parser.parse(stream, &limits, &mut batch, 100);
    assert_eq!(parsed, Parsed::NeedMore { hint: 0 });
    assert!(parser.is_mid_command());
}

#[test]
fn the_hint_counts_what_the_argument_still_misses() {
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    let mut parse = |buf: &[u8]| parser.parse(buf, &Limits::default(), &mut batch, 10);
    assert_eq!(parse(b"*1\r\n$10"), Parsed::NeedMore { hint: 0 });
    assert_eq!(parse(b"*1\r\n$1000\r\nab"), Parsed::NeedMore { hint: 1000 });
    assert_eq!(parse(b"*1\r\n$1000\r\nabc"), Parsed::NeedMore { hint: 999 });
}

#[test]
fn the_raw_bytes_of_a_command_leave_out_what_was_skipped() {
    let stream = b"\r\n*1\r\n$4\r\nPING\r\n\r\n";
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    parser.parse(stream, &Limits::default(), &mut batch, 10);
    assert_eq!(batch.raw(0, stream), b"*1\r\n$4\r\nPING\r\n");
    assert_eq!(batch.end(0), 16);
    assert_eq!(parser.consumable(), 18);
    assert!(!batch.is_inline(0));
}

#[test]
fn a_command_of_a_million_arguments_arrives_in_small_reads() {
    let count = 1_000_000;
    let mut stream = format!("*{count}\r\n").into_bytes();
    for _ in 0..count {
        stream.extend_from_slice(b"$1\r\nx\r\n");
    }
    let (mut parser, mut batch) = (RequestParser::new(), Batch::new());
    for end in (0..stream.len()).step_by(5) {
        let parsed = parser.parse(&stream[..end], &Limits::default(), &mut batch, 1);
        assert!(matches!(parsed, Parsed::NeedMore { .. }));
    }
    assert_eq!(parser.parse(&stream, &Limits::default(), &mut batch, 1), Parsed::Full);
    assert_eq!(batch.args(0, &stream).len(), count);
    batch.clear();
    assert!(parser.memory() + batch.memory() < 1 << 20, "a burst keeps its memory");
}

/// Bytes that often look like requests.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::collection::vec(any::<u8>(), 0..20);
    let piece = prop_oneof![
        8 => prop::collection::vec(word, 1..5).prop_map(encode),
        2 => prop_oneof!["PING\r\n", "set a \"b\\x00\"\n", "\r\n", "\\*0\r\n", "\\*-1\r\n"]
            .prop_map(String::into_bytes),
        1 => "[*$0-9a\r\n\"-]{0,12}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn encode(arguments: Vec<Vec<u8>>) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", arguments.len()).into_bytes();
    for argument in arguments {
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(&argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

proptest! {
    #[test]
    fn any_split_of_a_stream_parses_alike(
        stream in stream(),
        sizes in prop::collection::vec(1usize..20, 1..10),
        max in 1usize..4,
    ) {
        let whole = parse_whole(&stream, &Limits::default());
        prop_assert_eq!(&parse_in_pieces(&stream, &sizes, max), &whole);
        prop_assert_eq!(&parse_in_pieces(&stream, &[1], 1), &whole);
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse_whole(&bytes, &Limits::default());
    }

    #[test]
    fn what_was_encoded_is_what_is_parsed(
        commands in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..6), 0..6)
    ) {
        let stream: Vec<u8> = commands.iter().cloned().flat_map(encode).collect();
        let (parsed, _) = parse_whole(&stream, &Limits::default());
        let expect: Vec<OwnedArgs> = commands.into_iter().map(OwnedArgs::from_iter).collect();
        prop_assert_eq!(parsed, expect);
    }
}
