"""A car's stream that another program has taken over: said, and taken back if its owner wants that.

And a stream in whose place somebody is who is not believed.

A service tells of each car to one program only, and the one that has lost it hears nothing of that. Who asks
again has it back, and the other one loses it; so nobody asks by itself.
"""

from collections.abc import Callable
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_TAGS, CONF_VEHICLES, DOMAIN
from .hosts import provider_of
from .myteslamate_sign_in import host_of
from .names import name_of, place_of
from .tesla.fleet_api.provider import MYTESLAMATE

STREAM_CERTIFICATE = "stream_certificate"
STREAM_TAKEN_OVER = "stream_taken_over"
SERVICE = "MyTeslaMate"  # its own name


@callback
def async_tell_taken_over(
    hass: HomeAssistant, entry: ConfigEntry[Any], vin: str, stream: str, *, taken: bool
) -> None:
    """Tell that another program seems to have a car's stream, until the car is heard again.

    stream: the subentry that it belongs to; empty: the account's own
    """
    car = place_of(entry, vin)
    issue_id = f"{STREAM_TAKEN_OVER}_{entry.entry_id}_{car}_{stream}"
    if not taken:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"key": STREAM_TAKEN_OVER, "entry_id": entry.entry_id, "car": car, "stream": stream},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=STREAM_TAKEN_OVER,
        translation_placeholders={
            "car": name_of(entry, vin),
            "stream": _called(entry, stream),
            "name": entry.title,
        },
    )


@callback
def async_tell_stream_certificate(
    hass: HomeAssistant, entry: ConfigEntry[Any], stream: str, *, doubted: bool
) -> None:
    """Tell that somebody is in the place of a stream who is not believed, until the stream itself is there.

    stream: the subentry that it belongs to; empty: the account's own
    """
    issue_id = f"{STREAM_CERTIFICATE}_{entry.entry_id}_{stream}"
    if not doubted:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    subentry = entry.subentries.get(stream)
    where = {"step": "hosts_again"} if subentry is None else {"subentry": stream}
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"key": STREAM_CERTIFICATE, "entry_id": entry.entry_id, **where},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=STREAM_CERTIFICATE,
        translation_placeholders={"name": entry.title, "stream": _called(entry, stream)},
    )


def _called(entry: ConfigEntry[Any], stream: str) -> str:
    """Return what a stream is called: a source by its title, and an account's own by who streams it."""
    if stream in entry.subentries:
        return entry.subentries[stream].title
    provider = provider_of(entry.data)
    if provider.stream is None or provider.bases == MYTESLAMATE.bases:
        return SERVICE
    return host_of(provider.stream)


class TakenOverFlow(RepairsFlow):
    """Says what it means that another program has a car's stream, and does what the user wants."""

    def __init__(self, entry_id: str, car: int, stream: str) -> None:
        """Take a car by its place in an entry, as a VIN is nobody's business."""
        self._entry_id = entry_id
        self._car = car
        self._stream = stream

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what is so, and ask what to do."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if issue is None or self._found is None:
            return self.async_abort(reason="mended")
        return self.async_show_menu(
            step_id="init",
            menu_options=["take_back", "leave"],
            description_placeholders=issue.translation_placeholders,
        )

    async def async_step_take_back(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the car once more."""
        if (found := self._found) is None:
            return self.async_abort(reason="mended")
        _, vin, take_back = found
        take_back(vin)
        return self.async_create_entry(data={})

    async def async_step_leave(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Leave the car to the other program, for good: it is not asked for any more."""
        if (found := self._found) is None:
            return self.async_abort(reason="mended")
        entry, vin, _ = found
        subentry = entry.subentries.get(self._stream)
        data = entry.data if subentry is None else subentry.data
        left = {**data, CONF_TAGS: {other: tag for other, tag in data[CONF_TAGS].items() if other != vin}}
        if subentry is None:
            self.hass.config_entries.async_update_entry(entry, data=left)
        else:
            self.hass.config_entries.async_update_subentry(entry, subentry, data=left)
        return self.async_create_entry(data={})

    @property
    def _found(self) -> tuple[ConfigEntry[Any], str, Callable[[str], None]] | None:
        """Return the entry, the car and what takes it back, if its stream is still followed."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        for vin in list(entry.data[CONF_VEHICLES])[self._car : self._car + 1]:
            for feed in entry.runtime_data.feeds.all:
                if feed.stream == self._stream and feed.tells_of(vin) and feed.take_back is not None:
                    return entry, vin, feed.take_back
        return None
