"""A client connects to a server without configuration, and the first commands work."""

import pytest
import redis


def test_ping_is_answered(client):
    assert client.ping() is True
    assert client.echo("hello") == b"hello"


def test_every_byte_survives_a_round_trip(client):
    every_byte = bytes(range(256)) * 4
    assert client.set(every_byte, every_byte) is True
    assert client.get(every_byte) == every_byte


def test_a_megabyte_survives_a_round_trip(client):
    value = b"x\r\n" * 350_000
    client.set("large", value)
    assert client.get("large") == value
    assert client.strlen("large") == len(value)


def test_text_is_decoded_when_the_client_asks_for_it(connect):
    client = connect(decode_responses=True)
    client.set("greeting", "grüß dich")
    assert client.get("greeting") == "grüß dich"


def test_an_unknown_command_is_an_error_and_the_connection_goes_on(client):
    with pytest.raises(redis.ResponseError, match="unknown command"):
        client.execute_command("NOSUCHCOMMAND", "a")
    assert client.ping() is True


def test_a_missing_argument_is_named_with_its_command(client):
    with pytest.raises(redis.ResponseError, match="wrong number of arguments for 'get' command"):
        client.execute_command("GET")


def test_the_server_tells_a_version_that_clients_decide_by(client):
    info = client.info("server")
    assert info["redis_version"].count(".") == 2
    assert info["tcp_port"] == client.connection_pool.connection_kwargs["port"]


def test_a_client_can_name_itself(connect):
    client = connect(client_name="worker-7")
    assert client.client_getname() in (b"worker-7", "worker-7")
    assert any(peer["name"] == "worker-7" for peer in client.client_list())


def test_hello_answers_with_a_map_in_the_new_protocol(server):
    with server.connect(protocol=3) as client:
        hello = client.execute_command("HELLO", "3")
        assert hello[b"proto"] == 3
        assert hello[b"role"] == b"master"
