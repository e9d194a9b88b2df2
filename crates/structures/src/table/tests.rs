//! The table against a std map, from a seed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::*;
use crate::entry::{EntryRef, Payload, Put};
use crate::position::{Position, PositionHasher};

const NOW: u64 = 1_800_000_000_000;

impl Perishable for String {}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn table(hasher: &Arc<PositionHasher>) -> Table<String> {
    Table::new(hasher.clone(), 0, 0)
}

fn text(payload: Payload<'_, String>) -> Vec<u8> {
    match payload {
        Payload::Bytes(bytes) => bytes.to_vec(),
        Payload::Int(value) => value.to_string().into_bytes(),
        Payload::Blob(blob) => blob.to_vec(),
        Payload::Object(object) => object.clone().into_bytes(),
    }
}

fn value(random: &mut Random) -> (Put<'static, String>, Vec<u8>) {
    match random.below(4) {
        0 => {
            let value = (random.below(u64::MAX) as i64) >> random.below(64);
            (Put::Int(value), value.to_string().into_bytes())
        }
        1 => {
            let object = "o".repeat(random.below(50) as usize);
            (Put::Object(Box::new(object.clone())), object.into_bytes())
        }
        _ => {
            static BYTES: [u8; 300] = [b'v'; 300];
            let bytes = &BYTES[..random.below(300) as usize];
            (Put::Bytes(bytes), bytes.to_vec())
        }
    }
}

/// One random operation on both; the key space decides whether the table grows or shrinks.
fn step(
    random: &mut Random,
    table: &mut Table<String>,
    model: &mut HashMap<Vec<u8>, (Vec<u8>, Option<u64>)>,
    (hasher, keys): (&PositionHasher, u64),
) {
    let key = format!("key:{}", random.below(keys)).into_bytes();
    let at = hasher.position(&key);
    let deadline = (random.below(3) == 0).then(|| NOW + random.below(100_000));
    match random.below(10) {
        0..5 => {
            let (put, bytes) = value(random);
            if let Some(mut entry) = table.get_mut(at, &key) {
                drop(entry.replace(put));
                entry.set_expiry(deadline);
            } else {
                table.insert(at, &key, put, deadline);
            }
            model.insert(key, (bytes, deadline));
        }
        5..7 => {
            let removed = table.remove(at, &key);
            let expected = model.remove(&key);
            assert_eq!(removed.map(|e| text(e.entry().payload())), expected.map(|e| e.0));
        }
        7 => {
            let spot = table.find(at, &key);
            if let Some(mut entry) = spot.and_then(|spot| table.at_mut(spot)) {
                entry.set_expiry(deadline);
                model.get_mut(&key).expect("the model has what the table has").1 = deadline;
            }
        }
        _ => {
            let seen = |entry: EntryRef<'_, String>| (text(entry.payload()), entry.expire_at_ms());
            let spot = table.find(at, &key);
            assert_eq!(table.get(at, &key).map(seen), model.get(&key).cloned());
            assert_eq!(spot.and_then(|spot| table.at(spot)).map(seen), model.get(&key).cloned());
        }
    }
}

fn assert_same(
    table: &Table<String>,
    model: &HashMap<Vec<u8>, (Vec<u8>, Option<u64>)>,
    hasher: &PositionHasher,
) {
    assert_eq!(table.len(), model.len());
    assert_eq!(table.expiring(), model.values().filter(|v| v.1.is_some()).count());
    for (key, expected) in model {
        let entry = table.get(hasher.position(key), key).expect("a key of the model");
        assert_eq!((text(entry.payload()), entry.expire_at_ms()), *expected);
    }
    assert_eq!(table.iter().count(), model.len());
}

#[test]
fn an_old_spot_leads_to_some_entry_or_none() {
    let hasher = Arc::new(PositionHasher::new(3));
    let mut table = table(&hasher);
    let keys: Vec<Vec<u8>> = (0..2000).map(|i| format!("key:{i}").into_bytes()).collect();
    for key in &keys {
        table.insert(hasher.position(key), key, Put::Int(1), None);
    }
    let spots: Vec<Spot> =
        keys.iter().map(|key| table.find(hasher.position(key), key).unwrap()).collect();
    for left in [1000, 100, 1, 0] {
        for key in &keys[left..] {
            table.remove(hasher.position(key), key);
        }
        let left = keys[..left].iter().map(Vec::as_slice).collect::<BTreeSet<_>>();
        for spot in &spots {
            let key = table.at(*spot).map(|entry| entry.key().to_vec());
            assert!(key.is_none_or(|key| left.contains(key.as_slice())));
            assert!(table.at_mut(*spot).is_none_or(|entry| left.contains(entry.entry().key())));
        }
    }
}

#[test]
fn a_table_behaves_like_a_map_while_it_grows_and_shrinks() {
    for seed in 1..=6 {
        let mut random = Random(seed * 0x9E37_79B9);
        let hasher = Arc::new(PositionHasher::new(seed));
        let (mut table, mut model) = (table(&hasher), HashMap::new());
        for keys in [10, 1000, 20_000, 300, 5] {
            for _ in 0..keys * 4 {
                step(&mut random, &mut table, &mut model, (&hasher, keys));
            }
            assert_same(&table, &model, &hasher);
            let keep = |key: &[u8]| key.len().is_multiple_of(2) && key.len() < 8;
            let gone: Vec<Vec<u8>> = model.keys().filter(|key| !keep(key)).cloned().collect();
            for key in gone {
                assert!(table.remove(hasher.position(&key), &key).is_some());
                model.remove(&key);
            }
            assert_same(&table, &model, &hasher);
        }
    }
}

#[test]
#[cfg(not(plain_memory))]
fn entries_move_off_pages_that_are_set_aside_and_stay_what_they_were() {
    use crate::slab::Evacuation;
    let mut random = Random(77);
    let hasher = Arc::new(PositionHasher::new(77));
    let (mut table, mut model) = (table(&hasher), HashMap::new());
    for _ in 0..200_000 {
        step(&mut random, &mut table, &mut model, (&hasher, 100_000));
    }
    let gone: Vec<Vec<u8>> = model.keys().filter(|_| random.below(10) > 0).cloned().collect();
    for key in gone {
        drop(table.remove(hasher.position(&key), &key));
        model.remove(&key);
    }
    crate::slab::tidy_thread();
    let evacuation = Evacuation::begin().expect("nine tenths are gone");
    let left = |table: &Table<String>| {
        table.iter().filter(|entry| evacuation.contains(entry.address())).count()
    };
    assert!(left(&table) > model.len() / 2);
    let mut at = Some(Position(0));
    while let Some(from) = at {
        at = table.evacuate(from, 10, &evacuation);
    }
    assert_eq!(left(&table), 0);
    assert_same(&table, &model, &hasher);
    drop(evacuation);
    for _ in 0..10_000 {
        step(&mut random, &mut table, &mut model, (&hasher, 100_000));
    }
    assert_same(&table, &model, &hasher);
}

#[test]
fn the_only_entry_with_a_deadline_among_many_is_found_at_random() {
    let hasher = Arc::new(PositionHasher::new(3));
    let mut table = table(&hasher);
    assert!(table.random_expiring(1).is_none());
    for n in 0..20_000u64 {
        let key = n.to_string().into_bytes();
        let deadline = (n == 777).then_some(NOW);
        table.insert(hasher.position(&key), &key, Put::Int(1), deadline);
    }
    for random in 0..1000u64 {
        let entry = table.random_expiring(random.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        assert_eq!(entry.map(EntryRef::key), Some(b"777".as_slice()));
    }
    drop(table.remove(hasher.position(b"777"), b"777"));
    assert!(table.random_expiring(5).is_none());
}

#[test]
fn memory_is_given_back_after_mass_deletes() {
    let hasher = Arc::new(PositionHasher::new(3));
    let mut table = table(&hasher);
    let keys: Vec<Vec<u8>> = (0..100_000u32).map(|i| i.to_string().into_bytes()).collect();
    for key in &keys {
        table.insert(hasher.position(key), key, Put::Int(1), None);
    }
    let full = table.allocated();
    assert!(full < 100_000 * 12, "{} bytes a slot", full / 100_000);
    for key in &keys[1000..] {
        table.remove(hasher.position(key), key);
    }
    assert!(table.allocated() < full / 40, "{} of {full}", table.allocated());
    for key in &keys[..1000] {
        table.remove(hasher.position(key), key);
    }
    assert_eq!((table.allocated(), table.slots()), (0, 0));
}

#[test]
fn a_scan_meets_every_key_that_was_there_throughout() {
    for seed in 1..=8 {
        let mut random = Random(seed);
        let hasher = Arc::new(PositionHasher::new(seed));
        let mut table = table(&hasher);
        let stable: BTreeSet<Vec<u8>> = (0..500).map(|i| format!("s{i}").into_bytes()).collect();
        for key in &stable {
            table.insert(hasher.position(key), key, Put::Int(1), None);
        }
        let (mut seen, mut cursor, mut others) = (BTreeSet::new(), Position(0), 0u64);
        loop {
            let next = table.scan(cursor, &mut |entry| {
                seen.insert(entry.key().to_vec());
            });
            let Some(next) = next else { break };
            assert!(next > cursor);
            cursor = next;
            let grows = random.below(2) == 0;
            for _ in 0..random.below(if seed % 2 == 0 { 200 } else { 3 }) {
                let i = if grows { others } else { others.wrapping_sub(1) };
                let key = format!("o{i}").into_bytes();
                if grows {
                    table.insert(hasher.position(&key), &key, Put::Int(1), None);
                    others += 1;
                } else if others > 0 {
                    table.remove(hasher.position(&key), &key);
                    others -= 1;
                }
            }
        }
        assert!(stable.is_subset(&seen), "seed {seed}");
    }
}

#[test]
fn keys_go_when_they_are_due_and_not_before() {
    let mut random = Random(11);
    let hasher = Arc::new(PositionHasher::new(11));
    let (mut table, mut model) = (table(&hasher), HashMap::new());
    for now in (NOW..NOW + 110_000).step_by(500) {
        for _ in 0..200 {
            step(&mut random, &mut table, &mut model, (&hasher, 5000));
        }
        let mut gone = Vec::new();
        let mut take = |due: Due<'_, '_, String>| {
            let Due::Key(entry) = due else { unreachable!("strings have no parts") };
            gone.push(entry.entry().key().to_vec());
            false
        };
        while table.expire_due(now, 100, &mut take) {}
        for key in gone {
            let (_, deadline) = model.remove(&key).expect("a key of the model");
            assert!(deadline.is_some_and(|ms| ms <= now));
        }
        // A tick is 32 ms long, and the one that `now` lies in is not over.
        assert!(model.values().all(|v| v.1.is_none_or(|ms| ms + 64 > now)));
        assert_same(&table, &model, &hasher);
    }
}

#[test]
fn random_entries_are_spread_over_all_keys() {
    let hasher = Arc::new(PositionHasher::new(5));
    let mut table = table(&hasher);
    for i in 0..100u32 {
        let key = i.to_string().into_bytes();
        table.insert(hasher.position(&key), &key, Put::Int(1), None);
    }
    let mut counts: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut random = Random(9);
    for _ in 0..20_000 {
        let key = table.random(random.below(u64::MAX)).expect("not empty").key().to_vec();
        *counts.entry(key).or_default() += 1;
    }
    assert_eq!(counts.len(), 100);
    assert!(counts.values().all(|&n| (100..400).contains(&n)), "{counts:?}");
}

/// A million keys make thousands of splits; each must find room, whatever the seed.
#[test]
fn no_split_ever_fails() {
    for seed in 0..3 {
        let hasher = Arc::new(PositionHasher::new(seed));
        let mut table = table(&hasher);
        for i in 0..1_000_000u32 {
            let key = i.to_le_bytes();
            table.insert(hasher.position(&key), &key, Put::Int(1), None);
        }
        assert_eq!(table.len(), 1_000_000);
        assert!(table.allocated() < 12_000_000, "{} bytes", table.allocated());
    }
}

/// The deadlines of its parts, in order.
struct Milk(BTreeSet<u64>);

impl Perishable for Milk {
    fn next_due_ms(&self) -> Option<u64> {
        self.0.first().copied()
    }
}

#[test]
fn parts_of_values_go_when_they_are_due_wherever_the_value_has_moved() {
    let mut random = Random(21);
    let hasher = Arc::new(PositionHasher::new(21));
    let mut table = Table::new(hasher.clone(), 0, 0);
    let mut model: HashMap<Vec<u8>, BTreeSet<u64>> = HashMap::new();
    for now in (NOW..NOW + 60_000).step_by(300) {
        for _ in 0..100 {
            let key = random.below(2000).to_string().into_bytes();
            let position = hasher.position(&key);
            let parts: BTreeSet<u64> =
                (0..random.below(4)).map(|_| now + 1 + random.below(30_000)).collect();
            let dies = (random.below(9) == 0).then_some(now + 400_000);
            let put = Put::Object(Box::new(Milk(parts.clone())));
            if table.get(position, &key).is_none() {
                table.insert(position, &key, put, dies);
            } else {
                let mut entry = table.get_mut(position, &key).expect("it is there");
                match random.below(3) {
                    0 => {
                        drop(entry.remove());
                        model.remove(&key);
                        continue;
                    }
                    1 => drop(entry.replace(put)),
                    _ => entry.object_mut().expect("milk").0 = parts.clone(),
                }
                entry.set_expiry(dies);
            }
            model.insert(key, parts);
        }
        let mut emptied = Vec::new();
        let mut take = |due: Due<'_, '_, Milk>| match due {
            Due::Key(_) => unreachable!("no key is due"),
            Due::Parts(entry) => {
                let key = entry.entry().key().to_vec();
                let parts = &mut entry.object_mut().expect("milk").0;
                let first = parts.pop_first().expect("something is due");
                assert!(first <= now && model.get_mut(&key).expect("known").remove(&first));
                parts.is_empty()
            }
            Due::Emptied(entry) => {
                emptied.push(entry.entry().key().to_vec());
                false
            }
        };
        while table.expire_due(now, 50, &mut take) {}
        for key in emptied {
            assert!(model.remove(&key).is_some_and(|parts| parts.is_empty()));
        }
        assert_eq!(table.len(), model.len());
        assert_eq!(table.perishing(), model.values().filter(|parts| !parts.is_empty()).count());
        assert!(model.values().flatten().all(|&ms| ms + 64 > now));
    }
}
