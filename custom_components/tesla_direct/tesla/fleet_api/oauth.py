"""Tokens, and how they are renewed: a flow.

A refresh token is good for one use; the answer brings the next one. Only the one used last keeps
working, for a day, so that an answer which was lost on the way can be asked for again.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..errors import AnswerUnreadable, ApplicationRefused, LoginExpired, TokenUnavailable, WireError
from .claims import read_claims
from .limits import wait_told
from .response import Answer, harmless, parse

GRACE = 86400.0  # seconds for which the refresh token used last keeps working
# Seconds before its end from which a token is renewed: a request that waits for a bucket or for a car
# still arrives in time.
MARGIN = 60.0
LONGEST_LIFE = 1e9  # seconds; 8 hours are usual, and what is longer than 30 years is no lifetime
SHORT_LIFE = 300.0  # seconds that a partner token is used for whose lifetime is not said
FOREVER = 1e12  # seconds since 1970
WANTED = "openid email offline_access"  # what TeslaMate asks for with each renewal
NOT_RENEWED = ""  # in the place of a refresh token
READ_AHEAD = 4096  # bytes in which an answer's request to wait is looked for

REFUSALS = (400, 401, 403)  # statuses that can speak of the token; all others speak of the service
# The refresh token is used up, revoked or expired, or the user has withdrawn consent: Tesla's own word
# first, then those of OAuth (RFC 6749, 5.2) and OpenID Connect (Core, 3.1.2.6).
TOKEN_REFUSED = frozenset(
    {
        "login_required",
        "invalid_grant",
        "consent_required",
        "interaction_required",
    }
)
APPLICATION_REFUSED = frozenset({"unauthorized_client", "invalid_client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an account's sign-in has brought.

    expires_at:             the access token's end, seconds since 1970, by our clock
    received_at:            when it came, and the previous refresh token was used; the same clock
    scopes:                 what the user granted
    previous_refresh_token: the one this token was got with, None after a sign-in
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    received_at: float
    scopes: frozenset[str] = frozenset()
    previous_refresh_token: str | None = field(default=None, repr=False)

    def fresh(self, now: float) -> bool:
        """Return whether the access token is good for a while yet; a short life halves the margin."""
        return now < self.expires_at - min(MARGIN, (self.expires_at - self.received_at) / 2)

    def to_dict(self) -> dict[str, Any]:
        """Return what is to be stored."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at,
            "received_at": self.received_at,
            "scopes": sorted(self.scopes),
            "previous_refresh_token": self.previous_refresh_token,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the token that `to_dict` described; WireError if it was not `to_dict`."""
        try:
            previous = data["previous_refresh_token"]
            return cls(
                access_token=str(data["access_token"]),
                refresh_token=str(data["refresh_token"]),
                expires_at=float(data["expires_at"]),
                received_at=float(data["received_at"]),
                scopes=frozenset(str(scope) for scope in data["scopes"]),
                previous_refresh_token=None if previous is None else str(previous),
            )
        except KeyError, TypeError, ValueError:
            # What was being read is a secret, so the cause stays out of the trace.
            raise WireError("a stored token that makes no sense") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerToken:
    """What the application itself is known by in one region, for some hours; there is no renewing it.

    expires_at:  seconds since 1970, by our clock
    received_at: the same
    """

    access_token: str = field(repr=False)
    expires_at: float
    received_at: float

    def fresh(self, now: float) -> bool:
        """Return whether it is good for a while yet; a short life halves the margin."""
        return now < self.expires_at - min(MARGIN, (self.expires_at - self.received_at) / 2)


def partner_form(client_id: str, client_secret: str, audience: str) -> dict[str, str]:
    """Return what a partner token is asked for with; it goes to the sign-in service and nowhere else."""
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
        "audience": audience,
        "scope": "openid",
    }


def partner_granted(answer: Answer, now: float) -> PartnerToken:
    """Return the partner token that an answer brings.

    Raises:
        ApplicationRefused: client id or secret are not accepted.
        TokenUnavailable: the service is in trouble; asking again later will help.
    """
    if 200 <= answer.status < 300 and answer.cut is None:
        document = parse(answer.body) or {}
        token, life = document.get("access_token"), document.get("expires_in")
        if isinstance(life, bool) or not isinstance(life, int | float) or not 0 < life < LONGEST_LIFE:
            life = SHORT_LIFE
        if isinstance(token, str) and token:
            return PartnerToken(access_token=token, expires_at=now + life, received_at=now)
    elif (word := _error(answer)) in APPLICATION_REFUSED or answer.status == 401:
        raise ApplicationRefused(
            f"the sign-in service refuses the application ({harmless(word or '401')})", status=answer.status
        )
    raise _unavailable(answer)


def granted(document: Mapping[str, Any], now: float, replaced: Token | None = None) -> Token:
    """Return the token that a sign-in service's JSON grants.

    Shape:    {"access_token": JWT, "refresh_token": str, "expires_in": seconds}
    now:      seconds since 1970, when the answer came
    replaced: the token it was renewed from, None after a sign-in
    Raises:   AnswerUnreadable if a member is missing or of another type
    """
    access_token, refresh_token = document.get("access_token"), document.get("refresh_token")
    if not (isinstance(access_token, str) and access_token):
        raise AnswerUnreadable("an answer of the sign-in service without an access token")
    if not (isinstance(refresh_token, str) and refresh_token):
        raise AnswerUnreadable("an answer of the sign-in service without a refresh token")
    try:
        claims = read_claims(access_token)
    except WireError:
        claims = None  # a provider of the user's own may issue tokens that only it can read
    life = document.get("expires_in")
    if life is None and claims and claims.expires_at is not None and claims.issued_at is not None:
        life = claims.expires_at - claims.issued_at
    if isinstance(life, bool) or not isinstance(life, int | float) or not 0 < life < LONGEST_LIFE:
        raise AnswerUnreadable("an answer of the sign-in service without a lifetime")
    scopes = replaced.scopes if replaced else frozenset[str]()
    if claims is not None:
        scopes = claims.scopes
    elif isinstance(stated := document.get("scope"), str):
        scopes = frozenset(stated.split())
    return Token(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=now + life,
        received_at=now,
        scopes=scopes,
        previous_refresh_token=replaced.refresh_token if replaced else None,
    )


def lasting(token: str, scopes: Iterable[str], now: float, refresh_token: str = NOT_RENEWED) -> Token:
    """Return a token that a user has pasted, which is good until it is refused.

    refresh_token: renews it then; one that says itself when it ends is renewed before
    """
    expires_at = FOREVER
    if refresh_token != NOT_RENEWED:
        with suppress(WireError):  # only the service can read it
            expires_at = read_claims(token).expires_at or FOREVER
    return Token(
        access_token=token,
        refresh_token=refresh_token,
        expires_at=expires_at,
        received_at=now,
        scopes=frozenset(scopes),
    )


type Renewal = Generator[dict[str, str], Answer, Token]


def renewal(token: Token, client_id: str, clock: Callable[[], float], *, scope: str | None = None) -> Renewal:
    """Yield what to post, be sent the answer, return the new token.

    scope: is asked for, too
    Raises:
        LoginExpired: no refresh token that we hold is accepted any more.
        ApplicationRefused: the client id is not.
        TokenUnavailable: the service is in trouble; asking again later will help.
    Source: Fleet API, refresh rules
    """
    if token.refresh_token == NOT_RENEWED:
        raise LoginExpired("the token that was entered is refused, and cannot be renewed")
    more = {} if scope is None else {"scope": scope}
    answer = yield _form(client_id, token.refresh_token) | more
    refused = _refused(answer)
    previous = token.previous_refresh_token
    if refused and previous is not None and clock() - token.received_at < GRACE:
        # The rotation that gave us the newer one may have been lost at their end, or its save at ours.
        answer = yield _form(client_id, previous) | more
        refused = _refused(answer)
        token = replace(token, refresh_token=previous)
    if refused:
        raise LoginExpired(f"the sign-in service refuses the login ({refused})", status=answer.status)
    return _token(answer, clock(), token)


def _form(client_id: str, refresh_token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": refresh_token}


def _refused(answer: Answer) -> str | None:
    """Return the word with which an answer refuses a refresh token, None if it does not."""
    word = _error(answer)
    return word if word in TOKEN_REFUSED else None


def _error(answer: Answer) -> str | None:
    """Return the error code of a refusal; what is cut, no JSON or of another status is none."""
    if answer.status not in REFUSALS or answer.cut is not None:
        return None
    error = (parse(answer.body) or {}).get("error")
    return error if isinstance(error, str) else None


def _token(answer: Answer, now: float, replaced: Token) -> Token:
    if 200 <= answer.status < 300:
        if answer.cut is not None:
            raise TokenUnavailable("an incomplete answer of the sign-in service", status=answer.status)
        try:
            return granted(parse(answer.body) or {}, now, replaced)
        except AnswerUnreadable as error:
            raise TokenUnavailable(str(error), status=answer.status) from None
    word = _error(answer)
    if word in APPLICATION_REFUSED:
        raise ApplicationRefused(
            f"the sign-in service refuses the application ({word})", status=answer.status
        )
    raise _unavailable(answer)


def _unavailable(answer: Answer) -> TokenUnavailable:
    text = answer.body[:READ_AHEAD].decode(errors="replace")
    return TokenUnavailable(
        f"the sign-in service answers {answer.status} {harmless(_error(answer) or '')}".rstrip(),
        status=answer.status,
        retry_after=wait_told(answer.headers, text) or 0.0,
    )
