"""Hands a command over: in the form that the car takes, awake, and once the guard lets it go."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ..errors import (
    CarError,
    CarSilent,
    CarUnreachable,
    SignatureRequired,
    SignatureUnsupported,
    TeslaError,
    WakeFailed,
)
from ..vehicle.connectivity import Event, Power
from .command import Command, Origin
from .delivery import Delivery
from .guard import ASLEEP, Ask, Go, Look, No, Plan, Signer, Situation, WakeFirst, ask_of, plan
from .waker import TIMED_OUT, Waker
from .wanted import Wish

SERVICE_UNAVAILABLE = 503


class ReachedCar(Protocol):
    """A car as whoever hands it a command sees it."""

    @property
    def wants_signature(self) -> bool:
        """Whether it refuses plain commands, as far as anybody has told."""

    @property
    def power(self) -> Power:
        """How reachable it is."""

    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        """Return all that decides whether something may go now."""

    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""

    def wakes_for(self, command: Command, origin: Origin) -> AbstractContextManager[None]:
        """Reckon with a wake that the provider may bill for a command, unless that was not sent."""

    def learned(self, *, wants_signature: bool) -> None:
        """Learn from the car itself which form of commands it takes."""

    async def look(self, origin: Origin) -> None:
        """Have its free state read, and its power follow from that."""


class Handover:
    """Hands commands over to one car.

    set_at: when each value was sent last, seconds since 1970, by the name of what is set
    """

    def __init__(
        self,
        car: ReachedCar,
        delivery: Delivery,
        waker: Waker,
        *,
        clock: Callable[[], float],
        signer: Signer,
    ) -> None:
        """Send nothing yet.

        clock:  seconds since 1970
        signer: who signs what the car takes only signed
        """
        self.set_at: dict[str, float] = {}
        self._car = car
        self._delivery = delivery
        self._waker = waker
        self._clock = clock
        self._signer = signer

    def plan(self, command: Command, origin: Origin) -> Plan:
        """Return what to do about a command now."""
        ask = self._ask(command)
        return plan(ask, self._car.situation(ask, command, origin))

    async def admit(self, wish: Wish) -> Go:
        """Return how a command may go, once it may.

        Raises: TeslaError: why it may not
        """
        return await self.admitted(self._ask(wish.command), lambda: wish.origin, wish.command)

    async def admitted(self, ask: Ask, whose: Callable[[], Origin], command: Command | None = None) -> Go:
        """Look and wake as often as it takes, which is once, and return how it may go.

        whose: returns who wants it by then; others may have joined
        """
        looked = woken = False
        while True:
            origin = whose()
            match plan(ask, self._car.situation(ask, command, origin)):
                case Go() as go:
                    return go
                case No(error):
                    raise error
                case Look():
                    if looked:
                        raise CarUnreachable(f"{ask.name}: nobody knows how the car is")
                    looked = True
                    await self._car.look(origin)
                case WakeFirst():
                    if woken:
                        raise WakeFailed(f"{ask.name}: the car fell asleep again", retry_after=0.0)
                    woken = True
                    await self._waker.wake(origin)

    async def deliver(self, wish: Wish) -> None:
        """Send a command in the form that the car takes, once it may go; a sleeping car is woken once.

        Raises: TeslaError: it was not done, or nobody knows
        """
        command = wish.command
        slept = relearned = False
        while True:
            go = await self.admit(wish)
            now = self._clock()
            wish.sent_at = now if wish.sent_at is None else wish.sent_at
            if command.setpoint is not None:
                self.set_at[command.setpoint] = now
            try:
                return await self._attempt(wish, go)
            except CarSilent:
                raise
            except CarUnreachable:
                if slept:
                    raise
                slept = True
            except SignatureRequired, SignatureUnsupported:
                # Who signs for us has chosen the form by itself.
                if relearned or self._signer is Signer.PROVIDER:
                    raise
                relearned = True
            if not wish.in_doubt:
                wish.sent_at = None  # that attempt has certainly done nothing

    async def _attempt(self, wish: Wish, go: Go) -> None:
        """Send a command, and learn from how it fails.

        Raises: as it was, what another attempt heals; CarSilent where there must not be another one
        """
        command = wish.command
        try:
            await self._handed_over(wish, go)
        except CarSilent:
            raise
        except (CarUnreachable, SignatureRequired, SignatureUnsupported) as error:
            doubt = error.may_have_succeeded
            if isinstance(error, CarUnreachable):
                # It sleeps, whatever was believed: 408 makes it so, and it is asked about anew.
                self._car.witness(Event.UNREACHABLE)
                doubt = doubt or await self._may_have_acted(error, wish.origin)
            else:
                self._car.learned(wants_signature=isinstance(error, SignatureRequired))
            wish.in_doubt = wish.in_doubt or doubt
            if wish.in_doubt and not command.repeatable:
                raise CarSilent(f"{command.name}: it may have acted") from error
            raise

    async def _handed_over(self, wish: Wish, go: Go) -> None:
        """Hand a command over. A provider that wakes cars bills that, and its giving up is final."""
        command, origin = wish.command, wish.origin
        reckoned = self._car.wakes_for(command, origin) if go.wakes else nullcontext()
        if go.wakes:
            self._waker.on_the_way()
        try:
            with reckoned:
                await self._delivery.deliver(command, go.route, origin)
        except CarUnreachable as error:
            if not (self._waker.by_provider and error.status == TIMED_OUT):
                raise
            if isinstance(error, CarSilent) and not go.wakes:
                raise  # it was awake, and may have acted before the time was up
            self._car.witness(Event.UNREACHABLE)
            raise self._waker.gave_up(" for the provider") from error
        except TeslaError as error:
            if go.wakes and not error.may_have_succeeded:
                self._waker.arrived()  # it was not sent, or answered: whoever wakes sees that through first
                if isinstance(error, CarError):
                    self._car.witness(Event.SAID_ONLINE)  # as it says no by itself
            raise
        if go.wakes:
            self._waker.arrived()
            self._car.witness(Event.SAID_ONLINE)  # as it has done something

    async def _may_have_acted(self, error: CarUnreachable, origin: Origin) -> bool:
        """Return whether a car may have acted that "is not awake": a gateway says 503 for more than that."""
        if error.status != SERVICE_UNAVAILABLE:
            return False
        try:
            await self._car.look(origin)
        except TeslaError:
            return True  # nobody says that it sleeps
        return self._car.power not in ASLEEP

    def _ask(self, command: Command) -> Ask:
        return ask_of(command, wants_signature=self._car.wants_signature, signer=self._signer)
