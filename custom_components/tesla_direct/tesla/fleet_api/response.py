"""A response, made into data or into the right error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import re
from typing import Any

from ..errors import (
    AccountLocked,
    AnswerUnreadable,
    ApplicationTooNew,
    BillingLimitExceeded,
    CarSilent,
    CarTrouble,
    CarUnreachable,
    CloudError,
    CloudTrouble,
    DomainTaken,
    InService,
    KeyUnfetched,
    LoginExpired,
    MobileAccessDisabled,
    NotFound,
    NotRegistered,
    OriginNotAllowed,
    OutcomeUnknown,
    PaymentRequired,
    PrivacyForbids,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    SignatureRequired,
    SignatureUnsupported,
    TeslaError,
    TokenRefused,
    WrongRegion,
)
from . import json_text
from .endpoints import Endpoint, Price
from .limits import LONGEST, SHORTEST, UNTOLD, wait_told

REGISTERING = "partner_accounts"  # the endpoint whose refusals speak of a domain and its key
UNTOLD_REGISTERING = 30.0  # seconds to wait for another one that is under way, where none are said
READ_AHEAD = 4096  # bytes of a refusal that are searched for words; they stand at its beginning


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    headers: names in lower case
    cut:     why the body is not complete, None if it is
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    cut: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an answer means.

    says:  in our words, for the user
    words: what its text has to contain, where the status alone does not tell
    price: what the request has to be billed as, where only that makes the difference
    name:  which endpoint it has to be, the same
    key:   what has to be paid, see PaymentRequired
    """

    status: int
    error: type[CloudError]
    says: str
    words: str | None = None
    price: Price | None = None
    name: str | None = None
    key: str = ""


# The first rule that fits counts. Statuses and texts as in section 11 of Tesla's documentation of the
# Fleet API; which of them leave it open whether the car has acted, as in its own client library.
RULES = (
    *(
        Rule(
            status=status,
            error=ApplicationTooNew,
            says="the application is not known as a partner yet",
            words="expected partner account",
        )
        for status in (400, 401, 403, 422)
    ),
    *(
        Rule(
            status=status,
            error=DomainTaken,
            says="another application holds the domain or the key",
            words="already (been )?(taken|registered|in use)",
            name=REGISTERING,
        )
        for status in (400, 409, 422)
    ),
    Rule(
        status=412,
        error=OriginNotAllowed,
        says="the domain is no allowed origin of the application",
        name=REGISTERING,
    ),
    Rule(status=424, error=KeyUnfetched, says="the public key could not be fetched", name=REGISTERING),
    Rule(status=429, error=RateLimited, says="another registration is under way", name=REGISTERING),
    Rule(status=401, error=LoginExpired, says="the login has expired", words="login_required"),
    Rule(
        status=401,
        error=MobileAccessDisabled,
        says="Mobile Access is switched off in the car",
        words="mobile_access_disabled|mobile access (is )?disabled",
    ),
    Rule(status=401, error=TokenRefused, says="the access token is refused"),
    # A service's words, as Teslemetry has them; the longer one contains the shorter.
    Rule(
        status=402,
        error=PaymentRequired,
        says="the car has no subscription",
        words="vehicle[_ ]subscription[_ ]required",
        key="vehicle_subscription_required",
    ),
    Rule(
        status=402,
        error=PaymentRequired,
        says="the account has no subscription",
        words="subscription[_ ]required",
        key="subscription_required",
    ),
    Rule(
        status=402,
        error=PaymentRequired,
        says="no credits are left",
        words="insufficient[_ ]credits",
        key="credits",
    ),
    Rule(status=402, error=PaymentRequired, says="billing has to be set up"),
    Rule(
        status=403, error=BillingLimitExceeded, says="the spending limit is reached", words="exceeded_limit"
    ),
    Rule(status=403, error=ScopeMissing, says="not granted by the user", words="missing scopes?"),
    Rule(
        status=403,
        error=SignatureRequired,
        says="the car takes signed commands only",
        words="vehicle command protocol required",
    ),
    Rule(status=403, error=RequestRefused, says="not allowed"),
    Rule(status=404, error=NotFound, says="unknown, or no longer accessible"),
    Rule(status=405, error=InService, says="the car is in service", words="in service"),
    Rule(
        status=408,
        error=CarUnreachable,
        says="the car is asleep or offline",
        words="offline|asleep|vehicle unavailable",
    ),
    Rule(status=408, error=CarSilent, says="the car did not answer in time"),
    Rule(status=412, error=NotRegistered, says="the application is not registered in this region"),
    Rule(status=421, error=WrongRegion, says="the account lives in another region"),
    Rule(
        status=422,
        error=SignatureUnsupported,
        says="the car takes plain commands only",
        name="signed_command",
    ),
    Rule(status=423, error=AccountLocked, says="the account is locked"),
    Rule(status=424, error=CloudTrouble, says="something it depends on is not ready"),
    Rule(status=429, error=RateLimited, says="too many requests"),
    Rule(status=451, error=PrivacyForbids, says="the privacy settings forbid it"),
    Rule(status=499, error=OutcomeUnknown, says="given up underway"),
    # A command proxy answers this way what Tesla answers with 408.
    Rule(status=500, error=CarUnreachable, says="the car is asleep or offline", words="vehicle is offline"),
    Rule(
        status=502,
        error=CloudTrouble,
        says="the energy site cannot be reached",
        words="energy_gateway_unreachable",
    ),
    Rule(status=503, error=CarUnreachable, says="the car is not awake", price=Price.COMMAND),
    Rule(status=503, error=CloudTrouble, says="service unavailable"),
    Rule(status=540, error=CarTrouble, says="the car answered with an error"),
)
REFUSED = Rule(status=400, error=RequestRefused, says="refused")  # any other 4xx
FAILED = Rule(status=500, error=OutcomeUnknown, says="the cloud failed")  # any other 5xx

BASE_IN_TEXT = re.compile(r"use base URL: (https?://[-a-z0-9.:\[\]]+)", re.IGNORECASE | re.ASCII)
BASE_IN_HEADER = re.compile(r'\s*"?h2="?(https://[-a-z0-9.:\[\]]+)', re.IGNORECASE | re.ASCII)
TXID = re.compile(r"[0-9a-f-]{20,64}")  # no VIN and no token looks like this
# Words that may be shown: a VIN, a token, a place in degrees and an address all contain something else.
HARMLESS = re.compile(r"[A-Za-z_'-]{1,24}|\d{1,5}")
AROUND_A_WORD = "()[]{}<>\"'.,;:!?"
LONGEST_TEXT = 120  # characters of Tesla's words in ours


type Reader[T] = Callable[[Answer, Endpoint, Callable[[str], str | None]], T]
"""What makes an answer into data, or into the right error."""


def read(answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Shape:  {"response": …} mostly; a few endpoints answer without that envelope
    trusted: returns the base of an API for an address that a token may be sent to
    Raises: CloudError for a refusal, AnswerUnreadable for what is no JSON object
    """
    document = parse(read_file(answer, endpoint, trusted))
    if document is None:
        raise AnswerUnreadable(f"{endpoint.name}: {len(answer.body)} bytes that are no JSON object")
    return document


def read_file(answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]) -> bytes:
    """Return the body of an answer as it is.

    Raises: CloudError for a refusal, AnswerUnreadable for one that is not complete
    """
    if answer.status >= 400:
        raise _refusal(answer, endpoint, trusted)
    if not 200 <= answer.status < 300:  # redirects are not followed
        raise AnswerUnreadable(f"{endpoint.name}: an answer with status {answer.status}")
    if answer.cut is not None:
        raise AnswerUnreadable(f"{endpoint.name}: the answer is incomplete: {answer.cut}")
    return answer.body


def parse(body: bytes) -> dict[str, Any] | None:
    """Return a body's JSON object, None if it holds none."""
    try:
        document = json_text.read(body.decode("utf-8-sig"))
    except ValueError, RecursionError:
        return None
    return document if isinstance(document, dict) else None


def harmless(text: str) -> str:
    """Return text from outside such that a log may hold it: what is no plain word becomes "…"."""
    words = [
        word if HARMLESS.fullmatch(word.strip(AROUND_A_WORD)) else "…"
        for word in text[:READ_AHEAD].split(maxsplit=LONGEST_TEXT)
    ]
    return " ".join(words)[:LONGEST_TEXT]


def _refusal(answer: Answer, endpoint: Endpoint, trusted: Callable[[str], str | None]) -> TeslaError:
    text = answer.body[:READ_AHEAD].decode(errors="replace")
    rule = next((rule for rule in RULES if _fits(rule, answer.status, text, endpoint)), None)
    if rule is None:
        rule = FAILED if answer.status >= FAILED.status else REFUSED
    told = f"{endpoint.name}: {rule.says} ({_described(answer)})"
    if rule.error is RateLimited:
        wait = wait_told(answer.headers, text)
        untold = UNTOLD_REGISTERING if rule.name == REGISTERING else UNTOLD
        seconds = untold if wait is None else min(max(wait, SHORTEST), LONGEST)
        return RateLimited(told, status=answer.status, retry_after=seconds)
    if rule.error is WrongRegion:
        return WrongRegion(told, status=answer.status, base=_base(answer, text, trusted))
    if rule.error is PaymentRequired:
        return PaymentRequired(told, status=answer.status, key=rule.key)
    return rule.error(told, status=answer.status)


def _fits(rule: Rule, status: int, text: str, endpoint: Endpoint) -> bool:
    return (
        rule.status == status
        and (rule.words is None or re.search(rule.words, text, re.IGNORECASE) is not None)
        and rule.price in {None, endpoint.price}
        and rule.name in {None, endpoint.name}
    )


def _base(answer: Answer, text: str, trusted: Callable[[str], str | None]) -> str | None:
    """Return where a misdirected request should have gone: the body's word counts before the header's."""
    header = answer.headers.get("alt-svc", "")
    for found in (BASE_IN_TEXT.search(text), BASE_IN_HEADER.match(header)):
        if found and (base := trusted(found[1].rstrip(".:"))):
            return base
    return None


def _described(answer: Answer) -> str:
    """Return the status, and what the answer says that a log may hold."""
    document = parse(answer.body) or {}
    said = [document.get("error"), document.get("error_description"), *_messages(document.get("messages"))]
    parts = [str(answer.status), *(harmless(text) for text in said if text and isinstance(text, str))]
    txid = answer.headers.get("x-txid") or document.get("txid")
    if isinstance(txid, str) and TXID.fullmatch(txid):
        parts.append(f"txid {txid}")
    return ", ".join(parts)


def _messages(messages: Any) -> list[str]:
    """Return what is wrong with which field: {"percent": ["is too large"]}."""
    if not isinstance(messages, dict):
        return []
    return [
        f"{name}: {problem}"
        for name, problems in messages.items()
        if isinstance(problems, list)
        for problem in problems
        if isinstance(problem, str)
    ]
