"""What a view of a car gets to see: its body, what it is, and what time it is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .body import Body
from .model import Model
from .spelling import LocalTime


@dataclass(frozen=True, slots=True)
class Truth:
    """A body and its model at one moment.

    now: real time by the car's own clock, seconds since 1970
    """

    body: Body
    model: Model
    now: float

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.body.name or self.model.name

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone the car stands in."""
        return ZoneInfo(self.model.timezone)

    @property
    def utc_offset(self) -> int:
        """Return the zone's distance from UTC now, in seconds."""
        offset = datetime.fromtimestamp(self.now, self.zone).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    @property
    def fast_charger_idle(self) -> str | None:
        """Return what the car says for a fast charger when there is none."""
        return "ACSingleWireCAN" if self.body.plugged_in else None

    def local(self, at: float) -> LocalTime:
        """Put a moment into the car's zone."""
        return LocalTime(at, self.model.timezone)

    def next_departure(self) -> float:
        """Return the next time of the daily departure."""
        here = datetime.fromtimestamp(self.now, self.zone)
        hour, minute = divmod(self.body.departure_minutes, 60)
        departure = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if departure <= here:
            departure = (departure + timedelta(days=1)).replace(hour=hour, minute=minute)
        return departure.timestamp()
