"""Lists as queues, sets as collections of names, and clients that wait for a list."""

import threading

import pytest
import redis

from conftest import wait_until


def test_a_list_keeps_its_order_at_both_ends(client):
    assert client.rpush("l", "b", "c") == 2
    assert client.lpush("l", "a") == 3
    assert client.llen("l") == 3
    assert client.lrange("l", 0, -1) == [b"a", b"b", b"c"]
    assert client.lrange("l", -2, 5) == [b"b", b"c"]
    assert client.lpop("l") == b"a"
    assert client.rpop("l") == b"c"


def test_a_list_goes_with_its_last_element(client):
    client.rpush("l", "a", "b")
    assert client.lpop("l", 5) == [b"a", b"b"]
    assert client.exists("l") == 0
    assert client.lpop("l") is None


def test_a_long_list_is_read_whole(client):
    elements = [f"element:{n}".encode() for n in range(5000)]
    client.rpush("l", *elements)
    assert client.lrange("l", 0, -1) == elements
    assert client.lrange("l", 2500, 2502) == elements[2500:2503]


def test_a_set_holds_each_member_once(client):
    assert client.sadd("s", "a", "b", "a") == 2
    assert client.sadd("s", "b", "c") == 1
    assert client.smembers("s") == {b"a", b"b", b"c"}


def test_a_command_for_another_type_is_refused(client):
    client.set("a", "1")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.rpush("a", "x")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.sadd("a", "x")
    client.rpush("l", "x")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        client.get("l")


def test_a_waiting_client_gets_the_element_that_comes(connect):
    waiting, pushing = connect(), connect()
    results = []
    thread = threading.Thread(target=lambda: results.append(waiting.blpop(["q1", "q2"], 20)))
    thread.start()
    wait_until(lambda: pushing.info("clients")["blocked_clients"] == 1)
    assert pushing.rpush("q2", "job") == 1
    thread.join()
    assert [tuple(result) for result in results] == [(b"q2", b"job")]
    assert pushing.llen("q2") == 0


def test_waiting_clients_are_served_in_the_order_they_came(connect):
    pushing, served = connect(), []
    threads = []
    for name in ("first", "second"):
        waiting = connect()

        def wait(name=name, waiting=waiting):
            served.append((waiting.blpop("q", 20)[1].decode(), name))

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        count = len(threads)
        wait_until(lambda: pushing.info("clients")["blocked_clients"] == count)
    pushing.rpush("q", "1", "2")
    for thread in threads:
        thread.join()
    assert sorted(served) == [("1", "first"), ("2", "second")]


def test_a_client_that_waits_in_vain_gets_nothing(client):
    assert client.blpop("q", 0.02) is None


def test_an_element_that_is_there_is_taken_at_once(client):
    client.rpush("q", "a")
    assert tuple(client.blpop("q", 20)) == (b"q", b"a")
