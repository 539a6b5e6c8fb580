"""Commands by way of a proxy that signs: what goes there, what does not, and what it is believed to cost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.command.catalogue import closures, seats
from custom_components.tesla_direct.tesla.command.command import Command, Origin
from custom_components.tesla_direct.tesla.command.guard import Route, Signer, ask_of
from custom_components.tesla_direct.tesla.command.proxy import ProxyDelivery
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CarBusy,
    CarUnreachable,
    CertificateUnexpected,
    CommandInvalid,
    KeyInactive,
    KeyNotPaired,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    TeslaError,
    TokenRefused,
)
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA
from custom_components.tesla_direct.tesla.fleet_api.proxy import NOT_CARRIED, billed_as
from custom_components.tesla_direct.tesla.fleet_api.transport import Trust, trust_of
from simulator.certificates import stranger
from tests.tesla.fleet_api.host import VIN, Clock, Host, Reply, reply
from tests.tesla.fleet_api.tls_host import Listening

ORIGIN = Origin(Cause.USER, "script.example")
VECTORS = Path(__file__).parents[2] / "vectors" / "commands" / "payloads.json"
DONE = reply({"response": {"result": True, "reason": ""}})


class Asker:
    """One that asks with a token, and gets another one once."""

    def __init__(self) -> None:
        self.renewed = 0

    async def access_token(self) -> str:
        return "users-token"

    async def replace(self, refused: str) -> str:
        self.renewed += 1
        return "users-next-token"


@dataclass
class Direct:
    """Whatever goes straight to the cloud."""

    sent: list[tuple[str, Route]] = field(default_factory=list)

    async def deliver(self, command: Command, route: Route, origin: Origin) -> str:
        self.sent.append((command.name, route))
        return "straight"


@dataclass
class Proxied:
    """A proxy, what goes past it, and the bill of both."""

    host: Host
    session: ClientSession
    clock: Clock
    direct: Direct = field(default_factory=Direct)
    asker: Asker = field(default_factory=Asker)
    ledger: Ledger = field(default_factory=Ledger)

    def delivery(
        self,
        base: str | None = None,
        trust: Trust = None,
        told: Callable[[TeslaError | None], None] = lambda _: None,
        **more: Any,
    ) -> ProxyDelivery:
        api = FleetApi(
            self.session,
            TESLA,
            base or self.host.url,
            tokens=self.asker,
            budget=Budget(self.ledger),
            limits=Limits(),
            clock=self.clock,
            sleep=self.clock.sleep,
            ssl=trust,
            moves=False,
            billed_as=billed_as,
            on_reached=told,
        )
        return ProxyDelivery(api, self.direct, VIN, ledger=self.ledger, clock=self.clock, **more)

    @property
    def answered(self) -> int:
        return self.ledger.month(self.clock()).calls(Price.COMMAND)

    @property
    def unanswered(self) -> dict[str, int]:
        """Return what may have been billed, by what it was for."""
        lines = self.ledger.month(self.clock()).unanswered
        return {str(line.what): count for line, count in lines.items()}


@pytest.fixture
def proxied(host: Host, session: ClientSession, clock: Clock) -> Proxied:
    return Proxied(host, session, clock)


async def signed(delivery: ProxyDelivery, command: Command) -> str:
    return await delivery.deliver(command, Route.SIGNED, ORIGIN)


def says(error: str, status: int = 500) -> Reply:
    return reply({"response": None, "error": error, "error_description": ""}, status)


async def test_a_command_goes_as_its_plain_form_with_the_users_token(proxied: Proxied) -> None:
    proxied.host.answers.append(DONE)

    assert await signed(proxied.delivery(), seats.remote_seat_heater_request(1, 3)) == ""

    (seen,) = proxied.host.requests
    assert (seen.method, seen.path) == ("POST", f"/api/1/vehicles/{VIN}/command/remote_seat_heater_request")
    assert seen.headers["Authorization"] == "Bearer users-token"
    assert json.loads(seen.body) == {"heater": 1, "seat_position": 1, "level": 3}
    assert proxied.direct.sent == []


async def test_a_level_is_sent_as_the_proxy_reads_it(proxied: Proxied) -> None:
    proxied.host.answers.append(DONE)
    await signed(proxied.delivery(), seats.remote_seat_cooler_request(1, 3))

    assert json.loads(proxied.host.requests[0].body)["seat_cooler_level"] == 4


async def test_the_first_command_may_cost_two_handshakes_more(proxied: Proxied) -> None:
    proxied.host.otherwise = lambda _: DONE
    told: list[TeslaError | None] = []
    delivery = proxied.delivery(told=told.append)
    assert [*delivery.reckoned] == [Price.COMMAND, Price.COMMAND]

    await signed(delivery, closures.door_lock())
    assert (proxied.answered, proxied.unanswered) == (1, {"handshake": 2})
    assert [*delivery.reckoned] == []

    await signed(delivery, closures.door_unlock())
    assert (proxied.answered, proxied.unanswered) == (2, {"handshake": 2})
    assert told == [None, None]


async def test_what_the_proxy_refuses_by_itself_costs_nothing(proxied: Proxied) -> None:
    proxied.host.answers.append(says("context deadline exceeded", 503))
    delivery = proxied.delivery()
    with pytest.raises(CarBusy):
        await signed(delivery, closures.door_lock())

    assert (proxied.answered, proxied.unanswered) == (0, {})
    assert len(delivery.reckoned) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says("vehicle unavailable: vehicle is offline or asleep"), CarUnreachable),
        (
            says("vehicle rejected request: your public key has not been paired with the vehicle"),
            KeyNotPaired,
        ),
        (says("context deadline exceeded"), OutcomeUnknown),
        (says("MESSAGEFAULT_ERROR_INACTIVE_KEY"), KeyInactive),
        (says("Bad Gateway", 502), OutcomeUnknown),
    ],
)
async def test_an_error_is_not_repeated_and_may_have_cost_something(
    proxied: Proxied, answer: Reply, error: type[TeslaError]
) -> None:
    proxied.host.answers.append(answer)
    with pytest.raises(error):
        await signed(proxied.delivery(), closures.door_lock())

    assert len(proxied.host.requests) == 1
    assert (proxied.answered, proxied.unanswered) == (0, {"door_lock": 1, "handshake": 2})


@pytest.mark.parametrize("member", ["reason", "string"])
async def test_what_the_car_refuses_is_its_own_word(proxied: Proxied, member: str) -> None:
    body = {"response": {"result": False, member: "car_wash"}, "error": "", "error_description": ""}
    proxied.host.answers.append(reply(body))
    with pytest.raises(ActionRefused) as refused:
        await signed(proxied.delivery(), closures.door_lock())

    assert refused.value.reason == "car_wash"
    assert proxied.answered == 1


async def test_what_the_proxy_puts_before_the_cars_word_is_left_out(proxied: Proxied) -> None:
    told = "car could not execute command: already_set"
    body = {"response": {"result": False, "reason": told}, "error": "", "error_description": ""}
    proxied.host.answers.append(reply(body))
    with pytest.raises(ActionRefused) as refused:
        await signed(proxied.delivery(), closures.door_lock())

    assert refused.value.reason == "already_set"


async def test_a_parameter_that_the_proxy_does_not_take_is_named(proxied: Proxied) -> None:
    body = {"response": {"result": False, "reason": "missing percent param"}, "error": ""}
    proxied.host.answers.append(reply(body, 400))
    with pytest.raises(CommandInvalid) as refused:
        await signed(proxied.delivery(), closures.door_lock())

    assert refused.value.parameter == "percent"
    assert proxied.answered == 0


async def test_a_token_that_the_proxy_cannot_read_is_renewed_once(proxied: Proxied) -> None:
    proxied.host.otherwise = lambda _: says("client provided malformed OAuth token", 403)
    with pytest.raises(TokenRefused):
        await signed(proxied.delivery(), closures.door_lock())

    tokens = [seen.headers["Authorization"] for seen in proxied.host.requests]
    assert tokens == ["Bearer users-token", "Bearer users-next-token"]
    assert proxied.asker.renewed == 1


async def test_a_proxy_that_does_not_answer_may_have_acted(proxied: Proxied) -> None:
    hold = asyncio.Event()
    proxied.host.answers.append(Reply(hold=hold))
    with pytest.raises(NoAnswer) as lost:
        await signed(proxied.delivery(time_limit=0.1), closures.honk_horn())
    hold.set()

    assert lost.value.may_have_succeeded
    assert proxied.unanswered == {"honk_horn": 1, "handshake": 2}


async def test_a_proxy_that_went_away_may_shake_hands_anew(proxied: Proxied) -> None:
    """What it has begun may have cost something already."""
    proxied.host.otherwise = lambda _: DONE
    delivery = proxied.delivery()
    await signed(delivery, closures.door_lock())
    assert not delivery.reckoned

    proxied.host.answers.append(Reply(drop=True))
    with pytest.raises(NoAnswer):
        await signed(delivery, closures.door_unlock())
    assert len(delivery.reckoned) == 2
    assert proxied.unanswered == {"handshake": 2, "door_unlock": 1}

    proxied.host.answers.append(Reply(drop=True))
    with pytest.raises(NoAnswer):
        await signed(delivery, closures.door_unlock())
    assert proxied.unanswered == {"handshake": 4, "door_unlock": 2}
    assert len(delivery.reckoned) == 2


async def test_a_proxy_that_is_not_there_may_shake_hands_anew(proxied: Proxied) -> None:
    proxied.host.otherwise = lambda _: DONE
    delivery = proxied.delivery()
    await signed(delivery, closures.door_lock())
    base, delivery._proxy.base = delivery._proxy.base, "http://127.0.0.1:9"
    with pytest.raises(NotSent):
        await signed(delivery, closures.door_unlock())
    assert proxied.unanswered == {"handshake": 2}

    delivery._proxy.base = base
    await signed(delivery, closures.door_unlock())
    assert proxied.unanswered == {"handshake": 4}


@pytest.mark.parametrize("name", sorted(NOT_CARRIED))
async def test_what_the_proxy_forwards_without_its_words_goes_straight(proxied: Proxied, name: str) -> None:
    command = Command(name=name, domain=None, body={"value": 1})

    assert await signed(proxied.delivery(), command) == "straight"
    assert proxied.direct.sent == [(name, Route.PLAIN)]
    assert proxied.host.requests == []


async def test_what_needs_no_signature_goes_straight(proxied: Proxied) -> None:
    await proxied.delivery().deliver(closures.door_lock(), Route.PLAIN, ORIGIN)

    assert proxied.direct.sent == [("door_lock", Route.PLAIN)]
    assert proxied.host.requests == []


def test_the_guard_lets_nothing_go_to_the_proxy_that_it_does_not_know() -> None:
    """Vectors: which names the published program refuses."""
    rows = json.loads(VECTORS.read_text())["cases"]
    unknown = {
        row["command"] for row in rows if row["expect"]["result"] in {"unknown_command", "not_implemented"}
    }
    boombox = Command(name="remote_boombox", domain=closures.honk_horn().domain, unpublished=True)

    assert boombox.name in unknown
    assert ask_of(boombox, wants_signature=True, signer=Signer.PROXY).route is None


@pytest.mark.parametrize("pinned", [True, False])
async def test_another_certificate_is_named_and_the_token_is_not_sent(
    proxied: Proxied, tmp_path: Path, *, pinned: bool
) -> None:
    impostor = Listening()
    server = await impostor.start(tmp_path / "impostor.pem")
    fingerprint = "ab" * 32 if pinned else None
    trust = await trust_of(Certificates(authority=stranger().certificate_pem(), fingerprint=fingerprint))

    told: list[TeslaError | None] = []
    delivery = proxied.delivery(impostor.base, trust, told.append)
    with pytest.raises(CertificateUnexpected) as refused:
        await signed(delivery, closures.door_unlock())

    assert told == [refused.value]
    assert refused.value.fingerprint == impostor.fingerprint
    assert impostor.heard == b""
    assert (proxied.answered, proxied.unanswered) == (0, {})
    server.close()
    await server.wait_closed()
