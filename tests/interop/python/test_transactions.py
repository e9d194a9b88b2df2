"""Pipelines, transactions with their optimistic lock, and scripts that act as locks."""

import threading
import uuid

import pytest
import redis

from conftest import wait_until

COMPARE_AND_DELETE = """
if redis.call('get', KEYS[1]) == ARGV[1] then
    return redis.call('del', KEYS[1])
end
return 0
"""


def test_a_pipeline_answers_in_order(client):
    with client.pipeline(transaction=False) as pipe:
        for n in range(1000):
            pipe.set(f"key:{n}", n)
            pipe.get(f"key:{n}")
        replies = pipe.execute()
    assert replies[0::2] == [True] * 1000
    assert replies[1::2] == [str(n).encode() for n in range(1000)]


def test_an_error_in_a_pipeline_takes_its_own_place(client):
    client.rpush("list", "x")
    with client.pipeline(transaction=False) as pipe:
        replies = pipe.set("a", 1).get("list").get("a").execute(raise_on_error=False)
    assert replies[0] is True
    assert isinstance(replies[1], redis.ResponseError)
    assert replies[2] == b"1"


def test_a_transaction_runs_as_one(client):
    with client.pipeline(transaction=True) as pipe:
        assert pipe.set("a", 1).incr("a").rpush("l", "x").execute() == [True, 2, 1]


def test_a_transaction_with_a_wrong_command_runs_nothing(client):
    with pytest.raises(redis.ResponseError, match="EXECABORT|wrong number"):
        with client.pipeline(transaction=True) as pipe:
            pipe.set("a", 1)
            pipe.execute_command("GET")
            pipe.execute()
    assert client.get("a") is None


def test_a_watched_key_that_changed_stops_the_transaction(connect):
    client, other = connect(), connect()
    client.set("balance", 10)
    with client.pipeline() as pipe:
        pipe.watch("balance")
        balance = int(pipe.get("balance"))
        other.set("balance", 99)
        pipe.multi()
        pipe.set("balance", balance - 1)
        with pytest.raises(redis.WatchError):
            pipe.execute()
    assert client.get("balance") == b"99"


def test_a_watched_key_that_stayed_lets_it_through(client):
    client.set("balance", 10)
    with client.pipeline() as pipe:
        pipe.watch("balance")
        pipe.multi()
        pipe.decr("balance")
        assert pipe.execute() == [9]


def test_counting_with_watch_loses_no_count(connect):
    clients = [connect() for _ in range(4)]

    def count(client):
        for _ in range(25):
            client.transaction(increment, "n")

    def increment(pipe):
        value = int(pipe.get("n") or 0)
        pipe.multi()
        pipe.set("n", value + 1)

    threads = [threading.Thread(target=count, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clients[0].get("n") == b"100"


def test_a_lock_is_held_by_one_and_released_by_its_holder_alone(client):
    mine, theirs = uuid.uuid4().bytes, uuid.uuid4().bytes
    assert client.set("resource", mine, nx=True, px=30_000) is True
    assert client.set("resource", theirs, nx=True, px=30_000) is None
    assert client.eval(COMPARE_AND_DELETE, 1, "resource", theirs) == 0
    assert client.get("resource") == mine
    assert client.eval(COMPARE_AND_DELETE, 1, "resource", mine) == 1
    assert client.set("resource", theirs, nx=True, px=30_000) is True


def test_a_lock_of_a_holder_that_died_comes_free(client):
    client.set("resource", "dead", nx=True, px=30)
    wait_until(lambda: client.set("resource", "alive", nx=True, px=30_000))
    assert client.get("resource") == b"alive"


def test_the_lock_of_the_library_excludes(connect):
    first = connect().lock("resource", timeout=30)
    second = connect().lock("resource", timeout=30)
    assert first.acquire(blocking=False)
    assert not second.acquire(blocking=False)
    first.release()
    assert second.acquire(blocking=False)
    second.release()


def test_a_script_is_registered_once_and_called_by_its_digest(client):
    script = client.register_script("return {KEYS[1], ARGV[1], 7}")
    assert script(keys=["k"], args=["v"]) == [b"k", b"v", 7]
    assert client.script_exists(script.sha) == [True]
