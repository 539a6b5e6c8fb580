"""[I/O] Sends commands to one car: one at a time, each wish once, and only what the guard lets go."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import logging
from typing import Protocol

from ..errors import (
    ActionRefused,
    BillingLimitExceeded,
    KeyNotPaired,
    LoginExpired,
    NotSent,
    RateLimited,
    Refused,
    TeslaError,
    TokenUnavailable,
    WakeFailed,
)
from ..vehicle.expectation import Expectation
from ..vehicle.signal import AnySignal
from .command import Command, Origin
from .delivery import Delivery
from .flight import Flight, Spawn
from .guard import WAKE, Ask, No, Signer
from .handover import Handover, ReachedCar
from .record import CommandRecord, Outcome
from .waker import Waker
from .wanted import PutOff, Wish

_LOGGER = logging.getLogger(__name__)

# Seconds in which moves of a slider become one command.
GATHER = 2.0
RELOAD = 120.0  # seconds after which what comes back was not just reloaded
UNSENT = (Refused, NotSent, TokenUnavailable)  # errors after which nothing of a command is on its way
OF_OURS_TOO = (BillingLimitExceeded, LoginExpired, RateLimited)  # the same where nobody was asked


class CommandedCar(ReachedCar, Protocol):
    """A car as its sender sees it."""

    def holds(self, command: Command) -> bool:
        """Return whether all that a command is to bring about is known to be so already."""

    async def know(self, command: Command, origin: Origin) -> None:
        """Have what a command is to change known as it is now, for money if need be.

        Raises: TeslaError: it is not known, even to the car
        """

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
        self._waker = waker
        self._handover = Handover(car, delivery, waker, clock=clock, signer=signer)
        self._floor = floor
        self._clock = clock
        self._sleep = sleep
        self._spawn = spawn
        self._turn = asyncio.Lock()
        self._wishes: list[Wish] = []

    async def send(self, command: Command, origin: Origin) -> None:
        """Return once the car has said that it is done.

        What is set more often than its floor allows is put off: then this returns at once, and the last
        value goes when its time has come.
        Raises: TeslaError: it was not done, or with `may_have_succeeded` nobody knows
        """
        record = CommandRecord(name=command.name, cause=origin.cause, by=origin.by, at=self._clock())
        if isinstance(decided := self._handover.plan(command, origin), No):
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
        await self._handover.admitted(WAKE, lambda: origin)

    async def admit(self, ask: Ask, origin: Origin) -> None:
        """Return once something that is no command may go.

        Raises: TeslaError: why it may not
        """
        await self._handover.admitted(ask, lambda: origin)

    def wished(self, signal: AnySignal) -> Expectation | None:
        """Return what a command that is on its way is to bring about of a fact; the newest counts."""
        for wish in reversed(self._wishes):
            for expectation in wish.command.expects:
                if expectation.signal is signal:
                    return expectation
        return None

    async def end(self) -> tuple[PutOff, ...]:
        """Leave nothing running, and return what was put off; who waits is told that all has ended."""
        wishes = tuple(self._wishes)
        for wish in wishes:
            await wish.flight.end()
        await self._waker.end()
        now = self._clock()
        return tuple(
            PutOff(
                command=wish.command,
                origin=wish.origin,
                left_at=now,
                set_at=self._handover.set_at.get(wish.command.setpoint or ""),
            )
            for wish in wishes
            # Only now is it certain which of them have not gone.
            if wish.postponed and wish.record.outcome is Outcome.CANCELLED
        )

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
                self._handover.set_at[one.command.setpoint] = one.set_at
            record = CommandRecord(name=one.command.name, cause=one.origin.cause, by=one.origin.by, at=now)
            self._begun(Wish(one.command, one.origin, record, postponed=True))

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
        since = self._clock() - self._handover.set_at.get(command.setpoint, float("-inf"))
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
            await self._handover.admit(wish)
            await self._car.know(command, wish.origin)
        if (command.toggles or command.setpoint is not None) and self._car.holds(command):
            record.outcome = Outcome.ALREADY
            self._car.ended(record, None)
            return
        try:
            await self._handover.deliver(wish)
        except ActionRefused as error:
            if error.reason not in command.holds:
                raise
            record.detail = error.reason
        record.answered = self._clock() - record.at
        record.outcome = Outcome.SENT
        self._car.done(command, record, wish.origin)

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
