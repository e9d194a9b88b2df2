//! Trees against a vector, from a seed; clones must stay as they were.

use std::cell::Cell;

use super::*;

/// Small leaves, so that trees become deep.
const FULL: usize = 6;

/// Numbers in order of nothing; the mark is the first.
#[derive(Clone, Debug, PartialEq)]
struct Numbers(Vec<u64>);

impl Leaf for Numbers {
    type Mark = u64;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn mark(&self) -> u64 {
        self.0[0]
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.0.drain(from..to);
    }

    fn overflow(&mut self) -> Option<Numbers> {
        let keep = if self.0.len() > 2 * FULL { FULL } else { self.0.len() / 2 };
        (self.0.len() > FULL).then(|| Numbers(self.0.split_off(keep)))
    }

    fn is_crowded(&self) -> bool {
        self.0.len() == FULL + 1 && self.0[0].is_multiple_of(2)
    }

    fn share(&mut self, right: &mut Numbers) -> Option<Option<Numbers>> {
        if right.0[0].is_multiple_of(5) {
            return None;
        }
        self.0.append(&mut right.0);
        let len = self.0.len();
        let parts = if len <= 2 * FULL - 2 { 2 } else { 3 };
        right.0 = self.0.split_off(len / parts);
        let third = (parts == 3).then(|| Numbers(right.0.split_off(len / parts)));
        Some(third)
    }

    fn is_small(&self) -> bool {
        self.0.len() < FULL / 2
    }

    fn absorb(&mut self, right: &Numbers) -> bool {
        let fits = self.0.len() + right.0.len() <= FULL;
        if fits {
            self.0.extend(&right.0);
        }
        fits
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

fn elements(tree: &Tree<Numbers>) -> Vec<u64> {
    tree.leaves().flat_map(|leaf| leaf.0.clone()).collect()
}

fn check(tree: &Tree<Numbers>, model: &[u64], random: &mut Random) {
    assert_eq!(tree.len(), model.len());
    assert_eq!(elements(tree), model);
    assert!(tree.leaves().all(|leaf| !leaf.is_empty() && leaf.len() <= FULL));
    for _ in 0..4 {
        let index = random.below(model.len());
        let Some((leaf, offset)) = tree.leaf_at(index) else {
            assert!(model.is_empty());
            return;
        };
        assert_eq!(leaf.0[offset], model[index]);
        let (mut cursor, offset) = tree.cursor_at(index).unwrap();
        let mut back: Vec<u64> = cursor.leaf().0[..offset].iter().rev().copied().collect();
        while cursor.go_back() {
            back.extend(cursor.leaf().0.iter().rev());
        }
        back.reverse();
        assert_eq!(back, model[..index]);
        assert_eq!(Some(cursor.leaf()), tree.first());
    }
    assert_eq!(tree.last().unwrap().0.last(), model.last());
}

/// One random change of both.
fn step(random: &mut Random, tree: &mut Tree<Numbers>, model: &mut Vec<u64>, growing: bool) {
    let number = random.below(1 << 30) as u64;
    let index = random.below(model.len() + 1);
    match random.below(if growing { 12 } else { 18 }) {
        0..7 => {
            if tree.edit_at(index, |leaf, offset| leaf.0.insert(offset, number)).is_none() {
                tree.push_back_leaf(Numbers(vec![number]));
            }
            model.insert(index, number);
        }
        7 => {
            tree.push_front_leaf(Numbers(vec![number]));
            model.insert(0, number);
        }
        8 => {
            tree.push_back_leaf(Numbers(vec![number, number + 1]));
            model.extend([number, number + 1]);
        }
        9 => {
            let many: Vec<u64> = (0..random.below(40) as u64).collect();
            if !model.is_empty() {
                tree.edit_at(index, |leaf, offset| {
                    leaf.0.splice(offset..offset, many.iter().copied());
                });
                model.splice(index..index, many);
            }
        }
        10 => {
            let to = (index + random.below(30)).min(model.len());
            tree.remove_range(index, to);
            model.drain(index..to);
        }
        _ if index < model.len() => {
            let removed = tree.edit_at(index, |leaf, offset| leaf.0.remove(offset));
            assert_eq!(removed, Some(model.remove(index)));
        }
        _ => {}
    }
}

#[test]
fn a_tree_holds_what_a_vector_holds_and_clones_stay_as_they_were() {
    for seed in 1..20 {
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed);
        let (mut tree, mut model) = (Tree::default(), Vec::new());
        let mut snapshot = (tree.clone(), model.clone());
        for round in 0..3000 {
            step(&mut random, &mut tree, &mut model, round < 1500);
            if round % 50 == 0 {
                check(&tree, &model, &mut random);
                check(&snapshot.0, &snapshot.1, &mut random);
            }
            if round % 300 == 0 {
                snapshot = (tree.clone(), model.clone());
            }
        }
        tree.remove_range(0, model.len());
        assert!(tree.is_empty() && tree.first().is_none());
    }
}

#[test]
fn ordered_numbers_are_found_by_their_mark() {
    let mut random = Random(7);
    let (mut tree, mut model) = (Tree::default(), Vec::<u64>::new());
    for _ in 0..5000 {
        let number = random.below(10_000) as u64;
        let at = model.partition_point(|other| *other < number);
        model.insert(at, number);
        let found = tree.ranked_leaf_before(|mark| mark < number);
        let offset = |leaf: &Numbers| leaf.0.partition_point(|other| *other < number);
        assert_eq!(found.map_or(0, |(leaf, rank)| rank + offset(leaf)), at);
        let inserted = tree.edit_before(
            |mark| mark < number,
            |leaf: &mut Numbers| {
                leaf.0.insert(offset(leaf), number);
            },
        );
        if inserted.is_none() {
            tree.push_back_leaf(Numbers(vec![number]));
        }
    }
    check(&tree, &model, &mut random);
    let calls = Cell::new(0);
    let (leaf, rank) = tree
        .ranked_leaf_before(|mark| {
            calls.set(calls.get() + 1);
            mark < 5000
        })
        .unwrap();
    let at = rank + leaf.0.partition_point(|other| *other < 5000);
    assert_eq!(at, model.partition_point(|other| *other < 5000));
    assert!(calls.get() < 24, "the way down is a binary search");
}

#[test]
fn growing_at_an_end_leaves_full_nodes_behind() {
    for front in [true, false] {
        let mut tree = Tree::default();
        for number in 0..64 * 64 {
            let leaf = Numbers(vec![number; FULL]);
            if front { tree.push_front_leaf(leaf) } else { tree.push_back_leaf(leaf) }
        }
        let (mut cursor, _) = tree.cursor_at(0).unwrap();
        let mut leaves = 1;
        while cursor.go_forward() {
            leaves += 1;
        }
        assert_eq!((leaves, tree.len()), (64 * 64, 64 * 64 * FULL));
    }
}

#[test]
fn a_tree_is_taken_apart_in_slices() {
    let mut tree = Tree::default();
    for number in 0..1000 {
        tree.push_back_leaf(Numbers(vec![number; FULL]));
    }
    let snapshot = tree.clone();
    assert!(tree.dismantle(1), "what others hold is theirs");
    let mut tree = snapshot;
    let mut slices = 0;
    while !tree.dismantle(100) {
        slices += 1;
    }
    assert!((9..12).contains(&slices));
    assert!(tree.is_empty());
}
