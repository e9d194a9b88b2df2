//! Payloads that Valkey 9.1 and older servers made, and what becomes of broken ones.

use persistence::payload::{Checks, PayloadError, seal};
use persistence::rdb::{Checksum, Format, Loaded, Saved};
use types::sorted_set::Limits;
use types::stream::{Group, Id, NOBODY, NodeLimits, Pending};
use types::{Fill, Hash, List, Set, Side, Sizes, SortedSet, Stream, Value};

fn open(payload: &[u8], checks: Checks) -> Result<Loaded, PayloadError> {
    persistence::payload::open(payload, checks, &Sizes::default())
}

/// What a value holds, in the order of the list, or sorted.
fn held(loaded: Loaded) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match loaded {
        Loaded::Bytes(bytes) => vec![text(&bytes)],
        Loaded::Object(Value::List(list)) => list.iter().map(|item| text(&item.to_vec())).collect(),
        Loaded::Object(Value::Set(set)) => {
            let mut members: Vec<_> = set.iter().map(|member| text(&member.to_vec())).collect();
            members.sort();
            members
        }
        Loaded::Object(Value::Hash(hash)) => {
            let mut pairs = Vec::new();
            hash.for_each(|field, value, deadline| {
                let pair = text(&[field.to_vec(), value.to_vec()].join(&b'='));
                pairs.push(deadline.map_or(pair.clone(), |ms| format!("{pair} until {ms}")));
            });
            pairs.sort();
            pairs
        }
        Loaded::Object(Value::SortedSet(set)) => {
            let mut pairs = Vec::new();
            set.for_each(|member, score| pairs.push(format!("{} {score:?}", text(member))));
            pairs
        }
        Loaded::Object(Value::Stream(stream)) => stream_lines(&stream),
    }
}

/// What a stream holds: facts, entries, groups and what is pending in them.
fn stream_lines(stream: &Stream) -> Vec<String> {
    let facts = stream.facts();
    let mut lines =
        vec![format!("{} {} {}", facts.last_id, facts.max_deleted, facts.entries_added)];
    lines.extend(stream.iter().map(|entry| format!("{entry:?}")));
    for group in stream.groups() {
        let name = String::from_utf8_lossy(group.name());
        lines.push(format!("{name} {} {:?}", group.last_id, group.entries_read));
        for pending in group.pending().iter() {
            let owner = group.consumer(pending.consumer).map(|consumer| consumer.name().to_vec());
            lines.push(format!("{} {} {owner:?}", pending.id, pending.count));
        }
    }
    lines
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len()).step_by(2).map(digits).collect()
}

/// Payloads of a Valkey 9.1.
fn golden() -> Vec<(&'static str, Vec<String>)> {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let bs = "b".repeat(70);
    vec![
        ("00c13930500052be23b60dae6f4d", words(&["12345"])),
        ("00c0f95000910c18a149f0255f", words(&["-7"])),
        ("00c240420f00500080df22c5995aecf7", words(&["1000000"])),
        ("000b31323334353637383930315000ff649b46b94502e4", words(&["12345678901"])),
        ("000568656c6c6f5000ac5816e7fb6647fe", words(&["hello"])),
        (
            "00c310412c05616263646561e0ff04e1130801646550003dc6dd410f19bafe",
            vec!["abcde".repeat(60)],
        ),
        ("00c30f4258016161e0ff00e0ff00e03b00016161500014bb41ce80d1828d", vec!["a".repeat(600)]),
        (
            "120202141400000004008161020101de0c02f270110104ff02c31d405d0b5d0000000300f400f2052a0120\
             0a0309e04662e03c000448817802ff500099c71361bd6c9345",
            words(&["a", "1", "-500", "70000", "5000000000", &bs, "x"]),
        ),
        (
            "0b14040000000300000001000000020000007011010050004aff0897c54fb7a1",
            words(&["1", "2", "70000"]),
        ),
        (
            "14121200000004008161028162020101c12c02ff500016e895bdc27949d3",
            words(&["1", "300", "a", "b"]),
        ),
        ("0203016101620163500062b1a5c570184359", words(&["a", "b", "c"])),
        (
            "101414000000040081610201018162028374776f04ff5000cb027cb47fb00ce6",
            words(&["a=1", "b=two"]),
        ),
        (
            "04020161c001016cc3094046017878e03900017878500068fcdd6a572416b7",
            vec!["a=1".to_owned(), format!("l={}", "x".repeat(70))],
        ),
        (
            "16020161c001e0694ca62c1e000001620374776fffffffffffffffff50001fc6a908def63c13",
            words(&["a=1 until 33177117420000", "b=two"]),
        ),
        (
            "1602066669656c6431027631e1694ca62c1e0000066669656c6432c270110100e1694ca62c1e00005000\
             95675bb0e078bbef",
            words(&["field1=v1 until 33177117420001", "field2=70000 until 33177117420001"]),
        ),
        (
            "1135350000000c00816402842d696e66050c01dff902816102010181620283322e35048165028631652b33\
             30300781630283696e6604ff5000603684eacb532a12",
            pairs(),
        ),
        (
            "05060163000000000000f07f01659c7500883ce4377e016200000000000004400161000000000000f03fc0\
              0c0000000000001cc00164000000000000f0ff5000fa875fc40cb2fcde",
            pairs(),
        ),
    ]
}

/// The payload of a stream with groups, of a Valkey 9.1.
fn golden_stream() -> (&'static str, Vec<String>) {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    (
        "15011000000000000000010000000000000001c3404b405012500000001f000301010102018161028162\
         02002009000020010901018374776f04050103600c06c12c02dff90205200b0d0401dfff020101816302\
         81780206202d0005801020080101ff030600010101020402016706000403000000000000000100000000\
         00000001ec2330ffa10100000100000000000000050000000000000000ec2330ffa10100000100000000\
         000000060000000000000000ee2330ffa1010000010302616cec2330ffa1010000ec2330ffa101000002\
         000000000000000100000000000000010000000000000005000000000000000002626fee2330ffa10100\
         00ee2330ffa10100000100000000000000060000000000000000026379f02330ffa1010000ffffffffff\
         ffffff000168050081ffffffffffffffff00005000e78b891bade77729",
        words(&[
            "6-0 1-2 4",
            "1-1 {a: 1, b: two}",
            "5-0 {c: x}",
            "6-0 {a: 1, b: 2}",
            "g 6-0 Some(4)",
            "1-1 1 Some([97, 108])",
            "5-0 1 Some([97, 108])",
            "6-0 1 Some([98, 111])",
            "h 5-0 None",
        ]),
    )
}

/// A stream with something of everything.
fn stream() -> Stream {
    let mut stream = Stream::default();
    let (one, two, last) = (Id::new(1, 5), Id::new(2, 3), Id::new(u64::MAX, 1));
    for (id, value) in [(one, &b"1"[..]), (two, b"-70000"), (Id::new(3, 0), b"gone")] {
        stream.append(id, [(&b"a"[..], value)].into_iter(), NodeLimits::default());
    }
    stream.delete(Id::new(3, 0));
    let pairs = [(&b"b"[..], &b"x"[..]), (b"c", b"")];
    stream.append(last, pairs.into_iter(), NodeLimits::default());
    let mut group = Group::new(b"g", two, None);
    let consumer = group.create(b"c", 5);
    group.deliver(&[one], consumer, 7);
    group.give(Pending { id: two, delivered_ms: 0, count: 3, consumer: NOBODY });
    stream.add_group(group);
    stream
}

/// What both payloads of sorted sets hold.
fn pairs() -> Vec<String> {
    let pairs = ["d -inf", "12 -7.0", "a 1.0", "b 2.5", "e 1e300", "c inf"];
    pairs.iter().map(ToString::to_string).collect()
}

/// The value with a version and its checksum.
fn sealed_as(body: &[u8], version: u8) -> Vec<u8> {
    let mut payload = [body, &[version, 0]].concat();
    let mut checksum = Checksum::default();
    checksum.update(&payload);
    payload.extend_from_slice(&checksum.value().to_le_bytes());
    payload
}

/// The value with version and checksum put right.
fn sealed(body: &[u8]) -> Vec<u8> {
    let is_timed = body.first() == Some(&0x16);
    sealed_as(body, if is_timed { 80 } else { 11 })
}

fn refused(payload: &[u8]) -> PayloadError {
    open(payload, Checks::ALL).expect_err("it is broken")
}

#[test]
fn payloads_of_valkey_are_read() {
    for (hex, expected) in golden().into_iter().chain([golden_stream()]) {
        assert_eq!(held(open(&bytes(hex), Checks::ALL).expect(hex)), expected, "{hex}");
    }
}

#[test]
fn lists_of_ziplists_and_plain_nodes_are_read() {
    let ziplist = b"\x0F\x0F\0\0\0\x0A\0\0\0\x01\0\0\x02hi\xFF";
    let plain = b"\x12\x02\x01\x05plain\x02\x0B\x0B\0\0\0\x02\0\x01\x01\x02\x01\xFF";
    for (body, expected) in [
        ([b"\x0A", &ziplist[..]].concat(), vec!["hi"]),
        ([b"\x0E\x02", &ziplist[..], ziplist].concat(), vec!["hi", "hi"]),
        (plain.to_vec(), vec!["plain", "1", "2"]),
        (b"\x01\x02\x01a\xC0\x07".to_vec(), vec!["a", "7"]),
    ] {
        assert_eq!(held(open(&sealed(&body), Checks::ALL).expect("a list")), expected, "{body:?}");
    }
}

#[test]
fn sorted_sets_of_older_servers_are_read_and_broken_ones_refused() {
    let ziplist = b"\x10\x10\0\0\0\x0D\0\0\0\x02\0\0\x01a\x03\xF2\xFF";
    for (body, expected) in [
        (b"\x03\x02\x01a\x03-.5\x01b\xFE".to_vec(), vec!["a -0.5", "b inf"]),
        (b"\x03\x01\x01a\xFF".to_vec(), vec!["a -inf"]),
        ([b"\x0C", &ziplist[..]].concat(), vec!["a 1.0"]),
    ] {
        assert_eq!(held(open(&sealed(&body), Checks::ALL).expect("a set")), expected, "{body:?}");
    }
    let nan = f64::NAN.to_le_bytes();
    for body in [
        b"\x03\x01\x01a\xFD".to_vec(),
        b"\x03\x01\x01a\x01x".to_vec(),
        b"\x03\x02\x01a\x011\x01a\x012".to_vec(),
        b"\x05\x00".to_vec(),
        b"\x05\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF".to_vec(),
        [&b"\x05\x01\x01a"[..], &nan].concat(),
        b"\x11\x0A\x0A\0\0\0\x01\0\x81a\x02\xFF".to_vec(),
    ] {
        assert!(open(&sealed(&body), Checks::ALL).is_err(), "{body:?}");
    }
}

/// A block with the entry 1-1, behind a type.
fn stream_body(kind: u8) -> Vec<u8> {
    let id = &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    let block = b"\x1D\x1D\0\0\0\x0A\0\x01\x01\0\x01\x01\x01\x81f\x02\0\x01\
        \x02\x01\0\x01\0\x01\x81v\x02\x04\x01\xFF";
    let facts: &[u8] = if kind == 15 { b"" } else { b"\x01\x01\0\0\x02" };
    let read: &[u8] = if kind == 15 { b"" } else { b"\x02" };
    let ms = &5u64.to_le_bytes()[..];
    let active = if kind == 21 { ms } else { b"" };
    [
        &[kind, 1, 16][..],
        id,
        block,
        b"\x01\x01\x01",
        facts,
        b"\x01\x01g\x01\x01",
        read,
        b"\x01",
        id,
        ms,
        b"\x07\x01\x01c",
        ms,
        active,
        b"\x01",
        id,
    ]
    .concat()
}

#[test]
fn streams_of_all_three_forms_are_read_and_contradictions_refused() {
    for kind in [15, 19, 21] {
        let body = stream_body(kind);
        let lines = held(open(&sealed(&body), Checks::ALL).expect("a stream"));
        let (added, read) = if kind == 15 { (1, 1) } else { (2, 2) };
        let expected = [
            &format!("1-1 0-0 {added}"),
            "1-1 {f: v}",
            &format!("g 1-1 Some({read})"),
            "1-1 7 Some([99])",
        ];
        assert_eq!(lines, expected);
        // Another consumer with the same entry, an entry that is not pending, a group twice.
        let mut twice = body.clone();
        let at = body.len() - 16;
        for (at, byte) in [(at + 15, 9), (2, 15), (19, 0x1C), (25, 2), (29, 3)] {
            let before = std::mem::replace(&mut twice[at], byte);
            assert!(open(&sealed(&twice), Checks::ALL).is_err(), "{kind} {at}");
            twice[at] = before;
        }
    }
}

#[test]
fn hashes_with_deadlines_are_read_as_the_version_means_them() {
    let listpack = b"\x15\x00\x00\x00\x06\x00\x81\x61\x02\x01\x01\x09\x01\x81\x62\
        \x02\x02\x01\x00\x01\xFF";
    let packed = [&[listpack.len() as u8], &listpack[..]].concat();
    let early = b"\x16\x02\x09\x01a\x011\x00\x01b\x012".to_vec();
    let ms = 7u64.to_le_bytes();
    let late = [b"\x18", &ms[..], b"\x02\x03\x01a\x011\x00\x01b\x012"].concat();
    let packed_early = [&b"\x17"[..], &packed].concat();
    let packed_late = [b"\x19", &ms[..], &packed].concat();
    for (body, version) in [(&early, 12), (&late, 12), (&packed_early, 12), (&packed_late, 12)] {
        let loaded = open(&sealed_as(body, version), Checks::ALL).expect("a hash");
        assert_eq!(held(loaded), ["a=1 until 9", "b=2"], "{body:?}");
    }
    // No server has written these types with these versions.
    for (body, version) in [(&early, 11), (&late, 11), (&late, 80)] {
        assert!(open(&sealed_as(body, version), Checks::ALL).is_err(), "{body:?}");
    }
}

#[test]
fn broken_deadlines_are_refused() {
    let valkey = |ms: i64, more: &[u8]| {
        let body = [b"\x16\x01\x01a\x011", &ms.to_le_bytes()[..], more].concat();
        sealed_as(&body, 80)
    };
    assert_eq!(held(open(&valkey(0, b""), Checks::ALL).expect("at once")), ["a=1 until 1"]);
    let redis = |first: u64, distance: &[u8]| {
        sealed_as(
            &[b"\x18", &first.to_le_bytes()[..], b"\x01", distance, b"\x01a\x011"].concat(),
            12,
        )
    };
    assert_eq!(held(open(&redis(5, b"\x01"), Checks::ALL).expect("a hash")), ["a=1 until 5"]);
    for payload in [
        valkey(-2, b""),
        valkey(i64::MIN, b""),
        valkey(1, b"x"),
        sealed_as(b"\x16\x00", 80),
        sealed_as(b"\x16\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 80),
        redis(u64::MAX, b"\x02"),
        redis(i64::MAX as u64, b"\x02"),
        redis(1, b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
        sealed_as(b"\x19\0\0\0\0\0\0\0\0\x07\x07\0\0\0\0\0\xFF", 12),
        sealed_as(b"\x17\x0B\x0B\0\0\0\x02\0\x01\x01\x01\x01\xFF", 12),
    ] {
        assert_eq!(refused(&payload), PayloadError::Value, "{payload:?}");
    }
}

#[test]
fn hashes_with_deadlines_survive_both_forms() {
    let mut hash = Hash::default();
    for (field, deadline) in [(&b"a"[..], Some(5)), (b"b", None), (b"c", Some(1 << 62))] {
        hash.insert(field, b"v", &Sizes::default());
        hash.set_deadline(field, deadline);
    }
    let expected = ["a=v until 5".to_owned(), "b=v".into(), format!("c=v until {}", 1u64 << 62)];
    let value = Value::Hash(hash);
    for format in [Format::Valkey, Format::Redis] {
        let sealed = seal(Saved::Object(&value), format);
        assert_eq!(held(open(&sealed, Checks::ALL).expect("it was just sealed")), expected);
    }
}

#[test]
fn what_is_sealed_can_be_opened() {
    let mut list = List::default();
    [&b"a"[..], b""].iter().for_each(|item| list.push(Side::Right, item, Fill(-2)));
    let list = Value::List(list);
    let (mut set, mut hash) = (Set::default(), Hash::default());
    for member in [b"a", b"b"] {
        set.insert(member, &Sizes::default());
        hash.insert(member, b"-70000", &Sizes::default());
    }
    let (set, hash) = (Value::Set(set), Value::Hash(hash));
    let mut sorted_set = SortedSet::default();
    sorted_set.insert(b"a", 3.0, Limits::default());
    sorted_set.insert(b"b", -0.5, Limits::default());
    let sorted_set = Value::SortedSet(sorted_set);
    let stream = Value::Stream(stream());
    let long = vec![b'x'; 100_000];
    for (value, expected) in [
        (Saved::Bytes(b""), vec![""]),
        (Saved::Bytes(&long), vec![std::str::from_utf8(&long).unwrap()]),
        (Saved::Int(-70_000), vec!["-70000"]),
        (Saved::Int(i64::MIN), vec!["-9223372036854775808"]),
        (Saved::Object(&list), vec!["a", ""]),
        (Saved::Object(&set), vec!["a", "b"]),
        (Saved::Object(&sorted_set), vec!["b -0.5", "a 3.0"]),
        (Saved::Object(&hash), vec!["a=-70000", "b=-70000"]),
        (
            Saved::Object(&stream),
            vec![
                "18446744073709551615-1 3-0 4",
                "1-5 {a: 1}",
                "2-3 {a: -70000}",
                "18446744073709551615-1 {b: x, c: }",
                "g 2-3 None",
                "1-5 1 Some([99])",
                "2-3 3 None",
            ],
        ),
    ] {
        assert_eq!(
            held(open(&seal(value, Format::Valkey), Checks::ALL).expect("it was just sealed")),
            expected
        );
    }
}

#[test]
fn a_long_stream_with_much_pending_is_written_in_steps() {
    let mut long = Stream::default();
    for ms in 1..=5000 {
        let pairs = [(&b"a"[..], &b"1"[..])];
        long.append(Id::new(ms, 0), pairs.into_iter(), NodeLimits::default());
    }
    for (name, count) in [(&b"full"[..], 5000), (b"none", 0), (b"some", 1024)] {
        let mut group = Group::new(name, Id::new(count, 0), Some(count));
        let names: [&[u8]; 3] = [b"one", b"idle", b"two"];
        let numbers = names.map(|name| group.create(name, 1));
        let ids: Vec<Id> = (1..=count).map(|ms| Id::new(ms, 0)).collect();
        let (first, rest) = ids.split_at(ids.len() / 3);
        group.deliver(first, numbers[0], 2);
        group.deliver(rest, numbers[2], 3);
        long.add_group(group);
    }
    let expected = stream_lines(&long);
    let value = Value::Stream(long);
    let opened = open(&seal(Saved::Object(&value), Format::Valkey), Checks::ALL)
        .expect("it was just sealed");
    assert_eq!(held(opened), expected);
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    for (hex, _) in golden().into_iter().chain([golden_stream()]) {
        let whole = bytes(hex);
        for len in 0..whole.len() {
            assert_eq!(refused(&whole[..len]), PayloadError::Sealed, "{hex} {len}");
        }
        for at in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert_eq!(refused(&flipped), PayloadError::Sealed, "{hex} {at}");
        }
    }
}

#[test]
fn broken_values_under_a_good_seal_are_errors_or_values_and_never_panic() {
    for (hex, _) in golden().into_iter().chain([golden_stream()]) {
        let whole = bytes(hex);
        let body = &whole[..whole.len() - 10];
        for len in 0..body.len() {
            assert_eq!(refused(&sealed(&body[..len])), PayloadError::Value, "{hex} {len}");
        }
        for at in 0..body.len() {
            for byte in 0..=u8::MAX {
                let mut changed = body.to_vec();
                changed[at] = byte;
                if let Ok(loaded) = open(&sealed(&changed), Checks::ALL) {
                    assert!(held(loaded).iter().all(|item| item.len() < 100_000));
                }
            }
        }
    }
}

#[test]
fn collections_without_elements_or_with_a_member_twice_are_refused() {
    for body in [
        &b"\x01\x00"[..],
        b"\x02\x00",
        b"\x02\x02\x01a\x01a",
        b"\x12\x00",
        b"\x12\x01\x03\x01a",
        b"\x0B\x08\x02\0\0\0\0\0\0\0",
        b"\x14\x0B\x0B\0\0\0\x02\0\x01\x01\x01\x01\xFF",
        b"\x04\x00",
        b"\x04\x02\x01a\x01b\x01a\x01c",
        b"\x10\x09\x09\0\0\0\x01\0\x01\x01\xFF",
        b"\x10\x0F\x0F\0\0\0\x04\0\x01\x01\x02\x01\x01\x01\x02\x01\xFF",
        b"\x00\x01ab",
        b"\x63\x00",
    ] {
        assert_eq!(refused(&sealed(body)), PayloadError::Value, "{body:?}");
    }
}

#[test]
fn versions_of_the_future_are_read_only_if_asked_for() {
    // "bar" with version 222.
    let future = b"\x00\x03\x62\x61\x72\xde\x00\x0fYUza\xd3\xec\xe0";
    assert_eq!(refused(future), PayloadError::Sealed);
    assert_eq!(
        held(open(future, Checks { version: false, ..Checks::ALL }).expect("asked for")),
        ["bar"]
    );
}
