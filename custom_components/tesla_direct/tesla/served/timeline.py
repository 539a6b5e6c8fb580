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

    def __init__(self, newest: float, received: float) -> None:
        """Start at the newest that is known.

        newest:   when that was measured
        received: when it has reached us, by our clock
        """
        self._last = newest
        self._newest = newest
        self._received = received

    @property
    def last(self) -> float:
        """The newest time that anybody was told."""
        return self._last

    def told(self, report: Report) -> float:
        """Return the time of what a report says, for those who are told in the order of arrival."""
        if report.at >= self._newest:
            self._newest, self._received = report.at, report.received
        self._last = max(self._last, report.at)
        return self._last

    def now(self, now: float, *, connected: bool, online_since: float | None) -> float:
        """Return the time of all that is known now.

        now:          by our clock
        connected:    the car would have told what is not so any more
        online_since: when it woke, by our clock: what a car without a connection told before, holds since
        """
        if connected:
            known = self._newest + max(now - self._received - LAG, 0.0)
        else:
            known = min(online_since or 0.0, now)
        self._last = max(self._last, known)
        return self._last
