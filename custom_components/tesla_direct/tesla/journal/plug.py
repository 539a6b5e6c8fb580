"""Whether the cable was out: what tells a new plug-in from the one before.

Two witnesses: the car said so, or it has moved, which no car does on a cable.
"""

from collections.abc import Mapping
from typing import Any

from ..vehicle.signal import Report
from ..vehicle.signals import charge, drive

MOVED = 0.1  # miles; less is the odometer's own rounding
TOGETHER = 60.0  # seconds; parts of one poll, and facts of one moment in a stream, differ by less


class Plug:
    """What is known about the cable.

    out_known: when the car measured the last proof that the cable was out; seconds since 1970, 0 for never
    out_after: since when it may have been back in, as far as that proof tells
    """

    def __init__(self) -> None:
        """Start out knowing nothing."""
        self.out_known = 0.0
        self.out_after = 0.0
        self._in: bool | None = None
        self._in_at = 0.0
        self._in_since = 0.0
        self._odometer: float | None = None
        self._odometer_at = 0.0

    def feed(self, report: Report) -> None:
        """Take in what a report says of the cable and of the distance; older than known it says nothing."""
        state = report.values.get(charge.STATE)
        if state is not None and report.at > self._in_at:
            self._plugged(state != "disconnected", report.at)
        odometer = report.values.get(drive.ODOMETER)
        if odometer is not None and report.at > self._odometer_at:
            self._driven(odometer, report.at)

    def is_back(self) -> bool:
        """Return whether the car has said that a cable is in, since the proof that it was out."""
        return self._in is True and self._in_at > self.out_known - TOGETHER

    def since(self, at: float) -> float:
        """Return when the cable that is in at a time was plugged in, as far as we know."""
        return self._in_since if self._in and self.out_after < self._in_since <= at else at

    def _plugged(self, into: bool, at: float) -> None:  # noqa: FBT001  # private, and its name says it
        if into and self._in is not True:
            self._in_since = at
        if not into:
            self.out_known = self.out_after = at
        self._in = into
        self._in_at = at

    def _driven(self, odometer: float, at: float) -> None:
        if self._odometer is None or odometer < self._odometer:
            self._odometer = odometer
        elif odometer > self._odometer + MOVED:
            self.out_known = at
            self.out_after = max(self.out_after, self._odometer_at)
            self._odometer = odometer
        self._odometer_at = at

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            "out_known": self.out_known,
            "out_after": self.out_after,
            "in": self._in,
            "in_at": self._in_at,
            "in_since": self._in_since,
            "odometer": self._odometer,
            "odometer_at": self._odometer_at,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plug:
        """Return what `to_json` kept.

        Raises: KeyError, TypeError, ValueError if it did not.
        """
        plug = cls()
        plug.out_known = float(kept["out_known"])
        plug.out_after = float(kept["out_after"])
        plug._in = None if kept["in"] is None else bool(kept["in"])
        plug._in_at = float(kept["in_at"])
        plug._in_since = float(kept["in_since"])
        plug._odometer = None if kept["odometer"] is None else float(kept["odometer"])
        plug._odometer_at = float(kept["odometer_at"])
        return plug
