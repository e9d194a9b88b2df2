"""Keys whatever they hold: names, deadlines, databases, iteration."""

import pytest
import redis

from conftest import wait_until


def test_keys_are_found_by_pattern_and_counted(client):
    client.mset({"user:1": "a", "user:2": "b", "order:1": "c"})
    assert sorted(client.keys("user:*")) == [b"user:1", b"user:2"]
    assert sorted(client.keys("*:[1]")) == [b"order:1", b"user:1"]
    assert client.dbsize() == 3


def test_exists_counts_a_key_as_often_as_it_is_named(client):
    client.set("a", "1")
    assert client.exists("a", "a", "missing") == 2
    assert client.type("a") == b"string"
    assert client.type("missing") == b"none"


def test_a_key_is_renamed_over_another(client):
    client.mset({"a": "1", "b": "2"})
    assert client.rename("a", "b") is True
    assert client.get("b") == b"1"
    assert client.exists("a") == 0
    with pytest.raises(redis.ResponseError, match="no such key"):
        client.rename("a", "c")


def test_renamenx_leaves_what_is_there(client):
    client.mset({"a": "1", "b": "2"})
    assert not client.renamenx("a", "b")
    assert client.renamenx("a", "c")
    assert client.mget("a", "b", "c") == [None, b"2", b"1"]


def test_databases_are_apart(connect):
    zero, nine = connect(), connect(db=9)
    zero.set("a", "zero")
    assert nine.get("a") is None
    nine.set("a", "nine")
    assert zero.get("a") == b"zero"
    assert nine.flushdb() is True
    assert zero.dbsize() == 1
    assert nine.dbsize() == 0


def test_flushall_empties_every_database(connect):
    zero, nine = connect(), connect(db=9)
    zero.set("a", "1")
    nine.set("a", "1")
    assert zero.flushall() is True
    assert zero.dbsize() == nine.dbsize() == 0


def test_a_database_that_does_not_exist_is_refused(client):
    with pytest.raises(redis.ResponseError, match="out of range"):
        client.execute_command("SELECT", "9999")


def test_deadlines_are_set_read_and_taken_away(client):
    client.set("a", "1")
    assert client.expire("a", 100)
    assert 0 < client.ttl("a") <= 100
    assert not client.expire("a", 50, nx=True)
    assert client.persist("a")
    assert client.ttl("a") == -1
    assert not client.expire("missing", 100)


def test_a_deadline_in_the_past_deletes(client):
    client.set("a", "1")
    assert client.expireat("a", 1)
    assert client.exists("a") == 0


def test_a_key_that_expired_is_not_counted_for_long(client):
    client.set("a", "1", px=20)
    client.set("b", "1")
    wait_until(lambda: client.dbsize() == 1)


def test_scan_returns_each_of_ten_thousand_keys_once(client):
    names = [f"key:{n}" for n in range(10_000)]
    for start in range(0, len(names), 1000):
        client.mset(dict.fromkeys(names[start : start + 1000], "x"))
    seen = list(client.scan_iter(count=100))
    assert len(seen) == len(names)
    assert {name.decode() for name in seen} == set(names)


def test_scan_misses_no_key_while_others_come_and_go(client):
    stay = {f"stay:{n}" for n in range(2000)}
    client.mset(dict.fromkeys(stay, "x"))
    seen, cursor, turn = set(), None, 0
    while cursor != 0:
        cursor, keys = client.scan(cursor=cursor or 0, count=50)
        seen.update(key.decode() for key in keys)
        turn += 1
        client.mset({f"new:{turn}:{n}": "x" for n in range(100)})
        client.delete(*[f"new:{turn - 1}:{n}" for n in range(100)])
        assert turn < 5000, "the scan does not end"
    assert stay <= seen


def test_scan_filters_by_pattern_and_type(client):
    client.mset({"a:1": "x", "a:2": "x", "b:1": "x"})
    client.rpush("a:list", "x")
    assert sorted(client.scan_iter(match="a:*")) == [b"a:1", b"a:2", b"a:list"]
    assert list(client.scan_iter(_type="list")) == [b"a:list"]
