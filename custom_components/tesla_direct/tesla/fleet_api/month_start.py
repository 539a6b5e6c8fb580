"""When a billing month begins, and which one a time belongs to."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class MonthStart:
    """When a billing month begins: midnight UTC on the 1st, it seems.

    day:  1 to 28
    hour: hours after midnight UTC of that day, -12 to 14; the midnight of a time zone
    """

    day: int = 1
    hour: int = 0

    def bounds(self, now: float) -> tuple[datetime, datetime]:
        """Return when the month of that time (seconds since 1970) begins and ends."""
        shift = timedelta(hours=self.hour)
        begins = (datetime.fromtimestamp(now, UTC) - shift).replace(hour=0, minute=0, second=0, microsecond=0)
        if begins.day < self.day:
            begins = begins.replace(day=1) - timedelta(days=1)
        begins = begins.replace(day=self.day)
        year, month = divmod(begins.year * 12 + begins.month, 12)
        return begins + shift, begins.replace(year=year, month=month + 1) + shift

    def name(self, now: float) -> str:
        """Return what the month of that time is stored under: the day it begins."""
        begins, _ = self.bounds(now)
        return (begins - timedelta(hours=self.hour)).strftime("%Y-%m-%d")
