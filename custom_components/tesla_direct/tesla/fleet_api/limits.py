"""When the next request is free: our own limits, and what Tesla told us to wait.

Our limits stay below Tesla's, which are shared by all applications of an account; reaching those
means faulty logic, in Tesla's words.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Self

from ..errors import WireError
from .endpoints import Price

VERSION = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `size` requests within any `seconds`."""

    size: int
    seconds: float


PER_CAR = {
    Price.DATA: Rate(6, 60.0),
    Price.COMMAND: Rate(25, 60.0),
    Price.WAKE: Rate(1, 120.0),
}
PER_ACCOUNT = {  # Tesla's own figures
    Price.DATA: Rate(60, 60.0),
    Price.COMMAND: Rate(30, 60.0),
    Price.WAKE: Rate(3, 60.0),
}
UNTOLD = 300.0  # seconds to wait where a refusal does not say how long
SHORTEST = 1.0  # seconds; "0" would have us spin
LONGEST = 86400.0  # seconds; 14 hours have been seen, and once a day is no burden for anybody
SUSPENSION = 900.0  # seconds without a request once the spending limit is reached

SECONDS = re.compile(r"\s*(\d{1,9})(?:\.\d{0,9})?\s*", re.ASCII)
RETRY_TEXT = re.compile(r"retry in (\d{1,9}) second", re.IGNORECASE | re.ASCII)
RESET = re.compile(r"ratelimit-(?:(.+)-)?reset")


class Together:
    """The bucket of all requests from this address to one provider, whichever account they are for."""

    def __init__(self, rate: Rate) -> None:
        """Start full."""
        self._rate = rate
        self._times: deque[float] = deque()

    def free_in(self, now: float) -> float:
        """Return the seconds until there is room, not above 0 if there is now."""
        return _wait(self._rate, self._times, now)

    def take(self, now: float) -> None:
        """Count a request that is about to be sent."""
        if len(self._times) >= self._rate.size:
            self._times.popleft()  # older ones than it has room for can delay nothing any more
        self._times.append(now)

    def give_back(self, taken: float) -> None:
        """Forget the request taken at that time."""
        if taken in self._times:
            self._times.remove(taken)


class Limits:
    """The buckets of one account and its cars.

    A bucket holds the times of its last requests, so that no minute, wherever it begins, has more than
    its share; a bucket that refills steadily would let nearly twice as many through in its first minute.
    Times are seconds since 1970, by our clock.

    per_car, per_account: what each bucket holds; a price without one is not limited
    in_all: of requests of every kind together, free ones too, perhaps with other accounts; None where the
            provider has no such limit
    """

    def __init__(
        self,
        per_car: Mapping[Price, Rate] = PER_CAR,
        per_account: Mapping[Price, Rate] = PER_ACCOUNT,
        in_all: Together | None = None,
    ) -> None:
        """Start with every bucket full."""
        self.per_car = per_car
        self.per_account = per_account
        self.in_all = in_all
        self._taken: dict[tuple[Price, str | None], deque[float]] = {}
        self._blocked: dict[Price | None, float] = {}
        self._suspended = 0.0

    def free_in(self, price: Price, vin: str | None, now: float) -> float:
        """Return the seconds until a request is free, 0 if it is now."""
        kind = _bucket(price)
        waits = [until - now for blocked, until in self._blocked.items() if blocked in {None, kind}]
        waits.append(self.suspended_for(now))
        if self.in_all is not None:
            waits.append(self.in_all.free_in(now))
        if rate := self.per_account.get(kind):
            waits.append(_wait(rate, self._taken.get((kind, None)), now))
        if vin is not None and (rate := self.per_car.get(kind)):
            waits.append(_wait(rate, self._taken.get((kind, vin)), now))
        return max(0.0, *waits)

    def take(self, price: Price, vin: str | None, now: float) -> None:
        """Count a request that is about to be sent; without a car it counts for the account alone."""
        kind = _bucket(price)
        if self.in_all is not None:
            self.in_all.take(now)
        if rate := self.per_account.get(kind):
            self._times(rate, (kind, None)).append(now)
        if vin is not None and (rate := self.per_car.get(kind)):
            self._times(rate, (kind, vin)).append(now)

    def give_back(self, price: Price, vin: str | None, taken: float) -> None:
        """Forget the request taken at that time: it never left this machine."""
        buckets = [self._taken.get(key) for key in {(_bucket(price), None), (_bucket(price), vin)}]
        for times in buckets:
            if times is not None and taken in times:
                times.remove(taken)
        if self.in_all is not None:
            self.in_all.give_back(taken)

    def block(self, price: Price | None, now: float, seconds: float) -> None:
        """Send nothing of a kind for that long; nothing at all if the kind is not known."""
        if price is Price.UNKNOWN:
            price = None
        until = now + min(max(seconds, SHORTEST), LONGEST)
        self._blocked[price] = max(until, self._blocked.get(price, 0.0))

    def suspend(self, now: float) -> None:
        """Send nothing for a while: the spending limit is reached."""
        self._suspended = now + SUSPENSION

    def suspended_for(self, now: float) -> float:
        """Return the seconds until asking makes sense again after the spending limit was reached."""
        return max(0.0, self._suspended - now)

    def to_dict(self, now: float) -> dict[str, Any]:
        """Return what has to outlive a restart: what Tesla told us to wait, and the latest wakes."""
        wakes = {
            vin: list(times) for (price, vin), times in self._taken.items() if price is Price.WAKE and vin
        }
        return {
            "version": VERSION,
            "blocked": {
                price.value if price else "all": until
                for price, until in self._blocked.items()
                if until > now
            },
            "suspended": self._suspended,
            "wakes": wakes,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], now: float) -> Self:
        """Return the limits that `to_dict` described, full ones for an empty `data`.

        Raises: WireError if it was not `to_dict`
        """
        limits = cls()
        if not data:
            return limits
        try:
            if data["version"] != VERSION:
                raise WireError(f"limits of version {data['version']}")
            for name, until in data["blocked"].items():
                price = None if name == "all" else Price(name)
                if float(until) > now:
                    limits.block(price, now, float(until) - now)
            limits._suspended = min(float(data["suspended"]), now + SUSPENSION)
            wakes = [(float(at), str(vin)) for vin, times in data["wakes"].items() for at in times]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("stored limits that make no sense") from error
        for at, vin in sorted(wakes):
            limits.take(Price.WAKE, vin, at)
        return limits

    def _times(self, rate: Rate, key: tuple[Price, str | None]) -> deque[float]:
        """Return the times of a bucket; older ones than it has room for can delay nothing any more."""
        return self._taken.setdefault(key, deque(maxlen=rate.size))


def _wait(rate: Rate, times: deque[float] | None, now: float) -> float:
    """Return the seconds until a bucket has room."""
    if times and times[-1] - now > rate.seconds:
        times.clear()  # our clock was set back by hours, so these times mean nothing any more
    if not times or len(times) < rate.size:
        return 0.0
    return times[0] + rate.seconds - now


def wait_told(headers: Mapping[str, str], text: str) -> float | None:
    """Return how long an answer asks us to wait, in seconds; None if it does not say.

    Shape:  `Retry-After`, "Retry in 37829 seconds" in the body, `RateLimit-Reset`, or the latest
            `RateLimit-…-Reset` of those with nothing remaining; header names in lower case
    Source: Fleet API, status codes; the middle part of the last family is not documented
    """
    if (seconds := _seconds(headers.get("retry-after"))) is not None:
        return seconds
    if found := RETRY_TEXT.search(text):
        return float(found[1])
    resets: list[float] = []
    for name, value in headers.items():
        if (found := RESET.fullmatch(name)) and (seconds := _seconds(value)) is not None:
            remaining = name.removesuffix("reset") + "remaining"
            if _seconds(headers.get(remaining, "0")) == 0:
                resets.append(seconds)
    return max(resets, default=None)


def _seconds(value: str | None) -> float | None:
    found = SECONDS.fullmatch(value) if value else None
    return float(found[1]) if found else None


def _bucket(price: Price) -> Price:
    """Return whose bucket counts; what has no known price is handled like data."""
    return Price.DATA if price is Price.UNKNOWN else price
