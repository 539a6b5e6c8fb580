"""TeslaMate's settings, as its users know them by heart: read, put right, or refused with a word.

They may be pasted as they stand in a file of variables, in a Compose file or on a command line.
Source: TeslaMate's documentation of its environment variables
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import re
from urllib.parse import urlsplit

from ..errors import ProviderInvalid, SettingsInvalid
from .addresses import BY_ID, BY_VIN, PUBLIC, Certificates, StreamHost, address_of, stream_address_of
from .provider import ANYWHERE, MYTESLAMATE, TESLA, Provider, myteslamate, teslamate_style

API_HOST, AUTH_HOST, AUTH_PATH = "TESLA_API_HOST", "TESLA_AUTH_HOST", "TESLA_AUTH_PATH"
CLIENT_ID, STREAM_HOST, USE_VIN = "TESLA_AUTH_CLIENT_ID", "TESLA_WSS_HOST", "TESLA_WSS_USE_VIN"
ACCEPT_INVALID, TOKEN = "TESLA_WSS_TLS_ACCEPT_INVALID_CERTS", "TOKEN"  # names
KNOWN = (API_HOST, AUTH_HOST, AUTH_PATH, CLIENT_ID, STREAM_HOST, ACCEPT_INVALID, USE_VIN, TOKEN)

DEFAULT_PATH = "/oauth2/v3"
DEFAULT_CLIENT = "ownerapi"
# Where Tesla renewed tokens until August 2025, and where it does so since.
OUTDATED_AUTH = "auth.tesla.com"
CHINESE_AUTH = "https://auth.tesla.cn"
AUTH = "https://fleet-auth.prd.vn.cloud.tesla.com"
# The stream beside Tesla's interface for its own app, the Owner API; both serve nobody else any more.
OWNER_STREAMS = frozenset({"streaming.vn.teslamotors.com", "streaming.vn.cloud.tesla.cn"})

LONGEST = 20_000  # characters of what is pasted; a whole Compose file has a tenth of that
LONGEST_TOKEN = 8192  # characters; more is none
# Of no width, or a mark of the order of bytes: what pages and files put between letters, and nobody sees.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
QUOTES = "\"'`“”„‘’"  # noqa: RUF001  # with what pages make of them
ASSIGNED = re.compile(
    rf"""
    \s*(?:[-*•]\s+)?[{QUOTES}]?               # a list of YAML or a page; quotes may be around both
    (?:(?:export|set|ENV)\s+|\$env:|Environment=)?[{QUOTES}]?
    (?P<name>[A-Z][A-Z0-9_]{{1,63}})[{QUOTES}]?
    \s*[=:]\s*
    (?:[{QUOTES}](?P<quoted>[^{QUOTES}]*)[{QUOTES}]|(?P<bare>.*))
    """,
    re.VERBOSE,
)
OPTION = re.compile(r"(?:^|\s)(?:-e|--env)[\s=]+")  # of a command line that starts a container
COMMENT = re.compile(r"(?:^|\s)#.*$")
REST = re.compile(r"\s.*$")
PLACEHOLDER = re.compile(r"\$(?:\{.*|[A-Za-z_]\w*)|.*\$\{.*")
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
CLIENT = re.compile(r"[!-~]{0,200}")  # Tesla's have 36 characters
SECRET = re.compile(rf"[!-~]{{1,{LONGEST_TOKEN}}}")
BEARER = re.compile(r"bearer\s+", re.IGNORECASE)
BEFORE_TOKEN = re.compile(r"(?:.*[?&=])?token=", re.IGNORECASE)
STREAMING = {"https": "wss", "http": "ws"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What TeslaMate is told, checked.

    api:          address of the API; empty where only the stream is wanted
    renewal:      where refresh tokens are exchanged; empty: nobody renews them there
    client_id:    for whom they are
    stream:       address of the WebSockets; None: nobody streams
    tag:          what the stream calls a car, BY_VIN or BY_ID
    accepts_any_certificate: TeslaMate was told to believe anybody at the stream; we are not by that
    token:        empty where none was told
    corrected:    the variables that were put right
    ignored:      those that mean nothing to us
    """

    api: str
    renewal: str = ""
    client_id: str = DEFAULT_CLIENT
    stream: str | None = None
    tag: str = BY_ID
    accepts_any_certificate: bool = False
    token: str = field(default="", repr=False)
    corrected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def row(
        self, certificates: Certificates = PUBLIC, stream_certificates: Certificates | None = None
    ) -> Provider:
        """Return who answers there.

        stream_certificates: who is to be believed at the stream; None: who is at the API
        """
        if self.api == MYTESLAMATE.bases[ANYWHERE]:
            return myteslamate(
                stream=self.stream, certificates=certificates, stream_certificates=stream_certificates
            )
        stream = None
        if self.stream is not None:
            believed = certificates if stream_certificates is None else stream_certificates
            stream = StreamHost(url=self.stream, tag=self.tag, certificates=believed)
        return teslamate_style(
            address=self.api, renewal=self.renewal, stream=stream, certificates=certificates
        )


def read_settings(text: str, *, only_stream: bool = False) -> Settings:
    """Return what pasted settings say.

    only_stream: as for `settings_of`
    Raises: SettingsInvalid, as `settings_of`; also "nothing" where no variable of TeslaMate's is there, and
            "too_long"
    """
    if len(text) > LONGEST:
        raise SettingsInvalid("", "too_long")
    told = dict(_assigned(text.translate(INVISIBLE)))
    if not told.keys() & set(KNOWN):
        raise SettingsInvalid("", "nothing")
    return settings_of(told, only_stream=only_stream)


def settings_of(told: Mapping[str, str], *, only_stream: bool = False) -> Settings:
    """Return what settings say, by TeslaMate's names of them; an empty one counts as none.

    only_stream: no API is needed
    Raises: SettingsInvalid, with the variable and a word: "missing"; "placeholder": it stands for another
            variable; "address", "not_encrypted"; "owner_api", "owner_stream": Tesla has closed it to others;
            "client_id"; "token"
    """
    values = {name: told.get(name, "").strip() for name in KNOWN}
    for name, value in values.items():
        if PLACEHOLDER.fullmatch(value):
            raise SettingsInvalid(name, "placeholder")
    if not values[API_HOST] and not only_stream:
        raise SettingsInvalid(API_HOST, "missing")
    corrected = list[str]()
    api = _address(API_HOST, values[API_HOST], corrected) if values[API_HOST] else ""
    if _host(api).startswith("owner-api."):
        raise SettingsInvalid(API_HOST, "owner_api")
    if not CLIENT.fullmatch(values[CLIENT_ID]):
        raise SettingsInvalid(CLIENT_ID, "client_id")
    return Settings(
        api=api,
        renewal=_renewal(api, values, corrected),
        client_id=values[CLIENT_ID] or DEFAULT_CLIENT,
        stream=_stream(values[STREAM_HOST], corrected) if values[STREAM_HOST] else None,
        # Whatever stands there: TeslaMate takes "false" for a yes, too.
        tag=BY_VIN if values[USE_VIN] else BY_ID,
        accepts_any_certificate=values[ACCEPT_INVALID].lower() == "true",
        token=plain_token(values[TOKEN]) if values[TOKEN] else "",
        corrected=tuple(dict.fromkeys(corrected)),  # one may be put right twice
        ignored=tuple(sorted(told.keys() - set(KNOWN))),
    )


def plain_token(text: str) -> str:
    """Return a token that was entered in one of the forms that TeslaMate takes: `?token=x`, `token=x`, `x`.

    Raises: SettingsInvalid ("token"), which does not repeat it
    """
    token = BEARER.sub("", text.translate(INVISIBLE).strip().strip(QUOTES), count=1)
    if before := BEFORE_TOKEN.match(token):
        token = token[before.end() :].partition("&")[0]
    token = token.strip().strip(QUOTES)
    if not SECRET.fullmatch(token):
        raise SettingsInvalid(TOKEN, "token")
    return token


def _assigned(text: str) -> Iterator[tuple[str, str]]:
    """Yield the variables that are set in a text, in its order."""
    for line in text.splitlines():
        first, *options = OPTION.split(line.strip("\xa0 \t\\"))
        for piece in options or [first]:
            if (found := ASSIGNED.match(piece)) is None:
                continue
            value: str = found["quoted"] or ""
            if found["bare"] is not None:
                value = (REST if options else COMMENT).sub("", found["bare"]).strip().strip(QUOTES + ";,")
            yield found["name"], value


def _address(name: str, value: str, corrected: list[str]) -> str:
    """Return a checked address; without a scheme it gets one."""
    if "://" not in value:
        corrected.append(name)
        value = f"https://{value}"
    try:
        return address_of(name, value)
    except ProviderInvalid:
        plain = value.lower().startswith("http://")
        raise SettingsInvalid(name, "not_encrypted" if plain else "address") from None


def _stream(value: str, corrected: list[str]) -> str:
    """Return the checked address of the stream."""
    scheme, found, rest = value.partition("://")
    spoken = STREAMING.get(scheme.lower(), scheme.lower()) if found else "wss"
    if not found or spoken != scheme.lower():
        corrected.append(STREAM_HOST)
    try:
        address = stream_address_of(STREAM_HOST, f"{spoken}://{rest if found else value}")
    except ProviderInvalid:
        raise SettingsInvalid(STREAM_HOST, "not_encrypted" if spoken == "ws" else "address") from None
    if _host(address) in OWNER_STREAMS:
        raise SettingsInvalid(STREAM_HOST, "owner_stream")
    return address


def _renewal(api: str, values: Mapping[str, str], corrected: list[str]) -> str:
    """Return where refresh tokens are exchanged; where nobody says, at Tesla's for Tesla's own API only."""
    if values[AUTH_HOST]:
        host = _address(AUTH_HOST, values[AUTH_HOST], corrected)
    elif TESLA.trusted(api) is not None:
        host = CHINESE_AUTH if _host(api).endswith(".cn") else AUTH
    else:
        return ""
    if _host(host) == OUTDATED_AUTH:
        corrected.append(AUTH_HOST)
        host = AUTH
    path = f"/{values[AUTH_PATH].strip('/')}" if values[AUTH_PATH] else DEFAULT_PATH
    if not PATH.fullmatch(path):
        raise SettingsInvalid(AUTH_PATH, "address")
    return f"{host}{path}/token"


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
