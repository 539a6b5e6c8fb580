"""[I/O] What the user's own TeslaMate publishes to a broker; subscribing is handed in."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from ..decode.teslamate import KEYS, values_of
from ..decode.teslamate_topics import all_filters, car_filter, read_topic, strangers_filter
from ..vehicle.signals import config, drive, software
from .broker import BrokerSource, Filters, Message, Subscribe
from .logged_car import LIMIT, TOPIC, LoggedCar
from .source import Health, PushedCar

STRANGERS_LIMIT = 100  # cars that are not ours and are remembered
# What is counted where nobody can use it.
NO_NUMBER = "no number of a car"
STRANGER = "another car"

type _About = tuple[LoggedCar, str]  # whose message it is, and the key of its topic


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCar:
    """What tells a TeslaMate's car from its others; None where it does not say.

    odometer: miles
    version:  of its firmware
    """

    name: str | None = None
    model: str | None = None
    trim: str | None = None
    exterior_color: str | None = None
    odometer: float | None = None
    version: str | None = None


class TeslaMateSource(BrokerSource[_About, LoggedCar]):
    """Cars of one TeslaMate: messages in, readings out.

    strangers: numbers of cars that are seen and not ours
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        cars: Mapping[int, PushedCar],
        *,
        subscribe: Subscribe,
        namespace: str,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        on_car: Callable[[int, str], None] = lambda _number, _trouble: None,
        on_stranger: Callable[[int], None] = lambda _number: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Deliver to these cars, by TeslaMate's number of each.

        namespace: as TeslaMate is told; empty for none
        on_car:      is told why one of the cars hears nothing, a key of the user's texts; empty once it does
        on_stranger: is told once of each car that is not ours
        """
        skipped: Counter[str] = Counter()
        self.strangers: dict[int, None] = {}
        self._namespace = namespace
        self._on_stranger = on_stranger
        self._cars = {
            number: LoggedCar(car, skipped, partial(on_car, number)) for number, car in cars.items()
        }
        super().__init__(
            self._cars.values(),
            gather=True,
            skipped=skipped,
            subscribe=subscribe,
            clock=clock,
            on_health=on_health,
            sleep=sleep,
        )

    def handle(
        self, what: _About, payload: bytes, touched: dict[LoggedCar, None], *, retained: bool
    ) -> Iterable[None]:
        """Take over one message."""
        car, key = what
        touched[car] = None
        car.take(key, payload, retained=retained)
        return ()

    def wanted(self) -> Filters:
        """Yield the filters to subscribe to, each with who hears its messages."""
        for number, car in self._cars.items():
            yield car_filter(self._namespace, number), partial(self._hear_car, car, number)
        # So cars that nobody knows are found, and cost next to nothing.
        yield strangers_filter(self._namespace), self._hear_stranger

    def _hear_car(self, car: LoggedCar, number: int, message: Message) -> None:
        topic = read_topic(message.topic)
        if topic is None or (topic.namespace, topic.number) != (self._namespace, number):
            self.skipped[TOPIC] += 1
        else:
            self.put((car, topic.key), topic.key, message)

    def _hear_stranger(self, message: Message) -> None:
        topic = read_topic(message.topic)
        if topic is None:
            self.skipped[NO_NUMBER] += 1
        elif topic.number not in self._cars and message.payload:
            self.skipped[STRANGER] += 1
            if topic.number not in self.strangers and len(self.strangers) < STRANGERS_LIMIT:
                self.strangers[topic.number] = None
                self._on_stranger(topic.number)


async def find_teslamate(
    subscribe: Subscribe,
    seconds: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> dict[str, dict[int, FoundCar]]:
    """Return the cars that are heard of within some seconds, by namespace (empty for none) and number.

    Raises: whatever subscribing does
    """
    told: dict[tuple[str, int], dict[str, str]] = {}

    def hear(message: Message) -> None:
        topic = read_topic(message.topic)
        if topic is None or topic.key not in KEYS or len(message.payload) > LIMIT:
            return
        of = topic.namespace, topic.number
        if message.payload and (of in told or len(told) < STRANGERS_LIMIT):
            told.setdefault(of, {})[topic.key] = message.payload.decode(errors="replace")

    ends: list[Callable[[], None]] = []
    try:
        for one in all_filters():
            ends.append(await subscribe(one, hear))  # noqa: PERF401  # what was begun has to be ended, too
        await sleep(seconds)
    finally:
        for end in ends:
            end()
    found: dict[str, dict[int, FoundCar]] = {}
    for namespace, number in sorted(told):
        found.setdefault(namespace, {})[number] = _found(told[namespace, number])
    return found


def _found(texts: Mapping[str, str]) -> FoundCar:
    values = values_of(texts, texts, Counter())
    return FoundCar(
        name=values.get(software.VEHICLE_NAME),
        model=texts.get("model"),
        trim=texts.get("trim_badging"),
        exterior_color=values.get(config.EXTERIOR_COLOR),
        odometer=values.get(drive.ODOMETER),
        version=values.get(software.VERSION),
    )
