//! A stream of replies decodes alike whole and byte by byte, and what was decoded survives being
//! written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use resp::{DecodeError, Decoder, Output, Protocol, Reply, Value};

fuzz_target!(|input: &[u8]| {
    let whole = decode(input, input.len().max(1));
    assert_eq!(whole.1, decode(input, 1).1);
    let values = format!("{:?}", whole.0);
    assert_eq!(values, format!("{:?}", decode(input, 1).0));
    for value in &whole.0 {
        let mut out = Output::new();
        value.write(&mut Reply::new(&mut out, Protocol::Resp3));
        let (again, error) = decode(&out.take_all(), 7);
        assert_eq!((again.len(), error), (1, None));
    }
});

fn decode(bytes: &[u8], size: usize) -> (Vec<Value>, Option<DecodeError>) {
    let (mut decoder, mut buf, mut values) = (Decoder::new(), Vec::new(), Vec::new());
    for piece in bytes.chunks(size) {
        buf.extend_from_slice(piece);
        loop {
            match decoder.decode(&buf) {
                Ok(Some((value, consumed))) => {
                    values.push(value);
                    buf.drain(..consumed);
                }
                Ok(None) => break,
                Err(error) => return (values, Some(error)),
            }
        }
    }
    (values, None)
}
