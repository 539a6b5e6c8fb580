"""When to poll next, so that the car can sleep and nobody pays for nothing.

A free state read says whether a car is online; a paid fetch follows only then, only for what no push
delivers, and rarely. Nothing here wakes a car.
Source: fleet-api reference, section 9; costs, sections 2 and 7
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from ..vehicle.connectivity import Power

FREE_READ = 120.0  # seconds between free reads of an account while one of its cars is not proven to be awake
# While all of them are, by an open connection: names, service, and what a dead connection would hide.
FREE_READ_CONNECTED = 3600.0
CHECK = 86_400.0  # seconds between looks at fleet_status, which is free and changes with a pairing
FALLBACK = (
    600.0  # seconds between fetches of an online car that does not stream, unless the user says otherwise
)
FALLBACK_MIN = 120.0  # below this the user has to confirm the sum
RARELY = 6 * 3600.0  # seconds between fetches of what telemetry cannot deliver
RETRY = 900.0  # seconds after a fetch that failed, doubled with each further one, up to RARELY
# A car that has just woken for a self-check sleeps again after two or three minutes, unless it is asked for
# data: then it stays awake for a quarter of an hour. So only one that stays online is asked.
SETTLED = 300.0
# A parked car falls asleep after about a quarter of an hour without questions.
QUIET = 900.0  # seconds of being parked and left alone after which fetches pause
QUIET_PAUSE = (
    1260.0  # seconds of that pause: a quarter of an hour to fall asleep, and some for the last question
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarView:
    """What the plan has to know of one car; times in seconds since 1970, by our clock.

    power:        how reachable it is
    connected:    a telemetry connection of it is open
    proven_until: until when that is proof that it is online: for ever, if somebody would tell when it ends
    online_since: when it was first seen online in a row, None while it is not
    silent_since: when its last telemetry connection ended; 0 if it had none. Cars change networks, and close
                  it before they sleep, long before the cloud knows; that is no reason to ask
    fetched_at:   the last fetch that was answered, None if there never was one
    not_before:   until when a fetch that failed is not repeated; 0 if none did
    missing:      endpoints of vehicle_data that hold what entities need and no push delivers
    quiet_since:  since when it has been parked, not charging, with nobody inside and sentry off; else None
    """

    vin: str
    power: Power
    connected: bool = False
    proven_until: float = 0.0
    online_since: float | None = None
    silent_since: float = 0.0
    fetched_at: float | None = None
    not_before: float = 0.0
    missing: frozenset[str] = frozenset()
    quiet_since: float | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch vehicle_data of a car now, with these endpoints."""

    vin: str
    endpoints: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """Read the free state of all cars of the account now."""


@dataclass(frozen=True, slots=True)
class Check:
    """Ask for the fleet_status of all cars now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again at this time, or earlier if something has happened."""

    until: float


type Step = Fetch | Read | Check | Wait


def next_step(
    now: float,
    read_at: float | None,
    checked_at: float | None,
    cars: Iterable[CarView],
    interval: float | None,
) -> Step:
    """Return what to do now.

    now:        seconds since 1970
    read_at:    the last free read, None if there was none
    checked_at: the last look at fleet_status, None if there was none
    interval:   seconds between fetches of an online car that does not stream; None fetches only rarely
    """
    cars = tuple(cars)
    read_due = now if read_at is None else _read_due(read_at, cars)
    if read_due <= now:
        return Read()
    check_due = now if checked_at is None else checked_at + CHECK
    if check_due <= now:
        return Check()
    wait = min(read_due, check_due)
    for car in cars:
        due = fetch_due(car, interval)
        if due is None:
            continue
        if due <= now:
            return Fetch(car.vin, car.missing)
        wait = min(wait, due)
    return Wait(wait)


def _read_due(read_at: float, cars: Iterable[CarView]) -> float:
    proven_until = min((car.proven_until for car in cars), default=inf)
    return min(max(read_at + FREE_READ, proven_until), read_at + FREE_READ_CONNECTED)


def fetch_due(car: CarView, interval: float | None) -> float | None:
    """Return when a car is to be asked for data next, None while there is no reason to."""
    if car.power is not Power.ONLINE or car.online_since is None or not car.missing:
        return None
    if car.fetched_at is None:
        return max(car.online_since, car.not_before)
    earliest = max(car.online_since + SETTLED, car.not_before)
    if car.connected or interval is None:
        return max(earliest, car.fetched_at + RARELY)
    pause = interval
    if car.quiet_since is not None and car.fetched_at - car.quiet_since >= QUIET:
        pause = max(interval, QUIET_PAUSE)
    return max(earliest, car.fetched_at + pause, car.silent_since + interval)


def retry_pause(failures: int) -> float:
    """Return the seconds for which a fetch is not repeated that has failed so many times in a row."""
    return min(RETRY * (1 << min(failures - 1, 10)), RARELY)


def month_cost(interval: float, online: float, price: float) -> float:
    """Return what polling costs in a month of 30 days.

    interval: seconds between fetches
    online:   share of the time in which the car is online, 0 to 1
    price:    of one data request
    """
    return 30 * 24 * 3600 / interval * online * price
