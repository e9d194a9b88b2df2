//! Sets against the standard library's, in all their encodings.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Integers, Set};
use crate::value::Object;
use crate::{Item, Sizes};

const SMALL: Sizes = Sizes {
    set_integers: 8,
    set_members: 12,
    set_member_bytes: 10,
    hash_fields: 0,
    hash_value_bytes: 0,
    list: crate::Fill(0),
    sorted_set: crate::sorted_set::Limits { members: 0, member_bytes: 0 },
};

fn held(set: &Set) -> BTreeSet<Vec<u8>> {
    set.iter().map(Item::to_vec).collect()
}

fn member() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => (-9i64..9).prop_map(|value| value.to_string().into_bytes()),
        1 => any::<i64>().prop_map(|value| value.to_string().into_bytes()),
        1 => "[ab]{1,2}".prop_map(String::into_bytes),
        1 => Just(b"eleven bytes".to_vec()),
        1 => Just(b"-0".to_vec()),
    ]
}

proptest! {
    #[test]
    fn sets_do_as_the_standard_set_does(
        steps in proptest::collection::vec((any::<bool>(), member()), 0..80),
    ) {
        let (mut set, mut model) = (Set::default(), BTreeSet::new());
        for (add, member) in steps {
            if add {
                prop_assert_eq!(set.insert(&member, &SMALL), model.insert(member.clone()));
            } else {
                prop_assert_eq!(set.remove(&member), model.remove(&member));
            }
            prop_assert_eq!(set.contains(&member), add);
            prop_assert_eq!(set.len(), model.len());
            let limit = match set {
                Set::Integers(_) => SMALL.set_integers,
                Set::Packed(_) => SMALL.set_members,
                Set::Table(_) => usize::MAX,
            };
            prop_assert!(set.len() <= limit);
        }
        prop_assert_eq!(held(&set), model.clone());
        let random = set.random(u64::MAX / 3).map(Item::to_vec);
        prop_assert!(random.map_or(model.is_empty(), |member| model.contains(&member)));
        let (before, mut settled) = (set.encoding(), set.clone());
        settled.settle(&SMALL);
        prop_assert_eq!(held(&settled), model);
        prop_assert!(before != "intset" || settled.encoding() == "intset");
    }

    #[test]
    fn arrays_of_integers_stay_sorted(steps in proptest::collection::vec(any::<i64>(), 0..200)) {
        let (mut integers, mut model) = (Integers::default(), BTreeSet::new());
        for value in steps {
            let value = value >> (value & 63);
            if value % 3 == 0 {
                prop_assert_eq!(integers.remove(value), model.remove(&value));
            } else {
                prop_assert_eq!(integers.insert(value), model.insert(value));
            }
            prop_assert_eq!(integers.contains(value), value % 3 != 0);
        }
        prop_assert!(integers.iter().eq(model.iter().copied()));
    }
}

#[test]
fn four_hundred_integers_take_little_more_than_their_bytes() {
    let mut set = Set::default();
    let sizes = Sizes::default();
    for i in 0..400 {
        assert!(set.insert((2_000_000_000 + i).to_string().as_bytes(), &sizes));
    }
    assert!(set.encoding() == "intset" && set.allocated() < 400 * 6, "{}", set.allocated());
}
