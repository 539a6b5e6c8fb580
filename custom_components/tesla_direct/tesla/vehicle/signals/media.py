"""What plays: state, source, volume, and the title."""

from ..kind import Kind, choice, flag, number, text
from ..signal import Signal

STATUS = Signal(
    name="media_playback_status",
    kind=choice("MediaStatus", "idle", "playing", "paused", aliases={"Stopped": "idle"}),
    path="vehicle_state.media_info.media_playback_status",
    field="MediaPlaybackStatus",
    since="2025.2.6",
)
# 0 to the maximum, in steps of the increment.
VOLUME = Signal(
    name="media_audio_volume",
    kind=number,
    path="vehicle_state.media_info.audio_volume",
    field="MediaAudioVolume",
    since="2025.2.6",
)
VOLUME_MAX = Signal(
    name="media_audio_volume_max",
    kind=number,
    path="vehicle_state.media_info.audio_volume_max",
    field="MediaAudioVolumeMax",
    since="2025.2.6",
)
VOLUME_INCREMENT = Signal(
    name="media_audio_volume_increment",
    kind=number,
    path="vehicle_state.media_info.audio_volume_increment",
    field="MediaAudioVolumeIncrement",
    since="2025.2.6",
)
REMOTE_CONTROL_ENABLED = Signal(
    name="media_remote_control_enabled",
    kind=flag,
    path="vehicle_state.media_state.remote_control_enabled",
)


def _now_playing[T](name: str, key: str, field: str, kind: Kind[T]) -> Signal[T]:
    """Return a fact that tells what somebody listens to, and so nobody else's business."""
    return Signal(
        name=name,
        kind=kind,
        path=f"vehicle_state.media_info.{key}",
        field=field,
        since="2025.2.6",
        private=True,
    )


SOURCE = _now_playing("media_source", "now_playing_source", "MediaPlaybackSource", text)
ARTIST = _now_playing("media_artist", "now_playing_artist", "MediaNowPlayingArtist", text)
TITLE = _now_playing("media_title", "now_playing_title", "MediaNowPlayingTitle", text)
ALBUM = _now_playing("media_album", "now_playing_album", "MediaNowPlayingAlbum", text)
STATION = _now_playing("media_station", "now_playing_station", "MediaNowPlayingStation", text)
# Milliseconds; radio has a duration of 18,000,000, and its elapsed time is nonsense.
DURATION = _now_playing("media_duration", "now_playing_duration", "MediaNowPlayingDuration", number)
ELAPSED = _now_playing("media_elapsed", "now_playing_elapsed", "MediaNowPlayingElapsed", number)
