"""[I/O] What the official telemetry server, or a bridge, publishes to a broker; subscribing is handed in."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..vehicle.sources import MQTT
from .source import Health, PushedCar


class Form(StrEnum):
    """What is published."""

    TOPICS = "topics"  # the server's own MQTT dispatcher: a topic for each field
    RECORDS = "records"  # whole records as JSON, as bridges from other dispatchers publish them


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker delivers; `retained` is what it has kept from before we subscribed."""

    topic: str
    payload: bytes
    retained: bool


# A topic filter, and whom to tell of each message; returns what ends that.
type Subscribe = Callable[[str, Callable[[Message], None]], Awaitable[Callable[[], None]]]

# Why a source does not work: keys of the user's texts.
BROKER_AWAY = "broker_away"
NOT_SUBSCRIBED = "not_subscribed"


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

    async def run(self) -> None:
        """Listen until cancelled."""

    def broker_changed(self, connected: bool) -> None:  # noqa: FBT001  # a fact, as any other
        """Learn whether the broker is reached. Whoever subscribes for us also does so again."""


async def find_cars(
    subscribe: Subscribe,
    form: Form,
    topic: str,
    seconds: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> dict[str, int]:
    """Return the cars that are heard of within some seconds, by VIN, and how many messages of each."""
