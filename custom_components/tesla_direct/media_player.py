"""What plays in the car."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityDescription
from homeassistant.components.media_player.const import (
    MediaPlayerDeviceClass,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ATTR_MEASURED_AT, ATTR_SOURCE, VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import media as ask
from .tesla.command.command import COMMANDS
from .tesla.vehicle.expectation import Expectation
from .tesla.vehicle.signal import UNKNOWN_AGE
from .tesla.vehicle.signals import media, software

PARALLEL_UPDATES = 0

RADIO_MS = 18_000_000  # the duration of what has none; its elapsed time is nonsense then
STEADY = 2.0  # seconds that the position may be off from where it would have come to by itself
VOLUME_MAX = 11.0  # of a car that has not told its own
STATES = {
    "playing": MediaPlayerState.PLAYING,
    "paused": MediaPlayerState.PAUSED,
    "idle": MediaPlayerState.IDLE,
}
CONTROLS = (
    MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.NEXT_TRACK
    | MediaPlayerEntityFeature.PREVIOUS_TRACK
    | MediaPlayerEntityFeature.VOLUME_SET
    | MediaPlayerEntityFeature.VOLUME_STEP
)


@dataclass(frozen=True, kw_only=True)
class MediaRow(Row, MediaPlayerEntityDescription):
    """A player; who may not send commands sees it all the same."""


VEHICLE: tuple[MediaRow, ...] = (
    MediaRow(
        key="media",
        reads=(
            media.STATUS,
            media.SOURCE,
            media.VOLUME,
            media.VOLUME_MAX,
            media.VOLUME_INCREMENT,
            media.TITLE,
            media.ARTIST,
            media.ALBUM,
            media.STATION,
            media.DURATION,
            media.ELAPSED,
            software.CENTER_DISPLAY,
        ),
        watches=(media.REMOTE_CONTROL_ENABLED,),
        device_class=MediaPlayerDeviceClass.SPEAKER,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the player of each car."""
    async_add_rows(entry, Platform.MEDIA_PLAYER, VEHICLE, VehicleMediaPlayer, add=async_add_entities)


class VehicleMediaPlayer(CommandEntity, MediaPlayerEntity):
    """The player of one car."""

    entity_description: MediaRow
    # What plays has a source of its own, which is what Home Assistant calls by this name here.
    _unrecorded_attributes = frozenset({ATTR_MEASURED_AT})

    def __init__(self, coordinator: VehicleCoordinator, row: MediaRow) -> None:
        """Show what plays."""
        super().__init__(coordinator, row)
        self._shows: tuple[Any, ...] = ()
        # Where it was when, both in seconds; what plays on is not shown anew.
        self._position: tuple[float, float] | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._position = self._reckon_position()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._position = self._reckon_position()
        shows = (self.available, self.state, self.supported_features, self.state_attributes)
        if shows != self._shows:
            self._shows = shows
            super()._handle_coordinator_update()

    def _reckon_position(self) -> tuple[float, float] | None:
        state = self.coordinator.data
        elapsed, duration = state.get(media.ELAPSED), state.get(media.DURATION)
        told = state.report(media.ELAPSED)
        if told is None or told.at == UNKNOWN_AGE or elapsed is None or not duration or duration >= RADIO_MS:
            return None
        position, at = elapsed / 1000, told.at
        if self._position is not None and self.state is MediaPlayerState.PLAYING:
            before, since = self._position
            if abs(before + at - since - position) <= STEADY:
                return self._position
        return position, at

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        attributes = super().extra_state_attributes or {}
        return {name: value for name, value in attributes.items() if name != ATTR_SOURCE}

    @property
    @override
    def supported_features(self) -> MediaPlayerEntityFeature:
        denied = self.coordinator.data.get(media.REMOTE_CONTROL_ENABLED) is False
        return CONTROLS if self.granted(COMMANDS) and not denied else MediaPlayerEntityFeature(0)

    @property
    @override
    def state(self) -> MediaPlayerState | None:
        state = self.coordinator.data
        status = state.get(media.STATUS)
        if status in (None, "idle") and state.get(software.CENTER_DISPLAY) == "off":
            return MediaPlayerState.OFF
        return None if status is None else STATES[status]

    @property
    @override
    def volume_level(self) -> float | None:
        volume = self.coordinator.data.get(media.VOLUME)
        return None if volume is None else min(max(volume / self._volume_max, 0.0), 1.0)

    @property
    def _volume_max(self) -> float:
        return self.coordinator.data.get(media.VOLUME_MAX) or VOLUME_MAX

    @property
    @override
    def source(self) -> str | None:
        return self.coordinator.data.get(media.SOURCE)

    @property
    @override
    def media_content_type(self) -> MediaType | None:
        return None if self.media_title is None else MediaType.MUSIC

    @property
    @override
    def media_title(self) -> str | None:
        return self.coordinator.data.get(media.TITLE)

    @property
    @override
    def media_artist(self) -> str | None:
        return self.coordinator.data.get(media.ARTIST)

    @property
    @override
    def media_album_name(self) -> str | None:
        return self.coordinator.data.get(media.ALBUM)

    @property
    @override
    def media_channel(self) -> str | None:
        return self.coordinator.data.get(media.STATION)

    @property
    @override
    def media_duration(self) -> int | None:
        duration = self.coordinator.data.get(media.DURATION)
        return None if not duration or duration >= RADIO_MS else round(duration / 1000)

    @property
    @override
    def media_position(self) -> int | None:
        return None if self._position is None else round(self._position[0])

    @property
    @override
    def media_position_updated_at(self) -> datetime | None:
        return None if self._position is None else datetime.fromtimestamp(self._position[1], UTC)

    @override
    async def async_media_play(self) -> None:
        await self._change_over(Expectation(media.STATUS, "playing"))

    @override
    async def async_media_pause(self) -> None:
        # What does not play need not be paused.
        await self._change_over(Expectation(media.STATUS, "paused", also=("idle",)))

    async def _change_over(self, wished: Expectation) -> None:
        # One command plays and pauses, so it goes only where it does what is wished.
        await self.async_command(replace(ask.media_toggle_playback(), expects=(wished,), toggles=True))

    @override
    async def async_media_next_track(self) -> None:
        await self.async_command(ask.media_next_track())

    @override
    async def async_media_previous_track(self) -> None:
        await self.async_command(ask.media_prev_track())

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        await self.async_command(ask.adjust_volume(min(volume * self._volume_max, ask.LOUDEST)))

    @override
    async def async_volume_up(self) -> None:
        await self.async_command(ask.media_volume_up())

    @override
    async def async_volume_down(self) -> None:
        await self.async_command(ask.media_volume_down())
