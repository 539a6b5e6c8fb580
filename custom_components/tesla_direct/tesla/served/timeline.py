"""What time it is for a car, as who logs it needs it: never earlier than what he was told before.

TeslaMate asks for data and follows the stream, and throws away whatever is dated before the last of the
other. It also dates by the data when the car woke and when it was charged, so that time has to go on while
the car says nothing.
"""

from ..vehicle.signal import Report

# Seconds by which the data lag behind the car: what it has measured, and not delivered yet, must not come too
# late. Records come within a second; on a bad line, some seconds.
LAG = 15.0


class Timeline:
    """The time of one car; seconds since 1970, by the car's clock where there is one."""

    def __init__(self, newest: float, received: float, *, restored: bool = False) -> None:
        """Start at the newest that is known.

        newest:   when that was measured
        received: when it has reached us, by our clock
        restored: that was before a restart. Nobody knows when it has reached us, so that until the car tells
                  something its clock is taken for ours; else time would begin anew where it was before hours
        """
        self._last = newest
        self._begun = received
        self._heard = None if restored else (newest, received)

    @property
    def last(self) -> float:
        """The newest time that anybody was told."""
        return self._last

    def told(self, report: Report) -> float:
        """Return the time of what a report says, for those who are told in the order of arrival."""
        if self._heard is None or report.at >= self._heard[0]:
            self._heard = report.at, report.received
        self._last = max(self._last, report.at)
        return self._last

    def heard_since(self, since: float) -> bool:
        """Return whether the car has told something since a time by our clock."""
        return self._heard is not None and self._heard[1] >= since

    def now(self, now: float, *, connected: bool, online_since: float | None, asked: float = 0.0) -> float:
        """Return the time of all that is known now.

        now:          by our clock
        connected:    the car would have told what is not so any more
        online_since: when it woke, by our clock: what a car without a connection told before, holds since
        asked:        when a car that was asked for its data has measured them; 0 if it never was
        """
        if connected:
            newest, received = self._heard or (self._begun, self._begun)
            known = newest + max(now - received - LAG, 0.0)
        else:
            known = min(max(online_since or 0.0, asked), now)
        self._last = max(self._last, known)
        return self._last
