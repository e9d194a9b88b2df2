//! Replies as JSON.
//!
//! compat: an error is `error:"..."`, infinities and NaN stay bare words, and bytes that are no
//! UTF-8 pass through [`Quoting::Unicode`]: none of that is JSON, and all of it is what tools get
//! from `redis-cli`.

use std::io::Write as _;

use resp::Value;
use resp::quote::repr;

/// How strings are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// As JSON strings, bytes as they are.
    Unicode,
    /// As quoted text in ASCII, inside a JSON string.
    Ascii,
}

/// Appends `value` on one line, without the line's end.
pub fn write(out: &mut Vec<u8>, value: &Value, quoting: Quoting) {
    match value {
        Value::Error(text) | Value::BlobError(text) => {
            out.extend_from_slice(b"error:");
            string(out, text, quoting);
        }
        Value::Status(text) | Value::Bulk(text) | Value::Verbatim { text, .. } => {
            string(out, text, quoting);
        }
        Value::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Value::Double { text, .. } => out.extend_from_slice(text.as_bytes()),
        Value::BigNumber(digits) => out.extend_from_slice(digits),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Array(items) | Value::Set(items) | Value::Push(items) => {
            array(out, items, quoting);
        }
        Value::Map(pairs) => object(out, pairs, quoting),
        Value::Attribute { value, .. } => write(out, value, quoting),
    }
}

fn array(out: &mut Vec<u8>, items: &[Value], quoting: Quoting) {
    out.push(b'[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item, quoting);
    }
    out.push(b']');
}

fn object(out: &mut Vec<u8>, pairs: &[(Value, Value)], quoting: Quoting) {
    out.push(b'{');
    for (i, (key, value)) in pairs.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let mut name = Vec::new();
        write(&mut name, key, quoting);
        // JSON's keys are strings only; those of RESP3 may be anything.
        let is_string = name.first() == Some(&b'"') || key.is_error();
        let quotes: &[u8] = if is_string { b"" } else { b"\"" };
        out.extend_from_slice(quotes);
        out.extend_from_slice(&name);
        out.extend_from_slice(quotes);
        out.push(b':');
        write(out, value, quoting);
    }
    out.push(b'}');
}

fn string(out: &mut Vec<u8>, bytes: &[u8], quoting: Quoting) {
    match quoting {
        Quoting::Unicode => json_string(out, bytes),
        Quoting::Ascii => {
            let mut quoted = Vec::with_capacity(bytes.len() + 2);
            repr(&mut quoted, bytes);
            for byte in quoted {
                if byte == b'\\' {
                    out.push(b'\\');
                }
                out.push(byte);
            }
        }
    }
}

fn json_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for &byte in bytes {
        match byte {
            b'\\' | b'"' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x08 => out.extend_from_slice(b"\\b"),
            0..=0x1f => {
                // Writing to memory does not fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &[u8], quoting: Quoting, expect: &str) {
        let (value, _) = resp::Decoder::new().decode(reply).unwrap().unwrap();
        let mut out = Vec::new();
        write(&mut out, &value, quoting);
        assert_eq!(String::from_utf8(out).unwrap(), expect);
    }

    #[test]
    fn aggregates_become_arrays_and_objects() {
        check(
            b"%2\r\n$1\r\na\r\n*3\r\n:1\r\n$-1\r\n,inf\r\n:7\r\n~1\r\n#t\r\n",
            Quoting::Unicode,
            r#"{"a":[1,null,inf],"7":[true]}"#,
        );
    }

    #[test]
    fn strings_are_escaped_either_way() {
        let reply = b"$7\r\n\"\\\n\x01\xc3\xa9\x08\r\n";
        check(reply, Quoting::Unicode, "\"\\\"\\\\\\n\\u0001\u{e9}\\b\"");
        check(reply, Quoting::Ascii, r#""\\"\\\\\\n\\x01\\xc3\\xa9\\b""#);
    }
}
