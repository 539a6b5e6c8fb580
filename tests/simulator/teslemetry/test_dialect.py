"""How events are written."""

from datetime import UTC, datetime
import json
from random import Random
import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from simulator.teslemetry.dialect import Dialect
from simulator.teslemetry.events import Event, Memory, of_car

AT = 1_791_360_000.25
STAMP = re.compile(r"2026-10-07T08:00:00\.25(0+)Z?")
DOCUMENT = {"vin": "5YJ3E7EB0SF000001", "data": {"DestinationName": "Café"}}


def dialect(seed: int = 0) -> Dialect:
    return Dialect(random=Random(seed))  # noqa: S311  # chance, not secrets


def test_times_have_three_to_nine_digits_and_a_z_more_often_than_not() -> None:
    odd = dialect()
    stamps = [odd.stamp(AT) for _ in range(200)]

    assert all(STAMP.fullmatch(stamp) for stamp in stamps)
    assert {len(stamp.rstrip("Z").partition(".")[2]) for stamp in stamps} == {3, 6, 9}
    assert 0 < sum(not stamp.endswith("Z") for stamp in stamps) < 100


def test_no_time_lies_ahead() -> None:
    plain = dialect()
    plain.plain()

    written = datetime.fromisoformat(plain.stamp(AT + 0.0009)).replace(tzinfo=UTC)

    assert written.timestamp() <= AT + 0.0009


@given(seed=st.integers(0, 10_000))
def test_whatever_is_written_reads_the_same(seed: int) -> None:
    odd = dialect(seed)

    text = odd.event(DOCUMENT, "data")

    end = "\r\n" if "\r\n" in text else "\n"
    assert text.endswith(end * 2)
    lines = text.removesuffix(end * 2).split(end)
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert json.loads("\n".join(data)) == DOCUMENT
    assert all(line.startswith(("data: ", "event", "id: ")) for line in lines)
    assert b"".join(odd.pieces(text)) == text.encode()


def test_everything_odd_happens() -> None:
    odd = dialect()
    texts = [odd.event(DOCUMENT, "data") for _ in range(100)]

    assert any("\r\n" in text for text in texts)
    assert any("\r\n" not in text for text in texts)
    assert any(text.count("data: ") > 1 for text in texts)
    assert any("event: data" in text and "id: " in text for text in texts)
    assert any(len(list(odd.pieces(text))) > 1 for text in texts)
    assert {odd.comment().strip() for _ in range(50)} == {":", ": keep-alive"}


def test_a_character_may_be_cut_in_two() -> None:
    small = dialect()
    small.largest = 1

    pieces = list(small.pieces("é"))

    assert pieces == [b"\xc3", b"\xa9"]


def test_it_can_be_plain() -> None:
    plain = dialect()
    plain.plain()

    text = plain.event(DOCUMENT, "data")

    assert text == f"data: {json.dumps(DOCUMENT, ensure_ascii=False)}\n\n"
    assert plain.connectivity("CONNECTED", "wifi") == {"networkInterface": "wifi", "status": "CONNECTED"}
    plain.odd()
    assert (plain.newline, plain.capitals) == (None, None)


@pytest.mark.parametrize(
    ("interface", "said"), [("wifi", "WiFi"), ("cellular", "Cellular"), ("satellite", "satellite")]
)
def test_words_of_connectivity_have_two_spellings(interface: str, said: str) -> None:
    newer = dialect()
    newer.capitals = False

    assert newer.connectivity("DISCONNECTED", interface) == {
        "networkInterface": said,
        "status": "disconnected",
    }
    newer.capitals = None
    assert len({newer.connectivity("CONNECTED", "wifi")["status"] for _ in range(50)}) == 2


def test_an_event_without_a_time_has_none() -> None:
    event = Event(topic="site_info", whom={"site_id": 1}, said={"site_info": {}}, at=None)
    odd = dialect()
    documents = [odd.document(event) for _ in range(50)]

    assert all("createdAt" not in document for document in documents)
    assert {document["site_id"] for document in documents} == {1, "1"}


def test_a_stream_begins_with_one_thing_or_another() -> None:
    odd = dialect()

    assert {odd.greeting().strip() for _ in range(50)} == {":", ": keep-alive", "retry: 1000"}


def test_memory_keeps_the_newest_of_each_field() -> None:
    memory = Memory()
    memory.note(of_car("data", "A", 1, {"data": {"Soc": 1, "Gear": "ShiftStateP"}}))
    memory.note(of_car("data", "A", 2, {"data": {"Soc": 2}}))
    memory.note(of_car("alerts", "A", 2, {"alerts": []}))

    assert memory.changes("A", {"Soc": 2, "Gear": None, "Locked": None}) == {"Gear": None, "Locked": None}
    (event,) = memory.snapshot("A")
    assert (event.said, event.at, event.cached) == ({"data": {"Soc": 2, "Gear": "ShiftStateP"}}, 2, True)
    memory.forget("A")
    assert memory.snapshot("A") == []


def test_one_field_of_an_event() -> None:
    event = of_car("data", "A", 1, {"data": {"Soc": 1, "Gear": None}})

    only = event.only("Gear")

    assert only is not None
    assert only.said == {"data": {"Gear": None}}
    assert event.only("Locked") is None
    assert of_car("state", "A", 1, {"state": "online"}).only("Soc") is None
