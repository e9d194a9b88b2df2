//! The table of elements against the standard library's map, from seeds.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Elements, Locator, PayloadKind};
use crate::PositionHasher;

type Model = HashMap<Vec<u8>, Vec<u8>>;

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

fn table(kind: PayloadKind) -> Elements {
    Elements::new(Arc::new(PositionHasher::new(7)), kind)
}

fn key(number: usize) -> Vec<u8> {
    let mut key = format!("key:{number}").into_bytes();
    if number.is_multiple_of(50) {
        key.resize(key.len() + number % 3_000, b'k');
    }
    key
}

fn payload(kind: PayloadKind, chance: &mut Chance) -> Vec<u8> {
    let len = match kind {
        PayloadKind::Fixed(len) => len as usize,
        PayloadKind::Varied if chance.below(20) == 0 => chance.below(2_000),
        PayloadKind::Varied => chance.below(150),
    };
    (0..len).map(|_| chance.below(256) as u8).collect()
}

fn assert_same(table: &Elements, model: &Model) {
    assert_eq!(table.len(), model.len());
    let mut seen = 0;
    for (key, payload) in table.iter() {
        assert_eq!(model.get(key).map(Vec::as_slice), Some(payload));
        seen += 1;
    }
    assert_eq!(seen, model.len());
    for (key, payload) in model {
        assert_eq!(table.get(key), Some(&payload[..]));
        assert_eq!(
            table.at(Locator::whole(table.position_of(key))),
            Some((&key[..], &payload[..]))
        );
    }
    assert_eq!(table.counted_bytes(), table.segment_bytes());
}

/// Grows and shrinks a table by chance; now and then a clone is kept and looked at much later.
fn run(seed: u64, kind: PayloadKind, keys: usize) {
    let mut chance = Chance(seed);
    let (mut table, mut model) = (table(kind), Model::new());
    let mut kept: Option<(Elements, Model)> = None;
    for step in 0..20_000 {
        let growing = step / 2_500 % 2 == 0;
        let key = key(chance.below(keys));
        if chance.below(10) < if growing { 8 } else { 2 } {
            let payload = payload(kind, &mut chance);
            let new = table.insert(&key, &payload);
            assert_eq!(new, model.insert(key, payload).is_none());
        } else if chance.below(8) == 0 {
            if let Some(bytes) = table.payload_mut(&key) {
                bytes.fill(9);
                model.get_mut(&key).expect("it is in both").fill(9);
            }
        } else {
            assert_eq!(table.remove(&key), model.remove(&key).is_some());
        }
        if step % 1_700 == 0 {
            if let Some((table, model)) = kept.replace((table.clone(), model.clone())) {
                assert_same(&table, &model);
            }
            assert_same(&table, &model);
        }
    }
    assert_same(&table, &model);
    for key in model.keys() {
        assert!(table.remove(key));
    }
    assert!(table.is_empty() && table.iter().next().is_none());
    let (table, model) = kept.expect("some were kept");
    assert_same(&table, &model);
}

#[test]
fn tables_do_as_the_standard_map_does() {
    for seed in 1..=4 {
        run(seed, PayloadKind::Varied, 4_000);
        run(seed, PayloadKind::Fixed(0), 6_000);
        run(seed, PayloadKind::Fixed(8), 300);
    }
}

#[test]
fn segments_are_filled_to_the_last_byte_by_elements_of_any_size() {
    for seed in 1..=400 {
        let mut chance = Chance(seed);
        let (len_max, mut table) = (1 + chance.below(200), table(PayloadKind::Varied));
        for _ in 0..600 {
            let key = (chance.below(400) as u32).to_le_bytes();
            // What is written over a copy goes into a block that just fits.
            let copy = (seed % 2 == 0).then(|| table.clone());
            table.insert(&key, &vec![b'p'; chance.below(len_max)]);
            assert!(copy.is_none_or(|copy| copy.len() <= table.len()));
        }
        assert_eq!(table.counted_bytes(), table.segment_bytes());
    }
}

#[test]
fn directories_of_many_chunks_grow_and_shrink() {
    let mut table = table(PayloadKind::Fixed(4));
    for i in 0..200_000u32 {
        assert!(table.insert(&i.to_le_bytes(), &i.to_be_bytes()));
    }
    assert!(table.root.len() > 3, "{}", table.root.len());
    let before = table.clone();
    for i in (0..200_000u32).filter(|i| i % 50 != 0) {
        assert!(table.remove(&i.to_le_bytes()));
    }
    assert_eq!(table.len(), 4_000);
    let (chunks, bytes) = (table.root.len(), table.allocated());
    assert!(chunks <= 2 && bytes < 200_000, "{chunks} chunks, {bytes} bytes");
    assert!((0..4_000u32).all(|i| table.get(&(i * 50).to_le_bytes()).is_some()));
    assert!((0..200_000u32).all(|i| before.get(&i.to_le_bytes()) == Some(&i.to_be_bytes())));
}

#[test]
fn keys_of_one_position_make_the_table_take_another_seed() {
    let mut table = table(PayloadKind::Varied);
    table.weak = Some(0xFFF);
    for i in 0..5_000 {
        assert!(table.insert(&key(i), b"x"));
    }
    assert!(table.generation() >= 1);
    assert!((0..5_000).all(|i| table.get(&key(i)) == Some(b"x")));
    let positions: BTreeSet<u64> = table.iter().map(|pair| table.position_of(pair.0)).collect();
    assert_eq!(positions.len(), 5_000);
}

#[test]
fn elements_are_found_by_their_locators_and_so_are_lookalikes() {
    for (high, low) in [(0, 0), (0, 7), (3, 1), (1, 255)] {
        let mut table = table(PayloadKind::Fixed(0));
        // Few positions differ in what a part keeps, so that segments end between lookalikes.
        table.weak = Some(high << 61 | 0x7F_FFFF_FF00 | low);
        (0..3_000).for_each(|i| assert!(table.insert(&key(i), b"")));
        assert_eq!(table.generation(), 0);
        for i in (0..3_000).step_by(7) {
            let (key, position) = (key(i), table.position_of(&key(i)));
            let whole = table.at(Locator::whole(position)).expect("it is there");
            assert_eq!(whole.0, key);
            let part = Locator::part(position);
            assert_eq!(Locator::from_word(part.to_word()), part);
            let found = table.at(part).expect("one of the lookalikes is there").0;
            assert!(part.means(table.position_of(found)));
            let mut seen = BTreeSet::new();
            table.lookalikes(&key, position, |other, _| assert!(seen.insert(other.to_vec())));
            let alike = table
                .iter()
                .map(|pair| pair.0.to_vec())
                .filter(|other| *other != key && part.means(table.position_of(other)));
            assert_eq!(seen, alike.collect());
        }
        for i in 0..3_000 {
            let locator = Locator::whole(table.position_of(&key(i)));
            table.remove_at(locator, |(found, _)| assert_eq!(found, key(i)));
            assert!(!table.contains(&key(i)));
        }
        assert!(table.is_empty());
    }
}

#[test]
fn a_scan_sees_whatever_stays_while_the_rest_changes() {
    for seed in 1..=6 {
        let mut chance = Chance(seed);
        let mut table = table(PayloadKind::Fixed(0));
        (0..300).for_each(|i| assert!(table.insert(format!("stay{i}").as_bytes(), b"")));
        (0..20_000).for_each(|i| assert!(table.insert(format!("go{i}").as_bytes(), b"")));
        let (mut cursor, mut seen) = (0, BTreeSet::new());
        loop {
            cursor = table.scan(cursor, |(key, _)| seen.extend([key.to_vec()]));
            if cursor == 0 {
                break;
            }
            assert!(cursor < 1 << 63);
            for _ in 0..chance.below(400) {
                let key = format!("go{}", chance.below(40_000));
                let _ = if seed % 2 == 0 {
                    table.remove(key.as_bytes())
                } else {
                    table.insert(key.as_bytes(), b"")
                };
            }
        }
        assert!((0..300).all(|i| seen.contains(format!("stay{i}").as_bytes())));
    }
}

#[test]
fn every_element_is_as_likely_as_any_other() {
    for len in [1, 10, 300, 2_000] {
        let mut table = table(PayloadKind::Fixed(0));
        (0..len).for_each(|i: u32| assert!(table.insert(&i.to_le_bytes(), b"")));
        let mut counts = vec![0u32; len as usize];
        let mut chance = Chance(len.into());
        for _ in 0..len * 400 {
            let random = (chance.below(1 << 32) as u64) << 32 | chance.below(1 << 32) as u64;
            let (key, _) = table.random(random).expect("it is not empty");
            counts[u32::from_le_bytes(key.try_into().expect("four bytes")) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (290..=510).contains(count)), "{len} {counts:?}");
    }
    assert!(table(PayloadKind::Varied).random(1).is_none());
}

#[test]
fn elements_cost_little_more_than_their_bytes() {
    let per_element = |kind, key_len: usize, payload: &[u8]| {
        let mut table = table(kind);
        for i in 0..1_000 {
            assert!(table.insert(format!("{i:0key_len$}").as_bytes(), payload));
        }
        table.allocated() / 1_000
    };
    let member = per_element(PayloadKind::Fixed(0), 16, b"");
    let field = per_element(PayloadKind::Varied, 8, &[b'v'; 16]);
    assert!(member <= 27 && field <= 38, "{member} {field}");
}

#[test]
fn a_table_goes_in_slices() {
    let mut table = table(PayloadKind::Varied);
    (0..50_000).for_each(|i| assert!(table.insert(&key(i), b"payload")));
    let mut copy = table.clone();
    assert!(copy.dismantle(10));
    assert!((0..50_000).all(|i| table.get(&key(i)).is_some()));
    let mut table = self::table(PayloadKind::Varied);
    (0..50_000).for_each(|i| assert!(table.insert(&key(i), b"payload")));
    let mut slices = 1;
    while !table.dismantle(100) {
        slices += 1;
    }
    assert!(slices > 4, "{slices}");
}
