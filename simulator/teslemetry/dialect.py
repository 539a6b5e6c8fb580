"""How events are written: as odd as the standard and the service allow, or as a verb wants it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from random import Random
from typing import Any

from .events import Event


@dataclass(slots=True, kw_only=True)
class Dialect:
    """The writing of one service; what is None is left to chance.

    newline:      of which kind; None is either
    digits:       of a second, 3 to 9
    zulu:         times end in Z
    spread:       an event's JSON goes over several lines
    named:        events have lines for their name and number
    largest:      bytes that are sent at once at most
    shift:        seconds that `createdAt` is wrong by
    quoted:       numbers are written as texts
    worded:       numbers of sites are texts
    capitals:     words of connectivity as in the older documents: CONNECTED, wifi
    """

    random: Random
    newline: str | None = None
    digits: int | None = None
    zulu: bool | None = None
    spread: bool | None = None
    named: bool | None = None
    largest: int | None = None
    shift: float = 0.0
    quoted: bool = False
    worded: bool | None = None
    capitals: bool | None = None
    count: int = 0

    def plain(self) -> None:
        """Write as everybody expects it."""
        self.newline, self.digits, self.zulu, self.largest = "\n", 3, True, 1 << 20
        self.spread, self.named = False, False
        self.worded = self.capitals = True
        self.shift, self.quoted = 0.0, False

    def odd(self) -> None:
        """Leave everything to chance again."""
        self.newline = self.digits = self.zulu = self.largest = None
        self.spread = self.named = self.worded = self.capitals = None
        self.shift, self.quoted = 0.0, False

    def connectivity(self, status: str, interface: str) -> dict[str, str]:
        """Name the state of a connection."""
        if self._often(self.capitals):
            return {"networkInterface": interface.lower(), "status": status.upper()}
        names = {"wifi": "WiFi", "cellular": "Cellular", "ethernet": "Ethernet"}
        said = names.get(interface.lower(), interface)
        return {"networkInterface": said, "status": status.lower()}

    def document(self, event: Event) -> dict[str, Any]:
        """Return an event's JSON."""
        said: dict[str, Any] = {**event.said, **event.whom}
        if event.at is not None:
            said["createdAt"] = self.stamp(event.at + self.shift)
        if event.cached:
            said["isCache"] = True
        for key in {"site_id", "id"} & set(event.whom):
            said[key] = str(said[key]) if self._often(self.worded) else int(said[key])
        if self.quoted and "data" in said:
            said["data"] = {name: _quoted(value) for name, value in said["data"].items()}
        return said

    def stamp(self, at: float) -> str:
        """Write a time to the millisecond, with three to nine digits."""
        digits = self.digits or self.random.choice((3, 3, 3, 6, 9))
        thousandths = int(at * 1000)  # down, for no time may lie ahead
        whole = datetime.fromtimestamp(thousandths // 1000, UTC)
        fraction = f"{thousandths % 1000:03}".ljust(digits, "0")
        return f"{whole:%Y-%m-%dT%H:%M:%S}.{fraction}{'Z' if self._often(self.zulu) else ''}"

    def event(self, document: Mapping[str, Any], topic: str = "") -> str:
        """Write an event to its end."""
        end = self.newline or self.random.choice(("\n", "\r\n"))
        self.count += 1
        lines = []
        if self._seldom(self.named):
            lines += [f"event: {topic}" if topic else "event", f"id: {self.count}"]
        text = json.dumps(document, ensure_ascii=False, indent=1 if self._seldom(self.spread) else None)
        lines += [f"data: {line}" for line in text.split("\n")]
        return "".join(line + end for line in lines) + end

    def greeting(self) -> str:
        """Write what a stream begins with: a comment, or how long to wait before coming again."""
        return self.comment() if self._often(self.zulu) else "retry: 1000\n\n"

    def comment(self) -> str:
        """Write what only keeps a connection alive."""
        end = self.newline or self.random.choice(("\n", "\r\n"))
        return self.random.choice((": keep-alive", ":")) + end + end

    def pieces(self, text: str) -> Iterator[bytes]:
        """Cut a text anywhere, in the middle of a character too."""
        data = text.encode()
        while data:
            size = self.largest or self.random.choice((len(data), self.random.randint(1, len(data))))
            yield data[:size]
            data = data[size:]

    def _often(self, settled: bool | None) -> bool:  # noqa: FBT001  # one thing
        return self.random.random() < 0.75 if settled is None else settled

    def _seldom(self, settled: bool | None) -> bool:  # noqa: FBT001  # one thing
        return self.random.random() < 0.25 if settled is None else settled


def _quoted(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value
