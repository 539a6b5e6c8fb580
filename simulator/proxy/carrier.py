"""Takes commands to cars as the proxy's Go library does: greets, signs, tries again, gives up.

Nothing is signed in fact: the car asks its keychain for the proxy's key, and the cloud books each
message as it books a signed one.
"""

import asyncio
from collections.abc import Callable
import json
from typing import Any

from multidict import CIMultiDict

from custom_components.tesla_direct.tesla.proto import errors_pb2
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..car.actions.refused import Refused
from ..car.car import Car
from ..car.computer import Busy
from ..car.messages.ask import HANDSHAKE, Ask
from ..car.verifier import INFOTAINMENT, SECURITY, Fault
from ..cloud.answers import Answer
from ..cloud.asked import Asked, Carried
from ..cloud.cloud import Cloud
from . import parameters
from .answers import ASLEEP, NOT_PAIRED, UNREADABLE, Wrong

UNPRIVILEGED = "MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES"
RETRY_S = 1.0  # real seconds between two tries
# What the vehicle security computer does; the rest is infotainment's.
SECURED = frozenset(
    {
        "actuate_trunk",
        "close_tonneau",
        "door_lock",
        "door_unlock",
        "open_tonneau",
        "remote_start_drive",
        "stop_tonneau",
    }
)
# What Tesla's library tries again, because a session may have been out of step.
PASSING = frozenset(
    {
        um.MESSAGEFAULT_ERROR_BUSY,
        um.MESSAGEFAULT_ERROR_INCORRECT_EPOCH,
        um.MESSAGEFAULT_ERROR_INTERNAL,
        um.MESSAGEFAULT_ERROR_INVALID_SIGNATURE,
        um.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER,
        um.MESSAGEFAULT_ERROR_TIMEOUT,
        um.MESSAGEFAULT_ERROR_TIME_EXPIRED,
        um.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG,
    }
)


class Declined(Exception):
    """The car understood, and did not want to."""

    def __init__(self, reason: str) -> None:
        """Keep what the car says."""
        super().__init__(reason)
        self.reason = reason


class Carrier:
    """Carries commands, over sessions that it has opened.

    retry_s: real seconds between two tries
    """

    def __init__(self, cloud: Cloud, key: Callable[[], bytes]) -> None:
        """Know no car yet; `key` gives the public half of the key that signs."""
        self.retry_s = RETRY_S
        self._cloud, self._key = cloud, key
        self._greeted: set[str] = set()
        self._stalls: list[bool] = []
        self._faults: list[str] = []

    def forget(self) -> None:
        """Forget all sessions."""
        self._greeted.clear()

    def stall(self, times: int = 1, *, after: bool = False) -> None:
        """Let so many commands run into the time-out; `after` the car has carried them out."""
        self._stalls += [after] * times

    def answer_fault(self, name: str = UNPRIVILEGED, times: int = 1) -> None:
        """Have so many commands end with a protocol fault by its name.

        Raises: ValueError for a name that is none
        """
        um.MessageFault_E.Value(name)
        self._faults += [name] * times

    async def command(self, base: str, token: str, vin: str, ask: Ask) -> None:
        """Have a car do something; endless, where that would be tried for ever.

        Raises: Wrong, Declined
        """
        if vin not in self._greeted:
            for domain in (SECURITY, INFOTAINMENT):
                await self._again(base, token, vin, [HANDSHAKE], _greeting(self._key(), domain))
            self._greeted.add(vin)
        if self._faults:
            raise Wrong(500, self._faults.pop(0))
        stalls = self._stalls.pop(0) if self._stalls else None
        if stalls is not False:
            domain = SECURITY if ask.name in SECURED else INFOTAINMENT
            await self._again(base, token, vin, [ask.name], _order(self._key(), domain, ask))
        if stalls is not None:
            await asyncio.Event().wait()

    async def _again(
        self, base: str, token: str, vin: str, names: list[str], deliver: Callable[[Car], None]
    ) -> None:
        """Send until it is answered one way or the other; whoever calls ends it where it never is."""
        while True:
            if await self._sent(base, token, vin, names, deliver):
                return
            await asyncio.sleep(self.retry_s)

    async def _sent(
        self, base: str, token: str, vin: str, names: list[str], deliver: Callable[[Car], None]
    ) -> bool:
        """Send once; False for what may be over in a second.

        Raises: Wrong, Declined
        """
        verdicts: list[Exception] = []

        def delivered(car: Car) -> None:
            # The cloud books what has reached the car, whatever the car says to it.
            verdicts.clear()
            try:
                deliver(car)
            except (Busy, Refused, Fault) as verdict:
                verdicts.append(verdict)

        path = f"/api/1/vehicles/{vin}/signed_command"
        asked = Asked(
            name="signed_command",
            host="",
            method="POST",
            path=path,
            query={},
            headers=CIMultiDict({"Authorization": f"Bearer {token}", "Content-Type": "application/json"}),
            body="",
            at=self._cloud.books.clock.now(),
            values={"vin": vin},
            carried=Carried(names, delivered),
        )
        try:
            answer = await self._cloud.carry(base, asked)
        except OSError as error:
            raise Wrong(500, f'Post "{base}{path}": {error}') from error
        return self._judged(answer, f'Post "{base}{path}": EOF') and self._understood(names, verdicts)

    @staticmethod
    def _understood(names: list[str], verdicts: list[Exception]) -> bool:
        """Tell whether the car did it; False for what may be over in a second.

        Raises: Wrong, Declined
        """
        for verdict in verdicts:
            if isinstance(verdict, Refused):
                raise Declined(_told(names, verdict.reason)) from verdict
            if not isinstance(verdict, Fault) or verdict.code in PASSING:
                return False
            if verdict.code == um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID:
                raise Wrong(500, NOT_PAIRED) from verdict
            raise Wrong(500, fault_name(verdict.code)) from verdict
        return True

    @staticmethod
    def _judged(answer: Answer | None, lost: str) -> bool:
        """Tell whether it was delivered; False for what may be over in a second.

        Raises: Wrong
        """
        if answer is None:
            raise Wrong(500, lost)
        if answer.status == 503:
            return False
        if answer.status == 408 and ASLEEP in answer.text:
            raise Wrong(500, ASLEEP)
        if answer.status >= 400:
            raise Wrong(answer.status, body=answer.text)
        return True


def read_command(name: str, body: bytes) -> Ask | str:
    """Read a command; a text says which parameter is wrong.

    Raises: Wrong
    """
    try:
        given: Any = json.loads(body) if body.strip() else {}
    except ValueError as error:
        raise Wrong(400, body=UNREADABLE) from error
    if not isinstance(given, dict):
        raise Wrong(400, body=UNREADABLE)
    return parameters.read(name, given)


def fault_name(code: int) -> str:
    """Return Tesla's name of a fault; its number where it has none."""
    found = um.MessageFault_E.DESCRIPTOR.values_by_number.get(code)
    return str(code) if found is None else str(found.name)


def _told(names: list[str], reason: str) -> str:
    """Say why a car does not do something; of the security computer's reasons there are seven."""
    if SECURED.isdisjoint(names):
        return f"car could not execute command: {reason or 'unspecified error'}"
    name = f"GENERICERROR_{reason.upper()}"
    known = name in {value.name for value in errors_pb2.GenericError_E.DESCRIPTOR.values}
    return f"vcsec could not execute command: genericError:{name if known else 'GENERICERROR_UNKNOWN'}"


def _greeting(key: bytes, domain: int) -> Callable[[Car], None]:
    return lambda car: car.greet(key, domain)


def _order(key: bytes, domain: int, ask: Ask) -> Callable[[Car], None]:
    return lambda car: car.obey(key, domain, ask)
