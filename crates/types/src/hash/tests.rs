//! Hashes against the standard library's map, in both encodings.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Hash;
use crate::value::Object;
use crate::{Item, Sizes};

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0i64..12).prop_map(|value| value.to_string().into_bytes()),
        2 => "[ab]{0,2}".prop_map(String::into_bytes),
        1 => Just(vec![b'l'; 30]),
    ]
}

proptest! {
    #[test]
    fn hashes_do_as_the_standard_map_does(
        steps in proptest::collection::vec((any::<bool>(), text(), text()), 0..60),
        hash_fields in 0usize..20,
        hash_value_bytes in 1usize..40,
    ) {
        let sizes = Sizes { hash_fields, hash_value_bytes, ..Sizes::default() };
        let (mut hash, mut model) = (Hash::default(), BTreeMap::new());
        for (add, field, value) in steps {
            if add {
                let new = hash.insert(&field, &value, &sizes);
                prop_assert_eq!(new, model.insert(field.clone(), value).is_none());
            } else {
                prop_assert_eq!(hash.remove(&field), model.remove(&field).is_some());
            }
            prop_assert_eq!(hash.get(&field).map(Item::to_vec), model.get(&field).cloned());
            prop_assert_eq!(hash.contains(&field), add);
            prop_assert_eq!(hash.len(), model.len());
        }
        let is_packed = hash.encoding() == "listpack";
        prop_assert!(!is_packed || hash.len() <= hash_fields);
        let pairs = hash.iter().map(|(field, value)| (field.to_vec(), value.to_vec()));
        prop_assert_eq!(pairs.collect::<BTreeMap<_, _>>(), model.clone());
        let known = match hash.random(u64::MAX / 5) {
            Some((field, value)) => model[&field.to_vec()] == value.to_vec(),
            None => model.is_empty(),
        };
        prop_assert!(known);
    }
}

#[test]
fn a_thousand_fields_take_little_more_than_their_bytes() {
    let (mut hash, sizes) = (Hash::default(), Sizes::default());
    for i in 0..1_000 {
        assert!(hash.insert(format!("{i:08}").as_bytes(), &[b'v'; 16], &sizes));
    }
    assert!(hash.encoding() == "hashtable" && hash.allocated() < 39_000, "{}", hash.allocated());
}
