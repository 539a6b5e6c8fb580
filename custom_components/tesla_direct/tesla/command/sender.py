"""[I/O] Sends commands to one car: one at a time, each wish once, and only what the guard lets go."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
import logging
from typing import Protocol

from ..errors import (
    ActionRefused,
    BillingLimitExceeded,
    CarError,
    CarSilent,
    CarUnreachable,
    KeyNotPaired,
    LoginExpired,
    NotSent,
    RateLimited,
    Refused,
    SignatureRequired,
    SignatureUnsupported,
    TeslaError,
    TokenUnavailable,
    WakeFailed,
)
from ..vehicle.connectivity import Event, Power
from ..vehicle.expectation import Expectation
from ..vehicle.signal import AnySignal
from .command import Command, Origin
from .delivery import Delivery
from .flight import Flight, Spawn
from .guard import (
    ASLEEP,
    WAKE,
    Ask,
    Go,
    Look,
    No,
    Plan,
    Signer,
    Situation,
    WakeFirst,
    ask_of,
    plan,
)
from .record import CommandRecord, Outcome
from .waker import TIMED_OUT, Waker
from .wanted import PutOff, Wish

_LOGGER = logging.getLogger(__name__)

# Seconds in which moves of a slider become one command.
GATHER = 2.0
RELOAD = 120.0  # seconds after which what comes back was not just reloaded
SERVICE_UNAVAILABLE = 503
UNSENT = (Refused, NotSent, TokenUnavailable)  # errors after which nothing of a command is on its way
OF_OURS_TOO = (BillingLimitExceeded, LoginExpired, RateLimited)  # the same where nobody was asked


class CommandedCar(Protocol):
    """A car as its sender sees it."""

    @property
    def wants_signature(self) -> bool:
        """Whether it refuses plain commands, as far as anybody has told."""

    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        """Return all that decides whether something may go now."""

    def holds(self, command: Command) -> bool:
        """Return whether all that a command is to bring about is known to be so already."""

    async def know(self, command: Command, origin: Origin) -> None:
        """Have what a command is to change known as it is now, for money if need be.

        Raises: TeslaError: it is not known, even to the car
        """

    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""

    def wakes_for(self, command: Command, origin: Origin) -> AbstractContextManager[None]:
        """Reckon with a wake that the provider may bill for a command, unless that was not sent."""

    def learned(self, *, wants_signature: bool) -> None:
        """Learn from the car itself which form of commands it takes."""

    @property
    def power(self) -> Power:
        """How reachable it is."""

    async def look(self, origin: Origin) -> None:
        """Have its free state read, and its power follow from that."""

    async def find_out(self, command: Command, since: float, origin: Origin) -> bool | None:
        """Return whether a command of which nobody knows was carried out, by the car's own word.

        since: when it was sent, seconds since 1970
        """

    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        """Learn that the car has said that a command is done; its own word has yet to confirm it."""

    def ended(self, record: CommandRecord, error: TeslaError | None) -> None:
        """Learn what became of a command that nothing more is to be expected of."""


class CommandSender:
    """Sends commands to one car.

    The car's security controller has room for one request, and the cloud gives the car one at a time.
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        car: CommandedCar,
        delivery: Delivery,
        waker: Waker,
        *,
        floor: Callable[[str], float],
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        spawn: Spawn,
        signer: Signer = Signer.US,
    ) -> None:
        """Send nothing yet.

        floor:  seconds between two commands that set the same value
        clock:  seconds since 1970
        signer: who signs what the car takes only signed
        """
        self._car = car
        self._delivery = delivery
        self._waker = waker
        self._floor = floor
        self._clock = clock
        self._sleep = sleep
        self._spawn = spawn
        self._signer = signer
        self._turn = asyncio.Lock()
        self._wishes: list[Wish] = []
        self._set_at: dict[str, float] = {}

    async def send(self, command: Command, origin: Origin) -> None:
        """Return once the car has said that it is done.

        What is set more often than its floor allows is put off: then this returns at once, and the last
        value goes when its time has come.
        Raises: TeslaError: it was not done, or with `may_have_succeeded` nobody knows
        """
        record = CommandRecord(name=command.name, cause=origin.cause, by=origin.by, at=self._clock())
        if isinstance(decided := self._plan(command, origin), No):
            self._end(record, decided.error)
            raise decided.error
        wish = self._joined(command, origin)
        if wish is None:
            if command.setpoint is not None and not self._setting(command) and self._car.holds(command):
                record.outcome = Outcome.ALREADY
                self._car.ended(record, None)
                return
            wish = self._begun(Wish(command, origin, record))
        if not wish.postponed:
            await wish.flight.wait()

    async def wake(self, origin: Origin) -> None:
        """Return once the car is online; one that is costs nothing.

        Raises: TeslaError
        """
        await self._admitted(WAKE, lambda: origin)

    async def admit(self, ask: Ask, origin: Origin) -> None:
        """Return once something that is no command may go.

        Raises: TeslaError: why it may not
        """
        await self._admitted(ask, lambda: origin)

    def wished(self, signal: AnySignal) -> Expectation | None:
        """Return what a command that is on its way is to bring about of a fact; the newest counts."""
        for wish in reversed(self._wishes):
            for expectation in wish.command.expects:
                if expectation.signal is signal:
                    return expectation
        return None

    async def end(self) -> tuple[PutOff, ...]:
        """Leave nothing running, and return what was put off; who waits is told that all has ended."""
        now = self._clock()
        left = tuple(
            PutOff(
                command=wish.command,
                origin=wish.origin,
                left_at=now,
                set_at=self._set_at.get(wish.command.setpoint or ""),
            )
            for wish in self._wishes
            if wish.postponed and not wish.begun
        )
        for wish in tuple(self._wishes):
            await wish.flight.end()
        await self._waker.end()
        return left

    def resume(self, left: Iterable[PutOff]) -> None:
        """Go on with what was put off before a reload: it goes when its time has come, if it may go then.

        Nothing is sent while all ends, as that would let a reload wait for a car; nor what was left so long
        ago that it was no reload: who wants it may want something else by now.
        """
        now = self._clock()
        for one in left:
            if not 0 <= now - one.left_at <= RELOAD:
                _LOGGER.debug("%s: not sent any more, as it was put off too long ago", one.command.name)
                continue
            if one.command.setpoint is not None and one.set_at is not None:
                self._set_at[one.command.setpoint] = one.set_at
            record = CommandRecord(name=one.command.name, cause=one.origin.cause, by=one.origin.by, at=now)
            self._begun(Wish(one.command, one.origin, record, postponed=True))

    def _plan(self, command: Command, origin: Origin) -> Plan:
        ask = self._ask(command)
        return plan(ask, self._car.situation(ask, command, origin))

    def _ask(self, command: Command) -> Ask:
        return ask_of(command, wants_signature=self._car.wants_signature, signer=self._signer)

    def _joined(self, command: Command, origin: Origin) -> Wish | None:
        """Return the wish that this one is a repeat, or a newer value, of."""
        newest = self._wishes[-1] if self._wishes else None
        if newest is not None and command.repeatable and newest.command == command and not newest.over:
            newest.join(origin)
            return newest
        if command.setpoint is None:
            return None
        for wish in self._wishes:
            if wish.command.setpoint == command.setpoint and not (wish.begun or wish.over):
                wish.command = command
                wish.join(origin)
                return wish
        return None

    def _setting(self, command: Command) -> bool:
        """Return whether the same value is just being set to something else."""
        return any(wish.command.setpoint == command.setpoint for wish in self._wishes)

    def _too_soon(self, command: Command) -> float:
        """Return the seconds until a value may be set again."""
        if command.setpoint is None:
            return 0.0
        since = self._clock() - self._set_at.get(command.setpoint, float("-inf"))
        return max(self._floor(command.setpoint) - since, 0.0) if since >= 0 else 0.0

    def _begun(self, wish: Wish) -> Wish:
        wait = 0.0
        if (setpoint := wish.command.setpoint) is not None:
            rest = self._too_soon(wish.command)
            # One that is being set just now, perhaps of a car that has yet to wake up, begins a floor, too.
            floor = max(rest, self._floor(setpoint) if self._setting(wish.command) else 0.0)
            wish.postponed = wish.postponed or floor > GATHER
            wait = max(rest, GATHER)
        self._wishes.append(wish)
        wish.flight = Flight(self._carry(wish, wait), f"command {wish.command.name}", self._spawn)
        return wish

    async def _carry(self, wish: Wish, wait: float) -> None:
        """See a wish through, whatever becomes of it."""
        error: TeslaError | None = None
        try:
            await self._take_turn(wish, wait)
        except TeslaError as failed:
            error = failed
            wish.failed = True
            # What did not get as far as the car was not done; what did may have been, whatever came then.
            doubt = failed.may_have_succeeded or wish.in_doubt
            error.may_have_succeeded = doubt and wish.sent_at is not None
            if not await self._was_done(wish, failed):
                if wish.postponed:
                    return  # nobody waits; the record tells
                raise
            error = None
        finally:
            self._wishes.remove(wish)
            if wish.record.outcome is None:
                self._end(wish.record, error, sent=wish.sent_at is not None)

    async def _take_turn(self, wish: Wish, wait: float) -> None:
        while True:
            if wait:
                await self._sleep(wait)
            async with self._turn:
                # Another one may have set it meanwhile, who had waited for the car to wake up.
                if (wait := self._too_soon(wish.command)) <= 0:
                    wish.begun = True
                    return await self._settle(wish)

    async def _settle(self, wish: Wish) -> None:
        command, record = wish.command, wish.record
        if command.toggles:
            await self._admitted(self._ask(command), lambda: wish.origin, command)
            await self._car.know(command, wish.origin)
        if (command.toggles or command.setpoint is not None) and self._car.holds(command):
            record.outcome = Outcome.ALREADY
            self._car.ended(record, None)
            return
        try:
            await self._deliver(wish)
        except ActionRefused as error:
            if error.reason not in command.holds:
                raise
            record.detail = error.reason
        record.answered = self._clock() - record.at
        record.outcome = Outcome.SENT
        self._car.done(command, record, wish.origin)

    async def _deliver(self, wish: Wish) -> None:
        """Send a command in the form that the car takes, once it may go; a sleeping car is woken once."""
        command = wish.command
        slept = relearned = False
        while True:
            go = await self._admitted(self._ask(command), lambda: wish.origin, command)
            now = self._clock()
            wish.sent_at = now if wish.sent_at is None else wish.sent_at
            if command.setpoint is not None:
                self._set_at[command.setpoint] = now
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

    async def _admitted(self, ask: Ask, whose: Callable[[], Origin], command: Command | None = None) -> Go:
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

    async def _was_done(self, wish: Wish, error: TeslaError) -> bool:
        """Return whether a command that was answered by an error was carried out all the same."""
        # That the car does not know our key it has said twice.
        if not error.may_have_succeeded or wish.sent_at is None or isinstance(error, KeyNotPaired):
            return False
        done = await self._car.find_out(wish.command, wish.sent_at, wish.origin)
        if done:
            wish.record.outcome = Outcome.CONFIRMED
            wish.record.answered = self._clock() - wish.record.at
            self._car.ended(wish.record, None)
        return done is True

    def _end(self, record: CommandRecord, error: TeslaError | None, *, sent: bool = False) -> None:
        if error is None:
            record.outcome = Outcome.UNKNOWN if sent else Outcome.CANCELLED
        else:
            record.detail = type(error).__name__
            if error.may_have_succeeded:
                record.outcome = Outcome.UNKNOWN
            else:
                # A provider may have tried in vain to wake the car for what it was sent.
                tried = sent and isinstance(error, WakeFailed)
                refused = not (sent and (tried or not isinstance(error, Refused)))
                record.outcome = Outcome.REFUSED if refused else Outcome.REJECTED
        self._car.ended(record, error)


def is_unsent(error: TeslaError) -> bool:
    """Return whether nothing of a command is on its way after an error: it never left, or we said no."""
    return isinstance(error, UNSENT) or (isinstance(error, OF_OURS_TOO) and error.status == 0)
