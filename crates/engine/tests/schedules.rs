//! Several workers at once: transactions, watched keys, waiters and scripts under many schedules.
//!
//! With `RUSTFLAGS="--cfg shuttle"` a scheduler chooses at every lock who goes on, from seeds that
//! it prints; otherwise the same scenes run on threads. Each scene has planted faults that its
//! check must notice, so that a check that sees nothing does not pass for a proof; they need the
//! scheduler, as threads meet at the right moment by chance.

// What the planted faults alone need.
#![cfg_attr(not(shuttle), allow(dead_code))]

#[path = "schedules/hands.rs"]
mod hands;

#[cfg(shuttle)]
use hands::caught;
use hands::{Hand, Loss, Table, explore, spawn};
use resp::Value;

const ACCOUNTS: [&str; 4] = ["alice", "bob", "carol", "dave"];

fn open_accounts(table: &Table) {
    let mut bank = table.hand();
    ACCOUNTS.iter().for_each(|name| bank.ok(&["SET", name, "100"]));
}

fn sum(reply: &Value) -> i64 {
    let balances = reply.as_slice().expect("an array").iter();
    balances.map(|balance| number(balance.as_bytes().expect("a balance"))).sum()
}

fn number(text: &[u8]) -> i64 {
    resp::number::parse_i64(text).expect("a number")
}

/// Moves money between accounts while others look at all of them at once.
fn transfers(move_one: fn(&mut Hand, &str, &str)) {
    let table = Table::new(4);
    open_accounts(&table);
    let mut threads = Vec::new();
    for turn in 0..2 {
        let mut hand = table.hand();
        threads.push(spawn(move || {
            for i in 0..hands::ROUNDS {
                let (from, to) = (ACCOUNTS[(turn + i) % 4], ACCOUNTS[(turn + 2 * i + 1) % 4]);
                move_one(&mut hand, from, to);
            }
        }));
    }
    for transaction in [false, true] {
        let mut hand = table.hand();
        threads.push(spawn(move || {
            for _ in 0..hands::ROUNDS {
                let mget = ["MGET", "alice", "bob", "carol", "dave"];
                let reply = if transaction {
                    let each: Vec<Vec<&str>> = ACCOUNTS.map(|name| vec!["GET", name]).to_vec();
                    hand.transaction(&each)
                } else {
                    hand.run(&mget)
                };
                assert_eq!(sum(&reply), 400, "money appeared or vanished: {reply:?}");
            }
        }));
    }
    threads.into_iter().for_each(hands::join);
}

#[test]
fn nobody_sees_half_a_transaction() {
    explore(|| {
        transfers(|hand, from, to| {
            let commands = vec![vec!["DECRBY", from, "7"], vec!["INCRBY", to, "7"]];
            assert!(hand.transaction(&commands).as_slice().is_some());
        });
    });
}

#[cfg(shuttle)]
#[test]
fn a_transaction_without_multi_is_noticed() {
    assert!(caught(|| {
        transfers(|hand, from, to| {
            hand.run(&["DECRBY", from, "7"]);
            hand.run(&["INCRBY", to, "7"]);
        });
    }));
}

#[test]
fn nobody_sees_half_a_script_that_uses_undeclared_keys() {
    explore(|| {
        transfers(|hand, from, to| {
            let source = "redis.call('DECRBY', ARGV[1], 7) \
                          return redis.call('INCRBY', ARGV[2], 7)";
            hand.run(&["EVAL", source, "0", from, to]);
        });
    });
}

#[test]
fn a_read_only_script_sees_all_accounts_at_once() {
    let source = "local all = {} for i, name in ipairs(ARGV) do all[i] = redis.call('GET', name) \
                  end return all";
    explore(move || {
        let table = Table::new(3);
        open_accounts(&table);
        let (mut mover, mut other) = (table.hand(), table.hand());
        let moving = spawn(move || {
            for _ in 0..hands::ROUNDS {
                mover.transaction(&[vec!["DECR", "alice"], vec!["INCR", "bob"]]);
            }
        });
        for _ in 0..hands::ROUNDS {
            let reply =
                other.run(&["EVAL_RO", source, "1", "alice", "alice", "bob", "carol", "dave"]);
            assert_eq!(sum(&reply), 400, "{reply:?}");
        }
        hands::join(moving);
    });
}

/// Two workers count up by reading, adding and writing; all of it must arrive.
fn count_up(increment: fn(&mut Hand) -> bool) {
    let table = Table::new(3);
    table.hand().ok(&["SET", "counter", "0"]);
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let mut hand = table.hand();
            spawn(move || (0..hands::ROUNDS).filter(|_| increment(&mut hand)).count())
        })
        .collect();
    let done: usize = threads.into_iter().map(hands::join).sum();
    let counter = table.hand().run(&["GET", "counter"]);
    assert_eq!(number(counter.as_bytes().expect("a number")), done as i64, "an update was lost");
}

fn write_incremented(hand: &mut Hand, value: &Value) -> Value {
    let next = (number(value.as_bytes().expect("a number")) + 1).to_string();
    hand.transaction(&[vec!["SET", "counter", &next]])
}

#[test]
fn a_watched_key_that_changed_stops_the_transaction() {
    explore(|| {
        count_up(|hand| {
            hand.ok(&["WATCH", "counter"]);
            let value = hand.run(&["GET", "counter"]);
            write_incremented(hand, &value) != Value::Null
        });
    });
}

#[cfg(shuttle)]
#[test]
fn a_lost_update_without_watch_is_noticed() {
    assert!(caught(|| {
        count_up(|hand| {
            let value = hand.run(&["GET", "counter"]);
            write_incremented(hand, &value) != Value::Null
        });
    }));
}

#[test]
fn scripts_with_undeclared_keys_and_ordinary_writers_count_together() {
    explore(|| {
        count_up(|hand| {
            let source = "local n = redis.call('GET', 'coun' .. 'ter') \
                          return redis.call('SET', 'counter', n + 1)";
            let reply = if hand.is_even() {
                hand.run(&["EVAL", source, "1", "elsewhere"])
            } else {
                hand.run(&["INCR", "counter"])
            };
            !reply.is_error()
        });
    });
}

/// Clients wait for two lists while two others push; who came first is served first.
fn waiters_are_served(loss: Option<Loss>) {
    let table = Table::new(8);
    let keys = ["first", "second"];
    let mut waiting = Vec::new();
    for i in 0..4 {
        let mut hand = table.hand();
        assert!(hand.begin(&["BLPOP", keys[i % 2], "0"]).is_none(), "the list is empty");
        waiting.push(hand);
    }
    if let Some(loss) = loss {
        table.lose_next_reply(loss);
    }
    let pushers: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let mut hand = table.hand();
            spawn(move || {
                for i in 0..3 {
                    hand.run(&["RPUSH", key, &i.to_string()]);
                }
            })
        })
        .collect();
    for (i, mut hand) in waiting.into_iter().enumerate() {
        let reply = hand.wait().expect("a waiter was never served");
        let expect = [keys[i % 2].to_owned(), (i / 2).to_string()].map(Value::bulk);
        assert_eq!(reply.as_slice(), Some(&expect[..]));
    }
    pushers.into_iter().for_each(hands::join);
    for key in keys {
        assert_eq!(table.hand().run(&["LLEN", key]), Value::Integer(1));
    }
}

#[test]
fn waiters_are_served_first_come_first_served() {
    explore(|| waiters_are_served(None));
}

#[cfg(shuttle)]
#[test]
fn a_lost_reply_to_a_waiter_is_noticed() {
    assert!(caught(|| waiters_are_served(Some(Loss::Letter))));
}

#[cfg(shuttle)]
#[test]
fn a_waiter_whose_worker_nobody_wakes_is_noticed() {
    assert!(caught(|| waiters_are_served(Some(Loss::Ring))));
}

/// How a reply is held: given the offsets that it depends on before its command and after it.
type Hold = fn(&Hand, (u64, u64));

fn run_held(hand: &mut Hand, words: &[&str], hold: Hold) -> Value {
    let before = hand.depends_on();
    let reply = hand.run(words);
    hold(hand, (before, hand.depends_on()));
    reply
}

/// Clients write, read and wait while the log goes to a disk; whatever one of them is told must be
/// there by then.
fn replies_are_safe(hold: Hold) {
    let table = Table::with_disk(3);
    let (mut writer, mut reader, mut waiter) = (table.hand(), table.hand(), table.hand());
    assert!(waiter.begin(&["BLPOP", "list", "0"]).is_none());
    let disk = table.write_disk();
    drop(table);
    let writing = spawn(move || {
        for n in 1..=hands::ROUNDS {
            let set = ["SET", "number", &n.to_string()];
            run_held(&mut writer, &set, hold);
            assert!(writer.is_safe(&set), "told of its own write too early");
        }
        run_held(&mut writer, &["RPUSH", "list", "x"], hold);
    });
    let reading = spawn(move || {
        for _ in 0..hands::ROUNDS {
            let reply = run_held(&mut reader, &["GET", "number"], hold);
            let Some(seen) = reply.as_bytes().map(number) else { continue };
            let set = ["SET", "number", &seen.to_string()];
            assert!(reader.is_safe(&set), "told of another's write too early");
        }
    });
    assert!(waiter.wait().is_some());
    hold(&waiter, (0, waiter.depends_on()));
    assert!(waiter.is_safe(&["LPOP", "list"]), "told of what woke it too early");
    drop(waiter);
    hands::join(writing);
    hands::join(reading);
    hands::join(disk);
}

#[test]
fn no_reply_tells_of_what_could_still_be_lost() {
    explore(|| replies_are_safe(|hand, (_, after)| hand.hold_until(after)));
}

#[cfg(shuttle)]
#[test]
fn a_reply_before_its_record_is_safe_is_noticed() {
    assert!(caught(|| replies_are_safe(|hand, (before, _)| hand.hold_until(before))));
}

#[cfg(shuttle)]
#[cfg(shuttle)]
#[test]
fn a_skipped_lock_is_noticed() {
    let pay: fn(&mut Hand, &str, &str) = |hand, from, to| {
        hand.transaction(&[vec!["DECRBY", from, "7"], vec!["INCRBY", to, "7"]]);
    };
    structures::lock::fault::skip_locks(true);
    let caught = caught(move || transfers(pay));
    structures::lock::fault::skip_locks(false);
    assert!(caught);
}

#[test]
fn elements_go_through_a_chain_of_waiting_moves() {
    explore(|| {
        let table = Table::new(6);
        let (mut one, mut two, mut end) = (table.hand(), table.hand(), table.hand());
        assert!(one.begin(&["BLMOVE", "a", "b", "LEFT", "RIGHT", "0"]).is_none());
        assert!(two.begin(&["BLMOVE", "b", "c", "LEFT", "RIGHT", "0"]).is_none());
        assert!(end.begin(&["BLPOP", "c", "0"]).is_none());
        let mut pusher = table.hand();
        let pushing = spawn(move || pusher.run(&["RPUSH", "a", "x", "y"]));
        let mut other = table.hand();
        let moving = spawn(move || {
            other.transaction(&[vec!["RPUSH", "d", "z"], vec!["LMOVE", "d", "a", "LEFT", "RIGHT"]])
        });
        let first = one.wait().expect("served");
        assert_eq!(two.wait(), Some(first.clone()));
        let popped = end.wait().expect("served");
        assert_eq!(popped.as_slice().map(|reply| reply[1].clone()), Some(first));
        hands::join(pushing);
        hands::join(moving);
        let rest = table.hand().run(&["LLEN", "a"]);
        assert_eq!(rest, Value::Integer(2), "three were pushed and one was taken");
    });
}

#[test]
fn a_waiter_that_several_keys_could_serve_gets_one_element() {
    explore(|| {
        let table = Table::new(4);
        let mut waiter = table.hand();
        assert!(waiter.begin(&["BLPOP", "p", "q", "0"]).is_none());
        let pushers: Vec<_> = ["p", "q"]
            .map(|key| {
                let mut hand = table.hand();
                spawn(move || hand.run(&["RPUSH", key, "x"]))
            })
            .into_iter()
            .collect();
        assert!(waiter.wait().is_some());
        pushers.into_iter().for_each(|pusher| drop(hands::join(pusher)));
        let left: i64 = ["p", "q"]
            .map(|key| match table.hand().run(&["LLEN", key]) {
                Value::Integer(len) => len,
                other => panic!("{other:?}"),
            })
            .iter()
            .sum();
        assert_eq!(left, 1);
    });
}
