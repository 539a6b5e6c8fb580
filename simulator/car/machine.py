"""A car by itself: its parts, how time passes for them, and what can be read of it."""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from ..clock import Clock
from ..tasks import Tasks
from . import cabin, charger, update
from .body import Body
from .connections import Identity
from .firmware import client_of
from .journey import Journey
from .model import Model
from .sleep import Power
from .snapshot.vehicle_data import vehicle_data, vehicle_row
from .spelling import LocalTime
from .stream import StreamConfig
from .subscription import Subscription
from .telemetry import Telemetry
from .truth import Truth

TYRES_EVERY_S = 60.0
REPORTS_KEPT = 50
CONFIG_ERROR = "config_manager_error"


@dataclass(slots=True)
class Move:
    """Something that is under way; `left` is how many simulated seconds it still takes."""

    left: float
    finish: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Session:
    """A charge at a fast charger; times are real, seconds since 1970."""

    began: float
    ended: float
    kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something that the telemetry client told the cloud; `at` is real time."""

    name: str
    text: str
    at: float


class Machine:
    """One car.

    reports:              what the telemetry client told the cloud, oldest first
    streams:              telemetry for other people's applications, by their names
    clock_error:          by how many seconds the car's clock is wrong; plus is fast
    wants_low_amps_twice: a charging current below 5 A is heeded when it is asked for again
    """

    def __init__(self, model: Model, clock: Clock, tasks: Tasks, credential: Path, random: Random) -> None:
        """Park it at home, awake; `credential` is the file with its certificate and key."""
        self.model = model
        self.body = Body(
            firmware=model.firmware,
            full_pack_kwh=model.full_pack_kwh,
            energy_remaining_kwh=0.7 * model.full_pack_kwh,
            rated_miles_full=model.rated_miles,
            tyre_seen=[clock.now() // TYRES_EVERY_S * TYRES_EVERY_S] * 4,
        )
        self.power = Power(random, old=model.old)
        self._identity = Identity(model, credential, random)
        self.telemetry = Telemetry(self._identity, clock)
        self.streams: dict[str, Telemetry] = {}
        self.clock_error = 0.0
        self.wants_low_amps_twice = False
        self.low_amps_asked: int | None = None
        self.journey: Journey | None = None
        self._clock = clock
        self._tasks = tasks
        self.reports: deque[Report] = deque(maxlen=REPORTS_KEPT)
        self.subscription = Subscription(self._adopt)
        self._was_awake = True
        self._moves: dict[str, Move] = {}
        self.sessions: list[Session] = []
        self._plugged_at = 0.0

    @property
    def vin(self) -> str:
        """Return what identifies it."""
        return self.model.vin

    @property
    def state(self) -> str:
        """Return what the cloud says of it: online, asleep or offline."""
        return self.power.state

    @property
    def now(self) -> float:
        """Return real time by the car's own clock."""
        return self._clock.now() + self.clock_error

    @property
    def truth(self) -> Truth:
        """Return what views are made of."""
        return Truth(self.body, self.model, self.now)

    @property
    def clients(self) -> list[Telemetry]:
        """Return the telemetry client of each application that the car sends to, ours first."""
        return [self.telemetry, *self.streams.values()]

    @property
    def listened_to(self) -> list[Telemetry]:
        """Return those that have a configuration; ours without one where nobody has any."""
        return [client for client in self.clients if client.config] or [self.telemetry]

    @property
    def synced(self) -> bool:
        """Tell whether it has fetched the newest telemetry configuration."""
        return self.subscription.synced

    @property
    def told(self) -> StreamConfig | None:
        """Return the telemetry configuration that the cloud holds for it."""
        return self.subscription.config

    def tell(self, config: StreamConfig | None) -> None:
        """Give it a telemetry configuration; a car that is not online fetches it when it is."""
        self.subscription.order(config)
        self.follow()

    def step(self, dt: float) -> None:
        """Let `dt` simulated seconds pass."""
        body = self.body
        body.age_s += dt
        self._move(dt)
        if self.journey is not None:
            self.journey.step(dt)
            if self.journey.arrived:
                self.arrive()
        charger.step(body, dt)
        cabin.step(body, dt, awake=self.power.awake)
        update.step(body, dt)
        if body.firmware != self.model.firmware:
            self.boot()
        if not body.parked:
            body.gps_at = self.now
            body.tyre_seen = [self.now // TYRES_EVERY_S * TYRES_EVERY_S] * 4
        self.power.step(dt, busy=body.busy)
        self.subscription.step(dt)
        self.follow()

    def plug_in(self, kind: str = "ac") -> None:
        """Put a cable in, "ac" or "dc"; it starts by itself if charging is wanted."""
        self.wake_now()
        self._plugged_at = self.now
        charger.plug_in(self.body, fast=kind == "dc", three_phase=self.model.three_phase)

    def unplug(self) -> None:
        """Take the cable out; what a fast charger gave is remembered, because it has to be paid."""
        self.wake_now()
        if self.body.fast_charger is not None:
            self.sessions.append(Session(self._plugged_at, self.now, self.body.session_battery_kwh))
        charger.unplug(self.body)

    def later(self, part: str, seconds: float, finish: Callable[[], None]) -> None:
        """Have a part of the car do something that takes its time; what it was doing is broken off."""
        self._moves[part] = Move(seconds, finish)

    def halt(self, part: str) -> bool:
        """Break off what a part is doing; tell whether it was doing anything."""
        return self._moves.pop(part, None) is not None

    def boot(self) -> None:
        """Start with the software that it now has, and the telemetry client that comes with it."""
        firmware = self.body.firmware
        self.model = replace(self.model, firmware=firmware, client=client_of(firmware))
        self._identity = replace(self._identity, model=self.model)
        for client in self.clients:
            client.update(self.model, self.now)

    def wake_now(self) -> None:
        """Have it awake at once, as when a door opens."""
        self.power.wake_now()
        self.follow()

    def collect(self) -> None:
        """Send what is due."""
        for client in self.clients:
            client.collect(self.truth)

    def arrive(self) -> None:
        """End a journey: park, get out, lock."""
        self.journey = None
        body = self.body
        body.gear = "P"
        body.speed_mph = body.drive_power_kw = body.acceleration_mps2 = body.lateral_mps2 = 0.0
        body.pedal_percent = 0.0
        body.route = None
        body.turn_signal, body.display, body.media = "Off", "Off", "Stopped"
        body.dashcam = "Unavailable"
        body.user_present = body.driver_seat_occupied = body.driver_buckled = body.brake_pressed = False
        body.climate_on = False
        body.locked = True

    def follow(self) -> None:
        """Let telemetry follow the car into silence and out of it, and take up what waits for it."""
        awake = self.power.awake and not update.installing(self.body)
        if awake != self._was_awake:
            self._was_awake = awake
            for client in self.clients:
                client.set_awake(awake=awake)
        self.subscription.follow(online=self.state == "online" and self.model.streams)

    def row(self) -> dict[str, Any]:
        """Give the vehicle row of the cloud."""
        return vehicle_row(self.truth, self.state)

    def vehicle_data(self, endpoints: Collection[str], *, may_locate: bool) -> dict[str, Any] | None:
        """Answer a live call; None if it does not get through."""
        if not self.power.reachable():
            return None
        self.power.polled()
        return vehicle_data(self.truth, endpoints, may_locate=may_locate)

    def known(self) -> dict[str, Any]:
        """Give the whole truth in plain JSON: the body, the power state, what became of its records."""
        client = self.listened_to[0]
        links, config = client.connections, self.told or client.config
        return {
            "vin": self.vin,
            "name": self.truth.name,
            "state": self.state,
            "waking": self.power.waking,
            "body": _plain(
                asdict(self.body)
                | {
                    "battery_percent": self.body.battery_percent,
                    "usable_percent": self.body.usable_percent,
                    "rated_miles": self.body.rated_miles,
                    "pack_volts": self.body.pack_volts,
                    "hours_to_limit": self.body.hours_to_limit,
                }
            ),
            "telemetry": {
                "synced": self.synced,
                "config": dict(config.raw) if config else None,
                "reports": [asdict(report) for report in self.reports],
                "connected": [link.interface for link in links.open],
                "connects": links.connects,
                "last_sent": _plain(client.last_sent),
                "waiting": len(client.outbox.waiting),
                "unanswered": len(client.outbox.unanswered),
                **asdict(client.outbox.tally),
                "strange": list(client.outbox.strange),
                "troubles": [f"{name}: {text}" for name, text in links.trouble_names()],
                "pings": links.pings,
                "compressed": links.compressed,
            },
            "streams": {
                name: {
                    "connected": [link.interface for link in client.connections.open],
                    "connects": client.connections.connects,
                    "troubles": [f"{what}: {text}" for what, text in client.connections.trouble_names()],
                    **asdict(client.outbox.tally),
                }
                for name, client in self.streams.items()
            },
        }

    def _client(self, name: str) -> Telemetry:
        """Return the telemetry client of another application, which stays for as long as the car does."""
        if name not in self.streams:
            client = self.streams[name] = Telemetry(self._identity, self._clock)
            client.set_awake(awake=self._was_awake)
            if not self.power.signal:
                client.connections.lose_signal(silently=True)
            self._tasks.start(client.connections.run(), f"{self.vin} telemetry for {name}")
        return self.streams[name]

    def _adopt(self, config: StreamConfig | None) -> bool:
        """Take on a configuration; tell whether that came to be."""
        self.telemetry.configure(config, self.now)
        return True

    def _move(self, dt: float) -> None:
        """Let `dt` seconds pass for all that is under way."""
        for part, move in tuple(self._moves.items()):
            move.left -= dt
            if move.left <= 0:
                del self._moves[part]
                move.finish()


def _plain(value: Any) -> Any:
    """Turn what Python keeps into what JSON has."""
    match value:
        case LocalTime():
            return value.at
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
