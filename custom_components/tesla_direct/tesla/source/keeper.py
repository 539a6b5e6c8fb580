"""[I/O] The plan of `keeper_plan`, carried out for the cars of one account."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
import hashlib
import logging
from math import inf
from typing import Any, Protocol

from ..errors import (
    AccountLocked,
    BillingLimitExceeded,
    ConfigRefused,
    LoginExpired,
    NotFound,
    NotRegistered,
    PaymentRequired,
    RateLimited,
    ScopeMissing,
    TeslaError,
    TokenUnavailable,
)
from ..fleet_api.ledger import Cause
from ..fleet_api.rows import FleetStatus, TelemetryConfigStatus, TelemetryError
from ..fleet_telemetry.config import TelemetryConfig
from ..fleet_telemetry.jws import serialize
from . import keeper_news as news
from .config_state import NOTHING, STOPPED, ConfigState, Reason
from .keeper_news import Seen
from .keeper_plan import DAY, HOUR, LIFETIME, Ask, AskErrors, CarView, Delete, Send, Wait, next_step
from .telemetry_home import TelemetryHome

_LOGGER = logging.getLogger(__name__)

STATUS_AGE = DAY  # seconds for which what fleet_status says is good, unless something does not fit
TURNS = 3  # in which what a user sends may change while it is signed
LONGEST_WAIT = HOUR  # seconds between looks at the plan, which cost nothing
# Seconds without any request after an error that only the user can end.
PAUSES: Mapping[type[TeslaError], float] = {
    LoginExpired: HOUR,
    AccountLocked: HOUR,
    BillingLimitExceeded: 900.0,
    NotRegistered: HOUR,
    PaymentRequired: HOUR,
    ScopeMissing: 6 * HOUR,
    NotFound: 6 * HOUR,
}


class KeeperListener(Protocol):
    """Whoever hears how the configurations fare."""

    def keeper_view(self, vin: str) -> CarView:
        """Return what the plan has to know of a car."""

    def keeper_changed(self, vin: str) -> None:
        """Learn that something is known anew of a car's configuration; it is not to be forgotten."""

    def keeper_failed(self, error: TeslaError) -> None:
        """Learn what went wrong; the user may have to see to it."""


class TelemetryKeeper:
    """Keeps each car's telemetry configuration what it is to be; for free, and waking nobody."""

    def __init__(
        self,
        listener: KeeperListener,
        *,
        home: TelemetryHome,
        clock: Callable[[], float],
        kept: Mapping[str, Any],
    ) -> None:
        """Keep the configurations of those cars that somebody has a wish for.

        home:  where they are kept
        clock: seconds since 1970
        kept:  what `to_json` returned before a restart, by VIN
        Raises: TypeError or ValueError if it was not `to_json`
        """
        self._home = home
        self._listener = listener
        self._clock = clock
        self._states = {vin: ConfigState.from_json(raw) for vin, raw in kept.items()}
        self._wishes: dict[str, TelemetryConfig | None] = {}
        self._statuses: dict[str, tuple[float, FleetStatus]] = {}
        self._errors: dict[str, tuple[TelemetryError, ...]] = {}
        self._asking = asyncio.Lock()  # what is there has to be what was compared when the next is sent
        self._something_happened = asyncio.Event()

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {vin: state.to_json() for vin, state in self._states.items()}

    def state(self, vin: str) -> ConfigState:
        """Return how a car's configuration stands."""
        return self._states.get(vin) or ConfigState()

    def errors(self, vin: str) -> tuple[TelemetryError, ...]:
        """Return what the car has reported of its telemetry, as it was read last."""
        return self._errors.get(vin, ())

    def status(self, vin: str) -> FleetStatus | None:
        """Return how ready the car is for it, as it was read last; None before it was."""
        known = self._statuses.get(vin)
        return None if known is None else known[1]

    def poke(self) -> None:
        """Have the plan looked at again: a connection was opened or closed, a key paired."""
        self._something_happened.set()

    def wish(self, vin: str, config: TelemetryConfig | None, *, stopped: bool = False) -> None:
        """Learn what a car is to be told from now on; None: that it is to be told nothing.

        stopped: the budget is used up, so that nothing is to be there whatever is wished
        """
        known = vin in self._wishes
        self._wishes[vin] = config
        target = STOPPED if stopped else NOTHING if config is None else mark_of(config)
        self._set(vin, news.wished(self.state(vin), target, self._clock()))
        if not known:
            self.poke()

    def forget(self, vin: str) -> None:
        """Forget a car that is none of the account's any more."""
        for memory in (self._states, self._wishes, self._statuses, self._errors):
            memory.pop(vin, None)

    async def run(self) -> None:
        """Follow the plan until cancelled."""
        while True:
            self._something_happened.clear()
            until = inf
            for vin in tuple(self._wishes):
                until = min(until, await self._advance(vin))
            await self._pause(min(until - self._clock(), LONGEST_WAIT))

    async def send_now(self, vins: Iterable[str]) -> dict[str, ConfigState]:
        """Send what is wished for some cars at once, because the user wants it, and return what became of it.

        Raises: what the first answer that is an error means
        """
        done = {}
        for vin in vins:
            async with self._asking:
                self._set(vin, news.hurried(self.state(vin)))
                for _ in range(TURNS):
                    if self.state(vin).wanted:
                        await self._for_user(vin, self._send(vin, Cause.USER))
                    if self.state(vin).tried == self.state(vin).target:
                        break
            done[vin] = self.state(vin)
        self.poke()
        return done

    async def look(self, vin: str, cause: Cause = Cause.USER) -> ConfigState:
        """Look now what is there for a car, and return how it stands.

        Raises: what the answer means
        """
        async with self._asking:
            await self._for_user(vin, self._ask(vin, cause))
        self.poke()
        return self.state(vin)

    async def delete_now(self, vin: str, cause: Cause = Cause.USER) -> None:
        """Take a car's configuration away, and keep it away until one is sent by hand.

        Raises: what the answer means
        """
        async with self._asking:
            await self._home.delete(vin, cause)
            self._set(vin, news.held(self.state(vin), self._clock()))

    async def read_errors(self, vin: str, cause: Cause = Cause.USER) -> tuple[TelemetryError, ...]:
        """Read what a car has reported of its telemetry.

        Raises: what the answer means
        """
        async with self._asking:
            await self._ask_errors(vin, cause)
        return self.errors(vin)

    async def _for_user(self, vin: str, doing: Coroutine[Any, Any, None]) -> None:
        """Do what the user waits for; what goes wrong holds back what nobody waits for, too."""
        try:
            await doing
        except TeslaError as error:
            self._fail(vin, error)
            raise

    async def _advance(self, vin: str) -> float:
        """Do what is due for a car; return when the next thing is, in seconds since 1970."""
        while vin in self._wishes:
            now = self._clock()
            view = news.sober_view(self._listener.keeper_view(vin), now)
            self._set(vin, news.noticed(news.sobered(self.state(vin), now), view, now))
            async with self._asking:
                # Whoever had the lock before us may have changed everything.
                step = next_step(self.state(vin), view, now)
                if isinstance(step, Wait):
                    return step.until
                try:
                    await self._take(vin, step)
                except TeslaError as error:
                    self._fail(vin, error)
        return inf

    async def _take(self, vin: str, step: Ask | Send | Delete | AskErrors) -> None:
        match step:
            case Ask():
                await self._ask(vin, Cause.KEEPER)
            case Send():
                await self._send(vin, Cause.KEEPER)
            case Delete():
                await self._home.delete(vin, Cause.KEEPER)
                self._set(vin, news.deleted(self.state(vin), self._clock()))
            case AskErrors():
                await self._ask_errors(vin, Cause.KEEPER)

    async def _ask(self, vin: str, cause: Cause) -> None:
        answer = await self._home.read(vin, cause)
        missing = answer.config is None
        if missing or not self._knows_status(vin):
            await self._ask_status(vin, cause)
        self._set(vin, news.seen(self.state(vin), self._seen(vin, answer), self._clock()))

    async def _ask_status(self, vin: str, cause: Cause) -> None:
        if (status := await self._home.status(vin, cause)) is not None:
            self._statuses[vin] = self._clock(), status

    def _knows_status(self, vin: str) -> bool:
        known = self._statuses.get(vin)
        return known is not None and 0 <= self._clock() - known[0] < STATUS_AGE

    def _seen(self, vin: str, answer: TelemetryConfigStatus) -> Seen:
        """Return what an answer says, beside what is wished."""
        wish, config = self._wishes.get(vin), answer.config or {}
        expires, asked, ca = config.get("exp"), config.get("fields"), config.get("ca")
        return Seen(
            there=answer.config is not None,
            same=wish is not None and self._home.same(wish, answer.config),
            synced=answer.synced,
            limit_reached=answer.limit_reached,
            expires=float(expires) if isinstance(expires, int | float) else None,
            fields=tuple(sorted(asked)) if isinstance(asked, dict) else (),
            ca=mark_of_ca(ca) if isinstance(ca, str) else None,
            reason=None if config else self._obstacle(vin, answer),
        )

    def _obstacle(self, vin: str, answer: TelemetryConfigStatus) -> str | None:
        """Return why a car may have no configuration, as far as Tesla tells."""
        status = self.status(vin)
        # Cars that cannot stream at all, and pay less for it, have the switch off, too.
        if status is not None and status.streaming_toggle is False and not status.discounted:
            return Reason.STREAMING_TOGGLE
        missing = answer.key_paired is False or (status is not None and status.paired is False)
        if missing and self._listener.keeper_view(vin).needs_key:
            return Reason.MISSING_KEY
        return Reason.MAX_CONFIGS if answer.limit_reached else None

    async def _send(self, vin: str, cause: Cause) -> None:
        """Send what is wished, unless that changes while it is signed; that it was tried is known before."""
        if not self._knows_status(vin):
            await self._ask_status(vin, cause)  # it is part of what is tried under
        wish, started = self._wishes.get(vin), self._clock()
        if wish is None:
            return  # also when nobody has said yet, since a restart, what is wished
        config = replace(wish, expires=int(started + LIFETIME))
        sealed = await self._home.seal(config)
        if self.state(vin).target != mark_of(config):
            return  # something else is wished by now, or nothing is to be there
        self._set(vin, news.sending(self.state(vin), self._listener.keeper_view(vin), started))
        try:
            pushed = await self._home.send(vin, sealed, cause)
        except ConfigRefused as error:
            _LOGGER.info("Fault is found with a telemetry configuration: %s", error)
            reason = error.scope or error.category or (None if error.told else Reason.NOT_PASSED_ON)
            self._set(vin, news.refused(self.state(vin), reason, error.fields, self._clock()))
            return
        now = self._clock()
        if (reason := pushed.skipped.get(vin)) is not None:
            if reason == Reason.MISSING_KEY and not self._listener.keeper_view(vin).needs_key:
                reason = Reason.STREAMING_TOGGLE  # what else could it be that such a car lacks
            self._set(vin, news.skipped(self.state(vin), reason, now))
        else:
            fields, ca = tuple(sorted(config.fields)), mark_of_ca(config.ca)
            self._set(vin, news.sent(self.state(vin), fields, ca, config.expires, now))

    async def _ask_errors(self, vin: str, cause: Cause) -> None:
        self._errors[vin] = tuple(await self._home.errors(vin, cause))
        self._set(vin, news.reported(self.state(vin), self._clock()))

    def _fail(self, vin: str, error: TeslaError) -> None:
        """Ask nothing more of a car for as long as the error makes it pointless."""
        _LOGGER.debug("A telemetry configuration could not be seen to: %s", error)
        pause = PAUSES.get(type(error))
        if isinstance(error, RateLimited | TokenUnavailable):
            pause = error.retry_after
        limited = isinstance(error, BillingLimitExceeded)
        self._set(vin, news.failed(self.state(vin), pause, self._clock(), limited=limited))
        self._listener.keeper_failed(error)

    def _set(self, vin: str, state: ConfigState) -> None:
        if state != self._states.get(vin):
            self._states[vin] = state
            self._listener.keeper_changed(vin)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until something happens."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 1.0)):
                await self._something_happened.wait()


def mark_of(config: TelemetryConfig) -> str:
    """Return what tells configurations apart, whenever they end: 16 hex digits."""
    claims = {name: value for name, value in config.claims().items() if name != "exp"}
    return hashlib.sha256(serialize(claims).encode()).hexdigest()[:16]


def mark_of_ca(ca: str) -> str:
    """Return what tells the authorities apart that configurations carry, however their lines end."""
    text = "\n".join(line.strip() for line in ca.splitlines() if line.strip())
    return hashlib.sha256(text.encode()).hexdigest()[:16]
