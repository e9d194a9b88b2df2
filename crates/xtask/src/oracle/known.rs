//! Differences that are meant: each is in docs/compatibility.md, too.

use super::compare::same;
use super::round::Call;
use resp::Value;

/// A difference and why it is there.
struct Known {
    reason: &'static str,
    applies: fn(&Call, &Value, &Value) -> bool,
}

/// The last moment that a key can have as its deadline.
const DEADLINE_MAX_MS: i64 = (1 << 48) - 1;

const KNOWN: &[Known] = &[
    Known {
        reason: "doubles are written with the fewest digits that read back the same",
        applies: |_, ours, theirs| same_numbers(ours, theirs, 0.0),
    },
    Known {
        reason: "places have all their digits, and not 17 behind the point",
        applies: |call, ours, theirs| {
            call.words[0].to_ascii_lowercase().starts_with(b"geo")
                && same_numbers(ours, theirs, 1e-16)
        },
    },
    Known {
        reason: "SORT leaves the encoding of a sorted set as it is",
        applies: |call, ours, theirs| {
            let names = [&Value::bulk("listpack"), &Value::bulk("skiplist")];
            call.is("object") && [ours, theirs] == names
        },
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
        reason: "what BITOP and INCRBYFLOAT store is as small as what SET stores",
        applies: |call, ours, theirs| {
            let is = |value: &Value, names: [&str; 2]| names.map(Value::bulk).contains(value);
            call.is("object") && is(ours, ["int", "embstr"]) && is(theirs, ["embstr", "raw"])
        },
    },
    Known {
        reason: "LSET with an index out of range leaves the encoding of a list as it is",
        applies: |call, ours, theirs| {
            let names = [&Value::bulk("listpack"), &Value::bulk("quicklist")];
            call.is("object") && [ours, theirs] == names
        },
    },
    Known {
        reason: "a hash without field deadlines is a listpack again, if it is small",
        applies: |call, ours, theirs| {
            let names = [&Value::bulk("listpack"), &Value::bulk("hashtable")];
            call.is("object") && [ours, theirs] == names
        },
    },
    Known {
        reason: "XREAD with + finds the last entry that is there",
        applies: |call, ours, _| {
            call.is("xread") && !ours.is_error() && call.words.iter().any(|word| word == b"+")
        },
    },
    Known {
        reason: "radix-tree-keys are the blocks of a stream, radix-tree-nodes one more",
        applies: |call, ours, theirs| {
            call.is("xinfo") && same(call.mode, &without_tree(ours), &without_tree(theirs))
        },
    },
    Known {
        reason: "a deadline has 48 bits",
        applies: |call, ours, theirs| match (ours, theirs) {
            (Value::Integer(ours), Value::Integer(theirs)) => {
                let in_ms = call.is("pttl") || call.is("pexpiretime");
                let in_seconds = call.is("ttl") || call.is("expiretime");
                let most = if in_ms { DEADLINE_MAX_MS } else { DEADLINE_MAX_MS / 1000 + 1 };
                (in_ms || in_seconds) && ours < theirs && *theirs > most
            }
            _ => false,
        },
    },
];

/// Whether replies may differ, and what comes next: a trim left another block for the sake of a
/// deleted entry, or a search found a member on the 180th meridian, which the peer never does.
/// `before` are the calls in front of this one.
pub fn leaves_something_else(call: &Call, before: &[Call]) -> bool {
    call.is("xtrim") && trims_nearly(call) || searches_no_places(call, before)
}

/// Whether this searches a sorted set that may not have been made by `GEOADD`: its scores may be
/// those of places that `GEOADD` is never given here.
fn searches_no_places(call: &Call, before: &[Call]) -> bool {
    let key = call.words.get(if call.is("geosearchstore") { 2 } else { 1 });
    let searches = ["geosearch", "georadius"]
        .iter()
        .any(|name| call.words[0].to_ascii_lowercase().starts_with(name.as_bytes()));
    let others = |key: &[u8]| !key.starts_with(b"g") || before.iter().any(brings_from_elsewhere);
    searches && key.is_some_and(|key| others(key))
}

/// Whether a call names a key of places and one of another type, as a copy may.
fn brings_from_elsewhere(call: &Call) -> bool {
    let is_key = |word: &&Vec<u8>| match word[..] {
        [letter, digit] => letter.is_ascii_lowercase() && digit.is_ascii_digit(),
        _ => false,
    };
    let keys = call.words.iter().skip(1).filter(is_key);
    let (places, others): (Vec<_>, Vec<_>) = keys.partition(|key| key[0] == b'g');
    !places.is_empty() && !others.is_empty()
}

/// Whether a reply tells of a corrupt HyperLogLog. What comes next may differ: other parts of it
/// are looked at before a change, and so some changes were made or none.
pub fn tells_of_corruption(ours: &Value, theirs: &Value) -> bool {
    let tells = |value: &Value| match value {
        Value::Error(text) => text.starts_with(b"INVALIDOBJ"),
        Value::Array(items) => items.iter().any(|item| tells_of_corruption(item, item)),
        _ => false,
    };
    tells(ours) || tells(theirs)
}

/// Whether blocks go whose last entry is below some id.
fn trims_nearly(call: &Call) -> bool {
    let is = |word: &[u8], text: &str| word.eq_ignore_ascii_case(text.as_bytes());
    call.words.windows(2).any(|words| is(&words[0], "minid") && is(&words[1], "~"))
}

/// Commands that leave other things behind on purpose, so they are not sent.
pub fn is_left_out(call: &Call) -> bool {
    let number = |at: usize| str::from_utf8(call.words.get(at)?).ok()?.parse::<i64>().ok();
    // The peer looks at the lower 32 bits only.
    let far = call.is("lset") && number(2).is_some_and(|index| i32::try_from(index).is_err());
    // The peer counts a negative offset from the end, but only in large sorted sets.
    let limit = call.words.iter().position(|word| word.eq_ignore_ascii_case(b"LIMIT"));
    let offset = limit.and_then(|at| number(at + 1));
    // The peer multiplies a smallest offset until it is none, and saturates at the wrong end.
    let smallest = |word: &Vec<u8>| word.ends_with(b"-9223372036854775808");
    let overflows = call.words[0].starts_with(b"BITFIELD") && call.words.iter().any(smallest);
    let is_any = |word: &Vec<u8>| word == b"*";
    let differs_later = call.is("xadd") && (trims_nearly(call) || call.words.iter().any(is_any));
    // The peer counts the entries of a stream on beyond what a number with a sign can hold.
    let largest = |word: &Vec<u8>| word.ends_with(b"9223372036854775807");
    let counts = call.is("xsetid") || call.is("xgroup");
    let overflows = overflows || counts && call.words.iter().any(largest);
    far || overflows
        || differs_later
        || call.words[0].starts_with(b"Z") && offset.is_some_and(|offset| offset < 0)
}

/// Commands that build a set member by member: while few integers are as many as an integer set
/// may hold, the encoding hangs on which members a hash table gives first.
pub fn hangs_on_order(call: &Call) -> bool {
    call.is("sunionstore") || call.is("sdiffstore")
}

/// Why these replies may differ, if they may.
pub fn reason(call: &Call, ours: &Value, theirs: &Value) -> Option<&'static str> {
    KNOWN.iter().find(|known| (known.applies)(call, ours, theirs)).map(|known| known.reason)
}

/// What tells of a stream, without its tree.
fn without_tree(reply: &Value) -> Value {
    let is_tree = |name: &Value| {
        [Value::bulk("radix-tree-keys"), Value::bulk("radix-tree-nodes")].contains(name)
    };
    match reply {
        Value::Map(pairs) => {
            Value::Map(pairs.iter().filter(|(name, _)| !is_tree(name)).cloned().collect())
        }
        Value::Array(items) => {
            let pairs = items.chunks(2).filter(|pair| !is_tree(&pair[0]));
            Value::Array(pairs.flatten().cloned().collect())
        }
        other => other.clone(),
    }
}

/// Whether all that differs is how the same double is written, or less than that.
fn same_numbers(ours: &Value, theirs: &Value, distance: f64) -> bool {
    match (ours, theirs) {
        (Value::Bulk(a), Value::Bulk(b)) => {
            let number = |text: &[u8]| str::from_utf8(text).ok()?.parse::<f64>().ok();
            let near = |a: f64, b: f64| a == b || (a - b).abs() <= distance;
            a == b || number(a).zip(number(b)).is_some_and(|(a, b)| near(a, b))
        }
        (Value::Double { value: a, .. }, Value::Double { value: b, .. }) => {
            a == b || (a - b).abs() <= distance
        }
        (Value::Array(a), Value::Array(b)) => {
            let mut each = a.iter().zip(b);
            a.len() == b.len() && each.all(|(a, b)| same_numbers(a, b, distance))
        }
        _ => ours == theirs,
    }
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

    #[test]
    fn only_searches_of_other_sorted_sets_may_find_something_else() {
        let call = |line: &str| Call::of(Mode::Exact, line);
        let may = |line: &str| leaves_something_else(&call(line), &[]);
        assert!(may("GEOSEARCH z0 FROMMEMBER a BYRADIUS 1 m"));
        assert!(may("GEORADIUS z0 1 2 3 m") && may("GEOSEARCHSTORE g1 z0 FROMMEMBER a"));
        assert!(!may("GEOSEARCH g0 FROMMEMBER a BYRADIUS 1 m"));
        assert!(!may("GEOSEARCHSTORE z1 g0 FROMMEMBER a") && !may("ZADD z0 1 a"));
        let search = call("GEOSEARCH g0 FROMMEMBER a BYRADIUS 1 m");
        assert!(leaves_something_else(&search, &[call("ZADD z0 1 a"), call("RENAME z0 g0")]));
        assert!(!leaves_something_else(&search, &[call("ZADD z0 1 a"), call("COPY g1 g0")]));
    }
}
