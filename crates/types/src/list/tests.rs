//! Lists against a `VecDeque`.

use std::collections::VecDeque;

use structures::packed::Item;

use super::{Fill, List, Side};
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

    fn element(&mut self) -> Vec<u8> {
        match self.roll(8) {
            0 => self.roll(3).to_string().into_bytes(),
            1 => vec![b'x'; self.roll(3000)],
            2 => vec![b'y'; self.roll(30) * self.roll(700)],
            _ => format!("element-{}", self.roll(1_000_000)).into_bytes(),
        }
    }

    fn side(&mut self) -> Side {
        if self.roll(2) == 0 { Side::Left } else { Side::Right }
    }
}

type Model = VecDeque<Vec<u8>>;

fn check(list: &List, model: &Model) {
    assert_eq!(list.len(), model.len());
    assert!(list.iter().map(Item::to_vec).eq(model.iter().cloned()));
    if let Some(last) = model.len().checked_sub(1) {
        let backwards = list.iter_back_from(last).map(Item::to_vec);
        assert!(backwards.eq(model.iter().rev().cloned()));
    }
}

/// Changes both in the same way, towards about `size` elements.
fn step(list: &mut List, model: &mut Model, (dice, fill): (&mut Dice, Fill), size: usize) {
    let (len, bytes) = (model.len(), dice.element());
    let (at, side) = (dice.roll(len + 1), dice.side());
    let grows = len < dice.roll(2 * size);
    match dice.roll(11) {
        0..4 if grows => {
            list.push(side, &bytes, fill);
            match side {
                Side::Left => model.push_front(bytes),
                Side::Right => model.push_back(bytes),
            }
        }
        4..7 if grows => {
            list.insert(at, &bytes, fill);
            model.insert(at, bytes);
        }
        7 if at < len => {
            list.set(at, &bytes, fill);
            model[at] = bytes;
        }
        8 => {
            let count = dice.roll(4) * dice.roll(1 + size / 8);
            list.remove(at, count, fill);
            model.drain(at..len.min(at + count));
        }
        9 => {
            let wanted = model.get(at).cloned().unwrap_or(bytes);
            let limit = dice.roll(len + 2);
            let found: Vec<_> = list.find(side, &wanted, limit).collect();
            let near = |index: &usize| match side {
                Side::Left => *index < limit,
                Side::Right => len - *index <= limit,
            };
            let mut expected: Vec<_> =
                (0..len).filter(|index| model[*index] == wanted).filter(near).collect();
            if side == Side::Right {
                expected.reverse();
            }
            assert_eq!(found, expected);
        }
        10 => {
            let to = dice.side();
            list.rotate(side, to, fill);
            let taken = match side {
                Side::Left => model.pop_front(),
                Side::Right => model.pop_back(),
            };
            match to {
                Side::Left => taken.into_iter().for_each(|bytes| model.push_front(bytes)),
                Side::Right => taken.into_iter().for_each(|bytes| model.push_back(bytes)),
            }
        }
        _ if len > 0 => {
            list.pop(side, 1, fill);
            match side {
                Side::Left => model.pop_front(),
                Side::Right => model.pop_back(),
            };
        }
        _ => {}
    }
    assert_eq!(list.get(at).map(Item::to_vec), model.get(at).cloned());
}

#[test]
fn changes_are_those_of_a_deque_and_clones_stay_as_they_were() {
    for seed in 1..=12 {
        let dice = &mut Dice(0x9E37_79B9_7F4A_7C15u64.wrapping_mul(seed));
        let fill = Fill([-2, -1, 16, -5][seed as usize % 4]);
        let (mut list, mut model) = (List::default(), Model::new());
        let mut clone = (list.clone(), model.clone());
        for size in [8, 300, 3000, 20, 2000, 0] {
            for number in 0..5000 {
                step(&mut list, &mut model, (dice, fill), size + 1);
                if number % 500 == 0 {
                    check(&list, &model);
                    check(&clone.0, &clone.1);
                    clone = (list.clone(), model.clone());
                }
            }
        }
        list.trim(1, 3, fill);
        model.truncate(3);
        model.pop_front();
        check(&list, &model);
    }
}

#[test]
fn a_list_becomes_a_quicklist_beyond_the_limit_and_a_listpack_again_at_half() {
    let fill = Fill(4);
    let mut list = List::default();
    (0..4).for_each(|_| list.push(Side::Right, b"x", fill));
    assert_eq!(list.encoding(), "listpack");
    list.push(Side::Left, b"x", fill);
    assert_eq!(list.encoding(), "quicklist");
    list.pop(Side::Right, 2, fill);
    assert_eq!(list.encoding(), "quicklist");
    list.pop(Side::Right, 1, fill);
    assert_eq!(list.encoding(), "listpack");
}

#[test]
fn elements_that_come_together_are_weighed_together_and_by_their_texts() {
    let fill = Fill(-1);
    let element = [b'x'; 100];
    let of = |count: usize| std::iter::repeat_n(&element[..], count);
    let mut list = List::default();
    list.push_all(Side::Right, of(40), fill);
    assert_eq!((list.len(), list.encoding()), (40, "listpack"));
    list.push(Side::Right, b"x", fill);
    assert_eq!((list.len(), list.encoding()), (41, "quicklist"));

    let mut list = List::default();
    of(40).for_each(|element| list.push(Side::Right, element, fill));
    assert_eq!(list.encoding(), "quicklist");

    let mut list = List::default();
    list.push_all(Side::Left, of(41), fill);
    assert_eq!((list.len(), list.encoding()), (41, "quicklist"));

    let mut list = List::default();
    list.push_all(Side::Left, std::iter::repeat_n(&[][..], 100_000), fill);
    assert_eq!((list.len(), list.encoding()), (100_000, "quicklist"));
}

#[test]
fn a_list_that_turns_keeps_its_encoding() {
    let fill = Fill(4);
    let mut list = List::default();
    (0..4).for_each(|_| list.push(Side::Right, b"x", fill));
    list.rotate(Side::Left, Side::Right, fill);
    assert_eq!(list.encoding(), "listpack");
    list.push(Side::Left, b"x", fill);
    list.pop(Side::Left, 2, fill);
    assert_eq!((list.len(), list.encoding()), (3, "quicklist"));
    list.rotate(Side::Right, Side::Left, fill);
    assert_eq!(list.encoding(), "quicklist");
}

#[test]
fn a_thousand_short_elements_fill_their_nodes() {
    let mut list = List::default();
    for number in 0..1000 {
        list.push(Side::Right, format!("{number:016x}").as_bytes(), Fill(-2));
    }
    assert!(list.allocated() < 22_000, "{}", list.allocated());
}
