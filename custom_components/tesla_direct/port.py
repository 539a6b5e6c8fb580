"""One telemetry port: a listener that all accounts share which use it.

It belongs to the domain and not to an entry, because Home Assistant reloads entries while cars stay
connected.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
import time
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .const import CONF_RECEIVER, DOMAIN, LOGGER
from .port_settings import PortSettings, Prepared, near_end, prepare, signature
from .repairs_certificate import async_tell_certificate
from .tesla.errors import CertificateError, NameMismatch, TeslaError
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.server import PortTaken, Subscriber, TelemetryServer

LINGER = 60.0  # seconds a port stays open without users, so that a reload costs no connection
RETRY = 60.0  # seconds between attempts to open a port that did not open
LOOK = timedelta(hours=1)  # between looks at the user's files
LOOKS_A_DAY = 24  # after so many even files that look unchanged are read, and old authorities dropped

UNKNOWN = "unknown"  # why a port does not open, where we have no better word


class TelemetryPort:
    """Its settings, its listener, and who uses it."""

    def __init__(self, hass: HomeAssistant, settings: PortSettings, on_changed: Callable[[], None]) -> None:
        """Take the settings; nothing is opened before the first user comes.

        on_changed: is told when settings have changed by themselves, and have to be stored
        """
        self.settings = settings
        self.server: TelemetryServer | None = None
        self.problem: str | None = None
        self._hass = hass
        self._on_changed = on_changed
        self._users: dict[str, Callable[[bool], None]] = {}
        self._subscribers: dict[str, Subscriber | None] = {}
        self._watchers = set[Callable[[], None]]()
        self._synced = set[str]()  # users whose cars hold all that the next certificate needs
        self._seen: tuple[tuple[int, ...], ...] = ()  # of the user's files, when they were last read
        self._looks = 0
        self._tried = asyncio.Event()
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
    def ca_for_cars(self) -> str:
        """What the configuration of each car has to carry as `ca` (PEM)."""
        return self.settings.ca_for_cars

    @property
    def reached_from_outside(self) -> bool:
        """Whether somebody with a public address has ever reached the port."""
        return self.settings.outside_at is not None or bool(self.server and self.server.gate.outside)

    @callback
    def async_watch(self, told: Callable[[], None]) -> CALLBACK_TYPE:
        """Tell whoever configures cars that host, port or CA may have changed; return what ends it."""
        self._watchers.add(told)
        return lambda: self._watchers.discard(told)

    async def async_tried(self) -> bool:
        """Wait until it was tried to open the port; return whether cars can connect."""
        await self._tried.wait()
        async with self._lock:
            return self.listening

    @callback
    def async_hold(self, ca: str) -> None:
        """Have cars told from now on to verify the proxy in front of us with `ca`."""
        self._change(replace(self.settings, ca=ca))

    async def async_ca_synced(self, user: str, ca: str) -> None:
        """Learn that each car of an entry that has a configuration holds `ca`; show what waited for that."""
        if not self.settings.next_ca or ca != self.ca_for_cars:
            return
        self._synced.add(user)
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        # Also those that have not started yet: their cars come here as well.
        waited_for = {one.entry_id for one in entries if one.data.get(CONF_RECEIVER) == self.settings.port}
        if not self._synced.issuperset(waited_for | self._users.keys()):
            return
        self._change(replace(self.settings, ca=ca, next_ca=""))
        if self.server:
            await self._async_renew()
        else:
            await self._async_open()
            self._tell_users()

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
        self._tell_watchers()

    async def async_close(self) -> None:
        """Close the port."""
        async with self._lock:
            for cancel in (self._cancel_closing, self._cancel_upkeep, self._cancel_retry):
                if cancel:
                    cancel()
            self._cancel_closing = self._cancel_upkeep = self._cancel_retry = None
            self._tried.clear()
            self.problem = None  # what nobody wants to be open has none
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)
            async_tell_certificate(self._hass, self.settings)
            self._note_outside()
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
            self._tried.set()  # whoever waits for that has to wait for the lock as well
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
            self._cancel_upkeep = async_track_time_interval(self._hass, self._async_upkeep, LOOK)

    async def _async_retry(self, _now: Any) -> None:
        self._cancel_retry = None
        await self._async_open()
        self._tell_users()

    async def _async_make_server(self) -> TelemetryServer:
        """Prepare a server, with what a handshake costs on this machine.

        Raises: CertificateError
        """
        prepared = await self._async_prepare()
        cost = await self._hass.async_add_executor_job(tls.handshake_cost, prepared.leaf)
        return TelemetryServer(
            prepared.context,
            server_names=frozenset({self.settings.host}),
            handshake_cost=cost,
            proxied=prepared.proxied,
        )

    async def _async_prepare(self) -> Prepared:
        """Load our certificate, or issue it anew, and tell what is wrong with it.

        Raises: CertificateError
        """
        settings = self.settings

        def read() -> tuple[tuple[tuple[int, ...], ...], Prepared, float | None]:
            now = time.time()
            seen, prepared = signature(settings), prepare(settings, now)
            return seen, prepared, near_end(prepared.settings, now)

        seen, prepared, end = await self._hass.async_add_executor_job(read)
        if self.settings is settings:  # nobody has changed them meanwhile
            self._seen = seen
            async_tell_certificate(self._hass, prepared.settings, refused=prepared.refused, end=end)
            self._change(prepared.settings)
        return prepared

    async def _async_upkeep(self, _now: Any) -> None:
        """Once an hour, look whether the user's files are others; once a day look closer."""
        self._note_outside()
        self._looks += 1
        seen = await self._hass.async_add_executor_job(signature, self.settings)
        if seen != self._seen or self.problem or self._looks % LOOKS_A_DAY == 0:
            await self._async_renew()

    async def _async_renew(self) -> None:
        """Show a renewed certificate and drop expired authorities; connections stay."""
        try:
            prepared = await self._async_prepare()
        except TeslaError as error:
            self._tell_problem(error)
            return
        self._tell_problem(None)
        if self.server and self.settings == prepared.settings:  # else it was made anew meanwhile
            self.server.show(prepared.context, prepared.proxied)

    def _change(self, settings: PortSettings) -> None:
        """Take settings that have changed by themselves."""
        if settings == self.settings:
            return
        other = settings.ca_for_cars != self.ca_for_cars
        self.settings = settings
        self._on_changed()
        if other:
            self._synced.clear()
            self._tell_watchers()

    def _note_outside(self) -> None:
        """Keep for good that somebody from outside has reached the port."""
        if self.reached_from_outside and self.settings.outside_at is None:
            self._change(replace(self.settings, outside_at=time.time()))

    def _tell_watchers(self) -> None:
        for told in tuple(self._watchers):
            told()

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
