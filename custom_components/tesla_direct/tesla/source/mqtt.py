"""[I/O] What the official telemetry server, or a bridge, publishes to a broker; subscribing is handed in."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
import re

from ..decode import mqtt
from ..decode.record import Record, read_records
from ..errors import WireError
from .broadcast import TOPIC, Broadcast
from .broker import TOO_LARGE, BrokerSource, Filters, Message, Subscribe
from .source import Health, PushedCar

STRANGERS_LIMIT = 1_000  # cars that are not ours and are remembered
# What is counted where nobody can use it.
NO_VIN = "no VIN"
STRANGER = "another car"

VIN_TOLD = re.compile(rb'"[vV]in"\s*+:\s*+"([^"\\]{1,64})"')  # in a record that is not read yet


class Form(StrEnum):
    """What is published."""

    TOPICS = "topics"  # the server's own MQTT dispatcher: a topic for each field
    RECORDS = "records"  # whole records as JSON, as bridges from other dispatchers publish them


# Whose message it is if its topic says so, and the rest of that or the VIN it may be of.
type About = tuple[Broadcast | None, str]


class MqttSource(BrokerSource[About, Broadcast]):
    """Cars' topics on a broker: messages in, readings out.

    strangers: VINs of cars that are seen and not ours
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        cars: Mapping[str, PushedCar],
        *,
        form: Form,
        topic: str,
        subscribe: Subscribe,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        on_stranger: Callable[[str], None] = lambda _vin: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Deliver to these cars, by VIN.

        topic: what stands before the VIN (`Form.TOPICS`), or a filter for the topics of records
        on_stranger: is told once of each car that is not ours
        """
        skipped: Counter[str] = Counter()
        self.strangers: dict[str, None] = {}
        self._form = form
        self._topic = topic
        self._on_stranger = on_stranger
        # A VIN that would be a filter for more than one car, or for none, is never subscribed to.
        self._cars = {vin: Broadcast(car, skipped) for vin, car in cars.items() if _is_level(vin)}
        super().__init__(
            self._cars.values(),
            # Of a record's values each has a message of its own, where they have topics.
            gather=form is Form.TOPICS,
            skipped=skipped,
            subscribe=subscribe,
            clock=clock,
            on_health=on_health,
            sleep=sleep,
        )

    def handle(
        self, what: About, payload: bytes, touched: dict[Broadcast, None], *, retained: bool
    ) -> Iterator[None]:
        """Take over one message; each iteration is a pause."""
        broadcast, name = what
        now = self.arrived_at
        if broadcast is not None:
            touched[broadcast] = None
            yield from broadcast.take_topic(name, payload, now, retained=retained)
            return
        for part, (of_whom, record) in enumerate(self._read(name, payload)):
            if part:
                yield
            touched[of_whom] = None
            yield from of_whom.take_record(record, now, retained=retained)

    def wanted(self) -> Filters:
        """Yield the filters to subscribe to, each with who hears its messages."""
        if self._form is Form.RECORDS:
            yield self._topic, self._hear_record
            return
        for vin, broadcast in self._cars.items():
            hear = partial(self._hear_car, broadcast, f"{self._topic}/{vin}/")
            yield mqtt.car_filter(self._topic, vin), hear
        # So cars that nobody knows are found, and cost next to nothing.
        yield mqtt.strangers_filter(self._topic), self._hear_stranger

    def _hear_car(self, broadcast: Broadcast, prefix: str, message: Message) -> None:
        if message.topic.startswith(prefix):
            rest = message.topic[len(prefix) :]
            self.put((broadcast, rest), rest, message)
        else:
            self.skipped[TOPIC] += 1

    def _hear_record(self, message: Message) -> None:
        """Take a record that may be of one of our cars; others are not even read."""
        if len(message.payload) > mqtt.LIMIT:
            self.skipped[TOO_LARGE] += 1
            return
        named = _named(message)
        vin = next((one for one in named if one in self._cars), None)
        if vin is not None:
            self.put((None, vin), vin, message)
        else:
            self._pass_by(next(filter(mqtt.is_vin, named), ""))

    def _hear_stranger(self, message: Message) -> None:
        vin = message.topic.removeprefix(f"{self._topic}/").partition("/")[0]
        if vin not in self._cars:
            self._pass_by(vin)

    def _pass_by(self, vin: str) -> None:
        """Remember a car that is not ours."""
        if not mqtt.is_vin(vin):
            self.skipped[NO_VIN] += 1
            return
        self.skipped[STRANGER] += 1
        if vin not in self.strangers and len(self.strangers) < STRANGERS_LIMIT:
            self.strangers[vin] = None
            self._on_stranger(vin)

    def _read(self, vin: str, payload: bytes) -> Iterator[tuple[Broadcast, Record]]:
        """Yield a record in its parts, and whose it is by its own word, or else by its topic."""
        try:
            raw = mqtt.read_json(payload)
        except WireError as error:
            self.skipped[str(error)] += 1
            return
        for record in read_records(raw, self.skipped):
            told = record.vin or vin
            if (broadcast := self._cars.get(told)) is None:
                self._pass_by(told)
                return
            yield broadcast, record


async def find_cars(
    subscribe: Subscribe,
    form: Form,
    topic: str,
    seconds: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> dict[str, int]:
    """Return the cars that are heard of within some seconds, by VIN, and how many messages of each.

    Raises: whatever subscribing does
    """
    found: Counter[str] = Counter()

    def hear(message: Message) -> None:
        if form is Form.TOPICS:
            named = message.topic.removeprefix(f"{topic}/").split("/")[:1]
        else:
            named = _named(message) if len(message.payload) <= mqtt.LIMIT else []
        vin = next(filter(mqtt.is_vin, named), None)
        if vin is not None and (vin in found or len(found) < STRANGERS_LIMIT):
            found[vin] += 1

    end = await subscribe(mqtt.all_cars_filter(topic) if form is Form.TOPICS else topic, hear)
    try:
        await sleep(seconds)
    finally:
        end()
    return dict(found)


def _is_level(vin: str) -> bool:
    return bool(vin) and mqtt.is_base(vin) and "/" not in vin


def _named(message: Message) -> list[str]:
    """Return what may be the VIN of a record, by its own word or else by its topic, without reading it."""
    told = VIN_TOLD.findall(message.payload)
    return [vin.decode(errors="replace") for vin in told] or message.topic.split("/")
