"""[I/O] What the user's own TeslaMate publishes to a broker; subscribing is handed in."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from .broker import Subscribe
from .source import Health, PushedCar


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


class TeslaMateSource:
    """Cars of one TeslaMate: messages in, readings out.

    health:    how it fares
    skipped:   what nobody can read, counted by topic or by what is wrong with it
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
        clock: seconds since 1970
        on_health:   is told whenever how it fares has changed
        on_car:      is told why one of the cars hears nothing, a key of the user's texts; empty once it does
        on_stranger: is told once of each car that is not ours
        """
        self.health = Health()
        self.skipped: Counter[str] = Counter()
        self.strangers: dict[int, None] = {}
        self._cars = cars
        self._subscribe = subscribe
        self._namespace = namespace
        self._clock = clock
        self._on_health = on_health
        self._on_car = on_car
        self._on_stranger = on_stranger
        self._sleep = sleep

    async def run(self) -> None:
        """Listen until cancelled."""
        await asyncio.Event().wait()

    def broker_changed(self, connected: bool) -> None:  # noqa: FBT001  # a fact, as any other
        """Learn whether the broker is reached. Whoever subscribes for us also does so again."""


async def find_teslamate(
    subscribe: Subscribe,
    seconds: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> dict[str, dict[int, FoundCar]]:
    """Return the cars that are heard of within some seconds, by namespace (empty for none) and number.

    Raises: whatever subscribing does
    """
    found: dict[str, dict[int, FoundCar]] = {}
    end = await subscribe("teslamate/#", lambda _message: None)
    try:
        await sleep(seconds)
    finally:
        end()
    return found
