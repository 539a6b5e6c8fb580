"""Server-sent events: bytes in, events out, however they are cut.

Source: the HTML standard, 9.2 "Server-sent events"
"""

from dataclasses import dataclass
import re

# Bytes of one event; the largest that we know, a whole vehicle_data, has about 30,000.
EVENT_LIMIT = 262_144
LONGEST_RETRY = 600.0  # seconds
LINE_END = re.compile(rb"\r\n|\n|\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its data as they were sent, in UTF-8, and what its sender calls it."""

    data: bytes
    name: str = "message"


class EventStream:
    """Takes one stream apart. What has not ended when the stream does was never an event.

    dropped: events that were too large
    retry:   seconds that the sender asks to be waited for before a reconnection, None if it does not
    """

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        """Begin with nothing; `limit` is in bytes, for one event."""
        self.dropped = 0
        self.retry: float | None = None
        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._held = 0  # bytes in `_data`
        self._too_large = False
        self._name = ""
        self._after_return = False
        self._first = True

    def feed(self, chunk: bytes) -> list[Event]:
        """Take in what has arrived; return the events that it completes."""
        if not chunk:
            return []
        if self._after_return:
            chunk = chunk.removeprefix(b"\n")  # the other half of a line's end
        self._after_return = chunk.endswith(b"\r")
        events = []
        *ended, rest = LINE_END.split(chunk)
        for part in ended:
            self._grow(part)
            if (event := self._end_line()) is not None:
                events.append(event)
        self._grow(rest)
        return events

    def _grow(self, part: bytes) -> None:
        """Take in a part of a line; of an event that is too large nothing is kept but that it is."""
        if self._held + len(self._line) + len(part) > self._limit:
            self._too_large = True
            self._forget()
            self._line[:] = b":"  # a comment, of which only the end matters
        else:
            self._line += part

    def _end_line(self) -> Event | None:
        line = bytes(self._line)
        self._line.clear()
        if self._first:
            self._first = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line:
            return self._end_event()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._held += len(value) + 1
        elif name == b"event":
            self._name = value.decode(errors="replace")
        elif name == b"retry" and value.isdigit() and len(value) < 12:
            self.retry = min(int(value) / 1000, LONGEST_RETRY)
        return None

    def _end_event(self) -> Event | None:
        data, name, too_large = b"\n".join(self._data), self._name, self._too_large
        empty = not self._data
        self._forget()
        self._name, self._too_large = "", False
        if too_large:
            self.dropped += 1
            return None
        return None if empty else Event(data, name or "message")

    def _forget(self) -> None:
        self._data.clear()
        self._held = 0
