"""The command line tools that users have: one-shot commands, bulk loads, load generation."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import LIMIT_S


def run(program, *arguments, **options):
    done = subprocess.run(
        [program, *arguments], capture_output=True, timeout=6 * LIMIT_S, **options
    )
    return done.stdout.decode() + done.stderr.decode()


CLIENTS = ["redis-cli", *filter(None, [os.environ.get("BASALT_CLI")])]


@pytest.fixture(params=CLIENTS, ids=os.path.basename)
def cli(server, request):
    assert shutil.which(request.param), f"{request.param} is missing"
    return lambda *arguments, **options: run(
        request.param, "-p", str(server.port), *arguments, **options
    )


def test_a_command_on_the_command_line_prints_its_reply(cli):
    assert cli("SET", "greeting", "hello") == "OK\n"
    assert cli("GET", "greeting") == "hello\n"
    assert cli("INCR", "n") == "1\n"
    assert cli("GET", "missing") == "\n"


def test_replies_are_drawn_for_people_on_request(cli):
    cli("RPUSH", "list", "a", "b")
    assert cli("--no-raw", "LRANGE", "list", "0", "-1") == '1) "a"\n2) "b"\n'
    assert cli("--no-raw", "GET", "missing") == "(nil)\n"
    assert cli("--no-raw", "LLEN", "list") == "(integer) 2\n"
    assert cli("--no-raw", "GET", "list").startswith("(error) WRONGTYPE")


def test_the_new_protocol_gives_maps_and_sets(cli):
    cli("SADD", "set", "a")
    assert cli("-3", "--no-raw", "SMEMBERS", "set") == '1~ "a"\n'
    assert "timeout" in cli("-3", "--no-raw", "CONFIG", "GET", "timeout")


def test_a_command_is_repeated(cli):
    assert cli("-r", "3", "INCR", "n") == "1\n2\n3\n"


def test_the_last_argument_may_come_from_standard_input(cli):
    assert cli("-x", "SET", "a", input=b"from a file") == "OK\n"
    assert cli("GET", "a") == "from a file\n"


def test_commands_may_come_line_by_line(cli):
    assert cli(input=b"SET a 1\nINCR a\nGET a\n") == "OK\n2\n2\n"


def test_another_database_is_chosen(cli):
    assert cli("-n", "3", "SET", "a", "1") == "OK\n"
    assert cli("-n", "3", "DBSIZE") == "1\n"
    assert cli("DBSIZE") == "0\n"


def test_a_hundred_thousand_commands_are_piped_in(cli):
    load = b"".join(
        b"*3\r\n$3\r\nSET\r\n$%d\r\nkey:%d\r\n$1\r\nx\r\n" % (len(str(n)) + 4, n)
        for n in range(100_000)
    )
    printed = cli("--pipe", input=load)
    assert "errors: 0, replies: 100000" in printed
    assert cli("DBSIZE") == "100000\n"


def test_errors_of_a_piped_load_are_counted(cli):
    assert "errors: 1, replies: 3" in cli("--pipe", input=b"SET a 1\r\nSET a\r\nGET a\r\n")


def test_all_keys_are_scanned(cli):
    cli("MSET", "user:1", "x", "user:2", "x", "order:1", "x")
    assert sorted(cli("--scan", "--pattern", "user:*").split()) == ["user:1", "user:2"]


def test_the_load_generator_finds_no_error(server):
    printed = run(
        "redis-benchmark", "-p", str(server.port), "-n", "20000", "-q",
        "-t", "ping,get,set,incr,mset",
    )
    results = re.findall(r"([\w ()]+): [\d.]+ requests per second", printed)
    assert len(results) == 6, printed
    assert "rror" not in printed, printed


def test_the_load_generator_pipelines(server):
    printed = run(
        "redis-benchmark", "-p", str(server.port), "-n", "100000", "-q",
        "-P", "100", "-r", "10000", "-t", "set,get",
    )
    assert printed.count("requests per second") == 2, printed
    assert 0 < server.connect().dbsize() <= 10_000
