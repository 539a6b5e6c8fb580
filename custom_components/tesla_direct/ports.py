"""The telemetry ports of this installation: one listener each, shared by all accounts that use it.

They belong to the domain and not to an entry, because Home Assistant reloads entries while cars stay
connected.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
import ssl
import time
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .const import DOMAIN, LOGGER
from .storage import JsonStore
from .tesla.errors import CertificateError, NameMismatch, TeslaError
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.authority import BUNDLE_URL, read_bundle
from .tesla.fleet_telemetry.certificate import Pair, is_due, issue, make_authority
from .tesla.fleet_telemetry.server import PortTaken, Subscriber, TelemetryServer

DEFAULT_PORT = 8443
DEFAULT_PUBLIC_PORT = 443
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # cars come from outside
LINGER = 60.0  # seconds a port stays open without users, so that a reload costs no connection
RETRY = 60.0  # seconds between attempts to open a port that did not open
RENEWAL = timedelta(hours=24)

UNKNOWN = "unknown"  # why a port does not open, where we have no better word
OWN = "own"  # where the server certificate comes from
FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSettings:
    """One telemetry port, as the user set it up. Kept in the domain's store; one record per port.

    port:             where we listen
    addresses:        on which addresses of this machine
    host, public_port: what cars are told
    certificate:      "own" or "files"
    certificate_file, key_file: paths, with "files"
    ca:               what cars have to be given to verify our certificate (PEM)
    authority, leaf:  with "own", our authority and what it issued
    bundle:           the authorities that vouch for cars (PEM)
    """

    port: int
    addresses: tuple[str, ...] = EVERYWHERE
    host: str
    public_port: int = DEFAULT_PUBLIC_PORT
    certificate: str = OWN
    certificate_file: str | None = None
    key_file: str | None = None
    ca: str = ""
    authority: Pair | None = None
    leaf: Pair | None = None
    bundle: str

    def to_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PortSettings:
        """Return what was stored."""
        pairs = {name: Pair(**data[name]) if data[name] else None for name in ("authority", "leaf")}
        return cls(**{**data, **pairs, "addresses": tuple(data["addresses"])})


class TelemetryPort:
    """One port: its settings, its listener, and who uses it."""

    def __init__(self, hass: HomeAssistant, settings: PortSettings, on_renewed: Callable[[], None]) -> None:
        """Take the settings; nothing is opened before the first user comes.

        on_renewed: is told when a certificate was issued anew, and has to be stored
        """
        self.settings = settings
        self.server: TelemetryServer | None = None
        self.problem: str | None = None
        self._hass = hass
        self._on_renewed = on_renewed
        self._users: dict[str, Callable[[bool], None]] = {}
        self._subscribers: dict[str, Subscriber | None] = {}
        self._lock = asyncio.Lock()
        self._cancel_closing: CALLBACK_TYPE | None = None
        self._cancel_upkeep: CALLBACK_TYPE | None = None
        self._cancel_retry: CALLBACK_TYPE | None = None

    @property
    def listening(self) -> bool:
        """Whether cars can connect."""
        return self.server is not None

    @property
    def users(self) -> frozenset[str]:
        """The entries that use the port."""
        return frozenset(self._users)

    @property
    def _issue_id(self) -> str:
        return f"port_{self.settings.port}"

    async def async_acquire(self, user: str, on_listening: Callable[[bool], None]) -> None:
        """Open the port for an entry, if it is not open yet; a failure is told, and tried again."""
        self._users[user] = on_listening
        if self._cancel_closing:
            self._cancel_closing()
            self._cancel_closing = None
        await self._async_open()
        self._tell_users()  # others may have waited for it to open, too

    async def async_release(self, user: str, *, paused: Iterable[str] = (), gone: Iterable[str] = ()) -> None:
        """Let an entry go; without users the port closes, after a while if cars are to come back.

        paused: cars that stay connected, with their records unacknowledged, until somebody subscribes again
        gone:   cars that are turned away from now on
        """
        self._users.pop(user, None)
        for vin in paused:
            self._subscribers[vin] = None
            if self.server:
                self.server.pause(vin)
        for vin in gone:
            self._subscribers.pop(vin, None)
            if self.server:
                self.server.forget(vin)
        if self._users:
            return
        if not self._subscribers or not self.server:
            await self.async_close()
        elif self._cancel_closing is None:
            self._cancel_closing = async_call_later(self._hass, LINGER, self._async_nobody_came)

    @callback
    def async_subscribe(self, vin: str, subscriber: Subscriber) -> None:
        """Deliver what a car sends to `subscriber`, from now on and whenever the port is open."""
        self._subscribers[vin] = subscriber
        if self.server:
            self.server.subscribe(vin, subscriber)

    async def async_change(self, settings: PortSettings) -> None:
        """Take other settings; the port closes for a moment, and cars connect again."""
        self.settings = settings
        await self.async_close()
        await self._async_open()
        self._tell_users()

    async def async_close(self) -> None:
        """Close the port."""
        async with self._lock:
            for cancel in (self._cancel_closing, self._cancel_upkeep, self._cancel_retry):
                if cancel:
                    cancel()
            self._cancel_closing = self._cancel_upkeep = self._cancel_retry = None
            self.problem = None  # what nobody wants to be open has none
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
            server, self.server = self.server, None
            if server:
                await server.stop()

    async def _async_nobody_came(self, _now: Any) -> None:
        self._cancel_closing = None
        self._subscribers.clear()
        await self.async_close()

    async def _async_open(self) -> None:
        """Open the port for its users, unless it is open, or they have gone meanwhile."""
        async with self._lock:
            if self.server or not self._users:
                return
            try:
                server = await self._async_make_server()
                await server.start(self.settings.port, self.settings.addresses)
            except (TeslaError, OSError) as error:
                self._tell_problem(error)
                if self._cancel_retry is None:
                    self._cancel_retry = async_call_later(self._hass, RETRY, self._async_retry)
                return
            self._tell_problem(None)
            self.server = server
            if self._cancel_retry:
                self._cancel_retry()
                self._cancel_retry = None
            for vin, subscriber in self._subscribers.items():
                if subscriber:
                    server.subscribe(vin, subscriber)
            self._cancel_upkeep = async_track_time_interval(self._hass, self._async_upkeep, RENEWAL)

    async def _async_retry(self, _now: Any) -> None:
        self._cancel_retry = None
        await self._async_open()
        self._tell_users()

    async def _async_make_server(self) -> TelemetryServer:
        context, cost = await self._async_prepare()
        return TelemetryServer(context, server_names=frozenset({self.settings.host}), handshake_cost=cost)

    async def _async_prepare(self) -> tuple[ssl.SSLContext, float]:
        """Load our certificate, or issue it anew; return the TLS context and what a handshake costs.

        Raises: CertificateError
        """
        settings = self.settings

        def prepare() -> tuple[Pair, ssl.SSLContext, float]:
            now = time.time()
            pair = current_pair(settings, now)
            tls.verify_server(pair, settings.host, settings.ca)
            context = tls.server_context(pair, read_bundle(settings.bundle.encode()), now)
            return pair, context, tls.handshake_cost(pair)

        pair, context, cost = await self._hass.async_add_executor_job(prepare)
        if settings.certificate == OWN and pair != settings.leaf:
            self.settings = replace(settings, leaf=pair)
            self._on_renewed()
        return context, cost

    async def _async_upkeep(self, _now: Any) -> None:
        """Once a day, show a renewed certificate and drop expired authorities; connections stay."""
        try:
            context, _ = await self._async_prepare()
        except TeslaError as error:
            self._tell_problem(error)
            return
        self._tell_problem(None)
        if self.server:
            self.server.gate.context = context

    def _tell_users(self) -> None:
        for tell in tuple(self._users.values()):
            tell(self.listening)

    def _tell_problem(self, error: Exception | None) -> None:
        """Show what is wrong with the port as a repair, and take it back when it is not."""
        if error is None:
            if self.problem:
                LOGGER.info("Telemetry port %s is well again", self.settings.port)
            self.problem = None
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
            return
        key = problem_key(error)
        if self.problem != key:
            LOGGER.info("Telemetry port %s has a problem: %s", self.settings.port, error)
        self.problem = key
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"receiver_{key}",
            translation_placeholders={
                "port": str(self.settings.port),
                "host": self.settings.host,
                "detail": str(error),
            },
        )


class Ports:
    """All telemetry ports, and the store they are kept in.

    bundle_url: where Tesla publishes the authorities that vouch for cars
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the store."""
        self.bundle_url = BUNDLE_URL
        self._hass = hass
        self._store = JsonStore(hass, "ports")
        self._ports: dict[int, TelemetryPort] = {}

    async def async_load(self) -> None:
        """Read the settings; nothing is opened yet."""
        stored = await self._store.async_load() or {}
        for data in stored.get("ports", ()):
            try:
                settings = PortSettings.from_dict(data)
            except (KeyError, TypeError) as error:
                LOGGER.warning("A telemetry port cannot be read, and has to be set up again: %r", error)
                continue
            self._ports[settings.port] = self._make(settings)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)

    def get(self, port: int) -> TelemetryPort | None:
        """Return a port that was set up."""
        return self._ports.get(port)

    def __iter__(self) -> Iterator[TelemetryPort]:
        """Iterate over the ports that were set up."""
        return iter(self._ports.values())

    async def async_set(self, settings: PortSettings) -> None:
        """Set a port up, or change it for all who use it."""
        if existing := self._ports.get(settings.port):
            await existing.async_change(settings)
        else:
            self._ports[settings.port] = self._make(settings)
        await self._async_save()

    async def async_remove(self, port: int) -> None:
        """Forget a port that nobody uses any more."""
        if removed := self._ports.pop(port, None):
            await removed.async_close()
            await self._async_save()

    def _make(self, settings: PortSettings) -> TelemetryPort:
        return TelemetryPort(self._hass, settings, self._renewed)

    @callback
    def _renewed(self) -> None:
        self._store.async_save_within(0.0, self._data)

    async def _async_save(self) -> None:
        await self._store.async_save(self._data())

    def _data(self) -> dict[str, Any]:
        return {"ports": [port.settings.to_dict() for port in self._ports.values()]}

    async def _async_stop(self, _event: Event) -> None:
        """Close everything when Home Assistant stops: entries are not unloaded then."""
        await asyncio.gather(*(port.async_close() for port in self._ports.values()))


def current_pair(settings: PortSettings, now: float) -> Pair:
    """Return the certificate to show now; our own is issued anew when its time comes. Blocks.

    Raises: CertificateError
    """
    if settings.certificate == FILES:
        return tls.read_files(settings.certificate_file or "", settings.key_file or "")
    assert settings.authority is not None  # noqa: S101  # `own_certificate` made it
    if settings.leaf is None or is_due(settings.leaf, settings.host, now):
        return issue(settings.authority, settings.host, now)
    return settings.leaf


def own_certificate(settings: PortSettings, known: Iterable[TelemetryPort], now: float) -> PortSettings:
    """Return the settings with a certificate of our own; the authority is one for all ports. Blocks."""
    authorities = (port.settings.authority for port in known)
    authority = settings.authority or next(filter(None, authorities), None) or make_authority(now)
    leaf = issue(authority, settings.host, now)
    return replace(settings, certificate=OWN, authority=authority, leaf=leaf, ca=authority.certificate)


def problem_key(error: Exception) -> str:
    """Return what a user is told about a port that does not open."""
    if isinstance(error, PortTaken):
        return "port_taken"
    if isinstance(error, PermissionError):
        return "port_forbidden"
    if isinstance(error, NameMismatch):
        return "name_mismatch"
    if isinstance(error, CertificateError):
        return "certificate"
    return UNKNOWN
