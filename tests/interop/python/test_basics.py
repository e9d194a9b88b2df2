"""The everyday commands of every type, each of them once."""


def test_strings(client):
    assert client.set("a", "1") is True
    assert client.get("a") == b"1"
    assert client.incr("a") == 2
    assert client.decr("a", 5) == -3
    assert client.mset({"b": "2", "c": "3"}) is True
    assert client.mget("a", "b", "c", "d") == [b"-3", b"2", b"3", None]
    assert client.setnx("b", "9") is False
    assert client.setnx("d", "4") is True
    assert client.getset("d", "5") == b"4"
    assert client.delete("a", "b", "x") == 2


def test_lists(client):
    assert client.lpush("l", "b", "a") == 2
    assert client.rpush("l", "c") == 3
    assert client.llen("l") == 3
    assert client.lrange("l", 0, -1) == [b"a", b"b", b"c"]
    assert client.lpop("l") == b"a"
    assert client.rpop("l") == b"c"


def test_sets(client):
    assert client.sadd("s", "a", "b", "c") == 3
    assert client.srem("s", "c", "x") == 1
    assert client.scard("s") == 2
    assert client.smembers("s") == {b"a", b"b"}
    assert client.sismember("s", "a") == 1
    assert client.sismember("s", "c") == 0


def test_sorted_sets(client):
    assert client.zadd("z", {"a": 1, "b": 2.5, "c": 3}) == 3
    pairs = [tuple(pair) for pair in client.zrange("z", 0, -1, withscores=True)]
    assert pairs == [(b"a", 1.0), (b"b", 2.5), (b"c", 3.0)]
    assert client.zrank("z", "c") == 2
    assert client.zrevrank("z", "c") == 0
    assert client.zrank("z", "x") is None
    assert [tuple(pair) for pair in client.zpopmin("z", 1)] == [(b"a", 1.0)]
    assert [tuple(pair) for pair in client.zpopmax("z", 1)] == [(b"c", 3.0)]
    assert client.zrem("z", "b", "x") == 1
    assert client.exists("z") == 0


def test_hashes(client):
    assert client.hset("h", mapping={"name": "Ann", "age": "41"}) == 2
    assert client.hget("h", "name") == b"Ann"
    assert client.hmget("h", "age", "missing") == [b"41", None]
    assert client.hincrby("h", "age", 1) == 42
    assert client.hkeys("h") == [b"name", b"age"]
    assert client.hdel("h", "name", "missing") == 1
    assert client.hgetall("h") == {b"age": b"42"}


def test_streams(client):
    first = client.xadd("x", {"a": "1"})
    second = client.xadd("x", {"b": "2", "c": "3"}, id="99999999999999-1")
    assert second == b"99999999999999-1"
    assert client.xlen("x") == 2
    entries = [(first, {b"a": b"1"}), (second, {b"b": b"2", b"c": b"3"})]
    assert [tuple(entry) for entry in client.xrange("x")] == entries
    assert len(client.xread({"x": first})) == 1
    assert not client.xread({"x": second})
    assert client.xdel("x", first) == 1
    assert [tuple(entry) for entry in client.xrange("x")] == entries[1:]


def test_keys_and_databases(connect):
    client, other = connect(), connect(db=1)
    client.mset({"a": "1", "b": "2"})
    other.set("c", "3")
    assert sorted(client.keys("*")) == [b"a", b"b"]
    assert client.dbsize() == 2
    assert client.rename("a", "d") is True
    assert client.renamenx("d", "b") is False
    assert client.renamenx("d", "e") is True
    assert client.flushdb() is True
    assert (client.dbsize(), other.dbsize()) == (0, 1)
    assert client.execute_command("SELECT", 1)
    assert client.flushall() is True
    assert other.dbsize() == 0
