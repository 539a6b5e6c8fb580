"""What goes wrong between the server and whoever listens to the broker, each as a verb."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
import json
from random import Random
from typing import Any, override

from .mqtt import RECORDS, MqttConfig, MqttDispatcher
from .record import DATA, Record
from .render import Message, text

DAY_S = 86_400.0
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
STRANGE_VIN = "+/#"


class Broadcast(MqttDispatcher):
    """A dispatcher that can be told to misbehave.

    twice:  publishes every message two times
    lower:  writes VINs in lower case, in topics and in records
    """

    def __init__(self, config: MqttConfig, random: Random, now: Callable[[], float]) -> None:
        """Behave, until told otherwise; `now` is real time, seconds since 1970."""
        super().__init__(config, random)
        self._now = now
        self.twice = self.lower = False
        self._held: deque[Record] | None = None

    @override
    async def __call__(self, record: Record) -> None:
        if self._held is None:
            await super().__call__(record)
        elif self._held:
            earlier = self._held.popleft()
            await super().__call__(record)
            await super().__call__(earlier)
        else:
            self._held.append(record)

    @override
    def written(self, record: Record) -> tuple[list[Message], str]:
        messages, failure = super().written(record)
        if self.lower:
            messages = [_with(message, record.vin, record.vin.lower()) for message in messages]
        return [message for message in messages for _ in range(2 if self.twice else 1)], failure

    def repeat(self, *, on: bool = True) -> None:
        """Publish every message twice."""
        self.twice = on

    def misspell(self, *, on: bool = True) -> None:
        """Write VINs in lower case."""
        self.lower = on

    async def reorder(self, *, on: bool = True) -> None:
        """Publish of every two records the second first."""
        held, self._held = self._held, deque() if on else None
        for record in held or ():
            await super().__call__(record)

    async def say(self, topic: str, payload: str, *, retained: bool | None = None) -> None:
        """Publish any text at a topic below the base, as in "{VIN}/v/Soc"; of records at the topic itself."""
        await self.publish([(self._topic(topic), payload)], retained=retained)

    async def shout(self, vin: str, size: int = 1_000_000) -> None:
        """Publish a value of so many bytes."""
        await self._value(vin, "VehicleName", "x" * size)

    async def babble(self, vin: str, said: str = "{not JSON") -> None:
        """Publish what is no JSON."""
        topic = DATA if self.config.form == RECORDS else f"{vin}/v/Soc"
        await self.publish([(self._topic(topic), said)])

    async def tell(self, vin: str, **values: Any) -> None:
        """Publish values as JSON has them: a text where a number should be, a number for a text."""
        for name, value in values.items():
            await self._value(vin, name, value)

    async def leave(self, vin: str, *, days: float = 90.0, **values: Any) -> None:
        """Leave values of days ago with the broker, which gives them to everybody who subscribes."""
        for name, value in values.items():
            await self._value(vin, name, value, days=days, retained=True)

    async def forge(self, vin: str = STRANGE_VIN, **values: Any) -> None:
        """Publish a record of a car that cannot be; in topics brokers allow no wildcards."""
        for name, value in (values or {"Soc": 50.0}).items():
            message = self._record(vin, name, value, 0.0)
            await self.publish([message])

    async def crowd(self, cars: int = 1000, *, rounds: int = 1) -> int:
        """Publish values of so many cars of others; return how many messages that were."""
        vins = ["".join(Random(number).choices(LETTERS, k=17)) for number in range(cars)]  # noqa: S311  # names
        before = self.published
        for turn in range(rounds):
            for vin in vins:
                await self.publish(
                    [self._message(vin, "Soc", 50.0 + turn % 50), self._message(vin, "Gear", "P")]
                )
        return self.published - before

    def lose_broker(self) -> None:
        """Lose the connection to the broker, without a word; it is opened again by itself."""
        self.cut()

    async def _value(
        self, vin: str, name: str, value: Any, *, days: float = 0.0, retained: bool | None = None
    ) -> None:
        await self.publish([self._message(vin, name, value, days)], retained=retained)

    def _message(self, vin: str, name: str, value: Any, days: float = 0.0) -> Message:
        if self.config.form == RECORDS:
            return self._record(vin, name, value, days)
        return Message(self._topic(f"{vin}/v/{name}"), text(value))

    def _record(self, vin: str, name: str, value: Any, days: float) -> Message:
        at = datetime.fromtimestamp(self._now() - days * DAY_S, UTC)
        record = {
            "data": [{"key": name, "value": {_member(value): value}}],
            "createdAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "vin": vin,
            "isResend": False,
        }
        return Message(self._topic(DATA), json.dumps(record))

    def _topic(self, rest: str) -> str:
        join = "_" if self.config.form == RECORDS else "/"
        return f"{self.config.topic_base}{join}{rest}"


def _member(value: Any) -> str:
    kinds: Iterable[tuple[type, str]] = (
        (bool, "booleanValue"),
        (int, "intValue"),
        (float, "doubleValue"),
        (Mapping, "locationValue"),
    )
    return next((member for kind, member in kinds if isinstance(value, kind)), "stringValue")


def _with(message: Message, vin: str, other: str) -> Message:
    return Message(message.topic.replace(vin, other), message.payload.replace(f'"{vin}"', f'"{other}"'))
