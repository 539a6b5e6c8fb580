"""Who answers: hosts as rows.

Tesla's rows are fixed. A custom row is a choice that the user makes and sees; nothing else redirects a token.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
import re
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ..errors import ProviderInvalid
from ..vehicle.sources import LEGACY_STREAM, RECEIVER, SSE
from .addresses import (
    PUBLIC,
    Certificates,
    StreamHost,
    address_of,
    checked,
    is_loopback,
    stream_address_of,
)
from .claims import Claims

CUSTOM = "custom"
TESLAMATE_STYLE = "teslamate_style"  # addresses of the user's own, as TeslaMate is told them
LIKE_TESLAMATE = frozenset({"myteslamate", TESLAMATE_STYLE})  # who speaks as TeslaMate is used to
ANYWHERE = ""  # the region of a provider that has none
SUFFIX = re.compile(r"(\.[a-z0-9-]+){2,}")  # one label alone would trust a whole top-level domain
REGION = re.compile(r"[a-z][a-z0-9_-]{0,15}")
# Codes and refresh tokens begin with the region of the account: NA_…, EU_…
PREFIX = re.compile(r"([A-Za-z]{2})_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row: who answers, and whom to trust with a token.

    name:             "tesla", "china", "custom", "teslemetry", "myteslamate", "teslamate_style" or "none"
    bases:            region to the address of its API, no slash at the end; empty: there is none to ask
    authorize_url:    where a user signs in, with a browser
    token_url:        where codes and refresh tokens are exchanged, server to server
    trusted_suffixes: what a host has to end in before it is given a token; each begins with a dot
    authority:        PEM of who vouches for these hosts, never for cars; None for the public authorities
    register_url:     where a client of its OAuth registers itself; None where the user has an application
    own_application:  its users are billed by Tesla, for an application of their own that is to be registered,
                      with a key of its own
    wakes:            it wakes sleeping cars by itself, and bills that
    retries:          it repeats what failed by itself, so that a refusal is final
    signs:            it signs commands by itself, with a key of its own
    patience:         seconds that it may take for a command
    pairing:          what the owner of a car opens to put the key on it, with {domain} and {vin} left open;
                      empty where nobody knows
    pairing_elsewhere: the same for an owner who signs in elsewhere; None where it is the same
    pairs_on_page:    that is a page of the provider's own, where one signs in first
    unit:             what it bills: "money" or "credits"
    streams:          the sources it feeds by itself, see vehicle/sources.py
    requests_per_minute: of all kinds, from one address; None: only the limits of each kind hold
    stream:           where its WebSocket stream is, None where it has none
    fingerprint:      the SHA-256 of the one certificate that is believed at these hosts, 64 hex digits; None
                      for any that is vouched for
    verified:         False: whoever answers there is believed
    json_renewal:     tokens are renewed by a JSON document and not by a form
    lists_products:   cars are listed by `products` and not by `vehicles`
    """

    name: str
    bases: Mapping[str, str]
    authorize_url: str
    token_url: str
    trusted_suffixes: tuple[str, ...]
    authority: str | None = None
    register_url: str | None = None
    own_application: bool = True
    wakes: bool = False
    retries: bool = False
    signs: bool = False
    patience: float = 30.0
    pairing: str = "https://tesla.com/_ak/{domain}?vin={vin}"
    pairing_elsewhere: str | None = None
    pairs_on_page: bool = False
    unit: str = "money"
    streams: tuple[str, ...] = (RECEIVER,)
    requests_per_minute: int | None = None
    stream: StreamHost | None = None
    fingerprint: str | None = None
    verified: bool = True
    json_renewal: bool = False
    lists_products: bool = False

    @property
    def certificates(self) -> Certificates:
        """Return who is to be believed at these hosts."""
        return Certificates(authority=self.authority, fingerprint=self.fingerprint, verified=self.verified)

    @property
    def renewed_here(self) -> bool:
        """Whether tokens are renewed at these hosts, so that whoever is believed here is believed there, too.

        Where they are as TeslaMate is told them, a choice about the API's certificate is about the API alone.
        """
        renewal = urlsplit(self.token_url).netloc.lower()
        bases = {urlsplit(base).netloc.lower() for base in self.bases.values()}
        return self.name not in LIKE_TESLAMATE or renewal in bases

    def base_of(self, region: str | None) -> str | None:
        """Return the address of a region's API, None for a region we do not know."""
        return None if region is None else self.bases.get(region)

    def region_of(self, claims: Claims, refresh_token: str = "") -> str | None:
        """Return the region an account lives in, None if its tokens do not say.

        The claim `ou_code` decides, then the prefix of the refresh token, then the audience if it
        names one region only.
        """
        if claims.region in self.bases:
            return claims.region
        if (hinted := self._hinted(refresh_token)) is not None:
            return hinted
        named = [region for region, base in self.bases.items() if base in claims.audience]
        if len(named) == 1:
            return named[0]
        return next(iter(self.bases)) if len(self.bases) == 1 else None

    def audience_of(self, code: str) -> str | None:
        """Return the audience to ask for with an authorization code, None if the code does not tell."""
        return self.base_of(self._hinted(code))

    def trusted(self, address: str) -> str | None:
        """Return `address` as the base of an API, or None if no token may go there."""
        try:
            parts = checked(address)
        except ValueError:
            return None
        base = f"{parts.scheme}://{parts.netloc.lower()}"
        if base in self.bases.values():
            return base
        host = parts.hostname or ""
        if is_loopback(host):
            return base if self._on_loopback() else None
        return base if host.endswith(self.trusted_suffixes) else None

    def pairing_page(self, *, domain: str = "", vin: str = "", elsewhere: bool = False) -> str:
        """Return what the owner of a car opens to put the key on it.

        domain:    of the application, where that is the user's own
        elsewhere: the owner signs in with another account than the one that is set up
        """
        page = self.pairing_elsewhere if elsewhere and self.pairing_elsewhere else self.pairing
        return page.format(domain=domain, vin=vin)

    def to_dict(self) -> dict[str, Any]:
        """Return what has to be stored to find this row again."""
        if self == NAMED.get(self.name):
            return {"name": self.name}
        if self.name == TESLEMETRY.name:
            return {"name": self.name, "address": self.bases[ANYWHERE], "authority": self.authority}
        if self.name in LIKE_TESLAMATE:
            return {
                "name": self.name,
                # MyTeslaMate's own may move one day.
                "address": None if self.bases == MYTESLAMATE.bases else self.bases.get(ANYWHERE, ""),
                "renewal": self.token_url,
                "stream": None if self.stream is None else self.stream.to_dict(),
                "certificates": self.certificates.to_dict(),
            }
        return {
            "name": self.name,
            "bases": dict(self.bases),
            "authorize_url": self.authorize_url,
            "token_url": self.token_url,
            "trusted_suffixes": list(self.trusted_suffixes),
            "authority": self.authority,
        }

    def _hinted(self, code: str) -> str | None:
        prefix = PREFIX.match(code)
        region = prefix[1].lower() if prefix else None
        return region if region in self.bases else None

    def _on_loopback(self) -> bool:
        return any(is_loopback(urlsplit(base).hostname or "") for base in self.bases.values())


TESLA = Provider(
    name="tesla",
    bases=MappingProxyType(
        {
            "na": "https://fleet-api.prd.na.vn.cloud.tesla.com",
            "eu": "https://fleet-api.prd.eu.vn.cloud.tesla.com",
        }
    ),
    authorize_url="https://auth.tesla.com/oauth2/v3/authorize",
    # The host auth.tesla.com is declared unreliable for this since August 2025.
    token_url="https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token",  # noqa: S106  # an address
    trusted_suffixes=(".tesla.com", ".tesla.cn", ".teslamotors.com"),
)
CHINA = Provider(
    name="china",
    bases=MappingProxyType({"cn": "https://fleet-api.prd.cn.vn.cloud.tesla.cn"}),
    authorize_url="https://auth.tesla.cn/oauth2/v3/authorize",
    token_url="https://auth.tesla.cn/oauth2/v3/token",  # noqa: S106  # an address
    trusted_suffixes=(".tesla.cn", ".tesla.com", ".teslamotors.com"),
)
TESLEMETRY = Provider(
    name="teslemetry",
    bases=MappingProxyType({ANYWHERE: "https://api.teslemetry.com"}),
    authorize_url="https://teslemetry.com/connect",
    token_url="https://api.teslemetry.com/oauth/token",  # noqa: S106  # an address
    trusted_suffixes=(".teslemetry.com",),
    register_url="https://api.teslemetry.com/oauth/register",
    own_application=False,
    wakes=True,
    retries=True,
    signs=True,
    patience=100.0,  # it tries for up to 90
    pairing="https://tesla.com/_ak/teslemetry.com",
    pairing_elsewhere="https://teslemetry.com/key",
    unit="credits",
    streams=(SSE,),
    requests_per_minute=60,
)
MYTESLAMATE_STREAM = "wss://streaming.myteslamate.com"
MYTESLAMATE = Provider(
    name="myteslamate",
    bases=MappingProxyType({ANYWHERE: "https://api.myteslamate.com"}),
    authorize_url="",
    token_url="https://api.myteslamate.com/api/oauth2/v3/token",  # noqa: S106  # an address
    trusted_suffixes=(".myteslamate.com",),
    own_application=False,
    signs=True,
    pairing="https://app.myteslamate.com/fleet",
    pairs_on_page=True,
    streams=(LEGACY_STREAM,),
    stream=StreamHost(url=MYTESLAMATE_STREAM),
    json_renewal=True,
    lists_products=True,
)
# Sources of the user's own, and nobody to ask: it takes no command, and costs nothing.
NONE = Provider(
    name="none",
    bases=MappingProxyType({}),
    authorize_url="",
    token_url="",
    trusted_suffixes=(),
    own_application=False,
    streams=(),
)
ROWS = MappingProxyType({row.name: row for row in (TESLA, CHINA)})  # for applications of the user's own
NAMED = MappingProxyType({row.name: row for row in (TESLA, CHINA, TESLEMETRY, MYTESLAMATE, NONE)})


def custom(
    *,
    bases: Mapping[str, str],
    authorize_url: str,
    token_url: str,
    trusted_suffixes: Iterable[str] = (),
    authority: str | None = None,
) -> Provider:
    """Return a row of the user's own.

    Raises: ProviderInvalid where an address is no HTTPS address (plain HTTP is for loopback only),
            or a suffix would trust a whole top-level domain
    """
    if not bases:
        raise ProviderInvalid("bases", "no region is named")
    for region in bases:
        if not REGION.fullmatch(region):
            raise ProviderInvalid("bases", "a region's name is a few lower-case letters")
    suffixes = tuple(suffix.strip().lower() for suffix in trusted_suffixes)
    for suffix in suffixes:
        if not SUFFIX.fullmatch(suffix):
            raise ProviderInvalid("trusted_suffixes", "a suffix looks like .example.com")
    return Provider(
        name=CUSTOM,
        bases=MappingProxyType({region: address_of("bases", base) for region, base in bases.items()}),
        authorize_url=address_of("authorize_url", authorize_url),
        token_url=address_of("token_url", token_url),
        trusted_suffixes=suffixes,
        authority=authority or None,
    )


def teslemetry(address: str | None = None, authority: str | None = None) -> Provider:
    """Return Teslemetry's row, or that of a service of its kind at another address.

    authority: PEM of who vouches for that address; None for the public authorities
    Raises: ProviderInvalid where it is no HTTPS address (plain HTTP is for loopback only)
    """
    if address is None:
        return TESLEMETRY
    base = address_of("address", address)
    return replace(
        TESLEMETRY,
        bases=MappingProxyType({ANYWHERE: base}),
        authorize_url=f"{base}/connect",
        token_url=f"{base}/oauth/token",
        register_url=f"{base}/oauth/register",
        trusted_suffixes=(),
        authority=authority or None,
    )


def myteslamate(
    address: str | None = None,
    stream: str | None = None,
    authority: str | None = None,
    *,
    certificates: Certificates | None = None,
    stream_certificates: Certificates | None = None,
) -> Provider:
    """Return MyTeslaMate's row, or that of a service of its kind at other addresses.

    address:             of its API; None: MyTeslaMate's own
    stream:              of its WebSockets; None: MyTeslaMate's own, or none where the API is elsewhere
    authority:           PEM of who vouches for both; None for the public authorities
    certificates:        who is to be believed at the API, where a PEM does not say it
    stream_certificates: the same at the stream, where that is somebody else
    Raises: ProviderInvalid where one is no HTTPS or WSS address (without TLS for loopback only)
    """
    believed = certificates or Certificates(authority=authority or None)
    row, url = MYTESLAMATE, stream
    if address is None:
        url = url or MYTESLAMATE_STREAM
    else:
        base = address_of("address", address)
        renewed_at = f"{base}/api/oauth2/v3/token"
        row = replace(
            row, bases=MappingProxyType({ANYWHERE: base}), token_url=renewed_at, trusted_suffixes=()
        )
    host = None
    if url is not None:
        host = StreamHost(url=stream_address_of("stream", url), certificates=stream_certificates or believed)
    return _streaming(row, host, believed)


def teslamate_style(
    *,
    address: str = "",
    renewal: str = "",
    stream: StreamHost | None = None,
    certificates: Certificates = PUBLIC,
) -> Provider:
    """Return the row of addresses of the user's own, as TeslaMate is told them.

    address: of the API; empty: there is none, and only the stream is of use
    renewal: where refresh tokens are exchanged; empty: nobody renews them
    stream:  who streams; None: nobody does
    Raises: ProviderInvalid where one is no HTTPS or WSS address (without TLS for loopback only)
    """
    base = address and address_of("address", address)
    row = Provider(
        name=TESLAMATE_STYLE,
        bases=MappingProxyType({ANYWHERE: base} if base else {}),
        authorize_url="",
        token_url=renewal and address_of("renewal", renewal),
        trusted_suffixes=(),
        own_application=False,
        # Of others nobody knows it, and we could not: a key of ours is in no car of theirs. Tesla does not.
        signs=TESLA.trusted(base) is None,
        pairing="",
        json_renewal=True,
        lists_products=True,
    )
    if stream is not None:
        stream = replace(stream, url=stream_address_of("stream", stream.url))
    return _streaming(row, stream, certificates)


def _streaming(row: Provider, stream: StreamHost | None, believed: Certificates) -> Provider:
    """Return a row with its stream, and with who is to be believed at its hosts."""
    return replace(
        row,
        stream=stream,
        streams=() if stream is None else (LEGACY_STREAM,),
        authority=believed.authority,
        fingerprint=believed.fingerprint,
        verified=believed.verified,
    )


def named(name: str) -> Provider:
    """Return the row of that name; ProviderInvalid if there is none."""
    try:
        return NAMED[name]
    except KeyError:
        raise ProviderInvalid("name", "no such provider") from None


def from_dict(data: Mapping[str, Any]) -> Provider:
    """Return the row that `to_dict` described; ProviderInvalid if it cannot be."""
    name = data.get("name")
    if name == TESLEMETRY.name:
        address, authority = data.get("address"), data.get("authority")
        return teslemetry(
            None if address is None else str(address), None if authority is None else str(authority)
        )
    try:
        if name in LIKE_TESLAMATE and "certificates" in data:
            return _stored(data)
        if name != CUSTOM:
            return named(str(name))
        return custom(
            bases={str(region): str(base) for region, base in data["bases"].items()},
            authorize_url=str(data["authorize_url"]),
            token_url=str(data["token_url"]),
            trusted_suffixes=[str(suffix) for suffix in data["trusted_suffixes"]],
            authority=data.get("authority"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ProviderInvalid("name", "the stored row is incomplete") from error


def _stored(data: Mapping[str, Any]) -> Provider:
    """Return the row of one that speaks as TeslaMate is used to."""
    address, told = data["address"], data["stream"]
    stream = None if told is None else StreamHost.from_dict(told)
    believed = Certificates.from_dict(data["certificates"])
    if data["name"] == TESLAMATE_STYLE:
        return teslamate_style(
            address=str(address), renewal=str(data["renewal"]), stream=stream, certificates=believed
        )
    row = myteslamate(None if address is None else str(address))
    return _streaming(row, stream, believed)
