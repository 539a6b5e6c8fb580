"""Billed requests where there must be none: decided by the plan itself, hour by hour."""

from custom_components.tesla_direct.tesla.source.poll_plan import (
    FALLBACK,
    CarView,
    Check,
    Fetch,
    Read,
    next_step,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .table import Figure

HOUR = 3600.0
NOW = 1_800_000_000.0  # seconds since 1970
EVERYTHING = frozenset({"charge_state", "climate_state", "drive_state", "vehicle_state"})


def measure() -> list[Figure]:
    """Follow the plan for an hour of each kind, and count what it would pay for."""
    asleep = CarView(vin="1", power=Power.ASLEEP, fetched_at=NOW - HOUR, missing=EVERYTHING)
    parked = CarView(
        vin="1",
        power=Power.ONLINE,
        connected=True,
        online_since=NOW - HOUR,
        fetched_at=NOW - HOUR,
        missing=EVERYTHING,
    )
    return [
        Figure("billed requests in an hour asleep", follow(asleep), 0),
        Figure("billed requests in an hour parked, awake, connected, without a record", follow(parked), 0),
    ]


def follow(car: CarView) -> int:
    """Return how many paid fetches the plan asks for in an hour in which nothing changes."""
    now, read_at, checked_at, fetches = NOW, None, None, 0
    while now < NOW + HOUR:
        step = next_step(now, read_at, checked_at, [car], FALLBACK)
        if isinstance(step, Read):
            read_at = now
        elif isinstance(step, Check):
            checked_at = now
        elif isinstance(step, Fetch):
            fetches += 1
            now += 1.0
        else:
            now = step.until
    return fetches
