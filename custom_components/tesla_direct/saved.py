"""What an entry has on disk: what is known of its cars, and its sessions with them, each in a file."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .storage import BILLED_DELAY, READINGS_DELAY, SESSIONS_DELAY, JsonStore

type Data = Callable[[], dict[str, Any]]


class Saved:
    """Has on disk in time what must not be lost; once it has ended nothing is written any more."""

    def __init__(self, readings: JsonStore, sessions: JsonStore, *, data: Data, of_sessions: Data) -> None:
        """Write nothing yet.

        data:        returns what is known
        of_sessions: returns the sessions
        """
        self._readings = readings
        self._sessions = sessions
        self._data = data
        self._of_sessions = of_sessions
        self._over = False

    @callback
    def soon(self) -> None:
        """Have what is known on disk some time soon: it can be learnt anew."""
        if not self._over:
            self._readings.async_save_within(READINGS_DELAY, self._data)

    @callback
    def now(self) -> None:
        """Have on disk what must not be asked and paid for again."""
        if not self._over:
            self._readings.async_save_within(BILLED_DELAY, self._data)

    @callback
    def sessions(self) -> None:
        """Have counters and clocks on disk; what is lost of them a margin makes up for."""
        if not self._over:
            self._sessions.async_save_within(SESSIONS_DELAY, self._of_sessions)

    async def async_end(self) -> None:
        """Save all for the last time: nothing can add to it any more."""
        self._over = True
        await self._readings.async_save(self._data())
        await self._sessions.async_save(self._of_sessions())


def readings_store(hass: HomeAssistant, entry: ConfigEntry[Any]) -> JsonStore:
    """Return where an entry's last readings are kept."""
    return JsonStore(hass, f"readings.{entry.entry_id}")


def sessions_store(hass: HomeAssistant, entry: ConfigEntry[Any]) -> JsonStore:
    """Return where the sessions with an entry's cars are kept."""
    return JsonStore(hass, f"sessions.{entry.entry_id}")
