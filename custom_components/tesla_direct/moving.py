"""What another integration has of our cars: found, taken over by our entities, and given back.

Home Assistant keeps history and long-term statistics by entity id. Who is renamed takes both along, and who
is renamed to an id that has some already is refused them, with an error in the log. So nobody is renamed: the
line of the registry changes hands as it is (`async_update_entity_platform`), with its entity id, its history,
its name, area and labels, and whatever refers to it. For that neither of the two may be loaded; what was our
own line until then rests among the deleted ones, and comes back when this one is given back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    OperationNotAllowed,
    UnknownEntry,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import entity_sources
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.util import dt as dt_util

from .const import CONF_VEHICLES, DOMAIN
from .moving_rows import FORMER, Former

# Who has switched an entity off with the whole of an entry or a device, and not for its own sake.
WITH_ALL = frozenset({er.RegistryEntryDisabler.CONFIG_ENTRY, er.RegistryEntryDisabler.DEVICE})
CAME_FROM = "came_from"  # in an entity's options: whose it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An entity of another integration, and ours that means the same."""

    theirs: er.RegistryEntry
    ours: er.RegistryEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry of another integration that has cars of ours.

    devices: the cars, as it has them
    pairs:   what we can go on with
    others:  how many entities of these cars we have nothing for, or nothing that means the same
    stays:   it has more than these cars: energy sites, which we do not have, or cars of somebody else
    """

    entry: ConfigEntry[Any]
    name: str
    devices: frozenset[str]
    pairs: tuple[Pair, ...]
    others: int
    stays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An entity of ours that was another integration's, and what it was there."""

    entity_id: str
    platform: str
    unique_id: str
    config_entry_id: str
    config_subentry_id: str | None
    device_id: str | None


@callback
def find(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[Found]:
    """Return who else has cars of an entry, as far as there is something to be done about it."""
    found = (
        _look(hass, entry, other, former)
        for domain, former in FORMER.items()
        for other in hass.config_entries.async_entries(domain, include_ignore=False)
    )
    return [one for one in found if one is not None and (one.pairs or _is_on(hass, one))]


@callback
def find_taken(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[Taken]:
    """Return what an entry has taken over, and can still give back."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    taken = (_taken(entity, entry.created_at) for entity in entities)
    known = hass.config_entries.async_get_entry
    return [one for one in taken if one is not None and known(one.config_entry_id) is not None]


async def async_take(hass: HomeAssistant, entry: ConfigEntry[Any], found: Found) -> bool:
    """Have our entities go on where another integration's stop, and switch those off; False if it cannot be.

    Where it has more than our cars only they are switched off.
    """
    other = found.entry
    try:
        if not await _async_unloaded(hass, other, entry):
            return False
        # From here on nobody else gets a turn until all have changed hands.
        now = _look(hass, entry, other, FORMER[other.domain])
        for pair in now.pairs if now is not None else ():
            _take(hass, entry.entry_id, pair)
        if found.stays:
            _switch(hass, found.devices, dr.DeviceEntryDisabler.USER)
        else:
            await hass.config_entries.async_set_disabled_by(other.entry_id, ConfigEntryDisabler.USER)
    finally:
        await _async_load(hass, other, entry)
    return True


async def async_give_back(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Have other integrations go on with what was taken over from them; False if it cannot be now."""
    taken = find_taken(hass, entry)
    others = [
        hass.config_entries.async_get_known_entry(entry_id)
        for entry_id in dict.fromkeys(one.config_entry_id for one in taken)
    ]
    try:
        if not await _async_unloaded(hass, *others, entry):
            return False
        for again in find_taken(hass, entry):
            _give_back(hass, again)
        _switch(hass, (one.device_id for one in taken if one.device_id is not None), None)
        for other in others:
            await hass.config_entries.async_set_disabled_by(other.entry_id, None)
    finally:
        await _async_load(hass, *others, entry)
    return True


@callback
def async_let_go(hass: HomeAssistant, entry: ConfigEntry[Any], device_id: str | None = None) -> None:
    """Leave what was taken over with whom it was taken from, as our entry goes; nobody is switched on.

    device_id: only what is of this device is left
    """
    registry, held = er.async_get(hass), entity_sources(hass)  # what could not be unloaded stays
    for one in find_taken(hass, entry):
        ours = registry.entities[one.entity_id]
        if one.entity_id in held or device_id not in {None, ours.device_id}:
            continue
        _give_back(hass, one)
        other = hass.config_entries.async_get_known_entry(one.config_entry_id)
        if ours.disabled_by is None or ours.disabled_by in WITH_ALL:
            disabled_by = _disabled_with(hass, other, registry.entities[one.entity_id].device_id)
            registry.async_update_entity(one.entity_id, disabled_by=disabled_by)
            if disabled_by is None and other.state is ConfigEntryState.LOADED:
                hass.config_entries.async_schedule_reload(other.entry_id)


def _disabled_with(
    hass: HomeAssistant, entry: ConfigEntry[Any], device_id: str | None
) -> er.RegistryEntryDisabler | None:
    """Return with what an entity is switched off that is not for its own sake."""
    if entry.disabled_by is not None:
        return er.RegistryEntryDisabler.CONFIG_ENTRY
    device = None if device_id is None else dr.async_get(hass).async_get(device_id)
    return er.RegistryEntryDisabler.DEVICE if device is not None and device.disabled else None


def _look(
    hass: HomeAssistant, entry: ConfigEntry[Any], other: ConfigEntry[Any], former: Former
) -> Found | None:
    registry = er.async_get(hass)
    theirs = er.async_entries_for_config_entry(registry, other.entry_id)
    of_cars: list[er.RegistryEntry] = []
    pairs: dict[str, Pair] = {}  # by our entity id: of several that mean the same the table's first is taken
    for vin in entry.data[CONF_VEHICLES]:
        start = former.start(vin)
        mine = {
            (one.domain, one.unique_id.removeprefix(start)): one
            for one in theirs
            if one.unique_id.startswith(start)
        }
        of_cars += mine.values()
        for row, key in former.rows.items():
            their, ours = mine.get(row), _ours(registry, row[0], f"{vin}-{key}")
            if their is not None and ours is not None and _is_in_use(their):
                pairs.setdefault(ours.entity_id, Pair(theirs=their, ours=ours))
    if not of_cars:
        return None
    devices = frozenset(one.device_id for one in of_cars if one.device_id is not None)
    return Found(
        entry=other,
        name=former.name,
        devices=devices,
        pairs=tuple(pairs.values()),
        others=len(of_cars) - len(pairs),
        stays=any(
            device.id not in devices and device.entry_type is not dr.DeviceEntryType.SERVICE
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), other.entry_id)
        ),
    )


def _ours(registry: er.EntityRegistry, platform: str, unique_id: str) -> er.RegistryEntry | None:
    """Return our entity, if this car has it, the user wants it, and it has taken nobody's place yet."""
    entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
    entity = None if entity_id is None else registry.async_get(entity_id)
    if entity is None or entity.disabled_by is er.RegistryEntryDisabler.USER or DOMAIN in entity.options:
        return None
    return entity


def _is_in_use(entity: er.RegistryEntry) -> bool:
    return entity.disabled_by is None or entity.disabled_by in WITH_ALL


def _is_on(hass: HomeAssistant, found: Found) -> bool:
    """Return whether another integration still has our cars: both would ask, and sign, and be billed."""
    devices = [dr.async_get(hass).async_get(device) for device in found.devices]
    off = all(device is None or device.disabled for device in devices)
    return found.entry.disabled_by is None and not (found.stays and off)


@callback
def _take(hass: HomeAssistant, entry_id: str, pair: Pair) -> None:
    registry = er.async_get(hass)
    theirs, ours = pair.theirs, pair.ours
    came_from = {
        "platform": theirs.platform,
        "unique_id": theirs.unique_id,
        "config_entry_id": theirs.config_entry_id,
        "config_subentry_id": theirs.config_subentry_id,
        "device_id": theirs.device_id,
        "at": dt_util.utcnow().isoformat(),
    }
    registry.async_remove(ours.entity_id)
    registry.async_update_entity_platform(
        theirs.entity_id,
        DOMAIN,
        new_config_entry_id=entry_id,
        new_config_subentry_id=None,  # type: ignore[arg-type]  # cars are the entry's, and not one's of its parts
        # The registry takes an id that stays as it is for one that is in use.
        new_unique_id=UNDEFINED if ours.unique_id == theirs.unique_id else ours.unique_id,
        new_device_id=ours.device_id,
    )
    registry.async_update_entity_options(theirs.entity_id, DOMAIN, {CAME_FROM: came_from})
    registry.async_update_entity(theirs.entity_id, disabled_by=None)


@callback
def _give_back(hass: HomeAssistant, taken: Taken) -> None:
    registry = er.async_get(hass)
    ours = registry.entities[taken.entity_id]
    # Whoever was switched on again after we had taken over has a new line for it by now.
    newer = registry.async_get_entity_id(ours.domain, taken.platform, taken.unique_id)
    if newer is not None:
        registry.async_remove(newer)
    other = hass.config_entries.async_get_known_entry(taken.config_entry_id)
    device = None if taken.device_id is None else dr.async_get(hass).async_get(taken.device_id)
    subentry = taken.config_subentry_id if taken.config_subentry_id in other.subentries else None
    registry.async_update_entity_options(taken.entity_id, DOMAIN, None)
    registry.async_update_entity_platform(
        taken.entity_id,
        taken.platform,
        new_config_entry_id=taken.config_entry_id,
        new_config_subentry_id=subentry,  # type: ignore[arg-type]  # None is none, as the registry has it
        new_unique_id=UNDEFINED if ours.unique_id == taken.unique_id else taken.unique_id,
        new_device_id=None if device is None else device.id,
    )


def _taken(entity: er.RegistryEntry, since: datetime) -> Taken | None:
    """Read whose an entity was; what an earlier life of our entry has taken is nobody's to give back."""
    options: Mapping[str, Any] = entity.options.get(DOMAIN, {})
    came_from = options.get(CAME_FROM)
    if came_from is None or datetime.fromisoformat(came_from["at"]) < since:
        return None
    return Taken(
        entity_id=entity.entity_id,
        platform=came_from["platform"],
        unique_id=came_from["unique_id"],
        config_entry_id=came_from["config_entry_id"],
        config_subentry_id=came_from["config_subentry_id"],
        device_id=came_from["device_id"],
    )


@callback
def _switch(hass: HomeAssistant, devices: Iterable[str], disabled_by: dr.DeviceEntryDisabler | None) -> None:
    """Switch devices off, or on again what a user has switched off, or we in a user's name."""
    registry = dr.async_get(hass)
    before = dr.DeviceEntryDisabler.USER if disabled_by is None else None
    for device in dict.fromkeys(devices):
        if (known := registry.async_get(device)) is not None and known.disabled_by is before:
            registry.async_update_device(device, disabled_by=disabled_by)


async def _async_unloaded(hass: HomeAssistant, *entries: ConfigEntry[Any]) -> bool:
    """Have entries unloaded; False if one cannot be before Home Assistant starts again, or is removed."""
    try:
        for entry in entries:
            if not await hass.config_entries.async_unload(entry.entry_id):
                return False
    except OperationNotAllowed, UnknownEntry:
        return False
    # Who was unloaded first may have been removed since.
    return all(hass.config_entries.async_get_entry(entry.entry_id) is not None for entry in entries)


async def _async_load(hass: HomeAssistant, *entries: ConfigEntry[Any]) -> None:
    for entry in entries:
        there = hass.config_entries.async_get_entry(entry.entry_id) is not None
        if there and entry.state is ConfigEntryState.NOT_LOADED and entry.disabled_by is None:
            await hass.config_entries.async_reload(entry.entry_id)
