"""Strings and counters as applications use them."""

import pytest
import redis

from conftest import wait_until


def test_a_value_is_set_read_and_deleted(client):
    assert client.set("a", "1") is True
    assert client.get("a") == b"1"
    assert client.delete("a", "missing") == 1
    assert client.get("a") is None


def test_set_obeys_its_conditions(client):
    assert client.set("a", "1", nx=True) is True
    assert client.set("a", "2", nx=True) is None
    assert client.set("b", "2", xx=True) is None
    assert client.set("a", "3", xx=True, get=True) == b"1"
    assert client.get("a") == b"3"


def test_counters_count(client):
    assert client.incr("n") == 1
    assert client.incrby("n", 41) == 42
    assert client.decr("n") == 41
    assert client.decrby("n", 50) == -9
    assert client.incrbyfloat("n", 0.5) == pytest.approx(-8.5)


def test_a_counter_of_words_is_refused(client):
    client.set("a", "words")
    with pytest.raises(redis.ResponseError, match="value is not an integer or out of range"):
        client.incr("a")


def test_a_counter_does_not_wrap_around(client):
    client.set("n", 2**63 - 1)
    with pytest.raises(redis.ResponseError, match="overflow"):
        client.incr("n")
    assert client.get("n") == b"9223372036854775807"


def test_many_values_are_set_and_read_at_once(client):
    pairs = {f"key:{n}": f"value:{n}" for n in range(500)}
    assert client.mset(pairs) is True
    values = client.mget([*pairs, "missing"])
    assert values == [value.encode() for value in pairs.values()] + [None]


def test_mset_only_when_none_exists(client):
    assert client.msetnx({"a": 1, "b": 2})
    assert not client.msetnx({"b": 3, "c": 4})
    assert client.mget("a", "b", "c") == [b"1", b"2", None]


def test_setnx_and_getset_tell_what_was_there(client):
    assert client.setnx("a", "1") is True
    assert client.setnx("a", "2") is False
    assert client.getset("a", "3") == b"1"
    assert client.getset("b", "4") is None
    assert client.getdel("a") == b"3"
    assert not client.exists("a")


def test_parts_of_a_value_are_read_and_written(client):
    assert client.append("a", "Hello") == 5
    assert client.append("a", " World") == 11
    assert client.getrange("a", -5, -1) == b"World"
    assert client.setrange("a", 6, "Rocks") == 11
    assert client.get("a") == b"Hello Rocks"


def test_a_value_goes_when_its_time_is_over(client):
    client.set("a", "1", px=30)
    client.set("b", "1", ex=100)
    wait_until(lambda: client.get("a") is None)
    assert 0 < client.ttl("b") <= 100
    assert client.ttl("a") == -2


def test_setex_and_psetex_set_a_deadline(client):
    client.setex("a", 100, "1")
    client.psetex("b", 100_000, "1")
    assert 0 < client.ttl("a") <= 100
    assert 0 < client.pttl("b") <= 100_000


def test_a_plain_set_takes_the_deadline_away_and_keepttl_keeps_it(client):
    client.set("a", "1", ex=100)
    client.set("a", "2", keepttl=True)
    assert client.ttl("a") > 0
    client.set("a", "3")
    assert client.ttl("a") == -1


def test_getex_changes_the_deadline_while_reading(client):
    client.set("a", "1")
    assert client.getex("a", ex=100) == b"1"
    assert client.ttl("a") > 0
    assert client.getex("a", persist=True) == b"1"
    assert client.ttl("a") == -1
