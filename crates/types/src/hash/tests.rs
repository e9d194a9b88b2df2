//! Hashes against the standard library's map, in both encodings.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Hash, Lifetime, Was};
use crate::value::Object;
use crate::{Item, Sizes};

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0i64..12).prop_map(|value| value.to_string().into_bytes()),
        2 => "[ab]{0,2}".prop_map(String::into_bytes),
        1 => Just(vec![b'l'; 30]),
    ]
}

/// What a step does to a field.
#[derive(Clone, Debug)]
enum Step {
    Set(Lifetime),
    Remove,
    Deadline(Option<u64>),
    TakeDue(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Set(Lifetime::Endless)),
        2 => Just(Step::Set(Lifetime::Kept)),
        2 => (1u64..99).prop_map(|ms| Step::Set(Lifetime::Until(ms))),
        3 => Just(Step::Remove),
        3 => proptest::option::of(1u64..99).prop_map(Step::Deadline),
        1 => (1u64..30).prop_map(Step::TakeDue),
    ]
}

type Model = BTreeMap<Vec<u8>, (Vec<u8>, Option<u64>)>;

/// Does a step to the model as to the hash, and compares what they say.
fn take_step(
    (hash, model): (&mut Hash, &mut Model),
    (step, field, value): (Step, &[u8], &[u8]),
    (dead_up_to_ms, sizes): (u64, &Sizes),
) {
    let before = model.get(field).cloned();
    let dead = |deadline: Option<u64>| deadline.is_some_and(|ms| ms <= dead_up_to_ms);
    let expired = before.as_ref().is_some_and(|before| dead(before.1));
    match step {
        Step::Set(lifetime) => {
            let was = match &before {
                None => Was::Absent,
                Some(_) if expired => Was::Expired,
                Some(_) => Was::There,
            };
            assert_eq!(hash.set((field, value), lifetime, dead_up_to_ms, sizes), was);
            let deadline = match lifetime {
                Lifetime::Until(ms) => Some(ms),
                Lifetime::Kept if !expired => before.and_then(|before| before.1),
                Lifetime::Kept | Lifetime::Endless => None,
            };
            model.insert(field.to_vec(), (value.to_vec(), deadline));
        }
        Step::Remove => {
            assert_eq!(hash.remove(field, dead_up_to_ms), before.is_some() && !expired);
            if !expired {
                model.remove(field);
            }
        }
        Step::Deadline(deadline) => {
            if let Some(entry) = model.get_mut(field) {
                hash.set_deadline(field, deadline);
                entry.1 = deadline;
            }
        }
        Step::TakeDue(up_to_ms) => {
            let names = hash.take_due(up_to_ms, 3);
            let due = |entry: &(Vec<u8>, Option<u64>)| entry.1.is_some_and(|ms| ms <= up_to_ms);
            assert_eq!(names.len(), model.values().filter(|entry| due(entry)).count().min(3));
            for name in names {
                assert!(model.remove(&name).is_some_and(|entry| due(&entry)));
            }
        }
    }
}

fn assert_same(hash: &Hash, model: &Model, dead_up_to_ms: u64) {
    assert_eq!(hash.len(), model.len());
    assert_eq!(hash.next_due_ms(), model.values().filter_map(|entry| entry.1).min());
    assert_eq!(hash.is_timed(), hash.next_due_ms().is_some());
    let mut all = Model::new();
    hash.for_each(|field, value, deadline| {
        all.insert(field.to_vec(), (value.to_vec(), deadline));
    });
    assert_eq!(&all, model);
    let live = hash.live(dead_up_to_ms);
    let shown = |entry: &(Vec<u8>, Option<u64>)| entry.1.is_none_or(|ms| ms > dead_up_to_ms);
    let expected: BTreeMap<_, _> =
        model.iter().filter(|(_, entry)| shown(entry)).map(|(f, e)| (f.clone(), &e.0)).collect();
    let pairs: BTreeMap<_, _> = live.iter().map(|(f, v)| (f.to_vec(), v.to_vec())).collect();
    assert!(pairs.iter().eq(expected.iter().map(|(field, value)| (field, *value))));
    assert_eq!(live.count(), expected.len());
    let (mut seen, mut cursor) = (0, 0);
    loop {
        cursor = live.scan(cursor, |field, _| seen += usize::from(live.contains(&field.to_vec())));
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen, expected.len());
    match live.random(u64::MAX / 5) {
        Some((field, value)) => assert_eq!(expected[&field.to_vec()], &value.to_vec()),
        None => assert!(expected.is_empty()),
    }
    for (field, (value, deadline)) in model {
        let seen = deadline.is_none_or(|ms| ms > dead_up_to_ms);
        assert_eq!(live.get(field).map(Item::to_vec), seen.then(|| value.clone()));
        assert_eq!(live.deadline(field), seen.then_some(*deadline));
    }
}

proptest! {
    #[test]
    fn hashes_do_as_the_standard_map_does(
        steps in proptest::collection::vec((step(), text(), text()), 0..60),
        dead_up_to_ms in prop_oneof![Just(0), 0u64..50],
        hash_fields in 0usize..20,
        hash_value_bytes in 1usize..40,
    ) {
        let sizes = Sizes { hash_fields, hash_value_bytes, ..Sizes::default() };
        let (mut hash, mut model) = (Hash::default(), Model::new());
        let mut clone = None;
        for (number, (step, field, value)) in steps.into_iter().enumerate() {
            take_step((&mut hash, &mut model), (step, &field, &value), (dead_up_to_ms, &sizes));
            prop_assert_eq!(hash.live(0).contains(&field), model.contains_key(&field));
            if number == 30 {
                clone = Some((hash.clone(), model.clone()));
            }
        }
        prop_assert!(hash.encoding() != "listpack" || hash.len() <= hash_fields);
        assert_same(&hash, &model, dead_up_to_ms);
        if let Some((hash, model)) = clone {
            assert_same(&hash, &model, dead_up_to_ms);
        }
    }
}

#[test]
fn deadlines_cost_eight_bytes_in_a_block_and_go_without_a_trace() {
    let (mut hash, sizes) = (Hash::default(), Sizes::default());
    for number in 0..10 {
        hash.insert(format!("field:{number:02}").as_bytes(), &[b'v'; 16], &sizes);
    }
    let plain = hash.allocated();
    for number in 0..10 {
        let field = format!("field:{number:02}");
        hash.set_deadline(field.as_bytes(), Some(1_800_000_000_000 + number));
    }
    let timed = hash.allocated();
    assert!(timed <= plain + 112, "{plain} {timed}");
    for number in 0..10 {
        hash.set_deadline(format!("field:{number:02}").as_bytes(), None);
    }
    assert_eq!((hash.allocated(), hash.encoding()), (plain, "listpack"));
}

#[test]
fn a_thousand_fields_take_little_more_than_their_bytes() {
    let (mut hash, sizes) = (Hash::default(), Sizes::default());
    for i in 0..1_000 {
        assert!(hash.insert(format!("{i:08}").as_bytes(), &[b'v'; 16], &sizes));
    }
    assert!(hash.encoding() == "hashtable" && hash.allocated() < 39_000, "{}", hash.allocated());
}
