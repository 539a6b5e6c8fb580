"""Tesla Direct: cars push their data straight into Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .account_entity import account_identifier
from .cars import made_of
from .const import CONF_CLIENT_ID, CONF_RECEIVER, CONF_VEHICLES, DOMAIN, PLATFORMS
from .feed_stream import async_forget_streams, stream_tokens
from .hosts import provider_of
from .http import async_serve_key
from .key_watch import async_watch_key
from .leaving import async_end_dialogues, async_entry_leaves
from .moving import async_let_go
from .pairing import is_ours
from .port_watch import async_watch_port
from .repairs import async_forget_entry
from .repairs_tour import async_tell_tour
from .runtime import TeslaDirectConfigEntry, async_make_runtime
from .saved import readings_store, sessions_store
from .services import async_setup_services
from .serving import async_forget_notices, serving_store
from .shared import async_get_shared
from .sign_ins import async_tidy

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Read what the entries share, before any of them begins; serve the key, and offer the actions."""
    await async_forget_streams(hass, await async_get_shared(hass))
    async_serve_key(hass)
    async_setup_services(hass)
    await async_tidy(hass)  # a sign-in that was left is not kept longer than it is good for
    return True


async def async_setup_entry(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> bool:
    """Set up an account: what is known appears at once, cars may deliver, the cloud is asked later."""
    _drop_stale_devices(hass, entry)
    entry.runtime_data = await async_make_runtime(hass, entry)
    await entry.runtime_data.async_listen()
    await async_tell_tour(hass, entry)
    shared = await async_get_shared(hass)
    if is_ours(entry.data):
        entry.async_on_unload(async_watch_key(hass, entry, shared.key))
    if entry.runtime_data.port is not None:
        entry.async_on_unload(async_watch_port(hass, entry, shared.ports))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.runtime_data.meter.async_check_stage()
    entry.runtime_data.start_sources()
    entry.runtime_data.start_streaming()
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> bool:
    """Unload an account; its cars stay connected for a while, in case it comes back."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> None:
    """Forget an account: what its cars were told, its token, its readings, its cars on the port."""
    async_end_dialogues(hass, entry)
    async_let_go(hass, entry)
    shared = await async_get_shared(hass)
    shared.put_off.pop(entry.entry_id, None)
    number = entry.data[CONF_RECEIVER]
    if isinstance(number, int) and (port := shared.ports.get(number)):
        await port.async_release(entry.entry_id, gone=entry.data[CONF_VEHICLES])
    async_forget_entry(hass, entry)
    readings = readings_store(hass, entry)
    if provider_of(entry.data).bases:  # else nobody was asked for anything that is to be taken back
        await async_entry_leaves(hass, entry, shared, await readings.async_load() or {})
    await readings.async_remove()
    await sessions_store(hass, entry).async_remove()
    await serving_store(hass, entry).async_remove()
    async_forget_notices(hass, entry)
    for account in (str(entry.unique_id), *stream_tokens(entry)):
        await shared.tokens.async_remove(account)
    client_id = entry.data[CONF_CLIENT_ID]
    if not any(
        other.data[CONF_CLIENT_ID] == client_id for other in hass.config_entries.async_entries(DOMAIN)
    ):
        shared.ledgers.meter_of(client_id).async_forget()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow a device to be deleted if it is no car of the account any more."""
    return device.identifiers.isdisjoint(_identifiers(entry))


async def _async_reload(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> None:
    """Make an entry's runtime anew when it is made of something else now."""
    await async_tell_tour(hass, entry)
    runtime = entry.runtime_data
    if runtime.made_of != made_of(entry):
        await hass.config_entries.async_reload(entry.entry_id)
        shared = await async_get_shared(hass)
        for account in runtime.stream_tokens - stream_tokens(entry):
            await shared.tokens.async_remove(account)
    else:
        runtime.streaming.async_changed()


def _drop_stale_devices(hass: HomeAssistant, entry: TeslaDirectConfigEntry) -> None:
    """Remove the devices of cars that the user has left out."""
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        if device.identifiers.isdisjoint(_identifiers(entry)):
            async_let_go(hass, entry, device.id)
            registry.async_remove_device(device.id)


def _identifiers(entry: TeslaDirectConfigEntry) -> set[tuple[str, str]]:
    """Return what the registry knows the account itself and its cars by."""
    return {account_identifier(entry), *((DOMAIN, vin) for vin in entry.data[CONF_VEHICLES])}
