"""A car's telemetry configuration: where it sends what, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_PORT = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often one field is sent.

    interval:      seconds between two emissions at least
    minimum_delta: change needed; metres for a place; None takes any
    resend:        seconds after which an unchanged value is sent again
    include:       fields that are sent along
    """

    interval: float
    minimum_delta: float | None = None
    resend: float | None = None
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """The claims of a signed configuration, as the car takes them.

    port:     a string port is accepted by everyone, and the car then never connects
    expires:  seconds since 1970; None never
    raw:      the claims as they came, for the call that reads them back
    issuer:   the key that signed it (65 bytes); empty where a verb gave it, and nobody had to sign
    """

    hostname: str
    port: int | str = DEFAULT_PORT
    ca: str = ""
    fields: Mapping[str, Pace] = field(default_factory=dict)
    alert_types: frozenset[str] = frozenset()
    prefer_typed: bool = False
    resends: bool = False
    expires: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    issuer: bytes = b""


def read_config(raw: Mapping[str, Any], issuer: bytes = b"") -> StreamConfig:
    """Read a configuration in the form that Tesla's API takes.

    Raises: KeyError, TypeError or ValueError where something needed is missing or of another kind
    """
    return StreamConfig(
        hostname=str(raw["hostname"]),
        port=raw.get("port", DEFAULT_PORT),
        ca=str(raw.get("ca", "")),
        fields={name: _pace(row) for name, row in raw.get("fields", {}).items()},
        alert_types=frozenset(raw.get("alert_types", ())),
        prefer_typed=bool(raw.get("prefer_typed", False)),
        resends=raw.get("delivery_policy") == "latest",
        expires=raw.get("exp"),
        raw=raw,
        issuer=issuer,
    )


def _pace(row: Mapping[str, Any]) -> Pace:
    return Pace(
        interval=float(row["interval_seconds"]),
        minimum_delta=row.get("minimum_delta"),
        resend=row.get("resend_interval_seconds"),
        include=tuple(row.get("include_fields", ())),
    )
