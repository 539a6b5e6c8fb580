"""A command proxy: where it is, how it is recognised, and what its answers mean.

It holds the key and signs; Tesla's own is one (teslamotors/vehicle-command, `tesla-http-proxy`).
Source: docs/protocol/proxy.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Any, Self
from urllib.parse import urlsplit

from ..errors import (
    CannotDo,
    CarBusy,
    CarError,
    CarUnreachable,
    CloudError,
    CommandInvalid,
    KeyNotPaired,
    OutcomeUnknown,
    ProviderInvalid,
    RequestRefused,
    SignatureUnsupported,
    TeslaError,
    TokenRefused,
)
from .addresses import address_of, fingerprint_of
from .endpoints import Endpoint
from .response import READ_AHEAD, Answer, Reader, parse, read

# It writes a 400 of its own before it forwards these, and forwards them without what they say.
NOT_CARRIED = frozenset(
    {
        "navigation_request",
        "set_managed_charge_current_request",
        "set_managed_charger_location",
        "set_managed_scheduled_charging_time",
    }
)


# What it takes for the number of the message itself, and the documentation counts from one less.
COUNTED_FROM_ONE = {
    "remote_seat_cooler_request": "seat_cooler_level",
    "set_cop_temp": "cop_temp",
}


def body_for(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a command as the proxy reads it."""
    parameter = COUNTED_FROM_ONE.get(name)
    shifted = {} if parameter is None or parameter not in body else {parameter: body[parameter] + 1}
    return {**body, **shifted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """Where a command proxy is, and whom to believe there.

    base:        its address, no slash at the end
    authority:   PEM of who vouches for it, None for the public authorities
    fingerprint: the SHA-256 of its certificate (DER), 64 hex digits: this one and no other; None for any
                 that the authority vouches for
    domain:      where its public key can be fetched, which owners pair their cars with
    """

    base: str
    authority: str | None = None
    fingerprint: str | None = None
    domain: str

    def to_dict(self) -> dict[str, Any]:
        """Return it, ready to be stored."""
        return {
            "base": self.base,
            "authority": self.authority,
            "fingerprint": self.fingerprint,
            "domain": self.domain,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the proxy that `to_dict` described; ProviderInvalid if it cannot be."""
        try:
            fingerprint = data["fingerprint"]
            return cls(
                base=base_of(str(data["base"])),
                authority=data["authority"] or None,
                fingerprint=None if fingerprint is None else fingerprint_of(str(fingerprint)),
                domain=str(data["domain"]),
            )
        except KeyError as error:
            raise ProviderInvalid("base", "the stored proxy is incomplete") from error


class ProxyState(StrEnum):
    """What a look at a proxy has shown.

    NO_PROXY: somebody answers, but not as a proxy does
    """

    OK = "ok"
    CERTIFICATE_UNEXPECTED = "certificate_unexpected"
    UNREACHABLE = "unreachable"
    NO_PROXY = "no_proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server shows.

    fingerprint: the SHA-256 of it (DER), 64 hex digits
    subject:     whose it is, as it says itself
    ends:        seconds since 1970
    """

    fingerprint: str
    subject: str
    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyFound:
    """What a look at a proxy has shown.

    certificate: what it shows; None where it shows none, or all is well
    detail:      what is in the way, in a word; may be empty
    """

    state: ProxyState
    certificate: Certificate | None = None
    detail: str = ""


def base_of(address: str) -> str:
    """Return the address of a proxy that was entered, without a slash at the end.

    Raises: ProviderInvalid (`base`): it speaks TLS and nothing else, on this machine too
    """
    base = address_of("base", address)
    if urlsplit(base).scheme != "https":
        raise ProviderInvalid("base", "has to begin with https://")
    return base


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What an answer of the proxy's own means: a status, and what its text contains.

    asked: Tesla was asked meanwhile, or may have been, and bills what it was asked for
    """

    status: int
    words: str
    error: type[CloudError]
    says: str
    asked: bool = False


# Asleep and not paired both come with 500, so the text decides. What is not here are words of Tesla's.
RULES = (
    _Rule(
        status=403,
        words="oauth token",
        error=TokenRefused,
        says="it cannot read the access token",
    ),
    _Rule(status=404, words="expected 17-character vin", error=RequestRefused, says="it wants a VIN"),
    _Rule(status=405, words="method not allowed", error=RequestRefused, says="it does not take this"),
    _Rule(
        status=422,
        words="protocol",
        error=SignatureUnsupported,
        says="the car takes plain commands only",
        asked=True,
    ),
    _Rule(
        status=500,
        words="vehicle is offline|vehicle unavailable",
        error=CarUnreachable,
        says="the car is asleep or offline",
        asked=True,
    ),
    _Rule(
        status=500,
        words="context deadline exceeded",
        error=OutcomeUnknown,
        says="it gave up while the car was doing it",
        asked=True,
    ),
)
# What it does not find in a command it says with 400, and what is wrong with it with either.
INVALID = re.compile(
    r"(?:missing|invalid) [a-z_]+ param|invalid_value|must be 'vent' or 'close'|unrecognized day name"
    r"|invalid (?:seat position|departure time|volume)|pin codes must be",
    re.IGNORECASE,
)
UNPAIRED = re.compile("public key has not been paired", re.IGNORECASE)
HELD = re.compile("context deadline exceeded", re.IGNORECASE)
UNKNOWN_COMMAND = re.compile("invalid_command|command not implemented", re.IGNORECASE)
REASONS = ("reason", "string")  # what versions of it call the member that says why
# What it puts before a car's own word: which computer it was that said no, and in which field.
BEFORE_REASON = re.compile(r"(?:car|vcsec) could not execute command: (?:genericError:\s*)?", re.IGNORECASE)
OF_SECURITY = "GENERICERROR_"
UNSPECIFIED = "unspecified error"  # what it says where the car says nothing
PARAMETER = re.compile(r"(?:missing|invalid) ([a-z_]{1,40}) param", re.IGNORECASE)
FAULT = re.compile(r"MESSAGEFAULT_ERROR_([A-Z0-9_]{1,60})")
# What statuses are called, which some versions of it say in place of Tesla's own word.
PHRASES = frozenset(
    {"", "bad request", "forbidden", "conflict", "unprocessable entity", "unprocessable content"}
)
OF_COMMANDS = frozenset({400, 500})
UNAVAILABLE = 503


def reading(fault_of: Callable[[str], CarError | None]) -> Reader[dict[str, Any]]:
    """Return what makes a proxy's answer to a command into data, or into the right error.

    fault_of: returns what a fault of the car means, by Tesla's name for it without its prefix
    """

    def reader(answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]) -> dict[str, Any]:
        if answer.status >= 400 and (error := _own(answer, endpoint.name, fault_of)) is not None:
            raise error
        return read(answer, endpoint, trusted)

    return reader


def billed_as(answer: Answer) -> int | None:
    """Return the status of what Tesla answered behind the proxy, None if nobody knows whether it bills that.

    The proxy's own status says nothing of it: what it refuses by itself has reached nobody, and behind its
    500 may be an answer of Tesla's that costs.
    """
    text = _text(answer)
    if answer.status < 400:
        return answer.status
    if _own_refusal(answer.status, text):
        return UNAVAILABLE
    return answer.status if answer.status < 500 else None


def said_by_car(reason: str) -> str:
    """Return the car's own word in what the proxy says of a refusal, as where we sign; it may be empty."""
    word = reason[found.end() :].strip() if (found := BEFORE_REASON.match(reason)) else reason
    if word.startswith(OF_SECURITY):
        return word.removeprefix(OF_SECURITY).lower()
    return "" if word == UNSPECIFIED else word


def token_refused(answer: Answer, name: str) -> TokenRefused | None:
    """Return that the proxy cannot read the access token, None if it does not say so."""
    rule = _rule(answer.status, _text(answer))
    if rule is None or rule.error is not TokenRefused:
        return None
    return TokenRefused(f"{name}: {rule.says} ({answer.status})", status=answer.status)


def is_mute(answer: Answer) -> bool:
    """Return whether nothing but its status is left of a refusal, as versions of the proxy pass it on."""
    return _text(answer).strip().casefold() in PHRASES


def _own_refusal(status: int, text: str) -> bool:
    """Return whether the proxy has said no without asking anybody."""
    if status == UNAVAILABLE:
        return HELD.search(text) is not None
    if status in OF_COMMANDS and (UNKNOWN_COMMAND.search(text) or INVALID.search(text)):
        return True
    rule = _rule(status, text)
    return rule is not None and not rule.asked


def _rule(status: int, text: str) -> _Rule | None:
    fits = (rule for rule in RULES if rule.status == status and re.search(rule.words, text, re.IGNORECASE))
    return next(fits, None)


def _own(answer: Answer, name: str, fault_of: Callable[[str], CarError | None]) -> TeslaError | None:
    """Return what the proxy itself says, None where it hands on what Tesla says."""
    text, status = _text(answer), answer.status
    if status in OF_COMMANDS and (refused := _refused(name, text)) is not None:
        return refused
    if status == UNAVAILABLE and HELD.search(text):
        return CarBusy(f"{name}: another command holds the car")
    if status == 500 and UNPAIRED.search(text):
        return KeyNotPaired(f"{name}: the proxy's key is not on the car's keychain")
    if status == 500 and (found := FAULT.search(text)) and (fault := fault_of(found[1])) is not None:
        return fault
    if (rule := _rule(status, text)) is not None:
        return rule.error(f"{name}: {rule.says} ({status})", status=status)
    return None


def _refused(name: str, text: str) -> TeslaError | None:
    if UNKNOWN_COMMAND.search(text):
        return CannotDo(f"{name}: the proxy cannot sign it", obstacle="not_by_proxy")
    if INVALID.search(text):
        found = PARAMETER.search(text)
        parameter = found[1] if found else ""
        return CommandInvalid(f"{name}: the proxy finds fault with {parameter or 'it'}", parameter=parameter)
    return None


def _text(answer: Answer) -> str:
    """Return what an answer says: its error and, where it has none, the reason of its result."""
    document = parse(answer.body) or {}
    response = document.get("response")
    said = [document.get("error"), document.get("error_description")]
    if isinstance(response, dict):
        said += [response.get(name) for name in REASONS]
    return " ".join(each for each in said if isinstance(each, str))[:READ_AHEAD]
