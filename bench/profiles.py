"""What each profile costs in the reference month, counted in the simulated car.

A day is a thirtieth of the month: 80 minutes of driving, two hours of charging at home, 160 minutes of
standing awake, asleep for the rest, twice. What owners report of noise is laid over the simulated car, whose
own sensors are too quiet. Nobody turns up the volume in it, opens a window or heats a seat: what the table of
fields foresees beyond the count is added, except where the table itself was made by such a count.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, cycle
from pathlib import Path
from random import Random
from typing import Any

from custom_components.tesla_direct.tesla.decode.vehicle_data import decode
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS
from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace, TelemetryConfig
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS, Note
from custom_components.tesla_direct.tesla.fleet_telemetry.forecast import REFERENCE, forecast
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import (
    MOST_A_SECOND,
    Profile,
    Selection,
    fields_for,
    is_crowded,
    paces,
)
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from script.write_reference import TABLES
from simulator.car.car import Car
from simulator.car.collector import Collector
from simulator.car.firmware import Firmware
from simulator.car.model import KINDS
from simulator.car.stream import read_config
from simulator.clock import Clock
from simulator.cloud.accounts import SCOPES
from simulator.tasks import Tasks

from .table import Figure

PRICE = DOLLARS.signal
AIMS = {Profile.ECONOMICAL: 0.15, Profile.STANDARD: 0.60, Profile.DETAILED: None}
STARTED = 1_790_000_000.0  # seconds since 1970
DAYS = 2
MONTH_DAYS = 30
ENDPOINTS = (
    "charge_state",
    "climate_state",
    "closures_state",
    "drive_state",
    "location_data",
    "vehicle_config",
    "vehicle_state",
)
MINUTE = 60
SONG_S = 214  # seconds
HOURS: Mapping[str, float] = {
    "driving": REFERENCE.driving,
    "charging": REFERENCE.charging,
    "parked": REFERENCE.parked,
}


class Streamed:
    """What a car sends by one configuration, counted by what it is doing."""

    def __init__(self, car: Car, fields: Mapping[str, Pace]) -> None:
        """Give the car its fields."""
        config = TelemetryConfig(
            hostname="telemetry.example.org", port=443, ca="", fields=fields, expires=2**31 - 1
        )
        self.fields = fields
        self._collector = Collector(read_config(config.claims()), Firmware(car.model))
        self.signals: dict[str, Counter[str]] = {mode: Counter() for mode in (*HOURS, "waking")}

    def collect(self, car: Car, mode: str, passed: float) -> None:
        """Send what is due."""
        self.signals[mode].update(self._collector.due(car.truth, passed).keys())

    def wake(self, car: Car, passed: float) -> None:
        """Send every field once, as after each start."""
        self._collector.forget()
        self.collect(car, "waking", passed)

    @property
    def counted(self) -> float:
        """Return how many signals that makes in a month."""
        return sum(map(self._counted, self.fields))

    @property
    def in_a_month(self) -> float:
        """Return the same, with what the simulated car never does, though people do it."""
        return sum(
            max(self._counted(name), 0.0 if FIELDS[name].note is Note.SIMULATED else _foreseen(name, pace))
            for name, pace in self.fields.items()
        )

    def rate(self, field: str, mode: str) -> float:
        """Return how many changes an hour there were of a field."""
        return self.signals[mode][field] / (HOURS[mode] * DAYS / MONTH_DAYS)

    def _counted(self, field: str) -> float:
        return sum(counted[field] for counted in self.signals.values()) * MONTH_DAYS / DAYS


def _foreseen(name: str, pace: Pace) -> float:
    return forecast({name: pace}).expected


class Life:
    """A car that lives days of the reference month, a second at a time."""

    def __init__(self) -> None:
        """Park it at home."""
        self.clock = Clock(lambda: STARTED + self.clock.passed)
        self._random = Random(0)  # noqa: S311  # noise, not secrets
        self.car = Car(KINDS["typed"], self.clock, Tasks(), Path(), self._random)
        self.streamed: list[Streamed] = []
        self._goals = cycle(("work", "home"))

    async def day(self) -> None:
        """Go to work and come back, and charge."""
        self.car.change(energy_remaining_kwh=45.0, charge_limit_percent=90, charge_amps_wanted=32)
        await self._wake(climate=True)
        await self._pass("parked", 15)
        await self._drive(40)
        await self._pass("parked", 45)
        self.car.sleep()
        await self._wake(climate=True)
        await self._pass("parked", 15)
        await self._drive(40)
        await self._pass("parked", 45)
        self.car.charge("ac")
        await self._pass("charging", 120)
        self.car.unplug()
        await self._pass("parked", 40)
        self.car.sleep()

    async def _wake(self, *, climate: bool) -> None:
        self.car.wake_now()
        self.car.climate(on=climate)
        for streamed in self.streamed:
            streamed.wake(self.car, self.clock.passed)

    async def _drive(self, minutes: int) -> None:
        """Drive on, with music, back and forth for as long as it takes; get out."""
        left = minutes * MINUTE
        self._touch_doors()
        while left > 0:
            if self.car.journey is None:
                self.car.drive(next(self._goals), delay=2.0)
            if left % SONG_S == 0:
                self._play(left)
            self._second("driving")
            left -= 1
            if left % MINUTE == 0:
                await asyncio.sleep(0)
        self.car.park()
        self._touch_doors()

    def _play(self, track: int) -> None:
        title = f"Sample {track}"
        self.car.change(media="Playing", media_source="Spotify", media_title=title, media_artist=title)
        self.car.change(media_album=title, media_ms=SONG_S * 1000 + track, media_elapsed_ms=0)

    def _touch_doors(self) -> None:
        self.car.open_door()
        self._second("parked")
        self.car.close_door()

    async def _pass(self, mode: str, minutes: int) -> None:
        for _ in range(minutes):
            self.car.power.stir()
            for _ in range(MINUTE):
                self._second(mode)
            await asyncio.sleep(0)

    def _second(self, mode: str) -> None:
        self.clock.advance(1.0)
        self.car.step(1.0)
        if self.car.body.media == "Playing":
            self.car.body.media_elapsed_ms += 1000
        with self._noise(self.car.body):
            for streamed in self.streamed:
                streamed.collect(self.car, mode, self.clock.passed)

    @contextmanager
    def _noise(self, body: Any) -> Iterator[None]:
        """Let a car's sensors be as restless as owners report them, for one look.

        Heading and position wander, even parked; the energy left goes back and forth by 0.02 kWh;
        temperatures come with a tenth of a degree of noise; electronics draw more and less.
        """
        around = self._random.gauss
        quiet = {name: getattr(body, name) for name in _NOISE if getattr(body, name) is not None}
        for name, value in quiet.items():
            setattr(body, name, value + around(0.0, _NOISE[name]))
        if not body.parked:
            body.heading_degrees += around(0.0, _CURVES)
        try:
            yield
        finally:
            for name, value in quiet.items():
                setattr(body, name, value)


_NOISE = {
    "heading_degrees": 0.5,
    "latitude": 1e-5,  # a metre
    "longitude": 1e-5,
    "energy_remaining_kwh": 0.01,
    "inside_c": 0.1,
    "outside_c": 0.1,
    "pack_power_kw": 0.1,
    "charger_volts": 0.5,
}
_CURVES = 4.0  # degrees; the simulated roads are straight


def default_fields(car: Car) -> frozenset[str]:
    """Return the fields that the entities enabled by default need, with all scopes granted.

    Also what is needed to know which of them the car has, while that is not known.
    """
    state = VehicleState()
    answer = car.vehicle_data(ENDPOINTS, may_locate=True)
    if answer is None:
        raise RuntimeError("the car does not answer")
    for report in decode(answer, STARTED, Counter()):
        state.apply(report)
    wanted: set[AnySignal] = set()
    for row in chain.from_iterable(TABLES.values()):
        if not row.entity_registry_enabled_default or set(SCOPES) & set(row.twin_of):
            continue
        has = row.exists(state, car.vin)
        if has:
            wanted.update(row.reads)
        elif has is None and row.exists.asked:
            wanted.update(row.exists.decided_by)
    return fields_for(wanted)


def standard(car: Car) -> dict[str, dict[str, Any]]:
    """Return what a car is told to stream unless its owner chooses otherwise, as Tesla writes it."""
    chosen = paces(Selection(Profile.STANDARD), default_fields(car))
    return {name: pace.to_json() for name, pace in chosen.items()}


async def measure(folder: Path) -> list[Figure]:
    """Live some days with every profile at once, and with every field each second."""
    life = Life()
    wished = default_fields(life.car)
    chosen = {profile: paces(Selection(profile), wished) for profile in AIMS}
    streamed = {profile: Streamed(life.car, fields) for profile, fields in chosen.items()}
    every_second = Streamed(life.car, {name: Pace(1, row.delta) for name, row in FIELDS.items()})
    life.streamed = [*streamed.values(), every_second]
    for _ in range(DAYS):
        await life.day()
    return [
        *(_cost(profile, streamed[profile]) for profile in AIMS),
        *(_fastest(profile) for profile in AIMS),
        _surpassed(every_second),
    ]


def _cost(profile: Profile, streamed: Streamed) -> Figure:
    """Return what a profile costs, beside what is foreseen."""
    told = forecast(streamed.fields)
    signals = streamed.in_a_month
    detail = (
        f"{signals:,.0f} signals, {streamed.counted:,.0f} of them counted;"
        f" foreseen ${told.expected * PRICE:.3f}, floor ${told.floor * PRICE:.2f},"
        f" ceiling ${told.ceiling * PRICE:.2f}"
    )
    name = f"reference month, {profile}: the {len(streamed.fields)} fields of the default entities"
    return Figure(name, signals * PRICE, AIMS[profile], "$", detail=detail)


def _fastest(profile: Profile) -> Figure:
    """Return how many updates a second a profile allows with every field that there is."""
    selection = Selection(profile)
    fastest = forecast(paces(selection, FIELDS)).per_second
    detail = "slowed down to fit" if is_crowded(selection, FIELDS) else "nothing slowed down"
    name = f"  updates a second at most, {profile}, all {len(FIELDS)} fields"
    return Figure(name, fastest, MOST_A_SECOND, detail=detail)


def _surpassed(streamed: Streamed) -> Figure:
    """Return how many rates of the table, taken from the simulated car, the car surpasses."""
    surpassed = [
        f"{name} {mode}"
        for name, row in FIELDS.items()
        for mode in HOURS
        if row.note is Note.SIMULATED and streamed.rate(name, mode) > getattr(row.rates, mode)
    ]
    return Figure("  simulated rates that the car surpasses", len(surpassed), 0, detail=", ".join(surpassed))
