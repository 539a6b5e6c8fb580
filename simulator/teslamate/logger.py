"""TeslaMate itself: asks its cars at its own pace, and publishes what has changed.

What it asks is not on our bill, and keeps a car awake as everybody's questions do.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
import json
from typing import Any

from ..car.car import Car
from ..clock import Clock
from ..fleet_telemetry.mqtt import MqttConfig, Publisher
from ..fleet_telemetry.server import NotDispatched
from ..tasks import Tasks
from .summary import begun, published, summary, text

ENDPOINTS = (
    "charge_state",
    "climate_state",
    "closures_state",
    "drive_state",
    "gui_settings",
    "location_data",
    "vehicle_config",
    "vehicle_state",
    "vehicle_data_combo",
)
# Simulated seconds between two looks at a car, by what it does.
DRIVING_S, CHARGING_S, ONLINE_S, ASLEEP_S = 2.5, 5.0, 15.0, 30.0
SUSPEND_AFTER_S = 15 * 60.0  # parked, and nothing happens: it leaves the car alone, so that it can sleep
SUSPENDED_S = 21 * 60.0
SETTLE_LIMIT = 30.0  # real seconds
RETRY_S = 0.2  # real seconds until it tries a broker again
GONE = "unavailable"
AWAY = frozenset({"", "asleep", "offline"})  # what is no "online" in its database


class LoggedCar:
    """A car as TeslaMate knows it: by a number of its own, which is no VIN."""

    def __init__(self, number: int, car: Car, clock: Clock) -> None:
        """Know nothing of it yet."""
        self.number = number
        self.car = car
        self.told: dict[str, Any] = {}
        self._clock = clock
        self._data: dict[str, Any] = {}
        self._next = self._idle_since = clock.passed
        self._suspended_until = 0.0
        self._state = ""
        self._since = self._kept_since = ""
        self._begins = False

    @property
    def due(self) -> bool:
        """Tell whether it is time to look at the car."""
        return self._clock.passed >= self._next

    @property
    def left_alone(self) -> bool:
        """Tell whether the car is left alone, so that it can sleep; then nothing is said of it."""
        return self._state == "suspended"

    def look(self) -> dict[str, str]:
        """Look at the car; return the texts that have changed."""
        state = self._seen()
        if state != self._state:
            now = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            if state in AWAY or self._state in AWAY:
                self._kept_since = now
            # Drives and charges are no states in its database, so after a start it goes on with what was.
            self._since = self._kept_since if self._begins else now
            self._state = state
        self._begins = False
        told = (
            {**summary(self._data, self.car.truth.name), "state": state, "since": self._since}
            if self._data
            else {
                "display_name": self.car.truth.name,
                "state": state,
                "since": self._since,
            }
        )
        return self.tell(told)

    def begin(self) -> dict[str, str]:
        """Know nothing of it but what is in the database; return the texts that say so."""
        self.told.clear()
        self._begins = True
        return self.tell(begun(self._data) | {"state": GONE})

    def tell(self, told: Mapping[str, Any]) -> dict[str, str]:
        """Return the texts that have changed; of what is not published the last that was stays in mind."""
        texts = published(told, self.told)
        self.told |= {key: told[key] for key in texts}
        return texts

    def suspend(self, seconds: float = SUSPENDED_S) -> None:
        """Leave the car alone for a while."""
        self._suspended_until = self._clock.passed + seconds

    def _seen(self) -> str:
        now = self._clock.passed
        state = self.car.state
        if state != "online":
            self._idle_since, self._suspended_until = now, 0.0
            self._next = now + ASLEEP_S
            return state
        if now < self._suspended_until:
            self._next = now + ONLINE_S
            return "suspended"
        data = self.car.vehicle_data(ENDPOINTS, may_locate=True)
        if data is None:
            self._next = now + ASLEEP_S
            return "offline"
        self._data = data
        gear, charging = data["drive_state"]["shift_state"], data["charge_state"]["charging_state"]
        if gear in {"D", "R", "N"}:
            doing, pace = "driving", DRIVING_S
        elif charging in {"Charging", "Starting"}:
            doing, pace = "charging", CHARGING_S
        elif data["vehicle_state"]["software_update"].get("status") == "installing":
            doing, pace = "updating", ONLINE_S
        else:
            doing, pace = "online", ONLINE_S
        self._next = now + pace
        quiet = doing == "online" and not self.car.body.busy
        if not quiet:
            self._idle_since = now
        elif now - self._idle_since >= SUSPEND_AFTER_S:
            self._idle_since = now
            self.suspend()
        return doing


class TeslaMate:
    """Publishes its cars to a broker; everything is kept there but how it fares itself.

    namespace: stands in its topics, if it has one
    cars:      by the numbers that it gives them
    """

    def __init__(  # noqa: PLR0913  # where it stands in its world
        self,
        config: MqttConfig,
        cars: Iterable[Car],
        clock: Clock,
        tasks: Tasks,
        *,
        namespace: str = "",
        discovery: bool = False,
    ) -> None:
        """Log cars, numbered from 1 in their order.

        discovery: it also tells Home Assistant which devices there are
        """
        self.namespace = namespace
        self.cars = {number: LoggedCar(number, car, clock) for number, car in enumerate(cars, 1)}
        self._publisher = Publisher(config)
        self._discovery = discovery
        self._running = False
        self._failing: set[int] = set()
        self._tasks = tasks
        self._texts: asyncio.Queue[tuple[list[tuple[str, str]], bool]] = asyncio.Queue()

    async def open(self) -> None:
        """Connect to the broker, and begin."""
        await self._publisher.open()
        self._tasks.start(self._publish(), "TeslaMate")
        self._begin()
        await self.settled()

    async def close(self) -> None:
        """Go away; what is kept at the broker stays there."""
        await self._publisher.close()

    def step(self) -> None:
        """Look at the cars that it is time for."""
        if not self._running:
            return
        for car in self.cars.values():
            if car.due:
                self._look(car)

    async def settled(self, limit: float = SETTLE_LIMIT) -> None:
        """Wait until the broker has everything; a broker that is not there is not waited for."""
        if self._publisher.connected:
            async with asyncio.timeout(limit):
                await self._texts.join()

    # What can be done to it.

    async def look(self) -> None:
        """Look at all cars now."""
        for car in self.cars.values():
            self._look(car)
        await self.settled()

    async def say(self, key: str, value: str, *, car: int = 1, retained: bool = True) -> None:
        """Publish a text as it is."""
        self._put([(self.topic(car, key), value)], retained=retained)
        await self.settled()

    async def fail(self, car: int = 1) -> None:
        """Get no answer from Tesla for a car."""
        self._failing.add(car)
        await self.say("healthy", "false", car=car, retained=False)

    async def recover(self, car: int = 1) -> None:
        """Get answers again."""
        self._failing.discard(car)
        await self.say("healthy", "true", car=car, retained=False)

    async def stop(self) -> None:
        """End without a word, as when its container goes: the broker keeps what was told."""
        self._running = False
        await self.settled()

    async def restart(self) -> None:
        """Begin anew: it knows next to nothing of its cars, and then all of them is told again."""
        self._begin()
        await self.settled()

    async def suspend(self, car: int = 1, seconds: float = SUSPENDED_S) -> None:
        """Leave a car alone for some simulated seconds, so that it can fall asleep."""
        self.cars[car].suspend(seconds)
        await self.look()

    async def forget(self, car: int = 1) -> None:
        """Empty the topics of a car, as people do who clean up their broker."""
        keys = sorted(self.cars[car].told)
        self._put([(self.topic(car, key), "") for key in keys], retained=True)
        await self.settled()

    async def discover(self) -> None:
        """Tell Home Assistant of a device for each car, as newer versions do when they are asked to."""
        node = f"teslamate_{self.namespace}" if self.namespace else "teslamate"
        for car in self.cars.values():
            device = {
                "identifiers": [f"{node}_car_{car.number}"],
                "manufacturer": "Tesla",
                "name": car.car.truth.name,
            }
            components = {
                "battery_level": {
                    "p": "sensor",
                    "name": "Battery level",
                    "device_class": "battery",
                    "unit_of_measurement": "%",
                    "state_topic": self.topic(car.number, "battery_level"),
                    "unique_id": f"{node}_{car.number}_battery_level",
                }
            }
            document = {"device": device, "origin": {"name": "TeslaMate"}, "components": components}
            topic = f"homeassistant/device/{node}_{car.number}/config"
            self._put([(topic, json.dumps(document))], retained=True)
        await self.settled()

    def topic(self, number: int, key: str) -> str:
        """Return where something is published."""
        return "/".join(("teslamate", *filter(None, (self.namespace,)), "cars", str(number), key))

    def _begin(self) -> None:
        self._running = True
        for car in self.cars.values():
            healthy = self.topic(car.number, "healthy")
            self._put([(healthy, "")], retained=True)  # what older versions have kept there
            self._put([(healthy, "true")], retained=False)
            self._say_all(car.number, car.begin())
            self._say_all(car.number, car.look())
        if self._discovery:
            self._tasks.start(self.discover(), "TeslaMate's discovery")

    def _look(self, car: LoggedCar) -> None:
        """Look at a car, and say what has changed, and each time how that went."""
        self._say_all(car.number, car.look())
        if not car.left_alone:
            fares = text(car.number not in self._failing)
            self._put([(self.topic(car.number, "healthy"), fares)], retained=False)

    def _say_all(self, number: int, texts: Mapping[str, str]) -> None:
        if texts:
            self._put([(self.topic(number, key), value) for key, value in texts.items()], retained=True)

    def _put(self, texts: list[tuple[str, str]], *, retained: bool) -> None:
        self._texts.put_nowait((texts, retained))

    async def _publish(self) -> None:
        """Publish what waits, in its order; while the broker is away it waits."""
        while True:
            texts, retained = await self._texts.get()
            await self._publish_once(texts, retained=retained)
            self._texts.task_done()

    async def _publish_once(self, texts: list[tuple[str, str]], *, retained: bool) -> None:
        while True:
            try:
                await self._publisher.publish(texts, retained=retained)
            except NotDispatched:
                await asyncio.sleep(RETRY_S)
            else:
                return
