"""Messages between connections."""

from conftest import LIMIT_S


def receive(subscriber):
    message = subscriber.get_message(timeout=LIMIT_S)
    assert message is not None, "no message came"
    return message["type"], message["channel"], message["data"]


def test_a_message_reaches_the_subscriber_of_its_channel(connect):
    subscriber, publisher = connect().pubsub(), connect()
    subscriber.subscribe("news")
    assert receive(subscriber) == ("subscribe", b"news", 1)
    assert publisher.publish("news", b"\x00binary\xff") == 1
    assert publisher.publish("other", "x") == 0
    assert receive(subscriber) == ("message", b"news", b"\x00binary\xff")


def test_a_pattern_receives_from_every_channel_that_matches(connect):
    subscriber, publisher = connect().pubsub(), connect()
    subscriber.psubscribe("news.*")
    assert receive(subscriber) == ("psubscribe", b"news.*", 1)
    assert publisher.publish("news.sport", "goal") == 1
    message = subscriber.get_message(timeout=LIMIT_S)
    assert message["pattern"] == b"news.*"
    assert message["channel"] == b"news.sport"
    assert message["data"] == b"goal"


def test_messages_come_in_the_order_they_were_sent(connect):
    subscriber, publisher = connect().pubsub(), connect()
    subscriber.subscribe("numbers")
    receive(subscriber)
    with publisher.pipeline(transaction=False) as pipe:
        for n in range(500):
            pipe.publish("numbers", n)
        assert pipe.execute() == [1] * 500
    assert [receive(subscriber)[2] for _ in range(500)] == [str(n).encode() for n in range(500)]


def test_every_subscriber_receives_and_the_server_can_count_them(connect):
    publisher = connect()
    subscribers = [connect().pubsub() for _ in range(3)]
    for subscriber in subscribers:
        subscriber.subscribe("news")
        receive(subscriber)
    assert publisher.pubsub_numsub("news") == [(b"news", 3)]
    assert publisher.pubsub_channels() == [b"news"]
    assert publisher.publish("news", "x") == 3
    for subscriber in subscribers:
        assert receive(subscriber) == ("message", b"news", b"x")


def test_who_unsubscribed_receives_no_more(connect):
    subscriber, publisher = connect().pubsub(), connect()
    subscriber.subscribe("a", "b")
    receive(subscriber), receive(subscriber)
    subscriber.unsubscribe("a")
    assert receive(subscriber) == ("unsubscribe", b"a", 1)
    assert publisher.publish("a", "x") == 0
    assert publisher.publish("b", "y") == 1
    assert receive(subscriber) == ("message", b"b", b"y")
