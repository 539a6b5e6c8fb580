"""[I/O] Topics of a broker, listened to for as long as a source runs; subscribing is handed in.

What comes in waits until it is handled, a bounded part at a time, so that nobody's flood holds up the loop.
"""

from abc import ABC, abstractmethod
import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Protocol

from ..decode import mqtt
from .reconnect import Reconnect
from .source import Health

AT_ONCE = 200  # messages that are handled without a pause, about 2 ms
AS_LONG_AS_ONE = 1_000  # bytes that take as long as a message by itself
# Seconds in which values that were measured together arrive, each in a message of its own.
GATHER = 0.05
WAITING_LIMIT = 20_000  # messages that wait to be handled; a car's whole state is 270
WAITING_BYTES = 16_000_000  # of them together, with their topics
LONGEST = 600.0  # seconds without a look at the clock, which may have been set back
# Why a source does not work: keys of the user's texts.
BROKER_AWAY = "broker_away"
NOT_SUBSCRIBED = "not_subscribed"
# What is counted where nobody can use it.
TOO_LARGE = "too large"
TOO_MANY = "too many at once"


@dataclass(slots=True)  # not frozen: one is made for each message, and that would take twice as long
class Message:
    """What a broker delivers; `retained` is what it has kept from before we subscribed."""

    topic: str
    payload: bytes
    retained: bool


# A topic filter, and whom to tell of each message; returns what ends that.
type Subscribe = Callable[[str, Callable[[Message], None]], Awaitable[Callable[[], None]]]
type Filters = Iterable[tuple[str, Callable[[Message], None]]]


class Followed(Protocol):
    """One car as a broker's messages tell of it. Times are seconds since 1970, by our clock."""

    def flush(self, now: float) -> None:
        """Deliver what was told since the last time, the last of it at `now`."""

    def lapse(self, now: float) -> float | None:
        """Forget what is not to be believed in any more; return when to look again."""

    def forget(self, now: float) -> None:
        """Forget all connections: the broker is away."""

    def tell_links(self) -> None:
        """Tell the car what has changed of its connections."""


@dataclass(slots=True)  # not frozen, for the same reason
class Waiting[W]:
    """What is not handled yet; `what` is None where the broker went away.

    at: when it came, seconds since 1970
    """

    what: W | None
    payload: bytes
    retained: bool
    size: int
    at: float = 0.0


class BrokerSource[W, F: Followed](ABC):
    """Subscriptions, what comes through them, and how that fares; what it means is said below.

    health:     how it fares
    skipped:    what nobody can read, counted by what it is about or by what is wrong with it
    waiting:    what is not handled yet, oldest first
    arrived_at: when the message came that was handled last, seconds since 1970
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        followed: Iterable[F],
        *,
        gather: bool,
        skipped: Counter[str],
        subscribe: Subscribe,
        clock: Callable[[], float],
        on_health: Callable[[Health], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Listen for these cars.

        gather:    wait a moment for what comes together
        clock:     seconds since 1970
        on_health: is told whenever how it fares has changed
        """
        self.health = Health()
        self.skipped = skipped
        self.waiting: deque[Waiting[W]] = deque()
        self.arrived_at = 0.0
        self._followed = tuple(followed)
        self._gather = gather
        self._subscribe = subscribe
        self._clock = clock
        self._on_health = on_health
        self._sleep = sleep
        self._ends: list[Callable[[], None]] = []
        self._subscribed = False
        self._broker = True
        self._waiting_bytes = 0
        self._look_at: dict[F, float] = {}
        self._looked_at = 0.0
        self._something_happened = asyncio.Event()

    @abstractmethod
    def wanted(self) -> Filters:
        """Return the filters to subscribe to, each with who hears its messages."""

    @abstractmethod
    def handle(self, what: W, payload: bytes, touched: dict[F, None], *, retained: bool) -> Iterable[None]:
        """Handle a message; each iteration is a pause.

        touched:  is given the cars that it was of
        retained: the broker had kept it
        """

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            await self.begin()
            while True:
                await self._wait()
                if self.waiting and self._gather:
                    await asyncio.sleep(GATHER)
                for _ in self.take_over():
                    await asyncio.sleep(0)
        finally:
            self._end()

    async def begin(self) -> None:
        """Subscribe; what fails is tried again. `run` does this first."""
        reconnect = Reconnect(self._clock)
        while True:
            try:
                for topic, hear in self.wanted():
                    self._ends.append(await self._subscribe(topic, hear))
            except Exception as error:  # noqa: BLE001  # whatever it is that cannot subscribe, it is tried again
                self._end()
                self._tell_health(works=False, trouble=NOT_SUBSCRIBED, detail=type(error).__name__)
                await self._sleep(reconnect.pause())
            else:
                break
        self._subscribed = True
        for followed in self._followed:
            followed.tell_links()
        self._tell_subscribed()

    def broker_changed(self, connected: bool) -> None:  # noqa: FBT001  # a fact, as any other
        """Learn whether the broker is reached. Whoever subscribes for us also does so again."""
        self._broker = connected
        if not connected and not self.waiting:
            self._forget()
        elif not connected and self.waiting[-1].what is not None:
            # What came before it went is no sign of a connection afterwards.
            self.waiting.append(Waiting(None, b"", True, 0))  # noqa: FBT003  # stands where the broker went
            self._something_happened.set()
        self._tell_subscribed()

    def put(self, what: W, name: str, message: Message) -> None:
        """Have a message wait; `name` is what is kept of its topic."""
        if len(message.payload) > mqtt.LIMIT:
            self.skipped[TOO_LARGE] += 1
        elif len(self.waiting) >= WAITING_LIMIT or self._waiting_bytes >= WAITING_BYTES:
            self.skipped[TOO_MANY] += 1
        else:
            size = len(name) + len(message.payload)
            self._waiting_bytes += size
            self.waiting.append(Waiting(what, message.payload, message.retained, size, self._clock()))
            self._something_happened.set()

    def take_over(self) -> Iterable[None]:
        """Take over what has come in; each iteration is a pause. `run` does this whenever something has."""
        touched: dict[F, None] = {}
        taken = 0
        while self.waiting:
            waiting = self.waiting.popleft()
            if waiting.what is None:
                self._forget()
                continue
            self._waiting_bytes -= waiting.size
            self.arrived_at = waiting.at
            yield from self.handle(waiting.what, waiting.payload, touched, retained=waiting.retained)
            taken += 1 + len(waiting.payload) // AS_LONG_AS_ONE
            if taken >= AT_ONCE:
                taken = 0
                self._flush(touched)
                yield
        self._flush(touched)
        self._lapse(touched)

    def _forget(self) -> None:
        self._look_at.clear()
        now = self._clock()
        for followed in self._followed:
            followed.forget(now)

    def _end(self) -> None:
        self._subscribed = False
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def _flush(self, touched: Iterable[F]) -> None:
        for followed in touched:
            followed.flush(self.arrived_at)

    def _lapse(self, touched: Iterable[F]) -> None:
        """Look at the connections of cars that were heard, and of those where it is time to."""
        now = self._clock()
        set_back, self._looked_at = now < self._looked_at, now
        due = (followed for followed, at in self._look_at.items() if set_back or at <= now)
        for followed in {*touched, *due}:
            again = followed.lapse(now)
            if again is None:
                self._look_at.pop(followed, None)
            else:
                self._look_at[followed] = again

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
