"""INCRBYFLOAT digit by digit against a peer, where one is there.

`ORACLE=host:port PAIRS=1000000` compares a million random pairs with that server; without it the
test starts `redis-server`, if the machine has one, and compares fewer. SEED repeats a run.
"""

import os
import random
import shutil
import socket
import subprocess

import pytest
from conftest import answers, free_port, wait_until

BATCH = 2000


@pytest.fixture
def peer():
    named = os.environ.get("ORACLE")
    if named:
        host, port = named.rsplit(":", 1)
        yield (host, int(port))
        return
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if not program:
        pytest.skip("no redis-server on this machine")
    port = free_port()
    process = subprocess.Popen([program, "--port", str(port), "--save", ""],
                               stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    yield ("127.0.0.1", port)
    process.terminate()
    process.wait()


def digits(rng, most):
    return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, most)))


def number(rng):
    """A decimal of any size: short and long, with and without fraction and exponent."""
    sign = rng.choice(["", "-", ""])
    text = sign + digits(rng, rng.choice([1, 3, 9, 17]))
    if rng.random() < 0.7:
        text += "." + digits(rng, rng.choice([1, 2, 6, 17]))
    if rng.random() < 0.3:
        text += "e%d" % rng.randint(-30, 30)
    return text


def answers_of(address, pairs):
    """What the server says to each pair, as the bytes of its replies."""
    with socket.create_connection(address) as stream:
        replies = stream.makefile("rb")
        for at in range(0, len(pairs), BATCH):
            part = pairs[at:at + BATCH]
            stream.sendall(b"".join(
                b"SET f %s\r\nINCRBYFLOAT f %s\r\n" % (a.encode(), b.encode()) for a, b in part))
            for _ in part:
                assert replies.readline() == b"+OK\r\n"
                first = replies.readline()
                yield replies.readline() if first.startswith(b"$") else first


def test_sums_have_the_digits_of_the_peer(server, peer):
    seed = int(os.environ.get("SEED", "7"))
    rng = random.Random(seed)
    pairs = [(number(rng), number(rng)) for _ in range(int(os.environ.get("PAIRS", "20000")))]
    ours = answers_of(("127.0.0.1", server.port), pairs)
    for pair, mine, theirs in zip(pairs, ours, answers_of(peer, pairs), strict=True):
        assert mine == theirs, f"{pair[0]} + {pair[1]}, seed {seed}"
