//! Replies as bare bytes, for the next program in a pipe.

use resp::Value;

/// Appends the bytes of `value`, a delimiter between its elements.
pub fn write(out: &mut Vec<u8>, value: &Value, delimiter: &[u8]) {
    match value {
        Value::Null => {}
        Value::Error(text) | Value::BlobError(text) => {
            out.extend_from_slice(text);
            out.push(b'\n');
        }
        Value::Status(text) | Value::Bulk(text) | Value::Verbatim { text, .. } => {
            out.extend_from_slice(text);
        }
        Value::BigNumber(digits) => out.extend_from_slice(digits),
        Value::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Value::Double { text, .. } => out.extend_from_slice(text.as_bytes()),
        Value::Boolean(value) => {
            out.extend_from_slice(if *value { b"(true)" } else { b"(false)" });
        }
        Value::Array(items) | Value::Set(items) | Value::Push(items) => {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.extend_from_slice(delimiter);
                }
                write(out, item, delimiter);
            }
        }
        Value::Map(pairs) => {
            for (i, (key, value)) in pairs.iter().enumerate() {
                if i > 0 {
                    out.extend_from_slice(delimiter);
                }
                write(out, key, delimiter);
                out.push(b' ');
                write(out, value, delimiter);
            }
        }
        Value::Attribute { value, .. } => write(out, value, delimiter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expect: &str) {
        let (value, _) = resp::Decoder::new().decode(reply.as_bytes()).unwrap().unwrap();
        let mut out = Vec::new();
        write(&mut out, &value, b"|");
        assert_eq!(String::from_utf8(out).unwrap(), expect);
    }

    #[test]
    fn elements_are_delimited_at_every_depth() {
        check("*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n+b\r\n", "1|a||b");
        check("%2\r\n+a\r\n:1\r\n+b\r\n#f\r\n", "a 1|b (false)");
        check("*0\r\n", "");
    }

    #[test]
    fn an_error_ends_its_own_line() {
        check("-ERR no\r\n", "ERR no\n");
    }
}
