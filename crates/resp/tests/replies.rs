//! What the reply writer writes, and that the decoder reads it back however it is cut.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' paths are not general enough in the lifetime of `Reply`"
)]

use std::sync::Arc;

use proptest::prelude::*;
use resp::decode::decoder::Bounds;
use resp::{DecodeError, Decoder, Output, Protocol, Reply, Value};

fn written(protocol: Protocol, write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut out = Output::new();
    write(&mut Reply::new(&mut out, protocol));
    out.take_all()
}

#[track_caller]
fn check(write: fn(&mut Reply<'_>), resp2: &str, resp3: &str) {
    let text = |protocol| String::from_utf8(written(protocol, write)).expect("text");
    assert_eq!(text(Protocol::Resp2), resp2);
    assert_eq!(text(Protocol::Resp3), resp3);
}

#[test]
fn each_type_has_its_form_in_each_protocol() {
    check(|r| r.ok(), "+OK\r\n", "+OK\r\n");
    check(|r| r.status("QUEUED"), "+QUEUED\r\n", "+QUEUED\r\n");
    check(|r| r.error("ERR no"), "-ERR no\r\n", "-ERR no\r\n");
    check(|r| r.blob_error("ERR a\nb"), "-ERR a b\r\n", "!7\r\nERR a\nb\r\n");
    check(|r| r.integer(-42), ":-42\r\n", ":-42\r\n");
    check(|r| r.bulk(b""), "$0\r\n\r\n", "$0\r\n\r\n");
    check(
        |r| r.bulk_display(123_456_789_012_u64),
        "$12\r\n123456789012\r\n",
        "$12\r\n123456789012\r\n",
    );
    check(|r| r.null(), "$-1\r\n", "_\r\n");
    check(|r| r.null_array(), "*-1\r\n", "_\r\n");
    check(|r| r.array(12), "*12\r\n", "*12\r\n");
    check(|r| r.map(2), "*4\r\n", "%2\r\n");
    check(|r| r.set(2), "*2\r\n", "~2\r\n");
    check(|r| r.push(3), "*3\r\n", ">3\r\n");
    check(|r| r.double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n");
    check(|r| r.double(f64::NEG_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n");
    check(|r| r.boolean(true), ":1\r\n", "#t\r\n");
    check(|r| r.big_number("-12"), "$3\r\n-12\r\n", "(-12\r\n");
    check(|r| r.verbatim("txt", "hi"), "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n");
    check(|r| assert_eq!(r.attribute(1), r.protocol() == Protocol::Resp3), "", "|1\r\n");
}

#[test]
fn line_ends_never_get_into_a_line() {
    check(|r| r.error("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n");
    check(|r| r.status("a\nb"), "+a b\r\n", "+a b\r\n");
}

#[test]
fn deferred_lengths_go_in_front_of_what_was_written() {
    check(
        |r| {
            let outer = r.defer_map();
            r.bulk(b"k");
            let inner = r.defer_array();
            r.integer(1);
            r.integer(2);
            r.resolve(inner, 2);
            let empty = r.defer_set();
            r.resolve(empty, 0);
            r.resolve(outer, 1);
        },
        "*2\r\n$1\r\nk\r\n*2\r\n:1\r\n:2\r\n*0\r\n",
        "%1\r\n$1\r\nk\r\n*2\r\n:1\r\n:2\r\n~0\r\n",
    );
}

#[test]
fn deferred_lengths_find_their_place_among_blocks() {
    let large = Arc::new(vec![b'x'; 100_000]);
    let mut out = Output::new();
    let mut expect = Vec::new();
    let mut reply = Reply::new(&mut out, Protocol::Resp2);
    let outer = reply.defer_array();
    for _ in 0..3 {
        let inner = reply.defer_array();
        reply.shared_bulk(large.clone());
        reply.bulk(&vec![b'y'; 40_000]);
        reply.resolve(inner, 2);
    }
    reply.resolve(outer, 3);
    expect.extend_from_slice(b"*3\r\n");
    for _ in 0..3 {
        expect.extend_from_slice(b"*2\r\n$100000\r\n");
        expect.extend_from_slice(&large);
        expect.extend_from_slice(b"\r\n$40000\r\n");
        expect.extend_from_slice(&vec![b'y'; 40_000]);
        expect.extend_from_slice(b"\r\n");
    }
    assert_eq!(out.len(), expect.len());
    assert_eq!(out.end(), expect.len() as u64);
    assert!(out.take_all() == expect);
}

#[track_caller]
fn check_decode(bytes: &[u8], expect: &Value) {
    let decoded = Decoder::new().decode(bytes).expect("a reply");
    assert_eq!(decoded.as_ref(), Some(&(expect.clone(), bytes.len())));
}

#[test]
fn replies_of_either_protocol_are_read() {
    check_decode(b"$-1\r\n", &Value::Null);
    check_decode(b"*-1\r\n", &Value::Null);
    check_decode(b"+a\rb\r\n", &Value::Status(b"a\rb".to_vec()));
    check_decode(b"*0\r\n", &Value::Array(vec![]));
    check_decode(
        b"%1\r\n+k\r\n*1\r\n:1\r\n",
        &Value::Map(vec![(Value::Status(b"k".to_vec()), Value::Array(vec![Value::Integer(1)]))]),
    );
    check_decode(
        b"|1\r\n+k\r\n+v\r\n:5\r\n",
        &Value::Attribute {
            attributes: vec![(Value::Status(b"k".to_vec()), Value::Status(b"v".to_vec()))],
            value: Box::new(Value::Integer(5)),
        },
    );
    check_decode(
        b"|0\r\n:5\r\n",
        &Value::Attribute { attributes: vec![], value: Box::new(Value::Integer(5)) },
    );
    check_decode(b",1e1\r\n", &Value::Double { value: 10.0, text: "1e1".into() });
}

#[track_caller]
fn check_decode_error(bytes: &[u8], expect: DecodeError) {
    assert_eq!(Decoder::new().decode(bytes), Err(expect));
}

#[test]
fn bytes_that_are_no_reply_are_refused() {
    check_decode_error(b"x\r\n", DecodeError::UnknownType(b'x'));
    check_decode_error(b"\r\n", DecodeError::UnknownType(b'\r'));
    check_decode_error(b"$-2\r\n", DecodeError::InvalidLength);
    check_decode_error(b"*x\r\n", DecodeError::InvalidLength);
    check_decode_error(b"*2147483648\r\n", DecodeError::InvalidLength);
    check_decode_error(b":1.5\r\n", DecodeError::InvalidNumber);
    check_decode_error(b",x\r\n", DecodeError::InvalidNumber);
    check_decode_error(b"#x\r\n", DecodeError::InvalidNumber);
    check_decode_error(b"$1\r\nabc", DecodeError::InvalidCrlf);
    check_decode_error(b"=3\r\nabc\r\n", DecodeError::InvalidVerbatim);
    check_decode_error(&b"*1\r\n".repeat(1000), DecodeError::TooDeep);
    let mut strict = Decoder::with_bounds(Bounds { bytes: 4, ..Bounds::default() });
    assert_eq!(strict.decode(b"+abcdef"), Err(DecodeError::TooLong));
}

#[test]
fn a_large_array_that_arrives_in_small_reads_is_looked_at_once() {
    let mut bytes = b"*1000000\r\n".to_vec();
    bytes.extend_from_slice(&b"$3\r\nabc\r\n".repeat(1_000_000));
    let mut decoder = Decoder::new();
    for end in (0..bytes.len()).step_by(7) {
        assert_eq!(decoder.decode(&bytes[..end]), Ok(None));
    }
    let (value, consumed) = decoder.decode(&bytes).unwrap().unwrap();
    assert_eq!(value.as_slice().map(<[_]>::len), Some(1_000_000));
    assert_eq!(consumed, bytes.len());
}

/// Any value that the protocol can carry and that comes back the same.
fn value(protocol: Protocol) -> impl Strategy<Value = Value> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..20);
    let line = || {
        bytes().prop_map(|mut line| {
            line.retain(|byte| !matches!(byte, b'\r' | b'\n'));
            line
        })
    };
    let old = prop_oneof![
        line().prop_map(Value::Status),
        line().prop_map(Value::Error),
        any::<i64>().prop_map(Value::Integer),
        bytes().prop_map(Value::Bulk),
        Just(Value::Null),
    ];
    let new = prop_oneof![
        bytes().prop_map(Value::BlobError),
        any::<f64>().prop_filter("NaN equals nothing", |d| !d.is_nan()).prop_map(Value::double),
        any::<bool>().prop_map(Value::Boolean),
        any::<i128>().prop_map(|n| Value::BigNumber(n.to_string().into_bytes())),
        (any::<[u8; 3]>(), bytes()).prop_map(|(format, text)| Value::Verbatim { format, text }),
    ];
    let leaf = match protocol {
        Protocol::Resp2 => old.boxed(),
        Protocol::Resp3 => prop_oneof![old, new].boxed(),
    };
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let items = prop::collection::vec(inner.clone(), 0..6);
        let pairs = prop::collection::vec((inner.clone(), inner.clone()), 0..4);
        let array = items.clone().prop_map(Value::Array);
        match protocol {
            Protocol::Resp2 => array.boxed(),
            Protocol::Resp3 => prop_oneof![
                array,
                items.clone().prop_map(Value::Set),
                items.prop_map(Value::Push),
                pairs.clone().prop_map(Value::Map),
                (pairs, inner).prop_map(|(attributes, value)| Value::Attribute {
                    attributes,
                    value: Box::new(value)
                }),
            ]
            .boxed(),
        }
    })
}

/// Decodes values from a stream that arrives `size` bytes at a time.
fn decode_in_pieces(bytes: &[u8], size: usize) -> Result<Vec<Value>, DecodeError> {
    let (mut decoder, mut buf, mut values) = (Decoder::new(), Vec::new(), Vec::new());
    for piece in bytes.chunks(size) {
        buf.extend_from_slice(piece);
        while let Some((value, consumed)) = decoder.decode(&buf)? {
            values.push(value);
            buf.drain(..consumed);
        }
    }
    Ok(values)
}

proptest! {
    #[test]
    fn what_resp2_writes_is_what_is_read(
        values in prop::collection::vec(value(Protocol::Resp2), 1..4), size in 1usize..30,
    ) {
        let bytes = written(Protocol::Resp2, |r| values.iter().for_each(|v| v.write(r)));
        prop_assert_eq!(decode_in_pieces(&bytes, size), Ok(values));
    }

    #[test]
    fn what_resp3_writes_is_what_is_read(
        values in prop::collection::vec(value(Protocol::Resp3), 1..4), size in 1usize..30,
    ) {
        let bytes = written(Protocol::Resp3, |r| values.iter().for_each(|v| v.write(r)));
        prop_assert_eq!(decode_in_pieces(&bytes, size), Ok(values));
    }

    #[test]
    fn any_bytes_are_read_or_refused_alike(
        bytes in "[+:$*%~|,#_=(!tf0-9a\r\n-]{0,60}",
        size in 1usize..9,
    ) {
        let bytes = bytes.as_bytes();
        prop_assert_eq!(decode_in_pieces(bytes, size), decode_in_pieces(bytes, 100));
    }
}
