//! Streams against a `BTreeMap`.

use std::collections::BTreeMap;

use super::*;
use crate::value::Object;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % below
    }

    fn pairs(&mut self) -> Pairs {
        let count = if self.roll(4) == 0 { 1 + self.roll(4) } else { 2 };
        let value = |dice: &mut Dice| match dice.roll(4) {
            0 => vec![b'v'; dice.roll(300)],
            1 => format!("-{}", dice.roll(1 << 40)).into_bytes(),
            _ => dice.roll(1000).to_string().into_bytes(),
        };
        (0..count).map(|at| (format!("field-{at}").into_bytes(), value(self))).collect()
    }

    fn id(&mut self, last: Id) -> Id {
        Id::new(self.roll(last.ms as usize + 2) as u64, self.roll(4) as u64)
    }
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;
type Model = BTreeMap<Id, Pairs>;

fn held(entry: Entry<'_>) -> (Id, Pairs) {
    let pairs = entry.pairs().map(|(field, value)| (field.to_vec(), value.to_vec()));
    (entry.id, pairs.collect())
}

fn append(stream: &mut Stream, id: Id, pairs: &Pairs, limits: NodeLimits) {
    let pairs = pairs.iter().map(|(field, value)| (&field[..], &value[..]));
    stream.append(id, pairs, limits);
}

fn check(stream: &Stream, model: &Model, dice: &mut Dice) {
    assert_eq!(stream.len(), model.len());
    let owned = |(id, pairs): (&Id, &Pairs)| (*id, pairs.clone());
    assert!(stream.iter().map(held).eq(model.iter().map(owned)));
    assert!(stream.nodes().flat_map(|node| node.entries()).map(held).eq(model.iter().map(owned)));
    let (one, other) = (dice.id(stream.last_id()), dice.id(stream.last_id()));
    let (from, to) = (one.min(other), one.max(other));
    assert!(stream.range(from, to).map(held).eq(model.range(from..=to).map(owned)));
    let back = model.range(from..=to).rev().map(owned);
    assert!(stream.range_back(from, to).map(held).eq(back));
    assert_eq!(stream.get(one).map(held), model.get(&one).map(|pairs| (one, pairs.clone())));
    assert_eq!(stream.first().map(held), model.iter().next().map(owned));
    assert_eq!(stream.last().map(held), model.iter().next_back().map(owned));
}

/// Changes both in the same way.
fn step(stream: &mut Stream, model: &mut Model, dice: &mut Dice, limits: NodeLimits) {
    let id = dice.id(stream.last_id());
    match dice.roll(20) {
        0..15 => {
            let last = stream.last_id();
            let next = match dice.roll(3) {
                0 => Id::new(last.ms + 1 + dice.roll(300) as u64, dice.roll(3) as u64),
                _ => last.next().expect("far from the end"),
            };
            let pairs = dice.pairs();
            append(stream, next, &pairs, limits);
            model.insert(next, pairs);
        }
        15..18 => assert_eq!(stream.delete(id), model.remove(&id).is_some()),
        18 => {
            let count = dice.roll(20).min(model.len());
            let strategy = Strategy::MaxLen((model.len() - count) as u64);
            let trim = Trim {
                strategy,
                approximate: dice.roll(2) == 0,
                limit: 0,
                references: References::Keep,
            };
            let gone = stream.trim(&trim);
            assert!(gone == count || trim.approximate && gone < count);
            (0..gone).for_each(|_| drop(model.pop_first()));
        }
        _ => {
            let strategy = Strategy::MinId(Id::new(id.ms / 2, 0));
            let trim =
                Trim { strategy, approximate: false, limit: 0, references: References::Keep };
            let gone = stream.trim(&trim);
            let kept = model.split_off(&Id::new(id.ms / 2, 0));
            assert_eq!(model.len(), gone);
            *model = kept;
        }
    }
}

#[test]
fn changes_are_those_of_a_map_and_clones_stay_as_they_were() {
    for seed in 1..=10u64 {
        let dice = &mut Dice(0x9E37_79B9_7F4A_7C15u64.wrapping_mul(seed));
        let limits = [(4096, 100), (0, 3), (300, 0)][seed as usize % 3];
        let limits = NodeLimits { bytes: limits.0, entries: limits.1 };
        let (mut stream, mut model) = (Stream::default(), Model::new());
        let mut clone = (stream.clone(), model.clone());
        for number in 0..4000 {
            step(&mut stream, &mut model, dice, limits);
            if number % 100 == 0 {
                check(&stream, &model, dice);
                check(&clone.0, &clone.1, dice);
                clone = (stream.clone(), model.clone());
            }
        }
    }
}

#[test]
fn blocks_end_by_their_entries_the_deleted_ones_included() {
    let limits = NodeLimits { bytes: 4096, entries: 3 };
    let mut stream = Stream::default();
    let pairs = vec![(b"a".to_vec(), b"1".to_vec())];
    for number in 1..=3 {
        append(&mut stream, Id::new(number, 0), &pairs, limits);
    }
    stream.delete(Id::new(2, 0));
    append(&mut stream, Id::new(4, 0), &pairs, limits);
    assert_eq!(stream.nodes().map(|node| node.len()).collect::<Vec<_>>(), [2, 1]);
    stream.delete(Id::new(1, 0));
    stream.delete(Id::new(3, 0));
    assert_eq!((stream.block_count(), stream.facts().max_deleted), (1, Id::new(3, 0)));
}

#[test]
fn a_thousand_short_entries_fill_their_blocks() {
    let (mut stream, mut dice) = (Stream::default(), Dice(7));
    for number in 0..1000 {
        let value = |value: usize| value.to_string().into_bytes();
        let pairs = vec![
            (b"sensor".to_vec(), value(dice.roll(1 << 16))),
            (b"temp".to_vec(), value(dice.roll(1 << 10))),
        ];
        let id = Id::new(1_700_000_000_000 + 3 * number, 0);
        append(&mut stream, id, &pairs, NodeLimits::default());
    }
    assert!(stream.allocated() < 16_000, "{}", stream.allocated());
}

fn group_of(ids: u64) -> Group {
    let mut group = Group::new(b"g", Id::new(ids, 0), None);
    let one = group.create(b"one", 1);
    let two = group.create(b"two", 1);
    let all: Vec<Id> = (1..=ids).map(|ms| Id::new(ms, 0)).collect();
    for (turn, part) in all.chunks(50).enumerate() {
        group.deliver(part, if turn % 2 == 0 { one } else { two }, 5);
    }
    group
}

#[test]
fn what_is_pending_for_a_group_is_pending_for_one_consumer() {
    let (mut group, mut dice) = (group_of(3000), Dice(3));
    let before = group.clone();
    let (one, two) = (group.find(b"one").unwrap(), group.find(b"two").unwrap());
    for _ in 0..6000 {
        let id = Id::new(1 + dice.roll(3500) as u64, 0);
        let consumer = [one, two, NOBODY][dice.roll(3)];
        if dice.roll(2) == 0 {
            let delivered_ms = dice.roll(100) as u64;
            group.give(Pending { id, delivered_ms, count: 2, consumer });
        } else {
            let known = group.pending().get(id);
            assert_eq!(group.acknowledge(id), known);
        }
        let until_ms = dice.roll(20) as u64;
        let old = group.pending().iter().any(|pending| pending.delivered_ms <= until_ms);
        assert_eq!(group.has_delivered_until(until_ms), old);
        let oldest = group.pending().iter().map(|pending| pending.delivered_ms).min();
        assert!(group.oldest_ms() <= oldest && group.oldest_ms().is_some() == oldest.is_some());
    }
    for (number, consumer) in group.consumers() {
        let own = group.pending().iter().filter(|pending| pending.consumer == number);
        assert!(own.map(|pending| pending.id).eq(consumer.pending().iter()));
    }
    assert!(group.pending().iter().map(|pending| pending.id).is_sorted());
    assert_eq!(before.pending().len(), 3000);
    assert!(before.pending().iter().all(|pending| pending.count == 1));
    let left = group.pending().iter().filter(|pending| pending.consumer != one).count();
    assert!(group.delete(b"one").is_some() && group.delete(b"one").is_none());
    assert_eq!((group.pending().len(), group.create(b"three", 0)), (left, one));
}

#[test]
fn acknowledged_entries_alone_are_trimmed_where_that_is_asked() {
    let mut stream = Stream::default();
    for ms in 1..=10 {
        append(&mut stream, Id::new(ms, 0), &vec![], NodeLimits::default());
    }
    stream.add_group(group_of(8));
    let group = stream.group_mut(b"g").unwrap();
    for ms in [1, 3, 4] {
        group.acknowledge(Id::new(ms, 0));
    }
    let strategy = Strategy::MaxLen(2);
    let references = References::Acknowledged;
    let trim = Trim { strategy, approximate: false, limit: 0, references };
    assert_eq!(stream.trim(&trim), 3);
    assert!(stream.iter().map(|entry| entry.id.ms).eq([2, 5, 6, 7, 8, 9, 10]));
    assert_eq!(stream.trim(&Trim { references: References::Delete, ..trim }), 5);
    assert!(stream.group(b"g").unwrap().pending().is_empty());
}

#[test]
fn a_large_stream_is_freed_in_slices() {
    let mut stream = Stream::default();
    let pairs = vec![(b"a".to_vec(), b"1".to_vec())];
    (1..=100_000).for_each(|ms| append(&mut stream, Id::new(ms, 0), &pairs, Default::default()));
    stream.add_group(group_of(100_000));
    assert_eq!(Object::len(&stream), 200_002);
    let clone = stream.clone();
    drop(stream);
    let mut stream = clone;
    let mut slices = 0;
    while !stream.dismantle(32) {
        slices += 1;
    }
    assert!(slices > 60, "{slices}");
    let mut holder = Stream::default();
    holder.add_group(group_of(100));
    let mut removed = holder.remove_group(b"g").unwrap();
    assert_eq!((Object::len(&removed), holder.groups().count()), (102, 0));
    assert!(removed.dismantle(1000));
}
