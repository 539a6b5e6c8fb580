"""[I/O] How a command gets to a car: signed through an exchange, or plain; both over the Fleet API.

Another way, a command proxy that holds the key itself, is another `Delivery`: see `proxy.py`.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping
import logging
import os
import time
from typing import Any, Protocol

from ..errors import (
    ActionRefused,
    AnswerUnreadable,
    CarSilent,
    CarUnreachable,
    CloudError,
    KeyNotPaired,
    NoAnswer,
    NotSent,
    ReplyUnreadable,
    SignatureRequired,
    TeslaError,
    WireError,
)
from ..fleet_api import endpoints
from ..fleet_api.client import FleetApi
from ..fleet_api.provider import TESLA, Provider
from ..fleet_api.proxy import UNPAIRED
from ..vehicle_command.domain import Domain
from ..vehicle_command.exchange import Flow, Pause, Post, exchange
from ..vehicle_command.keys import PrivateKey
from ..vehicle_command.session import Session
from .command import Command, Origin
from .guard import Route

_LOGGER = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 3.0)  # seconds before a plain command is repeated that was not sent
TIMED_OUT = 408  # what the cloud answers where the car was not to be reached in time
REPEATS = 2  # of a plain command of which nobody knows whether the car has run it; each is billed
UNSIGNED_REFUSED = "unsigned_cmds_hardlocked"


class Delivery(Protocol):
    """Brings commands to one car."""

    async def deliver(self, command: Command, route: Route, origin: Origin) -> str:
        """Return once the car has said that it is done, with what it says about that; mostly nothing.

        Raises: TeslaError: it was not done, or with `may_have_succeeded` nobody knows
        """


class FleetApiDelivery:
    """Delivers through Tesla's cloud, with sessions that outlive a restart."""

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        api: FleetApi,
        vin: str,
        *,
        provider: Provider = TESLA,
        key: PrivateKey | None,
        kept: Mapping[str, Any],
        on_session_changed: Callable[[], None],
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        time_limit: float | None = None,
    ) -> None:
        """Sign with `key`, if there is one.

        provider:  who answers; what it repeats by itself is not repeated here
        kept:      what `to_json` returned before a restart
        clock:     seconds since 1970
        monotonic: seconds, of a clock that does not jump
        time_limit: seconds for a command with all its repeats and handshakes, its waits for a bucket
                   included; None: as the provider may take
        Raises: WireError if what was kept makes no sense
        """
        self._api = api
        self._vin = vin
        self._key = key
        self._on_session_changed = on_session_changed
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._repeats = not provider.retries
        self._signed_there = provider.signs
        self._time_limit = provider.patience if time_limit is None else time_limit
        self.sessions: dict[Domain, Session] = {}
        if key is not None:
            self.sessions = {domain: Session(key, vin, domain) for domain in Domain}
            for domain, session in self.sessions.items():
                if stored := kept.get(domain.name.lower()):
                    session.restore(stored, monotonic(), clock())

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        now, wall = self._monotonic(), self._clock()
        return {
            domain.name.lower(): session.to_dict(now, wall)
            for domain, session in self.sessions.items()
            if session.ready
        }

    async def deliver(self, command: Command, route: Route, origin: Origin) -> str:
        """Return once the car has said that it is done, with what it says about that; mostly nothing.

        Raises: TeslaError: it was not done, or with `may_have_succeeded` nobody knows
        """
        if route is Route.PLAIN:
            return await self._plain(command, origin)
        assert command.domain is not None  # noqa: S101  # the guard routes only these here
        session = self.sessions[command.domain]
        deadline = self._monotonic() + self._time_limit
        flow = exchange(
            session,
            command.payload,
            repeatable=command.repeatable,
            deadline=deadline,
            clock=self._monotonic,
            random=os.urandom,
        )
        revision = session.revision
        try:
            result = await self._carry(flow, command, origin, deadline)
        finally:
            if session.revision != revision:
                self._on_session_changed()
        return result.reason

    async def _carry[T](self, flow: Flow[T], command: Command, origin: Origin, deadline: float) -> T:
        """Run a flow over the cloud."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, Pause):
                    await self._sleep(step.seconds)
                    step = flow.send(None)
                    continue
                try:
                    answer = await self._post(step, command, origin, deadline)
                except TeslaError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result

    async def _post(self, post: Post, command: Command, origin: Origin, deadline: float) -> bytes:
        what = f"{command.name} (handshake)" if post.handshake else command.name
        try:
            async with asyncio.timeout(max(deadline - self._monotonic(), 0.0)):
                document = await self._api.request(
                    endpoints.SIGNED_COMMAND,
                    vin=self._vin,
                    json={"routable_message": b64encode(post.message).decode()},
                    cause=origin.cause,
                    by=origin.by,
                    what=what,
                    consent=origin.consent,
                )
        except TimeoutError:
            raise NoAnswer(f"{what}: no answer within {self._time_limit:.0f} s") from None
        response = document.get("response")
        try:
            if not isinstance(response, str):
                raise ReplyUnreadable(f"{what}: an answer without its message")
            return b64decode(response, validate=True)
        except ValueError as error:
            raise ReplyUnreadable(f"{what}: an answer that is no base64") from error

    async def _plain(self, command: Command, origin: Origin) -> str:
        deadline = self._monotonic() + self._time_limit
        unknown = attempts = 0
        while True:
            try:
                return await self._plain_once(command, origin, deadline)
            except TeslaError as error:
                again = self._repeats and error.temporary and _may_go_again(error, command, unknown)
                if unknown:  # of an earlier attempt, so the last answer is not the whole truth
                    error.may_have_succeeded = True
                if not again:
                    raise
                pause = PAUSES[min(attempts, len(PAUSES) - 1)]
                if self._monotonic() + pause >= deadline:
                    raise
                unknown += type(error).may_have_succeeded
                attempts += 1
                _LOGGER.debug("%s: %s; again in %.0f s", command.name, type(error).__name__, pause)
            await self._sleep(pause)

    async def _plain_once(self, command: Command, origin: Origin, deadline: float) -> str:
        endpoint = endpoints.command(command.name)
        try:
            async with asyncio.timeout(max(deadline - self._monotonic(), 0.0)):
                document = await self._api.request(
                    endpoint,
                    vin=self._vin,
                    json=command.body,
                    cause=origin.cause,
                    by=origin.by,
                    what=command.name,
                    consent=origin.consent,
                )
        except TimeoutError:
            raise NoAnswer(f"{command.name}: no answer within {self._time_limit:.0f} s") from None
        except CarUnreachable as error:
            if self._repeats or error.status == TIMED_OUT:
                raise
            # Whoever repeats by itself has tried several times by then, so that one may have got through.
            raise CarSilent(str(error), status=error.status) from error
        except CloudError as error:
            if self._signed_there and UNPAIRED.search(str(error)):
                raise KeyNotPaired(f"{command.name}: the provider's key is not on the keychain") from error
            raise
        return result_of(document, command.name)


def result_of(document: Mapping[str, Any], name: str, reasons: Iterable[str] = ("reason",)) -> str:
    """Return what a car says of a plain command that it has done; mostly nothing.

    reasons: how the member may be called that says why
    Raises: ActionRefused, SignatureRequired: it has not; AnswerUnreadable
    """
    response = document.get("response")
    result = response.get("result") if isinstance(response, dict) else None
    if not isinstance(response, dict) or not isinstance(result, bool):
        raise AnswerUnreadable(f"{name}: an answer without its result")
    said = (response.get(member) for member in reasons)
    reason = next((each for each in said if isinstance(each, str)), "")
    if UNSIGNED_REFUSED in reason:
        raise SignatureRequired(f"{name}: the car takes signed commands only")
    if not result:
        raise ActionRefused(f"{name}: the car refuses", reason=reason)
    return reason


def _may_go_again(error: TeslaError, command: Command, unknown: int) -> bool:
    """Return whether a plain command may be repeated after a temporary error."""
    if isinstance(error, WireError) or error.may_have_succeeded:
        return command.repeatable and unknown < REPEATS
    return isinstance(error, NotSent)
