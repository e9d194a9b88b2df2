//! Blocks against a `Vec` of byte strings.

use proptest::prelude::*;

use super::{Item, Packed};

fn texts<const SIZED: bool>(packed: &Packed<SIZED>) -> Vec<Vec<u8>> {
    packed.iter().map(Item::to_vec).collect()
}

fn of<const SIZED: bool>(elements: &[Vec<u8>]) -> Packed<SIZED> {
    let mut packed = Packed::new();
    elements.iter().for_each(|element| packed.push_back(element));
    packed
}

fn element() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => proptest::collection::vec(any::<u8>(), 50..300),
        1 => proptest::collection::vec(any::<u8>(), 4090..4100),
        4 => any::<i64>().prop_map(|value| value.to_string().into_bytes()),
        4 => (-5000i64..5000).prop_map(|value| value.to_string().into_bytes()),
        1 => Just(b"-0".to_vec()),
        1 => Just(b"007".to_vec()),
        1 => Just(b"9223372036854775808".to_vec()),
        1 => Just(b"-9223372036854775808".to_vec()),
    ]
}

/// A change, with a number that says where.
#[derive(Clone, Debug)]
enum Step {
    Insert(usize, Vec<u8>),
    PushFront(Vec<u8>),
    Replace(usize, Vec<u8>),
    Remove(usize, usize),
    Split(usize),
    Share,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<usize>(), element()).prop_map(|(at, bytes)| Step::Insert(at, bytes)),
        3 => element().prop_map(Step::PushFront),
        2 => (any::<usize>(), element()).prop_map(|(at, bytes)| Step::Replace(at, bytes)),
        2 => (any::<usize>(), 0..3usize).prop_map(|(at, count)| Step::Remove(at, count)),
        1 => (0..4usize).prop_map(|count| Step::Remove(0, count)),
        1 => any::<usize>().prop_map(Step::Split),
        1 => Just(Step::Share),
    ]
}

fn run<const SIZED: bool>(first: Vec<Vec<u8>>, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (mut packed, mut model) = (of::<SIZED>(&first), first);
    let mut shared = Vec::new();
    for step in steps {
        match step {
            Step::Insert(at, bytes) => {
                let at = at % (model.len() + 1);
                let spot = packed.insert(packed.nth(at), &bytes);
                prop_assert_eq!(packed.item(spot).to_vec(), bytes.clone());
                model.insert(at, bytes);
            }
            Step::PushFront(bytes) => {
                packed.push_front(&bytes);
                model.insert(0, bytes);
            }
            Step::Replace(at, bytes) if !model.is_empty() => {
                let at = at % model.len();
                packed.replace(packed.nth(at), &bytes);
                model[at] = bytes;
            }
            Step::Replace(..) => {}
            Step::Remove(at, count) => {
                let at = at % (model.len() + 1);
                let next = packed.remove(packed.nth(at), count);
                model.drain(at..model.len().min(at + count));
                prop_assert_eq!(next, packed.nth(at));
            }
            Step::Split(at) => {
                let at = at % (model.len() + 1);
                let tail = packed.split_off(packed.nth(at));
                prop_assert_eq!(texts(&tail), model[at..].to_vec());
                packed.append(&tail);
            }
            Step::Share => shared.push((packed.clone(), model.clone())),
        }
        prop_assert_eq!(packed.len(), model.len());
        prop_assert_eq!(texts(&packed), model.clone());
        prop_assert!(packed == of(&model), "equal elements are equal bytes");
    }
    for wanted in &model {
        let found = packed.find(packed.front(), 1, wanted);
        let index = model.iter().position(|other| other == wanted);
        prop_assert_eq!(found, index.map(|index| packed.nth(index)));
    }
    for (packed, model) in shared {
        prop_assert_eq!(texts(&packed), model);
    }
    Ok(())
}

proptest! {
    #[test]
    fn changes_are_those_of_a_vector(
        first in proptest::collection::vec(element(), 0..20),
        steps in proptest::collection::vec(step(), 0..60),
    ) {
        run::<true>(first.clone(), steps.clone())?;
        run::<false>(first, steps)?;
    }

    #[test]
    fn elements_with_sizes_are_read_backwards(
        elements in proptest::collection::vec(element(), 0..20),
    ) {
        let packed: Packed = of(&elements);
        let backwards: Vec<_> = packed.iter().rev().map(Item::to_vec).collect();
        prop_assert_eq!(backwards, elements.iter().rev().cloned().collect::<Vec<_>>());
    }
}

#[test]
fn long_strings_have_long_heads() {
    for len in [63, 64, 127, 128, 4095, 4096, 16_381, 16_383, 16_384, 3_000_000] {
        let elements = [vec![b'a'; len], b"x".to_vec(), vec![b'b'; len]];
        let packed: Packed = of(&elements);
        assert_eq!(texts(&packed), elements);
        assert_eq!(packed.iter().rev().nth(1).map(Item::to_vec), Some(b"x".to_vec()));
        assert_eq!(packed.find(packed.front(), 2, &elements[2]), packed.back());
    }
}

#[test]
fn elements_take_as_many_bytes_as_in_a_listpack() {
    // Both ends of what takes each size.
    let integers = [
        (0, 2),
        (127, 2),
        (128, 3),
        (-1, 3),
        (-4096, 3),
        (4095, 3),
        (4096, 4),
        (-4097, 4),
        (-32_768, 4),
        (32_767, 4),
        (32_768, 5),
        (-8_388_608, 5),
        (8_388_607, 5),
        (8_388_608, 6),
        (-2_147_483_648, 6),
        (2_147_483_647, 6),
        (2_147_483_648, 10),
        (i64::MIN, 10),
        (i64::MAX, 10),
    ];
    for (value, bytes) in integers {
        let packed = of::<true>(&[value.to_string().into()]);
        assert_eq!((packed.bytes(), packed.iter().next()), (bytes, Some(Item::Int(value))));
    }
    let lens = [(0, 2), (63, 65), (64, 67), (125, 128), (126, 130), (4095, 4099), (4096, 4103)];
    for (len, bytes) in lens {
        assert_eq!(of::<true>(&[vec![b'a'; len]]).bytes(), bytes, "{len}");
    }
    assert_eq!(of::<false>(&[b"16 bytes, a word".to_vec()]).bytes(), 17);
}

#[test]
fn a_queue_does_not_move_all_elements_for_each() {
    let mut packed: Packed = of(&vec![b"0123456789abcdef".to_vec(); 400]);
    let before = packed.allocated();
    for number in 0..10_000 {
        packed.remove(packed.front(), 1);
        packed.push_back(format!("element-{number:08}").as_bytes());
    }
    assert!(packed.len() == 400 && packed.allocated() <= before + 4096);
    for _ in 0..400 {
        packed.remove(packed.front(), 1);
    }
    assert!(packed.is_empty() && packed.allocated() <= 32);
}
