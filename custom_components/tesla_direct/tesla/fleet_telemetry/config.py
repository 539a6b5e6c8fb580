"""What a car is told of streaming: which fields, how often, and to where.

Source: telemetry protocol, sections 16 and 17; tests/vectors/jws/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec

from .jws import TELEMETRY, audience, sign_claims

SERVICE_ALERTS = ("service",)  # the only spelling that was ever seen
LATEST = "latest"  # what was not acknowledged comes again
DIGITS = 4  # of a delta; who reads one back may have kept it with fewer bits than we did


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a car sends a field that changes.

    interval:      seconds that pass at least between two values
    minimum_delta: by how much a number has to change at least; metres for places; 0 and None for any change
    resend:        seconds after which the value comes again even if it is the same; None for never
    include:       fields that are sent along
    """

    interval: int
    minimum_delta: float | None = None
    resend: int | None = None
    include: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as Tesla writes it."""
        raw: dict[str, Any] = {"interval_seconds": self.interval}
        if self.minimum_delta:
            whole = self.minimum_delta.is_integer()
            raw["minimum_delta"] = int(self.minimum_delta) if whole else self.minimum_delta
        if self.resend is not None:
            raw["resend_interval_seconds"] = self.resend
        if self.include:
            raw["include_fields"] = list(self.include)
        return raw

    @classmethod
    def from_json(cls, raw: Any) -> Self:
        """Read what Tesla writes; what is not told is None.

        Raises: ValueError on anything else
        """
        try:
            delta, resend = raw.get("minimum_delta"), raw.get("resend_interval_seconds")
            return cls(
                interval=round(float(raw["interval_seconds"])),
                minimum_delta=None if delta is None else _finite(delta),
                resend=None if resend is None else round(float(resend)),
                include=names(raw.get("include_fields")),
            )
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise ValueError("a field's pace that cannot be read") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryConfig:
    """All that a car is told of streaming.

    hostname:    the name it connects to, which its server's certificate has to carry
    port:        the public one
    ca:          PEM; what the server's certificate is verified with
    fields:      what it sends, and how often
    alert_types: which alerts it sends
    expires:     seconds since 1970; from then on it is silent
    """

    hostname: str
    port: int
    ca: str
    fields: Mapping[str, Pace]
    alert_types: tuple[str, ...] = SERVICE_ALERTS
    expires: int = field(compare=False)

    def claims(self) -> dict[str, Any]:
        """Return it as Tesla writes it."""
        return {
            "hostname": self.hostname,
            "port": self.port,
            "ca": self.ca,
            "fields": {name: pace.to_json() for name, pace in sorted(self.fields.items())},
            "alert_types": list(self.alert_types),
            "prefer_typed": True,
            "delivery_policy": LATEST,
            "exp": self.expires,
        }

    def token(self, key: ec.EllipticCurvePrivateKey) -> str:
        """Return it signed for all cars that trust the key."""
        return sign_claims(key, self.claims(), audience(TELEMETRY))

    @classmethod
    def from_claims(cls, raw: Any) -> Self:
        """Read what Tesla writes; when it ends is 0 where that is not told.

        Raises: ValueError on anything else, such as a port that is text, with which no car ever connects
        """
        try:
            port = raw["port"]
            if type(port) is not int:
                raise ValueError("a port that is no number")  # one way out
            return cls(
                hostname=str(raw["hostname"]),
                port=port,
                ca=str(raw.get("ca") or ""),
                fields={str(name): Pace.from_json(pace) for name, pace in raw["fields"].items()},
                alert_types=names(raw.get("alert_types")),
                expires=int(raw.get("exp") or 0),
            )
        except (AttributeError, KeyError, OverflowError, TypeError) as error:
            raise ValueError("a telemetry configuration that cannot be read") from error

    def same_as(self, raw: Any) -> bool:
        """Return whether a configuration that was read back makes a car do the same.

        When it ends, who signed it for whom, and `prefer_typed`, which cars no longer look at, are not
        compared; nor is a policy of delivery that an answer leaves out.
        """
        try:
            other = self.from_claims(raw)
        except ValueError:
            return False
        return _comparable(self) == _comparable(other) and raw.get("delivery_policy") in (None, LATEST)


def names(raw: Any) -> tuple[str, ...]:
    """Return a list of fields' names; nothing is an empty one.

    Raises: TypeError if it is no list of texts
    """
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        raise TypeError("fields that are no list of names")
    return tuple(raw)


def _finite(raw: Any) -> float:
    value = float(raw)
    if not isfinite(value):
        raise ValueError("a delta that is no number")
    return value


def _comparable(config: TelemetryConfig) -> tuple[object, ...]:
    """Return what two configurations have to agree on: no order, no line ends."""
    paces = {
        name: (
            pace.interval,
            round(pace.minimum_delta or 0.0, DIGITS),
            pace.resend or None,
            frozenset(pace.include),
        )
        for name, pace in config.fields.items()
    }
    return config.hostname, config.port, config.ca.split(), paces, frozenset(config.alert_types)
