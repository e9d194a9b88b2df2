//! Collections do what simple ones of the standard library do: each step of the input changes a
//! list, a hash and a sorted set, and their models; a clone that was taken on the way stays as it
//! was.
//!
//! A step is three bytes: what to do, and two numbers to do it with.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use types::sorted_set::Limits;
use types::{Fill, Hash, Item, List, Object, Side, Sizes, SortedSet};

/// Small, so that short inputs make large collections.
const FILL: Fill = Fill(8);
const LIMITS: Limits = Limits { members: 4, member_bytes: 16 };
/// A clone is taken when a step has this number.
const CLONE: u8 = 15;

#[derive(Clone, Default)]
struct Both {
    list: List,
    list_model: Vec<Vec<u8>>,
    hash: Hash,
    hash_model: BTreeMap<Vec<u8>, Vec<u8>>,
    set: SortedSet,
    set_model: BTreeMap<Vec<u8>, f64>,
}

fuzz_target!(|input: &[u8]| {
    let mut both = Both::default();
    let mut kept = None;
    for step in input.chunks_exact(3) {
        if step[0] & 15 == CLONE {
            kept = Some(both.clone());
        }
        // Some steps are done many times over, so that short inputs fill blocks.
        for again in 0..=u32::from(step[0] >> 6) * 40 {
            both.step(step[0] & 15, u32::from(step[1]) + again * 7, step[2]);
        }
    }
    both.check();
    if let Some(kept) = kept {
        kept.check();
    }
});

/// A word by a number: an integer, a short string or, now and then, a long one.
fn word(number: u32) -> Vec<u8> {
    match number % 16 {
        0..8 => number.to_string().into_bytes(),
        8..15 => format!("word:{number}").into_bytes(),
        _ => vec![b'x'; number as usize * 13 % 3000],
    }
}

fn sizes() -> Sizes {
    Sizes { hash_fields: 8, hash_value_bytes: 64, ..Sizes::default() }
}

impl Both {
    fn step(&mut self, what: u8, number: u32, other: u8) {
        let (name, value) = (word(number), word(u32::from(other)));
        let index = number as usize % (self.list_model.len() + 1);
        match what {
            0 => {
                self.list.push(Side::Left, &name, FILL);
                self.list_model.insert(0, name);
            }
            1 => {
                self.list.push(Side::Right, &name, FILL);
                self.list_model.push(name);
            }
            2 => {
                self.list.insert(index, &name, FILL);
                self.list_model.insert(index, name);
            }
            3 if index < self.list_model.len() => {
                self.list.set(index, &name, FILL);
                self.list_model[index] = name;
            }
            4 if index < self.list_model.len() => {
                let count = usize::from(other) % 9;
                let end = (index + count).min(self.list_model.len());
                self.list.remove(index, count, FILL);
                self.list_model.drain(index..end);
            }
            5 if !self.list_model.is_empty() => {
                self.list.rotate(Side::Left, Side::Right, FILL);
                self.list_model.rotate_left(1);
            }
            6..9 => {
                let new = self.hash.insert(&name, &value, &sizes());
                assert_eq!(new, self.hash_model.insert(name, value).is_none());
            }
            9 => assert_eq!(self.hash.remove(&name, 0), self.hash_model.remove(&name).is_some()),
            10..13 => {
                let score = f64::from(other % 16) / 4.0;
                let old = self.set.insert(&name, score, LIMITS);
                assert_eq!(old, self.set_model.insert(name, score));
            }
            13 => assert_eq!(self.set.remove(&name), self.set_model.remove(&name)),
            14 if !self.set_model.is_empty() => {
                let from = number as usize % self.set_model.len();
                let to = (from + usize::from(other) % 9).min(self.set_model.len());
                for (member, _) in self.in_order().drain(from..to) {
                    self.set_model.remove(&member);
                }
                self.set.remove_range(from, to);
            }
            _ => {}
        }
    }

    fn in_order(&self) -> Vec<(Vec<u8>, f64)> {
        let mut all: Vec<_> = self.set_model.iter().map(|(m, s)| (m.clone(), *s)).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        all
    }

    fn check(&self) {
        let list: Vec<_> = self.list.iter().map(Item::to_vec).collect();
        assert!(list == self.list_model);
        assert_eq!(self.hash.len(), self.hash_model.len());
        let mut hash = BTreeMap::new();
        self.hash.for_each(|field, value, deadline| {
            assert!(deadline.is_none());
            hash.insert(field.to_vec(), value.to_vec());
        });
        assert!(hash == self.hash_model);
        let mut set = Vec::new();
        self.set.for_each(|member, score| set.push((member.to_vec(), score)));
        assert!(set == self.in_order());
        for (rank, (member, score)) in set.iter().enumerate() {
            assert_eq!(self.set.rank(member), Some((rank, *score)));
        }
    }
}
