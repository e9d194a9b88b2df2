"""A server for each test, started from the binary that BASALT_SERVER names.

Tests wait for what they need to see and never for a length of time: `wait_until` polls a
condition, and a limit turns a hang into a failure.
"""

import os
import socket
import subprocess
import time

import pytest
import redis

LIMIT_S = 20


def wait_until(condition, limit_s=LIMIT_S):
    """Polls until the condition holds and returns what it returned."""
    deadline = time.monotonic() + limit_s
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.005)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    """Whether a server answers PING on this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(64) == b"+PONG\r\n"
    except OSError:
        return False


class Server:
    """A running server with a folder of its own."""

    def __init__(self, folder, options=(), port=None):
        self.folder = folder
        self.options = list(options)
        self.start(port)

    def start(self, port=None):
        """Starts on the port, or on a free one; tries again when that was taken meanwhile."""
        for _ in range(1 if port else 3):
            self.port = port or free_port()
            command = [os.environ["BASALT_SERVER"], "--port", str(self.port)]
            command += ["--dir", str(self.folder), "--save", "", *self.options]
            with open(self.folder / "server.log", "ab") as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=log)
            wait_until(lambda: self.process.poll() is not None or answers(self.port))
            if self.process.poll() is None:
                return
        raise AssertionError((self.folder / "server.log").read_text())

    def connect(self, **options):
        """A client of redis-py."""
        return redis.Redis(port=self.port, socket_timeout=LIMIT_S, **options)

    def socket(self):
        """A bare connection for tests that look at bytes."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT_S)

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    yield running
    assert running.process.poll() is None, "the server died during the test"
    running.stop()


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def connect(server, request):
    """Makes clients that speak one version of the protocol; tests run once with each."""
    clients = []

    def make(**options):
        clients.append(server.connect(protocol=request.param, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect):
    return connect()
