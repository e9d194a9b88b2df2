//! Commands and replies as people read them.

use super::round::Call;
use resp::Value;
use resp::quote::repr_string;

/// Of a long reply, this much is shown.
const SHOWN: usize = 600;

/// A command as one would type it.
pub fn line(call: &Call) -> String {
    let is_plain = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    let word = |word: &Vec<u8>| match is_plain(word) {
        true => String::from_utf8_lossy(word).into_owned(),
        false => repr_string(word),
    };
    call.words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// A reply in one line, cut off where it is long.
pub fn shown(value: &Value) -> String {
    let mut text = String::new();
    show(value, &mut text);
    if text.len() > SHOWN {
        text = text.chars().take(SHOWN).collect::<String>() + " ...";
    }
    text
}

/// Writes a reply in one line.
fn show(value: &Value, text: &mut String) {
    let mut row = |name: &str, items: &[Value]| {
        text.push_str(name);
        text.push('[');
        for item in items {
            show(item, text);
            text.push(' ');
        }
        text.push(']');
    };
    match value {
        Value::Array(items) => row("", items),
        Value::Set(items) => row("set", items),
        Value::Push(items) => row("push", items),
        Value::Map(pairs) => {
            let items: Vec<Value> =
                pairs.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
            row("map", &items);
        }
        Value::Attribute { value, .. } => show(value, text),
        Value::Bulk(bytes) => text.push_str(&repr_string(bytes)),
        Value::Status(bytes) => text.push_str(&format!("+{}", String::from_utf8_lossy(bytes))),
        Value::Error(bytes) | Value::BlobError(bytes) => {
            text.push_str(&format!("-{}", String::from_utf8_lossy(bytes)));
        }
        Value::Integer(number) => text.push_str(&format!(":{number}")),
        Value::Null => text.push_str("null"),
        Value::Double { text: digits, .. } => text.push_str(&format!(",{digits}")),
        Value::Boolean(is) => text.push_str(&format!("#{is}")),
        Value::BigNumber(digits) => text.push_str(&String::from_utf8_lossy(digits)),
        Value::Verbatim { text: inner, .. } => text.push_str(&String::from_utf8_lossy(inner)),
    }
}
