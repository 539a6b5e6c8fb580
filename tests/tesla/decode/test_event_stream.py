"""Server-sent events, however they are cut, and what is none."""

from collections.abc import Iterable
import itertools

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.event_stream import LONGEST_RETRY, Event, EventStream

STREAM = (
    b'\xef\xbb\xbfdata: {"a":1}\n\n'
    b": a comment\r\n\r\n"
    b"event: data\r\ndata: one\r\ndata:two\r\ndata\r\nid: 7\r\n\r\n"
    b"data: old\rdata:  macs\r\r"
    b"event: nothing\n\n"
    b"unknown: field\ndata: \xc3\xa4\n\n"
    b"data: half a mess"
)
EVENTS = [
    Event(b'{"a":1}'),
    Event(b"one\ntwo\n", "data"),
    Event(b"old\n macs"),
    Event(b"\xc3\xa4"),
]


def fed(chunks: Iterable[bytes], stream: EventStream | None = None) -> list[Event]:
    stream = stream or EventStream()
    return [event for chunk in chunks for event in stream.feed(chunk)]


def test_a_stream_is_its_events() -> None:
    assert fed([STREAM]) == EVENTS


def test_each_byte_may_come_by_itself() -> None:
    assert fed(STREAM[at : at + 1] for at in range(len(STREAM))) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_wherever_a_stream_is_cut_it_is_the_same_events(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]

    assert fed(STREAM[start:end] for start, end in itertools.pairwise(places)) == EVENTS


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=10), st.integers(1, 40))
@example(b"data:1\r\n\ndata:2\r\r\n", [7, 8], 40)
def test_any_bytes_give_the_same_events_however_they_are_cut(
    data: bytes, cuts: list[int], limit: int
) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    whole, cut = EventStream(limit), EventStream(limit)

    events = fed([data], whole)

    assert fed((data[a:b] for a, b in itertools.pairwise(places)), cut) == events
    assert (cut.dropped, cut.retry) == (whole.dropped, whole.retry)
    assert all(len(event.data) <= limit for event in events)


@given(
    st.lists(st.sampled_from([b"data", b":", b" ", b"\r", b"\n", b"x", b"event", b"\xff", b"retry", b"7"]))
)
def test_what_looks_like_events_raises_nothing_either(parts: list[bytes]) -> None:
    data = b"".join(parts)

    assert fed(parts) == fed([data])


def test_an_event_that_is_too_large_is_left_out_and_counted() -> None:
    stream = EventStream(limit=12)

    assert fed([b"data: 12345\n\ndata: 123", b"4567890\n\ndata: after\n\n"], stream) == [
        Event(b"12345"),
        Event(b"after"),
    ]
    assert stream.dropped == 1


def test_many_lines_are_too_large_together() -> None:
    stream = EventStream(limit=20)

    assert fed([b"data:1\n" * 9, b"data:more\n\n", b"data: after\n\n"], stream) == [Event(b"after")]
    assert stream.dropped == 1


def test_of_what_never_ends_little_is_kept() -> None:
    stream = EventStream(limit=100)

    for _ in range(1000):
        assert stream.feed(b"x" * 99) == []

    assert len(stream._line) <= 100


def test_comments_are_no_part_of_an_event_however_many_come() -> None:
    stream = EventStream(limit=30)

    assert fed([b": alive\n"] * 1000 + [b"data: still here\n\n"], stream) == [Event(b"still here")]
    assert stream.dropped == 0


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        (b"retry: 3000", 3.0),
        (b"retry:99999999999", LONGEST_RETRY),
        (b"retry: 999999999999999999999", None),
        (b"retry: soon", None),
        (b"retry: -1", None),
        (b"retry", None),
    ],
)
def test_the_sender_says_how_long_it_wants_to_be_waited_for(line: bytes, seconds: float | None) -> None:
    stream = EventStream()

    assert stream.feed(line + b"\n\n") == []
    assert stream.retry == seconds


def test_nothing_at_all_is_nothing() -> None:
    stream = EventStream()

    assert fed([b"", b"data: a\r", b"", b"\n", b"", b"\n"], stream) == [Event(b"a")]
