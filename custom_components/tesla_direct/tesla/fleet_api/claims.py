"""What an access token says about itself."""

from base64 import b64decode
import binascii
from dataclasses import dataclass
import json
from typing import Any

from ..errors import WireError

TIME_LIMIT = 1e11  # seconds since 1970; in the year 5138 this is to be looked at again
PARTS = 3  # header, payload, signature (RFC 7519)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claims that we use.

    subject:    the account; stays the same for ever
    scopes:     what the user granted
    region:     "na", "eu" or "cn", in Tesla's spelling but lower case; None if the token does not say
    client_id:  the application it was issued to
    audience:   the addresses it is meant for
    issued_at:  seconds since 1970, by Tesla's clock
    expires_at: the same
    """

    subject: str
    scopes: frozenset[str]
    region: str | None
    client_id: str | None
    audience: tuple[str, ...]
    issued_at: float | None
    expires_at: float | None


def read_claims(access_token: str) -> Claims:
    """Read the claims of an access token, without verifying them: only Tesla can tell whether it is good.

    Shape:  JWT whose payload has `sub`, and mostly `scp`, `ou_code`, `azp`, `aud`, `iat`, `exp`
    Raises: WireError if it is no JWT, has no subject, or a claim is of another type
    Source: Fleet API, access token claims
    """
    payload = _payload(access_token)
    subject = _text(payload, "sub")
    if subject is None:
        raise WireError("an access token without a subject")
    region = _text(payload, "ou_code")
    return Claims(
        subject=subject,
        scopes=frozenset(_texts(payload, "scp")),
        region=None if region is None else region.lower(),
        client_id=_text(payload, "azp"),
        audience=_texts(payload, "aud"),
        issued_at=_time(payload, "iat"),
        expires_at=_time(payload, "exp"),
    )


def _payload(access_token: str) -> dict[str, Any]:
    parts = access_token.split(".")
    if len(parts) != PARTS:
        raise WireError(f"an access token of {len(parts)} parts")
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        payload = json.loads(b64decode(padded, altchars=b"-_", validate=True))
    except ValueError, binascii.Error, RecursionError:
        # What was being read is a secret, so the cause stays out of the trace.
        raise WireError("an access token whose payload is no JSON") from None
    if not isinstance(payload, dict):
        raise WireError("an access token whose payload is no object")
    return payload


def _text(payload: dict[str, Any], name: str) -> str | None:
    value = payload.get(name)
    if value is not None and not isinstance(value, str):
        raise WireError(f"a claim {name} that is no text")
    return value or None


def _texts(payload: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of texts; one text stands for its words."""
    value = payload.get(name) or []
    if isinstance(value, str):
        return tuple(value.split())
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WireError(f"a claim {name} that is no list of texts")
    return tuple(value)


def _time(payload: dict[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < TIME_LIMIT:
        raise WireError(f"a claim {name} that is no time")
    return float(value)
