"""What each car of an account is to stream, put together from what is shown of it, and kept in step."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .const import CONF_SCOPES, CONF_SIGNED_IN_AT, CONF_TELEMETRY, LOGGER
from .key import KeyStore
from .pairing import is_ours
from .port import TelemetryPort
from .spending import Meter
from .storage import recovered
from .telemetry_homes import by_service, home_of, signer
from .telemetry_repairs import async_tell_telemetry
from .telemetry_wishes import DECIDING, CarWishes, Wished
from .tesla.errors import CannotDo, OverBudget, TeslaError
from .tesla.fleet_api.budget import Stage
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.rows import FleetStatus, TelemetryError
from .tesla.fleet_telemetry.config import Pace, TelemetryConfig
from .tesla.fleet_telemetry.profile import Selection
from .tesla.source.config_state import ConfigState, Reason
from .tesla.source.keeper import TelemetryKeeper, mark_of, mark_of_ca
from .tesla.source.keeper_plan import CarView
from .tesla.vehicle.connectivity import Power
from .tesla.vehicle.model import read_vin
from .tesla.vehicle.signals import connection, drive, software
from .vehicle import Vehicle

LOOK = timedelta(minutes=1)  # between looks at what is shown and what may be spent, which cost nothing
# What changes by itself, and decides whether a configuration is taken.
DECISIVE = (connection.KEY_PAIRED, connection.TELEMETRY_CONNECTED, software.VERSION)


class Streaming:
    """Keeps what the cars of an account are told of streaming in step with what is shown of them.

    Nothing is sent before the user has chosen what, and has seen what it costs. Without a port of our own, or
    a service that has cars deliver to itself, there is nothing to keep, but for taking back what was sent
    when there was one.

    by_service: a service configures the cars, and has them stream without counting it
    issues:     why the service says that a car does not stream, by VIN
    """

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicles: Mapping[str, Vehicle],
        *,
        api: FleetApi,
        meter: Meter,
        key: KeyStore,
        port: TelemetryPort | None,
        proxy: FleetApi | None = None,
        clock: Callable[[], float],
        kept: Mapping[str, Any],
        on_news: CALLBACK_TYPE,
        on_failure: Callable[[TeslaError], None],
        on_key_missing: CALLBACK_TYPE,
        on_bug: CALLBACK_TYPE,
    ) -> None:
        """Take up what was kept; nothing is asked yet.

        proxy:      signs configurations in our place, where there is one
        kept:       what `to_json` returned before a restart
        on_news:    is told whenever there is something that must not be forgotten
        on_failure: is told what went wrong
        on_key_missing: is told when Tesla says of a car that our key is not on it
        on_bug:     is told when nothing is kept any more because of a bug
        """
        self._hass = hass
        self._entry = entry
        self._vehicles = vehicles
        self._meter = meter
        self._key = key
        self._port = port
        self._on_news = on_news
        self._on_failure = on_failure
        self._on_key_missing = on_key_missing
        self._on_bug = on_bug
        self._reasons: dict[str, str | None] = {}
        self.by_service = by_service(entry.data)
        self.issues: dict[str, str] = {}
        self._needs_our_key = is_ours(entry.data)
        self._reading = set[str]()  # cars whose configuration is read anew
        self.sending = asyncio.Lock()  # two dialogues that want the same send it once
        self._task: asyncio.Task[None] | None = None
        home = home_of(entry.data, api, proxy=proxy, sign=signer(hass, key))
        self.keeper: TelemetryKeeper = recovered(
            "the telemetry configurations",
            lambda states: TelemetryKeeper(self, home=home, clock=clock, kept=states),
            kept.get("cars", {}),
            {},
        )
        for vin in self.keeper.to_json().keys() - vehicles.keys() - self.async_left():
            self.keeper.forget(vin)
        self._signed_in_at = entry.data.get(CONF_SIGNED_IN_AT)
        scopes = frozenset[str](entry.data[CONF_SCOPES])
        wishes = recovered("the wished telemetry fields", _by_vin, kept.get("wishes", {}), {})
        self._wishes = {
            vin: CarWishes(vehicle, scopes, wishes.get(vin, {})) for vin, vehicle in vehicles.items()
        }
        if kept.get("signed_in_at") != self._signed_in_at:
            for wish in self._wishes.values():
                wish.withheld = frozenset()  # what was refused may be granted now

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            "cars": self.keeper.to_json(),
            "signed_in_at": self._signed_in_at,
            "wishes": {vin: wish.to_json() for vin, wish in self._wishes.items()},
        }

    @property
    def selection(self) -> Selection | None:
        """Return what the user has chosen; None before he has."""
        kept = self._entry.options.get(CONF_TELEMETRY)
        if kept is None:
            return None
        return recovered("the chosen telemetry fields", Selection.from_json, kept, Selection().to_json())

    @property
    def chosen(self) -> bool:
        """Whether there is something to keep: somebody to deliver to, and the user's choice."""
        return self._has_home and CONF_TELEMETRY in self._entry.options

    @property
    def _has_home(self) -> bool:
        """Whether there is somebody whom cars can be told to deliver to."""
        return self._port is not None or self.by_service

    @property
    def _stage(self) -> Stage:
        """What the budget stops of streaming: nothing where that costs nothing."""
        return Stage.NORMAL if self.by_service else self._meter.stage

    @callback
    def async_start(self) -> None:
        """Begin to keep the configurations, once the entities are there whose facts are wished for."""
        if not self._has_home and not self._left_behind:
            return
        if self._port is not None:
            self._entry.async_on_unload(self._port.async_watch(self.async_changed))
        self.async_changed()
        self._task = self._entry.async_create_background_task(
            self._hass, self._async_keep(), "tesla_direct telemetry configurations"
        )
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._async_look, LOOK, name="tesla_direct telemetry", cancel_on_shutdown=True
            )
        )
        self._entry.async_on_unload(self._meter.async_listen_stage(lambda _stage: self.async_changed()))
        for vin, vehicle in self._vehicles.items():
            self._entry.async_on_unload(vehicle.coordinator.async_watch(self.async_changed, DECISIVE))
            look = self._wishes[vin].look
            self._entry.async_on_unload(vehicle.coordinator.async_watch(look, (drive.GEAR,)))
            async_tell_telemetry(self._hass, self._entry, vin, self)

    @callback
    def async_left(self) -> frozenset[str]:
        """Return the cars that are none of the account's any more, and may have a configuration of ours."""
        gone = self.keeper.to_json().keys() - self._vehicles.keys()
        told = (vin for vin in gone if self.keeper.state(vin).sent or self.keeper.state(vin).lost)
        return frozenset(told)

    @callback
    def async_forget(self, vins: Iterable[str]) -> None:
        """Forget cars that are none of the account's any more."""
        for vin in vins:
            self.keeper.forget(vin)
        self._on_news()

    async def async_stop(self) -> None:
        """Keep nothing any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    @callback
    def async_changed(self) -> None:
        """Learn that something else may be shown, chosen or allowed than before."""
        stopped = self.chosen and self._stage is Stage.STOPPED
        if self._port is not None and not self._port.ca_for_cars and not stopped:
            return  # what a car will need to believe us is not known yet
        for vin in self._vehicles if self.chosen else self._left_behind:
            self.keeper.wish(vin, self._config(self.wished(vin).paces), stopped=stopped)
        self.keeper.poke()
        self._tell_port()

    def wished(self, vin: str) -> Wished:
        """Return what a car is to stream, and what not and why; nothing before the user has chosen."""
        selection = self.selection
        if selection is None or not self._has_home:
            return Wished()
        wished, state = self.wished_with(vin, selection), self.keeper.state(vin)
        # That a car has answered what it has is no reason by itself to tell it something else.
        if answered := DECIDING & frozenset(state.fields) - wished.paces.keys():
            slow = self._stage >= Stage.OPTIONAL
            before = self._wishes[vin].wished(selection, slow=slow, also=answered)
            config = self._config(before.paces)
            if config is not None and mark_of(config) == state.sent:
                return before
        return wished

    def wished_with(self, vin: str, selection: Selection) -> Wished:
        """Return the same for a choice that is not made yet."""
        return self._wishes[vin].wished(selection, slow=self._stage >= Stage.OPTIONAL)

    def state(self, vin: str) -> ConfigState:
        """Return how a car's configuration stands."""
        return self.keeper.state(vin)

    def status(self, vin: str) -> FleetStatus | None:
        """Return how ready a car is for it, as Tesla has said last."""
        return self.keeper.status(vin)

    def errors(self, vin: str) -> tuple[TelemetryError, ...]:
        """Return what a car has reported of its telemetry, as it was read last."""
        return self.keeper.errors(vin)

    def holds_ca(self, vin: str, ca: str) -> bool:
        """Return whether a car has taken a configuration of ours that carries this authority (PEM)."""
        state = self.keeper.state(vin)
        return state.synced_at is not None and state.ca == mark_of_ca(ca)

    async def async_send_now(self, vin: str | None = None) -> dict[str, ConfigState]:
        """Send what is wished at once, to one car or all, and return what became of it.

        Raises: OverBudget, CannotDo before anything was chosen; else what the answer means
        """
        if not self.chosen:
            raise CannotDo("nothing was chosen to be streamed", obstacle="nothing_chosen")
        if self._stage is Stage.STOPPED:
            raise OverBudget("streaming: the user's budget for the month does not allow it")
        vins = self._vehicles if vin is None else (vin,)
        for each in vins:
            self._wishes[each].withheld = frozenset()
        self.async_changed()
        return await self.keeper.send_now(vins)

    async def async_look(self, vin: str) -> ConfigState:
        """Look now whether a car has taken what was sent, and return how it stands.

        Raises: what the answer means
        """
        return await self.keeper.look(vin)

    async def async_delete(self, vin: str) -> None:
        """Take a car's configuration away until the user sends one again.

        Raises: what the answer means
        """
        await self.keeper.delete_now(vin)

    async def async_read_errors(self, vin: str) -> tuple[TelemetryError, ...]:
        """Return what a car reports of its telemetry.

        Raises: what the answer means
        """
        return await self.keeper.read_errors(vin)

    @callback
    def keeper_view(self, vin: str) -> CarView:
        """Return what the plan has to know of a car."""
        vehicle = self._vehicles[vin]
        status = self.keeper.status(vin)
        state = vehicle.coordinator.data
        needs_key = not read_vin(vin).pre_2021
        paired = state.get(connection.KEY_PAIRED) if needs_key else None
        toggle = None if status is None else status.streaming_toggle
        told = None if status is None else status.firmware
        online = vehicle.power is Power.ONLINE
        return CarView(
            online_since=vehicle.online_since if online else None,
            connected=vehicle.connected,
            silent_since=vehicle.silent_since,
            needs_key=needs_key,
            able=not (self._needs_our_key and self._key.unreadable) and paired is not False,
            circumstances=f"{paired}/{toggle}/{state.get(software.VERSION)}/{told}/{self._signed_in_at}",
        )

    @callback
    def keeper_changed(self, vin: str) -> None:
        """Learn that something is known anew of a car's configuration."""
        state = self.keeper.state(vin)
        wish = self._wishes[vin]
        if not wish.withheld.issuperset(state.named):
            wish.withheld |= frozenset(state.named)  # the rest is worth having without them
            self._hass.loop.call_soon(self.async_changed)
        if state.synced_at is not None:
            wish.told(state.fields)
        if state.reason == Reason.MISSING_KEY != self._reasons.get(vin):
            self._vehicles[vin].doubt_streams()
            self._on_key_missing()
        self._reasons[vin] = state.reason
        self._tell_port()
        self._on_news()
        async_tell_telemetry(self._hass, self._entry, vin, self)

    @callback
    def async_issue(self, vin: str, issue: str | None) -> None:
        """Learn why a service says that a car does not stream; None: no reason is known."""
        if issue is None:
            self.issues.pop(vin, None)
        else:
            self.issues[vin] = issue
        async_tell_telemetry(self._hass, self._entry, vin, self)

    @callback
    def async_read_again(self, vins: Iterable[str] | None = None) -> None:
        """Learn that something else may be there for cars, or for all, than was seen last."""
        for vin in self._vehicles if vins is None else vins:
            if self.chosen and vin in self._vehicles and vin not in self._reading:
                self._reading.add(vin)
                self._entry.async_create_background_task(
                    self._hass, self._async_read_again(vin), "tesla_direct telemetry configuration read anew"
                )

    async def _async_read_again(self, vin: str) -> None:
        try:
            await self.keeper.look(vin, Cause.KEEPER)
        except TeslaError as error:
            LOGGER.debug("A telemetry configuration cannot be read anew: %s", error)
        finally:
            self._reading.discard(vin)

    @callback
    def keeper_failed(self, error: TeslaError) -> None:
        """Learn what went wrong."""
        self._on_failure(error)

    @property
    def _left_behind(self) -> frozenset[str]:
        """The cars that are still told what is not to be kept any more."""
        if self.chosen:
            return frozenset()
        states = {vin: self.keeper.state(vin) for vin in self._vehicles}
        return frozenset(vin for vin, state in states.items() if state.sent is not None or state.lost)

    @callback
    def _tell_port(self) -> None:
        """Tell the port once every car that we have told anything knows its present authority."""
        port = self._port
        if port is None or not port.settings.next_ca:
            return  # none waits for that
        ca = port.ca_for_cars
        told = (vin for vin in self._vehicles if self.keeper.state(vin).sent is not None)
        if all(self.holds_ca(vin, ca) for vin in told):
            self._entry.async_create_background_task(
                self._hass, port.async_ca_synced(self._entry.entry_id, ca), "tesla_direct authority"
            )

    def _config(self, wanted: Mapping[str, Pace]) -> TelemetryConfig | None:
        if not wanted or not self._has_home:
            return None
        if self._port is None:  # the service knows by itself where that is
            return TelemetryConfig(hostname="", port=0, ca="", fields=wanted, expires=0)
        settings = self._port.settings
        return TelemetryConfig(
            hostname=settings.host,
            port=settings.public_port,
            ca=self._port.ca_for_cars,
            fields=wanted,
            expires=0,  # when it is sent, the keeper knows
        )

    async def _async_keep(self) -> None:
        """Follow the plan; a bug in it costs its traceback and one reload, not the entry."""
        try:
            await self.keeper.run()
        except Exception:  # noqa: BLE001  # nobody else would hear of it
            LOGGER.exception("The telemetry configurations are not kept any more")
            self._on_bug()

    @callback
    def _async_look(self, _now: datetime) -> None:
        for wish in self._wishes.values():
            wish.look()
        self.async_changed()
        for vin in self._vehicles:  # what is not shown any more is not missed
            async_tell_telemetry(self._hass, self._entry, vin, self)


def _by_vin(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {vin: {**wish} for vin, wish in kept.items()}
