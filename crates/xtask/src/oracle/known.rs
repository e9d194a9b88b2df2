//! Differences that are meant: each is in docs/compatibility.md, too.

use super::round::Call;
use resp::Value;

/// A difference and why it is there.
struct Known {
    reason: &'static str,
    applies: fn(&Call, &Value, &Value) -> bool,
}

const KNOWN: &[Known] = &[
    Known {
        reason: "doubles are written with the fewest digits that read back the same",
        applies: |_, ours, theirs| same_numbers(ours, theirs),
    },
    Known {
        reason: "what is no UTF-8 is replaced in errors that show an argument",
        applies: |_, ours, theirs| match (ours, theirs) {
            (Value::Error(ours), Value::Error(theirs)) => {
                ours.as_slice() == String::from_utf8_lossy(theirs).as_bytes()
            }
            _ => false,
        },
    },
    Known {
        reason: "what BITOP stores is embedded where it is short",
        applies: |call, ours, theirs| {
            call.is("object") && [ours, theirs] == [&Value::bulk("embstr"), &Value::bulk("raw")]
        },
    },
];

/// Commands that leave other things behind on purpose, so they are not sent.
pub fn is_left_out(call: &Call) -> bool {
    let has = |at: usize, word: &[u8]| call.words.get(at).is_some_and(|other| other == word);
    // The peer takes the smallest index for the last element.
    call.is("lset") && has(2, b"-9223372036854775808")
}

/// Why these replies may differ, if they may.
pub fn reason(call: &Call, ours: &Value, theirs: &Value) -> Option<&'static str> {
    KNOWN.iter().find(|known| (known.applies)(call, ours, theirs)).map(|known| known.reason)
}

/// Whether all that differs is how the same double is written.
fn same_numbers(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Bulk(a), Value::Bulk(b)) => a == b || is_same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            let mut each = a.iter().zip(b);
            a.len() == b.len() && each.all(|(a, b)| same_numbers(a, b))
        }
        (Value::Error(_), _) | (_, Value::Error(_)) => ours == theirs,
        _ => ours == theirs,
    }
}

fn is_same_number(ours: &[u8], theirs: &[u8]) -> bool {
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<f64>().ok();
    number(ours).is_some() && number(ours) == number(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::compare::Mode;

    #[test]
    fn longer_digits_of_the_same_number_are_meant() {
        let call = Call::of(Mode::Exact, "ZSCORE z a");
        let same = |a: &str, b: &str| reason(&call, &Value::bulk(a), &Value::bulk(b)).is_some();
        assert!(same("0.1", "0.10000000000000001"));
        assert!(!same("0.1", "0.2"));
        assert!(!same("a", "b"));
    }
}
