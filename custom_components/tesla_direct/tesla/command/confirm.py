"""[I/O] Sees to it that the car's own word is heard on what it has said it did, for money once at most."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import logging
from typing import Protocol

from ..errors import TeslaError
from ..vehicle.expectation import Expectation
from ..vehicle.signal import AnySignal, Report
from ..vehicle.state import RESTORED, VehicleState
from .command import Command, Origin
from .confirmations import Confirmations, Verdict, set_by
from .flight import Spawn
from .record import CommandRecord

_LOGGER = logging.getLogger(__name__)

STEP = 1.0  # seconds between looks at what is due, while a command waits for its confirmation
IDLE_STEP = 5.0  # the same while nothing is to be decided any more, only shown
# Seconds after which a command that was not answered has either been carried out or never will be: it lives
# for 15, and a car's clock and ours agree to one or two.
SETTLED_AFTER = 18.0
FOUND_OUT_AFTER = 25.0  # seconds after which what the car has said by then is all that we know


class ConfirmedCar(Protocol):
    """A car as whoever confirms its commands sees it."""

    @property
    def state(self) -> VehicleState:
        """What the car has said, with nothing laid over it."""

    def streams(self, signals: Iterable[AnySignal]) -> bool:
        """Return whether the car tells all of these by itself."""

    async def read(self, signals: Iterable[AnySignal], origin: Origin) -> None:
        """Have facts read for money, if the budget and our limits allow it."""

    def laid(self, signals: Iterable[AnySignal]) -> None:
        """Show anew what something was laid over, or taken away from."""

    def decided(self, verdict: Verdict) -> None:
        """Learn what became of a command."""


class Confirmer:
    """Confirms the commands of one car.

    confirmations: what is laid over the state, and until when
    """

    def __init__(
        self,
        car: ConfirmedCar,
        confirmations: Confirmations,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        spawn: Spawn,
    ) -> None:
        """Expect nothing yet; `clock`: seconds since 1970."""
        self.confirmations = confirmations
        self._car = car
        self._clock = clock
        self._sleep = sleep
        self._spawn = spawn
        self._task: asyncio.Task[None] | None = None
        self._origin: Origin | None = None

    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        """Lay over the state what a command should have brought about, and have it confirmed."""
        signals = [expectation.signal for expectation in command.expects]
        now = self._clock()
        verdicts = self.confirmations.lay(record, command.expects, now, streamed=self._car.streams(signals))
        self._origin = origin
        self._car.laid(signals)
        self._tell(verdicts)
        if self.confirmations.pending and (self._task is None or self._task.done()):
            self._task = self._spawn(self._follow(), "command confirmation")

    def heard(self, report: Report) -> None:
        """Take in a report that the state has just taken in."""
        if self.confirmations.pending:
            before = set(self.confirmations.shown)
            self._tell(self.confirmations.heard(report, self._car.state))
            self._car.laid(before - self.confirmations.shown.keys())

    async def find_out(self, command: Command, since: float, origin: Origin) -> bool | None:
        """Return whether a command that was not answered was carried out, by the car's own word.

        since: when it was sent, seconds since 1970
        """
        if not command.expects:
            return None
        signals = [expectation.signal for expectation in command.expects]
        elapsed = max(self._clock() - since, 0.0)
        read = False
        while (so := self._so(command.expects, since)) is not True:
            if elapsed >= SETTLED_AFTER and not read:
                read = True
                await self._read(signals, origin)
            elif elapsed >= FOUND_OUT_AFTER:
                return so
            else:
                since += await self._slept(STEP)
                elapsed += STEP
        return True

    async def end(self) -> None:
        """Leave nothing running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _follow(self) -> None:
        """Read what is not told, and decide what is due, until nothing waits."""
        while self.confirmations.pending:
            undecided = any(not pending.decided for pending in self.confirmations.pending)
            self.confirmations.clock_set(await self._slept(STEP if undecided else IDLE_STEP))
            if (unread := self.confirmations.unread(self._clock())) and self._origin is not None:
                # What was so before is told anew by nobody: then silence is the car's word, and free.
                agreed = {signal for signal in unread if self._silence_agrees(signal)}
                self._tell(self.confirmations.agree(agreed, self._clock()))
                self._car.laid(agreed)
                if unread > agreed:
                    await self._read(unread - agreed, self._origin)
            before = set(self.confirmations.shown)
            self._tell(self.confirmations.expire(self._clock(), self._car.state))
            self._car.laid(before - self.confirmations.shown.keys())

    def _silence_agrees(self, signal: AnySignal) -> bool:
        """Return whether a car that tells of each change has told nothing but what is expected."""
        report = self._car.state.report(signal)
        return (
            report is not None
            and report.source != RESTORED
            and self._car.streams((signal,))
            and self.confirmations.shown[signal].met_by(report.values[signal])
        )

    async def _slept(self, seconds: float) -> float:
        """Wait, and return by how many seconds our clock was set meanwhile."""
        before = self._clock()
        await self._sleep(seconds)
        return set_by(self._clock() - before, seconds)

    async def _read(self, signals: Iterable[AnySignal], origin: Origin) -> None:
        try:
            await self._car.read(signals, origin)
        except TeslaError as error:
            _LOGGER.debug("Not read for a confirmation: %s", type(error).__name__)

    def _so(self, expects: Iterable[Expectation], since: float) -> bool | None:
        """Return whether all is as expected, by what was received since then; None if not all is told."""
        heard = [
            (expectation, report.values[expectation.signal])
            for expectation in expects
            if (report := self._car.state.report(expectation.signal)) is not None
            and report.received > since
            and report.source != RESTORED
        ]
        told = [(expectation, value) for expectation, value in heard if value is not None]
        if any(not expectation.met_by(value) for expectation, value in told):
            return False
        return True if len(told) == len(tuple(expects)) else None

    def _tell(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self._car.decided(verdict)
