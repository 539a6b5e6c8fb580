"""The car's software: what is installed, what is offered, and installing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription, UpdateEntityFeature
from homeassistant.components.websocket_api.connection import current_connection
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .coordinator import VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import software as ask
from .tesla.command.command import COMMANDS
from .tesla.errors import AnswerUnreadable
from .tesla.fleet_api import documents
from .tesla.fleet_api.endpoints import RELEASE_NOTES
from .tesla.vehicle import conclusions
from .tesla.vehicle.signals import software
from .user_errors import translated

PARALLEL_UPDATES = 0

# Seconds around the time an update is scheduled for, in which it counts as being installed: a car that
# installs is silent.
ABOUT_NOW = 120.0


@dataclass(frozen=True, kw_only=True)
class UpdateRow(Row, UpdateEntityDescription):
    """The software of a car; who may not send commands sees it all the same."""


VEHICLE: tuple[UpdateRow, ...] = (
    UpdateRow(
        key="software",
        reads=(
            software.VERSION,
            software.UPDATE_VERSION,
            software.UPDATE_AVAILABLE,
            software.UPDATE_IN_PROGRESS,
            software.UPDATE_DOWNLOAD,
            software.UPDATE_INSTALL,
            software.UPDATE_SCHEDULED,
        ),
        watches=(software.UPDATE_STATUS,),
        entity_category=EntityCategory.CONFIG,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the software of each car."""
    async_add_rows(entry, Platform.UPDATE, VEHICLE, VehicleUpdate, add=async_add_entities)


class VehicleUpdate(CommandEntity, UpdateEntity):
    """The software of one car."""

    entity_description: UpdateRow
    _attr_title = "Tesla"

    def __init__(self, coordinator: VehicleCoordinator, row: UpdateRow) -> None:
        """Show what is installed, and what is offered."""
        super().__init__(coordinator, row)
        self._notes: tuple[str | None, str] | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._forget)
        self._look_again()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look_again()
        super()._handle_coordinator_update()

    @property
    @override
    def supported_features(self) -> UpdateEntityFeature:
        features = UpdateEntityFeature.PROGRESS | UpdateEntityFeature.RELEASE_NOTES
        if self.granted(COMMANDS) and conclusions.update_ready(self.coordinator.data):
            features |= UpdateEntityFeature.INSTALL
        return features

    @property
    @override
    def installed_version(self) -> str | None:
        return self.coordinator.data.get(software.VERSION)

    @property
    @override
    def latest_version(self) -> str | None:
        return conclusions.offered_version(self.coordinator.data) or self.installed_version

    @property
    @override
    def in_progress(self) -> bool:
        if conclusions.installing(self.coordinator.data):
            return True
        scheduled = self._scheduled
        return scheduled is not None and abs(scheduled - dt_util.utcnow().timestamp()) <= ABOUT_NOW

    @property
    @override
    def update_percentage(self) -> float | None:
        return conclusions.install_progress(self.coordinator.data)

    @property
    def _scheduled(self) -> float | None:
        """Return when it is going to be installed, if there is something to install."""
        state = self.coordinator.data
        return None if conclusions.offered_version(state) is None else state.get(software.UPDATE_SCHEDULED)

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        await self.async_command(ask.schedule_software_update(0))

    @override
    async def async_release_notes(self) -> str | None:
        version = self.latest_version
        # They are asked for each time somebody looks, and paid for.
        if self._notes is None or self._notes[0] != version:
            answer = await self.coordinator.commands.async_read(
                RELEASE_NOTES,
                _whoever_looks(),
                params={"staged": conclusions.offered_version(self.coordinator.data) is not None},
                optional=True,
            )
            try:
                self._notes = version, _markdown(answer)
            except AnswerUnreadable as error:
                raise translated(error) from error
        return self._notes[1]

    @callback
    def _look_again(self) -> None:
        """See to it that what is scheduled is shown when its time begins and ends."""
        self._forget()
        now = dt_util.utcnow().timestamp()
        if (scheduled := self._scheduled) is None:
            return
        ahead = [at for at in (scheduled - ABOUT_NOW, scheduled + ABOUT_NOW) if at > now]
        if ahead:
            moment = datetime.fromtimestamp(ahead[0], UTC)
            self._cancel = async_track_point_in_utc_time(self.hass, self._due, moment)

    @callback
    def _due(self, _now: datetime) -> None:
        self._cancel = None
        self._handle_coordinator_update()

    @callback
    def _forget(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None


def _whoever_looks() -> Context | None:
    """Return who has opened the dialogue; Home Assistant asks without telling for whom."""
    browser = current_connection.get()
    return None if browser is None else Context(user_id=browser.user.id)


def _markdown(document: Mapping[str, Any]) -> str:
    blocks: list[str] = []
    for note in documents.release_notes(document)["release_notes"]:
        title, subtitle, text = (str(note.get(part) or "") for part in ("title", "subtitle", "description"))
        blocks += [title and f"## {title}", subtitle and f"**{subtitle}**", text]
    return "\n\n".join(block for block in blocks if block)
