"""Which fields are due: on change, not too often, and again after a while where that is asked for."""

from dataclasses import dataclass
import math
from typing import Any

from .firmware import DEFAULT_DELTAS, SILENT, SLOWEST_S, Firmware
from .geometry import metres_between
from .spelling import PLACE, Row
from .stream import Pace, StreamConfig
from .truth import Truth

PERIOD_S = 0.5  # what has been handed over is sent this often
MILEAGE = frozenset({"MilesSinceReset", "SelfDrivingMilesSinceReset"})


@dataclass(slots=True)
class Watched:
    """One field that is asked for, and what was last sent of it.

    sent_at: simulated seconds; None before the first time
    """

    row: Row
    pace: Pace
    delta: float | None
    last: object = None
    sent_at: float | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the telemetry client reports about a configuration, under Tesla's own names."""

    name: str
    tags: tuple[tuple[str, str], ...]


class Collector:
    """Watches the fields of one configuration."""

    def __init__(self, config: StreamConfig, firmware: Firmware) -> None:
        """Take a configuration apart; what this car cannot do ends in `complaints`."""
        self.complaints: list[Complaint] = []
        self._watched: dict[str, Watched] = {}
        for name, pace in config.fields.items():
            if name in SILENT:
                continue
            row = firmware.row(name)
            if row is None:
                self.complaints.append(Complaint("unsupported_field", (("field_name", name),)))
                continue
            self._watch(name, row, pace, firmware)
        self._includes = firmware.knows_include

    def due(self, truth: Truth, passed: float) -> dict[str, object]:
        """Return the values to be sent now, and take them for sent; `passed` is simulated time."""
        due: dict[str, object] = {}
        for name, watched in self._watched.items():
            raw = reading(watched.row, truth)
            if self._is_due(watched, raw, passed):
                due[name] = self._sent(watched, raw, passed)
                for other in watched.pace.include if self._includes else ():
                    if (along := self._watched.get(other)) and other not in due:
                        due[other] = self._sent(along, reading(along.row, truth), passed)
        return due

    def forget(self) -> None:
        """Begin anew, as after a restart of the client: every field is sent once."""
        for watched in self._watched.values():
            watched.sent_at = None

    def _watch(self, name: str, row: Row, pace: Pace, firmware: Firmware) -> None:
        interval = max(pace.interval, SLOWEST_S.get(name, 0.0))
        if interval > pace.interval:
            tags = (
                ("field_name", name),
                ("requested", f"{pace.interval:f}"),
                ("authorized", f"{interval * 1000:.0f}"),
            )
            self.complaints.append(Complaint("unsuported_interval", tags))  # Tesla's own spelling
        delta = pace.minimum_delta if firmware.knows_deltas else None
        if row.kind is PLACE and not firmware.knows_metres:
            delta = None
        if delta is None and firmware.knows_metres:
            delta = DEFAULT_DELTAS.get(name)
        resend = pace.resend if firmware.knows_deltas else None
        include = tuple(other for other in pace.include if name not in MILEAGE or other in MILEAGE)
        heeded = Pace(interval=interval, minimum_delta=delta, resend=resend, include=include)
        self._watched[name] = Watched(row, heeded, delta)

    @staticmethod
    def _is_due(watched: Watched, raw: object, passed: float) -> bool:
        if watched.sent_at is None:
            return True
        since = passed - watched.sent_at
        if watched.pace.resend is not None and since >= watched.pace.resend:
            return True
        return since >= watched.pace.interval and changed(watched.row, watched.last, raw, watched.delta)

    @staticmethod
    def _sent(watched: Watched, raw: object, passed: float) -> object:
        watched.last, watched.sent_at = raw, passed
        return raw


def reading(row: Row, truth: Truth) -> Any:
    """Return a value as fine as it is sent; None is one the car does not have just now."""
    raw = row.read(truth)
    return None if raw is None else row.kind.sharp(raw)


def changed(row: Row, last: Any, raw: Any, delta: float | None) -> bool:
    """Tell whether a value differs, by at least `delta` where both are numbers or places."""
    if last is None or raw is None or delta is None:
        return bool(last != raw)
    if row.kind is PLACE:
        return metres_between(last, raw) >= delta
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # A hair of tolerance: 0.3 - 0.2 is a little less than 0.1 to a computer.
        return bool(raw != last and abs(raw - last) >= delta - math.ulp(max(abs(raw), abs(last))))
    return bool(last != raw)
