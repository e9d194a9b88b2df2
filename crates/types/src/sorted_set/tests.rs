//! Sorted sets against a map of std, from a seed.

use std::collections::BTreeMap;

use super::*;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

type Model = BTreeMap<Vec<u8>, f64>;

const SMALL: Limits = Limits { members: 100_000, member_bytes: 64 };
const LARGE: Limits = Limits { members: 10, member_bytes: 64 };

fn in_order(model: &Model) -> Vec<(Vec<u8>, f64)> {
    let mut all: Vec<_> = model.iter().map(|(member, score)| (member.clone(), *score)).collect();
    all.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap().then(a.0.cmp(&b.0)));
    all
}

fn held(set: &SortedSet, from: usize, to: usize, reverse: bool) -> Vec<(Vec<u8>, f64)> {
    let mut all = Vec::new();
    set.each(from, to, reverse, |member, score| all.push((member.to_vec(), score)));
    all
}

fn score(random: &mut Random, spread: usize) -> f64 {
    match random.below(12) {
        0 => f64::INFINITY,
        1 => f64::NEG_INFINITY,
        2 => random.below(spread) as f64 / 7.0,
        3 => -(random.below(spread) as f64) * 1e300,
        _ => random.below(spread) as f64,
    }
}

fn check(set: &SortedSet, model: &Model, random: &mut Random) {
    let all = in_order(model);
    assert_eq!(held(set, 0, usize::MAX, false), all);
    let (from, to) = (random.below(all.len()), random.below(all.len() + 1));
    let range = all.get(from..to).unwrap_or_default();
    assert_eq!(held(set, from, to, false), range);
    let backwards: Vec<_> = range.iter().rev().cloned().collect();
    assert_eq!(held(set, from, to, true), backwards);
    for (rank, (member, score)) in all.iter().enumerate().step_by(17) {
        assert_eq!(set.rank(member), Some((rank, *score)));
        assert_eq!(set.score(member), Some(*score));
        let below = all.iter().filter(|other| other.1 < *score).count();
        assert_eq!(set.count_before(Cut::BeforeScore(*score)), below);
        let up_to = all.iter().filter(|other| other.1 <= *score).count();
        assert_eq!(set.count_before(Cut::AfterScore(*score)), up_to);
    }
    let (mut cursor, mut seen) = (0, Model::new());
    loop {
        cursor = set.scan(cursor, |member, score| {
            seen.insert(member.to_vec(), score);
        });
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(seen, *model);
}

fn run(seed: u64, limits: Limits, spread: usize) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed);
    let (mut set, mut model) = (SortedSet::default(), Model::new());
    let mut snapshot = (set.clone(), model.clone());
    for round in 0..4000 {
        let member = match random.below(3) {
            0 => random.below(600).to_string().into_bytes(),
            _ => format!("member:{}", random.below(600)).into_bytes(),
        };
        match random.below(if round < 2000 { 8 } else { 14 }) {
            0..7 => {
                let score = score(&mut random, spread);
                let old = set.insert(&member, score, limits);
                assert_eq!(old, model.insert(member, score));
            }
            7 if !model.is_empty() => {
                let from = random.below(model.len());
                let drains = random.below(2) == 0;
                let most = if drains { 3 } else { 20 };
                let to = (from + random.below(most)).min(model.len());
                let mut gone: Vec<_> = in_order(&model).drain(from..to).collect();
                model.retain(|member, _| gone.iter().all(|(other, _)| other != member));
                if drains {
                    let (reverse, mut seen) = (random.below(2) == 0, Vec::new());
                    if reverse {
                        gone.reverse();
                    }
                    let see = |member: &[u8], score| seen.push((member.to_vec(), score));
                    set.drain(from, to, reverse, see);
                    assert_eq!(seen, gone);
                } else {
                    set.remove_range(from, to);
                }
            }
            _ => assert_eq!(set.remove(&member), model.remove(&member)),
        }
        assert_eq!(set.len(), model.len());
        if round % 100 == 0 {
            check(&set, &model, &mut random);
            check(&snapshot.0, &snapshot.1, &mut random);
        }
        if round % 700 == 0 {
            snapshot = (set.clone(), model.clone());
        }
    }
}

#[test]
fn a_sorted_set_holds_what_a_map_holds_in_order() {
    for seed in 0..4 {
        for (limits, spread) in [(SMALL, 1000), (LARGE, 1_000_000), (LARGE, 3)] {
            run(seed, limits, spread);
        }
    }
}

#[test]
fn members_of_equal_scores_are_ordered_by_their_bytes() {
    for limits in [SMALL, LARGE] {
        let mut set = SortedSet::default();
        for number in (0..2000).rev() {
            set.insert(format!("{number:04}").as_bytes(), 0.0, limits);
        }
        assert_eq!(set.count_before(Cut::BeforeMember(b"0500")), 500);
        assert_eq!(set.count_before(Cut::AfterMember(b"0500")), 501);
        assert_eq!(set.count_before(Cut::AfterMember(b"05")), 500);
        assert_eq!(set.count_before(Cut::First), 0);
        assert_eq!(set.count_before(Cut::Last), 2000);
        assert_eq!(set.rank(b"1999"), Some((1999, 0.0)));
    }
}

#[test]
fn a_set_becomes_large_at_its_limits() {
    let limits = Limits { members: 2, member_bytes: 4 };
    let mut set = SortedSet::default();
    set.insert(b"a", 1.0, limits);
    set.insert(b"b", 0.5, limits);
    set.insert(b"b", f64::INFINITY, limits);
    assert_eq!(set.encoding(), "listpack");
    set.insert(b"c", -1e20, limits);
    assert_eq!(set.encoding(), "skiplist");
    let members = [(b"c".to_vec(), -1e20), (b"a".to_vec(), 1.0), (b"b".to_vec(), f64::INFINITY)];
    assert_eq!(held(&set, 0, 3, false), members);
    let mut set = SortedSet::default();
    set.insert(b"five!", 1.0, limits);
    assert_eq!(set.encoding(), "skiplist");
}

/// Bytes for each of `count` members of `size` bytes, in a set that is made in random order.
fn bytes_for_each(count: usize, size: usize, random: &mut Random) -> f64 {
    let mut set = SortedSet::default();
    while set.len() < count {
        let member = format!("{:0size$}", random.below(1 << 30)).replace('0', "x");
        set.insert(member.as_bytes(), random.below(1 << 20) as f64 / 8.0, Limits::default());
    }
    set.allocated() as f64 / count as f64
}

#[test]
fn a_member_costs_little_more_than_its_bytes() {
    let mut random = Random(77);
    let (small, large) =
        (bytes_for_each(50, 12, &mut random), bytes_for_each(1000, 16, &mut random));
    assert!(small <= 30.0, "{small} bytes for a member of 12 bytes in a small set");
    assert!(large <= 58.0, "{large} bytes for a member of 16 bytes in a large set");
}

#[test]
fn gathered_members_make_the_set_that_one_by_one_they_make() {
    for (limits, count) in [(SMALL, 900), (LARGE, 9900)] {
        let random = &mut Random(0x2545_F491_4F6C_DD1D);
        let (mut gathered, mut model) = (Gathered::default(), Model::new());
        assert!(gathered.is_empty());
        for _ in 0..4 * count {
            let (member, score) = (random.below(count).to_string().into_bytes(), score(random, 50));
            let add = |old: Option<f64>| old.map_or(score, |old| old.min(score));
            gathered.put(&member, add);
            let old = model.get(&member).copied();
            model.insert(member, add(old));
        }
        let sorted = gathered.sorted().into_iter().map(|(score, name)| (name.to_vec(), score));
        assert!(sorted.eq(in_order(&model)));
        let set = gathered.into_set(limits);
        assert_eq!(held(&set, 0, set.len(), false), in_order(&model));
        assert_eq!(set.encoding(), if limits == SMALL { "listpack" } else { "skiplist" });
        for (rank, (member, score)) in in_order(&model).into_iter().enumerate() {
            assert_eq!(set.rank(&member), Some((rank, score)));
        }
    }
}

#[test]
fn members_are_chosen_by_their_scores() {
    for (limits, count) in [(SMALL, 900), (LARGE, 9900)] {
        let mut set = SortedSet::default();
        for number in 0..count {
            set.insert(number.to_string().as_bytes(), number as f64, limits);
        }
        let mut seen = Vec::new();
        let choose = |score: f64| (score % 7.0 == 0.0).then_some(score as usize / 7);
        set.each_chosen((60, count - 70), choose, |member, score, what| {
            assert_eq!(member, score.to_string().as_bytes());
            seen.push(what);
        });
        assert_eq!(seen, (9..=(count - 71) / 7).collect::<Vec<_>>());
        let mut all = BTreeMap::new();
        set.for_each_member(|member, score| {
            assert_eq!(all.insert(member.to_vec(), score), None);
        });
        assert_eq!(all.len(), count);
        set.each_chosen((3, 3), |_| Some(()), |_, _, ()| panic!("the range is empty"));
    }
}
