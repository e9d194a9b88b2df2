//! Members that look alike to the order of their set.

use std::collections::BTreeMap;

use super::*;

/// Groups of members whose positions agree in what places keep of them.
fn lookalikes(set: &Large, groups: usize) -> Vec<Vec<Vec<u8>>> {
    let mut found: Vec<(u32, Vec<u8>)> = Vec::new();
    for number in 0..400_000 {
        let member = format!("member:{number}").into_bytes();
        let part = Locator::part(set.members.position_of(&member)).to_word();
        found.push((part, member));
    }
    found.sort();
    let alike = found.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    let members = |group: &[(u32, Vec<u8>)]| group.iter().map(|(_, name)| name.clone()).collect();
    alike.map(members).take(groups).collect()
}

fn assert_same(set: &Large, model: &BTreeMap<Vec<u8>, f64>) {
    let mut all: Vec<_> = model.iter().map(|(member, score)| (*score, member.clone())).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let mut seen = Vec::new();
    set.each(0, set.len(), false, |member, score| seen.push((score, member.to_vec())));
    assert_eq!(seen, all);
    for (rank, (score, member)) in all.iter().enumerate() {
        assert_eq!(set.rank(member), Some((rank, *score)));
    }
    for row in set.order.leaves().filter(|row| !row.is_whole()) {
        for place in row.range(0, row.len()) {
            let mut means = 0;
            let here = |&(member, _): &(&[u8], &[u8])| {
                place.locator.means(set.members.position_of(member))
            };
            means += set.members.iter().filter(here).count();
            assert_eq!(means, 1, "invariant 2");
        }
    }
}

#[test]
fn members_that_look_alike_are_told_apart_at_any_scores() {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let alike = lookalikes(&Large::default(), 8);
    assert!(alike.len() > 2, "among so many members there are some");
    let alike: Vec<Vec<u8>> = alike.into_iter().flatten().collect();
    for scores in [1, 3, 1000] {
        let (mut set, mut model) = (Large::default(), BTreeMap::new());
        for step in 0..6_000 {
            let member = if random(3) == 0 {
                alike[random(alike.len() as u64) as usize].clone()
            } else {
                format!("other:{}", random(300)).into_bytes()
            };
            let score = random(scores) as f64;
            match random(8) {
                0..5 => assert_eq!(set.insert(&member, score), model.insert(member, score)),
                5..7 => assert_eq!(set.remove(&member), model.remove(&member)),
                _ if step % 20 == 0 && set.len() > 20 => {
                    let from = random(set.len() as u64 - 10) as usize;
                    let mut gone = Vec::new();
                    set.each(from, from + 9, true, |member, _| gone.push(member.to_vec()));
                    set.remove_range(from, from + 9);
                    gone.iter().for_each(|member| assert!(model.remove(member).is_some()));
                }
                _ => {}
            }
            if step % 500 == 0 {
                assert_same(&set, &model);
            }
            if step == 3_000 {
                set.sort_anew();
            }
        }
        assert_same(&set, &model);
    }
}
