"""A cache in front of a slow source, and what a program asks of the server's files."""

import json

import pytest
import redis

from conftest import wait_until


def test_a_cache_of_json_asks_its_source_once_for_each_id(client):
    asked = []

    def article(number):
        key = f"article:{number}"
        if (cached := client.get(key)) is not None:
            return json.loads(cached)
        asked.append(number)
        value = {"id": number, "title": "grüß dich"}
        client.set(key, json.dumps(value), ex=60)
        return value

    for number in [1, 2, 1, 1, 2]:
        assert article(number) == {"id": number, "title": "grüß dich"}
    assert asked == [1, 2]
    assert 0 < client.ttl("article:1") <= 60


def test_a_full_cache_evicts_and_stays_within_its_limit(client):
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.set("hot", "x" * 100)
    limit = client.info("memory")["used_memory"] + (8 << 20)
    client.config_set("maxmemory", limit)
    for batch in range(200):
        pipeline = client.pipeline(transaction=False)
        for i in range(100):
            pipeline.set(f"cold:{batch}:{i}", "x" * 1000)
        pipeline.get("hot")
        pipeline.execute()
    info = client.info()
    assert info["evicted_keys"] > 5000
    assert info["used_memory"] <= limit + (1 << 20)
    assert 0 < client.dbsize() < 15_000


def test_without_a_policy_writes_are_refused_and_reads_are_not(client):
    client.set("a", "1")
    client.config_set("maxmemory", 1)
    with pytest.raises(redis.OutOfMemoryError, match="command not allowed when used memory"):
        client.set("b", "2")
    assert client.get("a") == b"1"
    assert client.delete("a") == 1


def test_bgsave_writes_a_file_and_lastsave_tells_when(client, server):
    client.set("a", "1")
    before = client.lastsave()
    assert client.bgsave()
    wait_until(lambda: client.info("persistence")["rdb_bgsave_in_progress"] == 0)
    assert client.info("persistence")["rdb_last_bgsave_status"] == "ok"
    assert client.lastsave() >= before
    assert (server.folder / "dump.rdb").read_bytes().startswith(b"REDIS")


def test_appendonly_can_be_set_and_info_says_whether_there_is_such_a_file(client, server):
    assert client.config_set("appendonly", "yes") is True
    assert client.config_set("appendfsync", "everysec") is True
    written = (server.folder / "appendonlydir").exists()
    assert client.info("persistence")["aof_enabled"] == int(written)
