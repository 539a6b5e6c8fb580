"""TeslaMate, served from what is known of an entry's cars: on a port of its own, where its user wants that.

Its token is made here, and lies in a private store; nobody but the user's own page shows it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from ipaddress import ip_address
import logging
import secrets
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util.json import load_json

from .const import CONF_SERVE, DOMAIN, LOGGER
from .storage import JsonStore, NotDurable
from .tesla.served.car import ServedCar
from .tesla.served.server import PortTaken, TeslaMateServer
from .tesla.vehicle.connectivity import Power
from .tesla.vehicle.signal import Report
from .tesla.vehicle.signals import connection
from .tesla.vehicle.state import VehicleState
from .vehicle import Vehicle

PORT = 8124  # unless the user says otherwise: beside Home Assistant's own
AUTH_PATH = "/oauth2/v3"
RETRY = 60.0  # seconds until a port that could not be opened is tried again
TOKEN_BYTES = 24  # in hexadecimal: TeslaMate takes some other beginnings for a region
TOKEN = "token"  # noqa: S105  # of the store
# Why it does not listen; each has a notice of its own.
PORT_TAKEN = "serving_port_taken"
PORT_UNUSABLE = "serving_port_unusable"
TOKEN_UNREADABLE = "serving_token_unreadable"  # noqa: S105  # a reason
PROBLEMS: Mapping[type[OSError], str] = {
    PortTaken: PORT_TAKEN,
    NotDurable: TOKEN_UNREADABLE,
    OSError: PORT_UNUSABLE,
}


class _Known:
    """A car as whoever serves it has it."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self.vin = vehicle.vin

    @property
    def state(self) -> VehicleState:
        """What the car has said; what is only expected of a command is nobody else's business."""
        return self._vehicle.coordinator.truth

    @property
    def power(self) -> Power:
        return self._vehicle.power

    @property
    def online_since(self) -> float | None:
        return self._vehicle.online_since

    @property
    def connected(self) -> bool:
        return self._vehicle.connected


class Serving:
    """Whoever is served by an entry.

    server:  the port; None where nobody wants one, or while it cannot be opened
    problem: why it could not be opened
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicles: Mapping[str, Vehicle],
        clock: Callable[[], float],
    ) -> None:
        """Serve nobody yet.

        clock: seconds since 1970
        """
        self.server: TeslaMateServer | None = None
        self.problem = ""
        self._hass = hass
        self._entry = entry
        self._vehicles = vehicles
        self._clock = clock
        self._ends: list[CALLBACK_TYPE] = []
        self._end_wait: CALLBACK_TYPE | None = None
        self._over = False
        self._failed = False

    async def async_start(self) -> None:
        """Open the port, if the user wants one; one that cannot be opened is tried again."""
        async_forget_notices(self._hass, self._entry)
        if (where := self._entry.options.get(CONF_SERVE)) is None:
            return
        self._end_wait = None
        cars = {vin: ServedCar(_Known(vehicle), self._clock) for vin, vehicle in self._vehicles.items()}
        try:
            token = await async_token(self._hass, self._entry)
            server = TeslaMateServer(cars, token, clock=self._clock)
            await server.start(where[CONF_HOST], where[CONF_PORT])
        except OSError as error:
            if self._over:
                return
            self._tell_problem(PROBLEMS.get(type(error), PORT_UNUSABLE), where)
            job = HassJob(self._async_again, "tesla_direct served port", cancel_on_shutdown=True)
            self._end_wait = async_call_later(self._hass, RETRY, job)
            return
        if self._over:  # while the port was being opened again
            await server.stop()
            return
        self.server, self.problem = server, ""
        for vin, vehicle in self._vehicles.items():
            self._ends.append(vehicle.async_follow(partial(self._tell, server, vin)))
            changed = partial(server.power_changed, vin)
            self._ends.append(vehicle.coordinator.async_watch(changed, (connection.STATE,)))
        stopping = self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_stopping)
        self._ends.append(stopping)

    async def async_stop(self) -> None:
        """Close the port, for good."""
        self._over = True
        if self._end_wait is not None:
            self._end_wait()
            self._end_wait = None
        while self._ends:
            self._ends.pop()()
        if self.server is not None:
            server, self.server = self.server, None
            await server.stop()

    async def async_change_token(self) -> str:
        """Make another token, with which alone anybody is served from now on, and return it.

        Raises: NotDurable
        """
        token = await async_token(self._hass, self._entry, new=True)
        if self.server is not None:
            self.server.change_token(token)
        return token

    def to_dict(self) -> dict[str, Any] | None:
        """Return how it fares; None where nobody wants it. Neither token nor address is in it."""
        if CONF_SERVE not in self._entry.options:
            return None
        server = self.server
        return {
            "listening": server is not None,
            "problem": self.problem,
            "clients": server.clients if server else 0,
            "answered": dict(server.answered) if server else {},
            "refused": dict(server.refused) if server else {},
        }

    async def _async_again(self, _now: datetime) -> None:
        await self.async_start()

    async def _async_stopping(self, _event: Event) -> None:
        """Entries are not unloaded when Home Assistant stops."""
        await self.async_stop()

    @callback
    def _tell(self, server: TeslaMateServer, vin: str, report: Report) -> None:
        """Tell who follows a car what it has said; a bug there must not keep others from hearing the car."""
        try:
            server.take(vin, report)
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            level = logging.DEBUG if self._failed else logging.ERROR
            self._failed = True
            LOGGER.log(level, "What a car has told could not be served", exc_info=True)

    @callback
    def _tell_problem(self, problem: str, where: Mapping[str, Any]) -> None:
        if self.problem != problem:
            LOGGER.warning("TeslaMate cannot be served (%s)", problem)
        self.problem = problem
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{problem}_{self._entry.entry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem,
            translation_placeholders={
                "name": self._entry.title,
                "host": str(where[CONF_HOST]),
                "port": str(where[CONF_PORT]),
            },
        )


@callback
def async_forget_notices(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back what was said of a port that could not be opened."""
    for problem in PROBLEMS.values():
        ir.async_delete_issue(hass, DOMAIN, f"{problem}_{entry.entry_id}")


def serving_store(hass: HomeAssistant, entry: ConfigEntry[Any]) -> JsonStore:
    """Return where the token of whoever is served is kept."""
    return JsonStore(hass, f"serving.{entry.entry_id}")


async def async_token(hass: HomeAssistant, entry: ConfigEntry[Any], *, new: bool = False) -> str:
    """Return the token of whoever is served, once it is on disk; made where there is none.

    Raises: NotDurable
    """
    store = serving_store(hass, entry)
    try:
        kept = await store.async_load() or {}
        if not new and isinstance(token := kept.get(TOKEN), str) and token:
            return token
        made = {TOKEN: secrets.token_hex(TOKEN_BYTES)}
        await store.async_save(made)
        written = await hass.async_add_executor_job(load_json, store.path)
    except HomeAssistantError as error:
        raise NotDurable("the token cannot be read back") from error
    if not isinstance(written, dict) or written.get("data") != made:
        raise NotDurable("the token is not on disk")
    return made[TOKEN]


def settings_text(hass: HomeAssistant, where: Mapping[str, Any], token: str) -> str:
    """Return what TeslaMate is to be set to, ready to be copied."""
    host = ip_address(where[CONF_HOST])
    name = str(host)
    if host.is_unspecified:  # every address of this machine: it has one that others know
        name = hass.config.api.local_ip if hass.config.api else "homeassistant.local"
    at = f"{f'[{name}]' if ':' in name else name}:{where[CONF_PORT]}"
    return "\n".join(
        (
            f"TOKEN=?token={token}",
            f"TESLA_API_HOST=http://{at}",
            f"TESLA_AUTH_HOST=http://{at}",
            f"TESLA_AUTH_PATH={AUTH_PATH}",
            f"TESLA_WSS_HOST=ws://{at}",
            "TESLA_WSS_USE_VIN=true",
        )
    )
