"""Whether cars find their way to a telemetry port, looked at through its public name."""

import asyncio
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from homeassistant.core import HomeAssistant

from .port import TelemetryPort
from .tesla.errors import CertificateError
from .tesla.fleet_telemetry.certificate import read_chain
from .tesla.fleet_telemetry.probe import UNCERTIFIED, Answer, Look, Probe, Resolve, probe
from .tesla.fleet_telemetry.proxy_look import Shown, look_at_proxy
from .tesla.fleet_telemetry.reach import Reach
from .tesla.fleet_telemetry.server import TelemetryServer
from .texts import async_text

OPENING = 20.0  # seconds after which a port should have been opened: the entry has to start for that

# What goes wrong beside what a look can find; names of texts.
NOT_OPEN = "not_open"
NO_DNS = "no_dns"
PROXY_SILENT = "proxy_silent"
PROXY_CERTIFICATE = "proxy_certificate"
PROXY_ELSEWHERE = "proxy_elsewhere"
# How our side counts the call of a proxy, and what that says of it; the first is as it should be.
HANDED_ON = "forwarded_certificate_not_verified"
COUNTED = {
    "forwarded_wrong_secret": "proxy_wrong_secret",
    "forwarded_without_certificate": "proxy_asks_for_none",
    "forwarded_unreadable_certificate": "proxy_garbles",
    "forwarded_more_than_one_certificate": "proxy_garbles",
}
UNNAMED = "proxy_unnamed"
ONLY_PRIVATE = "only_private"
ONLY_CARRIER_GRADE = "only_carrier_grade"
# What may be so from inside one's own network only: a router that does not lead back to its own public
# address, or a name that leads elsewhere there.
UNCERTAIN = frozenset(
    {
        Answer.REFUSED.value,
        Answer.TIMEOUT.value,
        Answer.UNREACHABLE.value,
        ONLY_PRIVATE,
        ONLY_CARRIER_GRADE,
    }
)


HIDDEN = frozenset({Reach.PRIVATE, Reach.CARRIER_GRADE, Reach.LINK_LOCAL})  # from everybody outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look at a port has brought.

    problem: what stands in the way, None if nothing does
    detail:  more about it; may be empty
    looks:   what each address has answered
    """

    problem: str | None = None
    detail: str = ""
    looks: tuple[Look, ...] = ()


async def async_check(port: TelemetryPort, resolve: Resolve, opening: float = OPENING) -> Found:
    """Wait until a port was opened, and look at it through its public name.

    opening: seconds that are waited for it
    """
    try:
        async with asyncio.timeout(opening):
            await port.async_tried()
    except TimeoutError:
        return Found(problem=NOT_OPEN)
    server = port.server
    if server is None:
        return Found(problem=NOT_OPEN)
    return await (_async_proxied if port.settings.peers else _async_direct)(port, server, resolve)


async def _async_direct(port: TelemetryPort, server: TelemetryServer, resolve: Resolve) -> Found:
    settings = port.settings
    assert settings.leaf is not None  # noqa: S101  # it is shown
    result = await probe(
        settings.host,
        settings.public_port,
        leaf=read_chain(settings.leaf.certificate.encode())[0].fingerprint(SHA256()),
        ca=settings.ca_for_cars,
        counted=lambda: server.gate.refused[UNCERTIFIED],
        resolve=resolve,
    )
    problem = problem_of(result, reached_from_outside=port.reached_from_outside)
    return Found(problem=problem, looks=result.looks)


def problem_of(result: Probe, *, reached_from_outside: bool) -> str | None:
    """Return what of a look stands in the way of cars, None if nothing does."""
    if not result.found:
        return NO_DNS
    if result.ours:
        reaches = {look.reach for look in result.looks}
        if reached_from_outside or not reaches <= HIDDEN:
            return None
        return ONLY_CARRIER_GRADE if Reach.CARRIER_GRADE in reaches else ONLY_PRIVATE
    # An address that this machine has no way to says the least of all.
    return min(result.troubles, key=lambda look: look.answer is Answer.UNREACHABLE).answer.value


async def _async_proxied(port: TelemetryPort, server: TelemetryServer, resolve: Resolve) -> Found:
    """Look at the proxy, and learn from our own counts what it has made of that."""
    settings = port.settings
    before = server.turned_away + server.gate.refused
    shown: Shown | None = None
    refusal = ""
    for ca in dict.fromkeys((settings.ca or None, None)):
        try:
            shown = await look_at_proxy(settings.host, settings.public_port, ca=ca, resolve=resolve)
            break
        except CertificateError as error:
            refusal = refusal or str(error)
    else:
        return Found(problem=PROXY_CERTIFICATE, detail=refusal, looks=await _async_strangers(port, resolve))
    counted = server.turned_away + server.gate.refused - before
    if counted[HANDED_ON] and shown is not None:
        port.async_hold(shown.ca)
        return Found()
    looks = await _async_strangers(port, resolve)
    if shown is None:
        return Found(problem=PROXY_SILENT if looks else NO_DNS, looks=looks)
    problem = next((problem for reason, problem in COUNTED.items() if counted[reason]), None)
    if problem is None and counted[UNCERTIFIED]:
        problem = UNNAMED
    detail = f"HTTP {shown.status}" if problem is None and shown.status else ""
    return Found(problem=problem or PROXY_ELSEWHERE, detail=detail, looks=looks)


async def _async_strangers(port: TelemetryPort, resolve: Resolve) -> tuple[Look, ...]:
    """Return who answers at each address, taking nobody for ourselves."""
    settings = port.settings
    assert settings.authority is not None  # noqa: S101  # a proxy is shown what it has issued
    result = await probe(
        settings.host,
        settings.public_port,
        leaf=b"",
        ca=settings.ca or settings.authority.certificate,
        counted=lambda: 0,
        resolve=resolve,
    )
    return result.looks


async def async_lines(hass: HomeAssistant, looks: tuple[Look, ...]) -> str:
    """Return what each address has answered, as a list."""
    lines = []
    for look in looks:
        reach = await async_text(hass, "receiver_reach", look.reach.value)
        answer = await async_text(hass, "receiver_answer", look.answer.value)
        detail = f" ({look.detail})" if look.detail else ""
        lines.append(f"- {look.address}, {reach}: {answer}{detail}")
    return "\n".join(lines)
