//! Replies as the cli prints them: types spelled out, elements numbered, nesting indented.

use std::io::Write as _;

use resp::Value;
use resp::quote::repr;

/// Appends `value` and a line end. `indent` goes in front of every line but the first, which the
/// caller has indented.
pub fn write(out: &mut Vec<u8>, value: &Value, indent: &str) {
    match value {
        Value::Error(text) | Value::BlobError(text) => tagged(out, "(error) ", text),
        Value::Status(text) | Value::Verbatim { text, .. } => tagged(out, "", text),
        Value::Integer(n) => tagged(out, "(integer) ", n.to_string().as_bytes()),
        Value::Double { text, .. } => tagged(out, "(double) ", text.as_bytes()),
        Value::BigNumber(digits) => tagged(out, "(big number) ", digits),
        Value::Bulk(bytes) => {
            repr(out, bytes);
            out.push(b'\n');
        }
        Value::Null => tagged(out, "(nil)", b""),
        Value::Boolean(value) => tagged(out, if *value { "(true)" } else { "(false)" }, b""),
        Value::Array(items) if items.is_empty() => tagged(out, "(empty array)", b""),
        Value::Set(items) if items.is_empty() => tagged(out, "(empty set)", b""),
        Value::Push(items) if items.is_empty() => tagged(out, "(empty push)", b""),
        Value::Map(pairs) if pairs.is_empty() => tagged(out, "(empty hash)", b""),
        Value::Array(items) | Value::Push(items) => numbered(out, items, ')', indent),
        Value::Set(items) => numbered(out, items, '~', indent),
        Value::Map(pairs) => map(out, pairs, indent),
        Value::Attribute { value, .. } => write(out, value, indent),
    }
}

fn tagged(out: &mut Vec<u8>, tag: &str, text: &[u8]) {
    out.extend_from_slice(tag.as_bytes());
    out.extend_from_slice(text);
    out.push(b'\n');
}

fn numbered(out: &mut Vec<u8>, items: &[Value], mark: char, indent: &str) {
    let width = items.len().to_string().len();
    let deeper = format!("{indent}{:1$}", "", width + 2);
    for (i, item) in items.iter().enumerate() {
        number(out, i, width, mark, indent);
        write(out, item, &deeper);
    }
}

fn map(out: &mut Vec<u8>, pairs: &[(Value, Value)], indent: &str) {
    let width = pairs.len().to_string().len();
    let deeper = format!("{indent}{:1$}", "", width + 2);
    for (i, (key, value)) in pairs.iter().enumerate() {
        number(out, i, width, '#', indent);
        write(out, key, &deeper);
        out.pop();
        out.extend_from_slice(b" => ");
        if takes_lines(value) {
            out.push(b'\n');
            out.extend_from_slice(deeper.as_bytes());
        }
        write(out, value, &deeper);
    }
}

fn number(out: &mut Vec<u8>, index: usize, width: usize, mark: char, indent: &str) {
    let indent = if index == 0 { "" } else { indent };
    // Writing to memory does not fail.
    let _ = write!(out, "{indent}{:width$}{mark} ", index + 1);
}

/// Whether `value` is shown on more than one line.
fn takes_lines(value: &Value) -> bool {
    match value {
        Value::Array(items) | Value::Set(items) | Value::Push(items) => match &items[..] {
            [] => false,
            [item] => takes_lines(item),
            _ => true,
        },
        Value::Map(pairs) => match &pairs[..] {
            [] => false,
            [(_, value)] => takes_lines(value),
            _ => true,
        },
        Value::Attribute { value, .. } => takes_lines(value),
        Value::Status(_)
        | Value::Error(_)
        | Value::BlobError(_)
        | Value::Integer(_)
        | Value::Bulk(_)
        | Value::Null
        | Value::Double { .. }
        | Value::Boolean(_)
        | Value::BigNumber(_)
        | Value::Verbatim { .. } => false,
    }
}
