"""The bytes a pooled client with explicit buffering sends: many commands in one write,
replies read one by one, values that are not text.
"""

import pickle
import threading

from conftest import Server, answers, free_port, wait_until


class Connection:
    """A connection that separates writing, flushing and reading."""

    def __init__(self, server):
        self.socket = server.socket()
        self.reader = self.socket.makefile("rb")
        self.buffer = b""

    def send(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.buffer += b"*%d\r\n" % len(words)
        self.buffer += b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)

    def flush(self):
        self.socket.sendall(self.buffer)
        self.buffer = b""

    def receive(self):
        line = self.reader.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return None if rest == b"-1" else self.reader.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.receive() for _ in range(int(rest))]
        return int(rest) if kind == b":" else line

    def do(self, *words):
        self.send(*words)
        self.flush()
        return self.receive()

    def close(self):
        self.reader.close()
        self.socket.close()


def test_a_start_up_loop_pings_until_the_server_is_there(tmp_path):
    port = free_port()
    assert not answers(port)
    pinging = threading.Thread(target=wait_until, args=(lambda: answers(port),))
    pinging.start()
    server = Server(tmp_path, port=port)
    pinging.join()
    server.stop()


def test_what_was_sent_together_is_answered_one_by_one(server):
    connection = Connection(server)
    value = pickle.dumps({"id": 7, "tags": ["a", "b"], "raw": bytes(range(256))})
    connection.send("SET", "object", value)
    connection.send("GET", "object")
    connection.send("INCR", "n")
    connection.flush()
    assert connection.receive() == b"+OK"
    assert pickle.loads(connection.receive()) == pickle.loads(value)
    assert connection.receive() == 1
    connection.close()


def test_a_transaction_is_queued_and_run(server):
    connection = Connection(server)
    for words in (("MULTI",), ("SET", "a", "1"), ("INCR", "a"), ("EXEC",)):
        connection.send(*words)
    connection.flush()
    assert connection.receive() == b"+OK"
    assert [connection.receive(), connection.receive()] == [b"+QUEUED", b"+QUEUED"]
    assert connection.receive() == [b"+OK", 2]
    connection.close()


def test_a_discarded_transaction_leaves_nothing(server):
    connection = Connection(server)
    assert connection.do("MULTI") == b"+OK"
    assert connection.do("SET", "a", "1") == b"+QUEUED"
    assert connection.do("DISCARD") == b"+OK"
    assert connection.do("GET", "a") is None
    connection.close()


def test_a_pool_of_connections_sees_one_keyspace(server):
    pool = [Connection(server) for _ in range(20)]
    for n, connection in enumerate(pool):
        assert connection.do("INCR", "n") == n + 1
    for connection in pool:
        connection.close()
    assert wait_until(lambda: server.connect().info("clients")["connected_clients"] <= 2)


def test_configuration_is_set_while_running_and_read_back(server):
    connection = Connection(server)
    assert connection.do("CONFIG", "SET", "appendfsync", "everysec") == b"+OK"
    assert connection.do("CONFIG", "GET", "appendfsync") == [b"appendfsync", b"everysec"]
    assert connection.do("CONFIG", "SET", "timeout", "300") == b"+OK"
    assert connection.do("CONFIG", "GET", "timeout") == [b"timeout", b"300"]
    assert connection.do("CONFIG", "SET", "no-such-directive", "1").startswith(b"-ERR")
    connection.close()


def test_a_command_may_arrive_one_byte_at_a_time(server):
    connection = Connection(server)
    for byte in b"*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n":
        connection.socket.sendall(bytes([byte]))
    assert connection.receive() == b"hello"
    connection.close()


def test_an_inline_command_works_as_typed(server):
    connection = Connection(server)
    connection.socket.sendall(b'set truman hello-world\r\nget truman\nset q "a b\\x41"\r\nget q\r\n')
    assert connection.receive() == b"+OK"
    assert connection.receive() == b"hello-world"
    assert connection.receive() == b"+OK"
    assert connection.receive() == b"a bA"
    connection.close()


def test_what_is_no_request_ends_the_connection_with_an_error(server):
    connection = Connection(server)
    connection.socket.sendall(b"*1\r\n$x\r\n")
    assert connection.receive().startswith(b"-ERR Protocol error")
    assert connection.socket.recv(1) == b""
    connection.close()


def test_quit_is_answered_before_the_connection_ends(server):
    connection = Connection(server)
    assert connection.do("QUIT") == b"+OK"
    assert connection.reader.read() == b""
    connection.close()
