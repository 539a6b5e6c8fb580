"""The guided tour through what follows the sign-in, part by part; each part can be repeated alone.

A part is a class of steps whose first page is `async_step_<part>`. It ends in `_async_part_done`, or in
`_async_part_left` where the user puts it off; what comes next is decided here. Which parts are still to be
done stands in the entry, so that nothing is lost when a browser is closed, or Home Assistant restarts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_CLIENT_ID,
    CONF_PROXY,
    CONF_RECEIVER,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    DOMAIN,
    RECEIVER_NEVER,
)
from .hosts import provider_of
from .moving import find, find_taken
from .tesla.vehicle.sources import RECEIVER as OUR_PORT
from .tesla.vehicle.sources import SSE
from .texts import async_list
from .waiting import WaitingSteps

# In the order of the tour; each builds on those before it.
HOSTING, REGISTRATION, CARS, PAIRING = "hosting", "registration", "cars", "pairing"
RECEIVER, PROFILE = "receiver", "profile"
PARTS = (HOSTING, REGISTRATION, CARS, PAIRING, RECEIVER, PROFILE)
# An offer to who comes from another integration: nothing lacks where it is not taken, so nobody is reminded.
MOVING = "moving"
WAY = (*PARTS, MOVING)
TOUR = "tour"
# Sources whose cars are told what to stream from here; others have their cars told by themselves.
TOLD_BY_US = frozenset({OUR_PORT, SSE})


def parts_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts that make sense for an entry with this data, whoever answers for its cars."""
    provider = provider_of(data)
    sensible = {
        HOSTING: provider.own_application and CONF_PROXY not in data,  # else the key is not ours
        REGISTRATION: provider.own_application and CONF_PROXY not in data,
        PAIRING: bool(provider.bases and provider.pairing),  # else nobody knows who would show a key
        RECEIVER: OUR_PORT in provider.streams,
        PROFILE: not TOLD_BY_US.isdisjoint(provider.streams),
    }
    return tuple(part for part in PARTS if sensible.get(part, True))


def can_stream(data: Mapping[str, Any]) -> bool:
    """Return whether there is somebody whom cars can be told to stream to: a port of ours, or a service."""
    return isinstance(data[CONF_RECEIVER], int) or SSE in provider_of(data).streams


@callback
def async_register_again(hass: HomeAssistant, client_id: str | None = None) -> None:
    """Have an application registered again, or all: domain or key is another one than Tesla knows."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if client_id in {None, entry.data[CONF_CLIENT_ID]}:
            _set_unfinished(hass, entry, _unfinished(entry) | {REGISTRATION})


@callback
def async_registered(hass: HomeAssistant, client_id: str) -> None:
    """Learn that an application is registered everywhere with our key, which Tesla has fetched for that."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.data[CONF_CLIENT_ID] == client_id:
            _set_unfinished(hass, entry, _unfinished(entry) - {HOSTING, REGISTRATION})


@callback
def async_still_to_do(hass: HomeAssistant, entry: ConfigEntry[Any], client_id: str) -> list[str]:
    """Return what is left to do once an entry uses this application, which may be another one than so far."""
    if client_id == entry.data[CONF_CLIENT_ID]:
        return sorted(_unfinished(entry))
    of_it = frozenset({HOSTING, REGISTRATION})
    same = [one for one in hass.config_entries.async_entries(DOMAIN) if one.data[CONF_CLIENT_ID] == client_id]
    return sorted((_unfinished(entry) - of_it) | (_unfinished(same[0]) & of_it if same else of_it))


class TourSteps(WaitingSteps, ConfigFlow):
    """Leads from part to part; of a single part it is only the way out."""

    _touring = False
    _again = False  # whether all was done before, and is looked at once more
    _asked_to_move = False  # whether it was asked what to take over

    async def async_step_tour(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with the first part that is not done; where all are, look at each again."""
        self._touring = True
        self._again = not self._unfinished
        return await self._async_go_on(WAY)

    async def async_step_tour_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that all stands, or offer what was left for later, and name what is missing because of it."""
        self._again = False
        left = [part for part in PARTS if self._is_due(part)]
        entry = self._get_reconfigure_entry()
        data = entry.data
        if not left and data[CONF_RECEIVER] == RECEIVER_NEVER and not can_stream(data):
            return self.async_abort(reason=_where_from(entry))
        if not left:
            return self.async_abort(reason="tour_done")
        stands = [part for part in parts_of(data) if part not in self._unfinished]
        done = await async_list(self.hass, "part_done", map(self._standing, stands))
        return self.async_show_menu(
            step_id="tour_done",
            menu_options=[*left, "tour_later"],
            description_placeholders={"done": done or "-"},
        )

    def _standing(self, part: str) -> str:
        """Return what is said of a part that stands: a service only tells which cars lack its key."""
        by_service = provider_of(self._get_reconfigure_entry().data).signs
        return "pairing_no_lack" if part == PAIRING and by_service else part

    async def async_step_tour_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End the tour; a notice under Repairs leads back."""
        return self.async_abort(reason="tour_later")

    async def _async_make(self, title: str, data: dict[str, Any]) -> ConfigFlowResult:
        """Make an entry; the tour of it is a dialogue of its own."""
        return self.async_create_entry(title=title, data=data)

    async def _async_part_done(self, part: str, reason: str) -> ConfigFlowResult:
        """Go on behind a part that stands; outside the tour that is the end of the dialogue."""
        self._set_unfinished(self._unfinished - {part})
        return await self._async_behind(part, reason)

    async def _async_part_left(self, part: str, reason: str) -> ConfigFlowResult:
        """Go on behind a part that the user has put off, or that cannot be done yet."""
        self._set_unfinished(self._unfinished | {part})
        return await self._async_behind(part, reason)

    async def _async_behind(self, part: str, reason: str) -> ConfigFlowResult:
        if not self._touring:
            return self.async_abort(reason=reason)
        return await self._async_go_on(WAY[WAY.index(part) + 1 :])

    async def _async_go_on(self, parts: Iterable[str]) -> ConfigFlowResult:
        """Show the first of these parts that is to be done, or how far the tour got."""
        for part in parts:
            if self._is_due(part):
                result: ConfigFlowResult = await getattr(self, f"async_step_{part}")()
                return result
        return await self.async_step_tour_done()

    def _is_due(self, part: str) -> bool:
        """Tell whether a part is to be done, and can be."""
        entry = self._get_reconfigure_entry()
        if part == MOVING:
            found = find(self.hass, entry) or (self._again and find_taken(self.hass, entry))
            return bool(found) and not self._asked_to_move
        data = entry.data
        cars = bool(data[CONF_VEHICLES])
        possible = {
            CARS: not cars and REGISTRATION not in self._unfinished,  # only who is registered may list them
            PAIRING: cars,
            PROFILE: cars and can_stream(data),
        }
        due = self._again or part in self._unfinished
        return part in parts_of(data) and possible.get(part, True) and due

    async def _async_running(self) -> ConfigEntry[Any] | None:
        """Return the entry once it runs again after a change of it; None if it does not."""
        entry = self._get_reconfigure_entry()
        async with entry.setup_lock:  # whoever reloads it holds this
            return entry if entry.state is ConfigEntryState.LOADED else None

    @property
    def _unfinished(self) -> frozenset[str]:
        return _unfinished(self._get_reconfigure_entry())

    def _set_unfinished(self, parts: frozenset[str]) -> None:
        _set_unfinished(self.hass, self._get_reconfigure_entry(), parts)


def _where_from(entry: ConfigEntry[Any]) -> str:
    """Return which text says where the data of cars come from that nobody here tells what to stream."""
    provider = provider_of(entry.data)
    if provider.stream is not None:
        return "tour_done_streamed"
    if entry.subentries:
        return "tour_done_elsewhere"
    return "tour_done_polled" if OUR_PORT in provider.streams else "tour_done_asked"


def _unfinished(entry: ConfigEntry[Any]) -> frozenset[str]:
    return frozenset(entry.data.get(CONF_UNFINISHED, ()))


@callback
def _set_unfinished(hass: HomeAssistant, entry: ConfigEntry[Any], parts: frozenset[str]) -> None:
    if parts != _unfinished(entry):
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_UNFINISHED: sorted(parts)})
