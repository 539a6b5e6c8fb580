"""Buffer, answers, resending: by values alone."""

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.car.envelope import Answer
from simulator.car.outbox import BUFFER, Outbox, Record


def record(at: float = 0.0, **values: float) -> Record:
    data = tuple(pb.Datum(key=key, value=pb.Value(double_value=value)) for key, value in values.items())
    return Record(topic="V", at=at, payload=b"", data=data)


def sent(outbox: Outbox, *records: Record, connection: str = "a", now: float = 0.0) -> list[str]:
    for one in records:
        outbox.put(one)
    txids = []
    while taken := outbox.take(connection, now):
        txids.append(taken[0])
    return txids


def test_transaction_ids_look_like_those_of_cars() -> None:
    assert sent(Outbox("de9a74cb3a9245f4bf5502"), record(), record()) == [
        "de9a74cb3a9245f4bf5502-000000001",
        "de9a74cb3a9245f4bf5502-000000002",
    ]


def test_an_acknowledgement_settles_a_record() -> None:
    outbox = Outbox("x")
    (txid,) = sent(outbox, record(Soc=1.0, Gear=2.0))

    outbox.answered(Answer(txid=txid, topic="V"), "a")

    assert outbox.unanswered == {}
    assert (outbox.tally.acknowledged, outbox.tally.signals, outbox.strange) == (1, 2, [])


def test_a_refusal_settles_it_too() -> None:
    outbox = Outbox("x")
    (txid,) = sent(outbox, record())

    outbox.answered(Answer(txid=txid, topic="", refused=True), "a")

    assert (outbox.tally.refused, outbox.strange) == (1, [])


def test_a_second_answer_is_strange() -> None:
    outbox = Outbox("x")
    (txid,) = sent(outbox, record())
    outbox.answered(Answer(txid=txid, topic="V"), "a")

    outbox.answered(Answer(txid=txid, topic="V"), "a")

    assert outbox.strange == [f"an answer to {txid}, which waits for none"]


def test_an_answer_to_nothing_is_strange() -> None:
    outbox = Outbox("x")

    outbox.answered(Answer(txid="", topic="V"), "a")

    assert outbox.strange == ["an answer to nothing, which waits for none"]


def test_an_unreadable_answer_is_told_once() -> None:
    outbox = Outbox("x")

    outbox.answered(Answer(txid="", topic="", strange="unreadable"), "a")

    assert outbox.strange == ["unreadable"]


def test_the_topic_has_to_be_the_record_s() -> None:
    outbox = Outbox("x")
    (txid,) = sent(outbox, record())

    outbox.answered(Answer(txid=txid, topic="v"), "a")

    assert outbox.tally.acknowledged == 0
    assert outbox.strange == ["topic 'v' for a record on 'V'"]


def test_the_answer_has_to_come_over_the_record_s_connection() -> None:
    outbox = Outbox("x")
    (txid,) = sent(outbox, record(), connection="a")

    outbox.answered(Answer(txid=txid, topic="V"), "b")

    assert outbox.strange == ["an answer over another connection than the record's"]


def test_a_full_buffer_loses_the_oldest() -> None:
    outbox = Outbox("x")
    for at in range(BUFFER + 2):
        outbox.put(record(at=at))

    assert len(outbox.waiting) == BUFFER
    assert outbox.waiting[0].at == 2
    assert outbox.tally.dropped == 2


def test_a_record_that_could_not_be_sent_goes_back_to_the_front() -> None:
    outbox = Outbox("x")
    (txid, _) = sent(outbox, record(at=1.0), record(at=2.0))

    outbox.untake(txid)

    assert outbox.waiting[0].at == 1.0
    assert (outbox.tally.sent, outbox.tally.signals) == (1, 0)


def test_an_alert_counts_for_one_signal_and_an_empty_record_for_none() -> None:
    outbox = Outbox("x")

    sent(outbox, Record(topic="alerts", at=0.0, payload=b""), record(), record(Soc=1.0, Gear=2.0))

    assert outbox.tally.signals == 3


def test_a_lost_connection_takes_only_its_own_with_it() -> None:
    outbox = Outbox("x")
    sent(outbox, record(at=1.0), connection="a", now=100.0)
    sent(outbox, record(at=2.0), connection="b", now=110.0)

    assert [one.at for one in outbox.give_up(older_than=105.0)] == [1.0]
    assert [one.at for one in outbox.give_up("a")] == []
    assert [one.at for one in outbox.give_up("b")] == [2.0]


def test_what_is_sent_again_is_the_newest_of_each_field() -> None:
    outbox = Outbox("x")
    alert = Record(topic="alerts", at=9.0, payload=b"")

    gathered = outbox.gather([record(2.0, Soc=2.0), record(1.0, Soc=1.0, Odometer=5.0), alert])

    assert gathered is not None
    data, at = gathered
    assert {datum.key: datum.value.double_value for datum in data} == {8: 2.0, 5: 5.0}
    assert at == 2.0
    assert (outbox.tally.resent, outbox.tally.lost) == (1, 1)


def test_there_may_be_nothing_to_send_again() -> None:
    assert Outbox("x").gather([]) is None
