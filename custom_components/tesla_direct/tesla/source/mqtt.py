"""[I/O] What the official telemetry server, or a bridge, publishes to a broker; subscribing is handed in."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import inf
import re

from ..decode import mqtt
from ..decode.record import Record, read_records
from ..errors import WireError
from .broadcast import TOPIC, Broadcast
from .reconnect import Reconnect
from .source import Health, PushedCar

AT_ONCE = 200  # messages that are handled without a pause, about 2 ms
AS_LONG_AS_ONE = 1_000  # bytes that take as long as a message by itself
# Seconds in which the values of a record arrive, each in a message of its own: what was measured together is
# taken together.
GATHER = 0.05
WAITING_LIMIT = 20_000  # messages that wait to be handled; a car's whole state is 270
WAITING_BYTES = 16_000_000  # of them together, with their topics
STRANGERS_LIMIT = 1_000  # cars that are not ours and are remembered
LONGEST = 600.0  # seconds without a look at the clock, which may have been set back
# Why a source does not work: keys of the user's texts.
BROKER_AWAY = "broker_away"
NOT_SUBSCRIBED = "not_subscribed"
# What is counted where nobody can use it.
NO_VIN = "no VIN"
STRANGER = "another car"
TOO_LARGE = "too large"
TOO_MANY = "too many at once"

VIN_TOLD = re.compile(rb'"[vV]in"\s*+:\s*+"([^"\\]{1,64})"')  # in a record that is not read yet


class Form(StrEnum):
    """What is published."""

    TOPICS = "topics"  # the server's own MQTT dispatcher: a topic for each field
    RECORDS = "records"  # whole records as JSON, as bridges from other dispatchers publish them


@dataclass(slots=True)  # not frozen: one is made for each message, and that would take twice as long
class Message:
    """What a broker delivers; `retained` is what it has kept from before we subscribed."""

    topic: str
    payload: bytes
    retained: bool


# A topic filter, and whom to tell of each message; returns what ends that.
type Subscribe = Callable[[str, Callable[[Message], None]], Awaitable[Callable[[], None]]]


# Whose message it is if its topic says so, the rest of that or the VIN it may be of, and if it was kept.
type Waiting = tuple[Broadcast | None, str, bytes, bool]
GONE: Waiting = (None, "", b"", True)  # stands where the broker went away


class MqttSource:
    """Cars' topics on a broker: messages in, readings out.

    health:    how it fares
    skipped:   what nobody can read, counted by field or by what is wrong with it
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
        clock: seconds since 1970
        on_health:   is told whenever how it fares has changed
        on_stranger: is told once of each car that is not ours
        """
        self.health = Health()
        self.skipped: Counter[str] = Counter()
        self.strangers: dict[str, None] = {}
        self._form = form
        self._topic = topic
        self._subscribe = subscribe
        self._clock = clock
        self._on_health = on_health
        self._on_stranger = on_stranger
        self._sleep = sleep
        # A VIN that would be a filter for more than one car, or for none, is never subscribed to.
        self._cars = {vin: Broadcast(car, self.skipped) for vin, car in cars.items() if _is_level(vin)}
        self._ends: list[Callable[[], None]] = []
        self._subscribed = False
        self._broker = True
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._arrived_at = 0.0
        self._look_at: dict[Broadcast, float] = {}
        self._looked_at = 0.0
        self._something_happened = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            await self.begin()
            while True:
                await self._wait()
                if self._waiting and self._form is Form.TOPICS:
                    await asyncio.sleep(GATHER)
                for _ in self.take_over():
                    await asyncio.sleep(0)
        finally:
            self._end()

    def broker_changed(self, connected: bool) -> None:  # noqa: FBT001  # a fact, as any other
        """Learn whether the broker is reached. Whoever subscribes for us also does so again."""
        self._broker = connected
        if not connected and not self._waiting:
            self._forget()
        elif not connected and self._waiting[-1] is not GONE:
            # What came before it went is no sign of a connection afterwards.
            self._waiting.append(GONE)
            self._something_happened.set()
        self._tell_subscribed()

    def take_over(self) -> Iterator[None]:
        """Take over what has come in; each iteration is a pause. `run` does this whenever something has."""
        touched: dict[Broadcast, None] = {}
        taken = 0
        while self._waiting:
            waiting = self._waiting.popleft()
            if waiting is GONE:
                self._forget()
                continue
            broadcast, name, payload, retained = waiting
            self._waiting_bytes -= len(name) + len(payload)
            if broadcast is None:
                for part, (of_whom, record) in enumerate(self._read(name, payload)):
                    if part:
                        yield
                    touched[of_whom] = None
                    yield from of_whom.take_record(record, self._arrived_at, retained=retained)
            else:
                touched[broadcast] = None
                yield from broadcast.take_topic(name, payload, self._arrived_at, retained=retained)
            taken += 1 + len(payload) // AS_LONG_AS_ONE
            if taken >= AT_ONCE:
                taken = 0
                self._flush(touched)
                yield
        self._flush(touched)
        self._lapse(touched)

    async def begin(self) -> None:
        """Subscribe; what fails is tried again. `run` does this first."""
        reconnect = Reconnect(self._clock)
        while True:
            try:
                for topic, hear in self._wanted():
                    self._ends.append(await self._subscribe(topic, hear))
            except Exception as error:  # noqa: BLE001  # whatever it is that cannot subscribe, it is tried again
                self._end()
                self._tell_health(works=False, trouble=NOT_SUBSCRIBED, detail=type(error).__name__)
                await self._sleep(reconnect.pause())
            else:
                break
        self._subscribed = True
        for broadcast in self._cars.values():
            broadcast.tell_links()
        self._tell_subscribed()

    def _wanted(self) -> Iterator[tuple[str, Callable[[Message], None]]]:
        """Yield the filters to subscribe to, each with who hears its messages."""
        if self._form is Form.RECORDS:
            yield self._topic, self._hear_record
            return
        for vin, broadcast in self._cars.items():
            hear = partial(self._hear_car, broadcast, f"{self._topic}/{vin}/")
            yield mqtt.car_filter(self._topic, vin), hear
        # So cars that nobody knows are found, and cost next to nothing.
        yield mqtt.strangers_filter(self._topic), self._hear_stranger

    def _forget(self) -> None:
        self._look_at.clear()
        for broadcast in self._cars.values():
            broadcast.forget()

    def _end(self) -> None:
        self._subscribed = False
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def _hear_car(self, broadcast: Broadcast, prefix: str, message: Message) -> None:
        if message.topic.startswith(prefix):
            self._put(broadcast, message.topic[len(prefix) :], message)
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
            self._put(None, vin, message)
        else:
            self._pass_by(next(filter(mqtt.is_vin, named), ""))

    def _hear_stranger(self, message: Message) -> None:
        vin = message.topic.removeprefix(f"{self._topic}/").partition("/")[0]
        if vin not in self._cars:
            self._pass_by(vin)

    def _put(self, broadcast: Broadcast | None, name: str, message: Message) -> None:
        if len(message.payload) > mqtt.LIMIT:
            self.skipped[TOO_LARGE] += 1
        elif len(self._waiting) >= WAITING_LIMIT or self._waiting_bytes >= WAITING_BYTES:
            self.skipped[TOO_MANY] += 1
        else:
            self._waiting_bytes += len(name) + len(message.payload)
            self._waiting.append((broadcast, name, message.payload, message.retained))
            self._arrived_at = self._clock()
            self._something_happened.set()

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

    def _flush(self, touched: Iterable[Broadcast]) -> None:
        for broadcast in touched:
            broadcast.flush(self._arrived_at)

    def _lapse(self, touched: Iterable[Broadcast]) -> None:
        """Look at the connections of cars that were heard, and of those where it is time to."""
        now = self._clock()
        set_back, self._looked_at = now < self._looked_at, now
        due = (broadcast for broadcast, at in self._look_at.items() if set_back or at <= now)
        for broadcast in {*touched, *due}:
            again = broadcast.lapse(now)
            if again is None:
                self._look_at.pop(broadcast, None)
            else:
                self._look_at[broadcast] = again

    async def _wait(self) -> None:
        """Wait until something has come in, or a connection may have lapsed."""
        seconds = min(self._look_at.values(), default=inf) - self._clock()
        try:
            async with asyncio.timeout(min(max(seconds, 1.0), LONGEST)):
                await self._something_happened.wait()
        except TimeoutError:
            return
        finally:
            self._something_happened.clear()

    def _tell_subscribed(self) -> None:
        if self._subscribed:
            self._tell_health(works=self._broker, trouble="" if self._broker else BROKER_AWAY)

    def _tell_health(self, *, works: bool, trouble: str, detail: str = "") -> None:
        known = self.health
        if (works, trouble, detail) == (known.works, known.trouble, known.detail):
            return
        changed = works is not known.works
        self.health = Health(
            works=works,
            since=self._clock() if changed else known.since,
            trouble=trouble,
            detail=detail,
            begun=known.begun + (changed and works),
        )
        self._on_health(self.health)


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
