//! When two replies are the same.

use super::known;
use super::round::Call;
use resp::Value;

/// How the replies of a command are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Value for value.
    Exact,
    /// In any order, in groups of so many.
    Unordered(usize),
    /// Names with their scores in any order, the scores by their value.
    Scores,
    /// Only what kind of reply it is.
    Shape,
    /// Numbers may be so far apart.
    Near(i64),
    /// What tells of streams: times may be so far apart, and no other number.
    Times(i64),
    /// Not at all.
    Ignored,
}

/// Follows a connection's transactions: `EXEC` replies to all that was queued.
#[derive(Default)]
pub struct Comparison {
    queued: Option<Vec<Call>>,
}

impl Comparison {
    /// Whether both replies to the command are the same.
    pub fn agrees(&mut self, call: &Call, ours: &Value, theirs: &Value) -> bool {
        if call.is("exec") {
            let calls = self.queued.take().unwrap_or_default();
            return match (ours, theirs) {
                (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
                    let mut each = ours.iter().zip(theirs).zip(&calls);
                    each.all(|((ours, theirs), call)| is_fine(call, ours, theirs))
                }
                _ => ours == theirs,
            };
        }
        if call.is("multi") && !ours.is_error() {
            self.queued = Some(Vec::new());
        }
        let is_queued = matches!(ours, Value::Status(text) if text == b"QUEUED");
        if let (Some(calls), true) = (&mut self.queued, is_queued) {
            calls.push(call.clone());
            return ours == theirs;
        }
        is_fine(call, ours, theirs)
    }
}

fn is_fine(call: &Call, ours: &Value, theirs: &Value) -> bool {
    same(call.mode, ours, theirs) || known::reason(call, ours, theirs).is_some()
}

/// Whether both replies are the same, looked at in this way.
pub fn same(mode: Mode, ours: &Value, theirs: &Value) -> bool {
    if ours == theirs || mode == Mode::Ignored {
        return true;
    }
    if ours.is_error() || theirs.is_error() {
        return false;
    }
    match mode {
        Mode::Exact => alike(ours, theirs, 0),
        Mode::Unordered(size) => alike(&in_order(ours, size), &in_order(theirs, size), 0),
        Mode::Scores => {
            let [ours, theirs] = [ours, theirs].map(|reply| in_order(&with_numbers(reply), 2));
            alike(&ours, &theirs, 0)
        }
        Mode::Shape => shape(ours) == shape(theirs),
        Mode::Near(distance) => alike(ours, theirs, distance),
        Mode::Times(distance) => times_alike(ours, theirs, distance),
        Mode::Ignored => true,
    }
}

/// Equal, but for the distance of integers and for the digits of a double.
fn alike(ours: &Value, theirs: &Value, distance: i64) -> bool {
    let all = |ours: &[Value], theirs: &[Value]| {
        let mut each = ours.iter().zip(theirs);
        ours.len() == theirs.len() && each.all(|(a, b)| alike(a, b, distance))
    };
    match (ours, theirs) {
        (Value::Integer(a), Value::Integer(b)) => {
            // Answers such as -1 and -2 are no times.
            a == b || (*a >= 0 && *b >= 0 && a.abs_diff(*b) <= distance.unsigned_abs())
        }
        (Value::Double { value: a, .. }, Value::Double { value: b, .. }) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Array(a), Value::Array(b))
        | (Value::Set(a), Value::Set(b))
        | (Value::Push(a), Value::Push(b)) => all(a, b),
        (Value::Map(a), Value::Map(b)) => {
            let mut each = a.iter().zip(b);
            let same = |a: &(Value, Value), b: &(Value, Value)| {
                alike(&a.0, &b.0, distance) && alike(&a.1, &b.1, distance)
            };
            a.len() == b.len() && each.all(|(a, b)| same(a, b))
        }
        _ => ours == theirs,
    }
}

/// Names that times stand under.
const TIMES: [&str; 4] = ["idle", "inactive", "seen-time", "active-time"];

/// Equal, but for the distance of times: those with a name, and those of deliveries, behind which
/// their count is the last of an array.
fn times_alike(ours: &Value, theirs: &Value, distance: i64) -> bool {
    let each = |a: &Value, b: &Value, is_time: bool| match a {
        Value::Integer(_) => alike(a, b, if is_time { distance } else { 0 }),
        _ => times_alike(a, b, distance),
    };
    match (ours, theirs) {
        (Value::Array(a), Value::Array(b)) => {
            let fine = |at: usize| each(&a[at], &b[at], is_time(a, at));
            a.len() == b.len() && (0..a.len()).all(fine)
        }
        (Value::Map(a), Value::Map(b)) => {
            let mut pairs = a.iter().zip(b);
            let fine = |a: &(Value, Value), b: &(Value, Value)| {
                a.0 == b.0 && each(&a.1, &b.1, is_name_of_time(&a.0))
            };
            a.len() == b.len() && pairs.all(|(a, b)| fine(a, b))
        }
        _ => alike(ours, theirs, 0),
    }
}

fn is_time(items: &[Value], at: usize) -> bool {
    let is_named = at > 0 && is_name_of_time(&items[at - 1]);
    let behind = &items[at..];
    is_named || at > 0 && matches!(behind, [Value::Integer(_), Value::Integer(_)])
}

fn is_name_of_time(name: &Value) -> bool {
    TIMES.iter().any(|time| *name == Value::bulk(*time))
}

/// A cursor and pairs, with numbers for the second half of each.
fn with_numbers(reply: &Value) -> Value {
    let Value::Array(parts) = reply else { return reply.clone() };
    let [cursor, Value::Array(items)] = parts.as_slice() else { return reply.clone() };
    // Whether a zero keeps its minus depends on the encoding.
    let number = |bytes: &[u8]| {
        let number = str::from_utf8(bytes).ok()?.parse::<f64>().ok()?;
        Some(Value::double(number + 0.0))
    };
    let items = items.iter().enumerate().map(|(at, item)| match item {
        Value::Bulk(bytes) if at % 2 == 1 => number(bytes).unwrap_or_else(|| item.clone()),
        other => other.clone(),
    });
    Value::Array(vec![cursor.clone(), Value::Array(items.collect())])
}

/// The reply with its elements in an order of their own.
fn in_order(value: &Value, size: usize) -> Value {
    let sorted = |items: &[Value], size: usize| {
        let has_groups = matches!(items.first(), Some(Value::Array(_)));
        let size = if has_groups { 1 } else { size };
        let mut groups: Vec<&[Value]> = items.chunks(size.max(1)).collect();
        groups.sort_by_cached_key(|group| format!("{group:?}"));
        groups.concat()
    };
    match value {
        // A cursor and what was found.
        Value::Array(items) if matches!(items.as_slice(), [Value::Bulk(_), Value::Array(_)]) => {
            Value::Array(vec![items[0].clone(), in_order(&items[1], size)])
        }
        Value::Array(items) => Value::Array(sorted(items, size)),
        Value::Set(items) => Value::Set(sorted(items, size)),
        Value::Map(pairs) => {
            let mut pairs = pairs.clone();
            pairs.sort_by_cached_key(|pair| format!("{pair:?}"));
            Value::Map(pairs)
        }
        other => other.clone(),
    }
}

/// The type of a reply; all replies that hold others are one.
fn shape(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(words: &[&str]) -> Value {
        Value::Array(words.iter().map(|word| Value::bulk(*word)).collect())
    }

    #[test]
    fn pairs_may_change_places_and_their_halves_may_not() {
        let ours = array(&["a", "1", "b", "2"]);
        assert!(same(Mode::Unordered(2), &ours, &array(&["b", "2", "a", "1"])));
        assert!(!same(Mode::Unordered(2), &ours, &array(&["a", "2", "b", "1"])));
        assert!(!same(Mode::Exact, &ours, &array(&["b", "2", "a", "1"])));
    }

    #[test]
    fn times_may_be_apart_and_answers_without_a_time_may_not() {
        let number = Value::Integer;
        assert!(same(Mode::Near(5), &number(100), &number(103)));
        assert!(!same(Mode::Near(5), &number(100), &number(106)));
        assert!(!same(Mode::Near(5), &number(-1), &number(-2)));
        assert!(!same(Mode::Near(5), &number(-1), &number(0)));
    }

    #[test]
    fn of_what_tells_of_streams_only_times_may_be_apart() {
        let pending = |idle, count| {
            let words = [Value::bulk("1-1"), Value::bulk("a"), Value::Integer(idle)];
            Value::Array(words.into_iter().chain([Value::Integer(count)]).collect())
        };
        assert!(same(Mode::Times(5), &pending(10, 1), &pending(12, 1)));
        assert!(!same(Mode::Times(5), &pending(10, 1), &pending(10, 2)));
        let named = |name: &str, time| Value::Map(vec![(Value::bulk(name), Value::Integer(time))]);
        assert!(same(Mode::Times(5), &named("idle", 1), &named("idle", 2)));
        assert!(!same(Mode::Times(5), &named("lag", 1), &named("lag", 2)));
    }

    #[test]
    fn what_was_queued_is_compared_in_its_own_way() {
        let mut comparison = Comparison::default();
        let queued = Value::Status(b"QUEUED".to_vec());
        let ok = Value::Status(b"OK".to_vec());
        assert!(comparison.agrees(&Call::of(Mode::Exact, "MULTI"), &ok, &ok));
        let members = Call::of(Mode::Unordered(1), "SMEMBERS a");
        assert!(comparison.agrees(&members, &queued, &queued));
        let exec = Call::of(Mode::Exact, "EXEC");
        let [ours, theirs] =
            [["a", "b"], ["b", "a"]].map(|words| Value::Array(vec![array(&words)]));
        assert!(comparison.agrees(&exec, &ours, &theirs));
    }
}
