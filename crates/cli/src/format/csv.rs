//! Replies as comma separated values: nesting is flattened.

use resp::Value;
use resp::quote::repr;

/// Appends `value` on one line, without the line's end.
pub fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Error(text) | Value::BlobError(text) => {
            out.extend_from_slice(b"ERROR,");
            repr(out, text);
        }
        Value::Status(text) | Value::Bulk(text) | Value::Verbatim { text, .. } => repr(out, text),
        Value::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Value::Double { text, .. } => out.extend_from_slice(text.as_bytes()),
        Value::BigNumber(digits) => out.extend_from_slice(digits),
        Value::Null => out.extend_from_slice(b"NULL"),
        Value::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Array(items) | Value::Set(items) | Value::Push(items) => row(out, items.iter()),
        Value::Map(pairs) => row(out, pairs.iter().flat_map(|(key, value)| [key, value])),
        Value::Attribute { value, .. } => write(out, value),
    }
}

fn row<'a>(out: &mut Vec<u8>, items: impl Iterator<Item = &'a Value>) {
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_one_row() {
        let reply = b"*4\r\n$3\r\na,\"\r\n*2\r\n:1\r\n$-1\r\n%1\r\n+k\r\n#t\r\n-ERR x\r\n";
        let (value, _) = resp::Decoder::new().decode(reply).unwrap().unwrap();
        let mut out = Vec::new();
        write(&mut out, &value);
        assert_eq!(String::from_utf8(out).unwrap(), r#""a,\"",1,NULL,"k",true,ERROR,"ERR x""#);
    }
}
