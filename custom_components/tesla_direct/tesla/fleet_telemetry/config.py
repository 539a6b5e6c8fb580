"""What a car is told of streaming: which fields, how often, and to where.

Source: telemetry protocol, sections 16 and 17; tests/vectors/jws/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec

from .jws import TELEMETRY, audience, sign_claims

SERVICE_ALERTS = ("service",)  # the only spelling that was ever seen
LATEST = "latest"  # what was not acknowledged comes again


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a car sends a field that changes.

    interval:      seconds that pass at least between two values
    minimum_delta: by how much a number has to change at least; metres for places
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
        if self.minimum_delta is not None:
            raw["minimum_delta"] = self.minimum_delta
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
                minimum_delta=None if delta is None else float(delta),
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

    def same_as(self, raw: Mapping[str, Any] | None) -> bool:
        """Return whether a configuration that was read back makes a car do the same.

        When it ends, who signed it for whom, and `prefer_typed`, which cars no longer look at, are not
        compared; nor is what an answer leaves out of the policy of delivery.
        """
        if not isinstance(raw, Mapping):
            return False
        try:
            paces = {str(name): Pace.from_json(pace) for name, pace in raw["fields"].items()}
            alerts = frozenset(raw.get("alert_types") or ())
            ca = _lines(raw["ca"])
        except AttributeError, KeyError, TypeError, ValueError:
            return False
        return (
            raw.get("hostname") == self.hostname
            # With a port that is text the call succeeds, and no car ever connects.
            and type(raw.get("port")) is int
            and raw["port"] == self.port
            and ca == _lines(self.ca)
            and _comparable(paces) == _comparable(self.fields)
            and alerts == frozenset(self.alert_types)
            and raw.get("delivery_policy") in (None, LATEST)
        )


def names(raw: Any) -> tuple[str, ...]:
    """Return a list of fields' names; nothing is an empty one.

    Raises: TypeError if it is no list of texts
    """
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        raise TypeError("fields that are no list of names")
    return tuple(raw)


def _lines(pem: str) -> list[str]:
    return [line.strip() for line in pem.splitlines() if line.strip()]


def _comparable(paces: Mapping[str, Pace]) -> dict[str, tuple[object, ...]]:
    """Return what two configurations have to agree on; the order of what is sent along is none of it."""
    return {
        name: (pace.interval, pace.minimum_delta or None, pace.resend or None, frozenset(pace.include))
        for name, pace in paces.items()
    }
