"""What Teslemetry answers beyond Fleet API's own words, row by row.

Whatever is missing or of another type is not known; nothing of it raises but an answer that is no account's.
Source: Teslemetry's documentation of its API, and what its open clients read of it
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
import re
from typing import Any

from ..errors import AnswerUnreadable, RequestRefused
from ..vehicle.kind import number
from .response import harmless
from .rows import FleetStatus

A_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
KEY = "key"  # the virtual key is not on the car's keychain
STREAMING_TOGGLE = "streaming_toggle"  # the owner's switch on the Safety screen is off
NO_DATA = "no_data"  # configured, and nothing comes

QUOTA_LIMIT = 20  # counters beside the balance that are kept
WORD_LIMIT = 100  # characters of a word of the stream's that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataCar:
    """What Teslemetry knows of a car.

    permission:      "OWNER" or "DRIVER"
    access:          there is a subscription for it
    polling:         it is asked for data by Teslemetry, since it does not stream
    signing:         its commands have to be signed
    proxy:           its commands go through Teslemetry's own proxy
    firmware:        as in "2026.26.6"
    discounted:      its data cost less, because it cannot stream
    fleet_telemetry: version of the car's telemetry client; "unknown" on cars without one
    issue:           why it does not stream: KEY, STREAMING_TOGGLE, NO_DATA or another word; None: no reason
    config:          what it is told to stream; empty where it is not said
    """

    name: str | None
    permission: str | None
    access: bool
    polling: bool | None
    signing: bool | None
    proxy: bool | None
    firmware: str | None
    discounted: bool | None
    fleet_telemetry: str | None
    issue: str | None
    config: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is paid for the account; times as they were sent, which nobody documents: text or seconds."""

    cycle: str | None
    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """An account with Teslemetry.

    uid:      who it is
    region:   where it lives: "na" or "eu"; None where it is not said
    vehicles: by VIN; what is called otherwise is no car, as much else is addressed by it
    sites:    energy sites by their id, each with its name; None where it has none
    """

    uid: str = field(repr=False)
    region: str | None
    scopes: frozenset[str]
    vehicles: Mapping[str, MetadataCar] = field(repr=False)
    sites: Mapping[str, str | None] = field(repr=False)
    subscription: Subscription | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigAnswer:
    """What became of fields that a car is to stream.

    updated: how many cars will get them
    skipped: why one will not; by VIN
    ignored: fields that it does not know
    """

    updated: int
    skipped: Mapping[str, str] = field(repr=False)
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsEvent:
    """Credits that were spent, as the stream tells it.

    kind:     what for: "command", "data", "wake" or another word; empty where it is not said
    name:     which call it was, in Teslemetry's words; empty where it is not said
    cost:     how many; 0 where it is not said
    balance:  how many are left; None where it is not said
    quota:    what else is counted
    at:       seconds since 1970, never ahead of our clock
    snapshot: it was so before we began to listen: the balance counts, the cost was counted then
    """

    kind: str
    name: str
    cost: float
    balance: float | None
    quota: Mapping[str, float]
    vin: str | None = field(repr=False)
    at: float
    snapshot: bool


def metadata(document: Mapping[str, Any]) -> Metadata:
    """Read an account; AnswerUnreadable if it has no name to know it by.

    Shape: {"uid", "region": "NA" | "EU", "scopes": [str], "vehicles": {vin: {…}},
           "energy_sites": {id: {"name"}}, "subscription": {"cycle", "start", "end"}}, bare or in `response`
    """
    bare = _object(document, "response") or document
    uid = bare.get("uid")
    if isinstance(uid, int) and not isinstance(uid, bool):
        uid = str(uid)
    if not (isinstance(uid, str) and uid):
        raise AnswerUnreadable("metadata: an account without its uid")
    region = _text(bare, "region")
    subscription = _object(bare, "subscription")
    return Metadata(
        uid=uid,
        region=region.lower() if region else None,
        scopes=frozenset(_words(bare, "scopes")),
        vehicles={
            vin: _car(row)
            for vin, row in _object(bare, "vehicles").items()
            if A_VIN.fullmatch(vin) and isinstance(row, Mapping)
        },
        sites={
            str(site): _text(row, "name")
            for site, row in _object(bare, "energy_sites").items()
            if isinstance(row, Mapping)
        },
        subscription=Subscription(
            cycle=_text(subscription, "cycle"),
            start=_moment(subscription, "start"),
            end=_moment(subscription, "end"),
        )
        if subscription
        else None,
    )


def readiness(account: Metadata) -> dict[str, FleetStatus]:
    """Return how ready cars are to be asked and to stream, as `fleet_status` says it of Tesla's own.

    That there is no issue with the key proves nothing of a car that was never set up, so it stays unknown.
    """
    return {
        vin: FleetStatus(
            paired=False if car.issue == KEY else None,
            firmware=car.firmware,
            wants_signature=car.signing,
            discounted=car.discounted,
            telemetry_version=car.fleet_telemetry,
            keys=None,
            streaming_toggle=False if car.issue == STREAMING_TOGGLE else None,
        )
        for vin, car in account.vehicles.items()
    }


def config(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what a car is told to stream; empty where it is told nothing.

    Shape: {"hostname", "port", "ca", "fields": {…}, …}, bare or in `response` or `config`
    Raises: RequestRefused for {"error": …}
    """
    _refused(document, "config")
    for envelope in ("response", "config"):
        if isinstance(document.get(envelope), Mapping):
            document = document[envelope]
    return document if isinstance(document.get("fields"), Mapping) else {}


def config_answer(document: Mapping[str, Any]) -> ConfigAnswer:
    """Read what became of fields that were sent.

    Shape: {"updated_vehicles": n, "skipped_vehicles": {reason: [vin]} or {vin: reason},
           "ignoredFields": [field]}, bare or in `response`
    Raises: RequestRefused for {"error": …}
    """
    _refused(document, "config")
    bare = _object(document, "response") or document
    updated = bare.get("updated_vehicles")
    return ConfigAnswer(
        updated=updated if isinstance(updated, int) and not isinstance(updated, bool) else 0,
        skipped=_skipped(_object(bare, "skipped_vehicles")),
        ignored=_words(bare, "ignoredFields"),
    )


def known_fields(document: Mapping[str, Any]) -> frozenset[str]:
    """Read which fields the service knows.

    Shape: {field: {"type", "scopes", "interval_seconds": {…}, …}}, bare or in `response` or `fields`
    """
    for envelope in ("response", "fields"):
        document = _object(document, envelope) or document
    return frozenset(name for name, row in document.items() if isinstance(row, Mapping) and "type" in row)


def credits_event(content: Any, *, vin: str | None, at: float, snapshot: bool) -> CreditsEvent | None:
    """Read what the stream says of credits; None if it says nothing that can be counted.

    Shape: {"type", "cost", "name", "balance", "quota": {…}}
    """
    if not isinstance(content, Mapping):
        return None
    cost, balance = _amount(content.get("cost")), _amount(content.get("balance"))
    if cost is None and balance is None:
        return None
    counters = islice(_object(content, "quota").items(), QUOTA_LIMIT)
    quota = {str(name)[:WORD_LIMIT]: _amount(value) for name, value in counters}
    return CreditsEvent(
        kind=(_text(content, "type") or "")[:WORD_LIMIT],
        name=(_text(content, "name") or "")[:WORD_LIMIT],
        cost=max(cost or 0.0, 0.0),
        balance=balance,
        quota={name: value for name, value in quota.items() if value is not None},
        vin=vin,
        at=at,
        snapshot=snapshot,
    )


def _car(row: Mapping[str, Any]) -> MetadataCar:
    return MetadataCar(
        name=_text(row, "name"),
        permission=_text(row, "permission"),
        access=row.get("access") is True,
        polling=_flag(row, "polling"),
        signing=_flag(row, "signing"),
        proxy=_flag(row, "proxy"),
        firmware=_text(row, "firmware"),
        discounted=_flag(row, "discounted"),
        fleet_telemetry=_text(row, "fleet_telemetry"),
        issue=_text(row, "issue"),
        config=_object(row, "config"),
    )


def _refused(document: Mapping[str, Any], what: str) -> None:
    """Raise what an answer refuses although its status is a good one."""
    error = document.get("error")
    if error:
        told = harmless(error) if isinstance(error, str) else "…"
        raise RequestRefused(f"{what}: refused ({told})", status=200)


def _skipped(rows: Mapping[str, Any]) -> dict[str, str]:
    """Return the reason for each VIN, whichever of them stands first."""
    found = dict[str, str]()
    for name, value in rows.items():
        if isinstance(value, list):
            found |= {vin: str(name) for vin in value if isinstance(vin, str)}
        elif isinstance(value, str):
            found[str(name)] = value
    return found


def _object(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value else None


def _moment(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(row, name)


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    value = row.get(name)
    return value if isinstance(value, bool) else None


def _words(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _amount(value: Any) -> float | None:
    """Return a number that may have come as text."""
    amount = number(value)
    return None if amount is None else float(amount)
