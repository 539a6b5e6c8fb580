"""An entry without an account: its cars are known from a broker alone. It costs nothing, and asks nobody.

There is one of this kind, and whatever else is to tell of its cars is added to it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant, callback

from .broker_steps import AtBrokerSteps
from .const import (
    CONF_CLIENT_ID,
    CONF_LEFT_OUT,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    DOMAIN,
    RECEIVER_NEVER,
)
from .tesla.fleet_api.provider import NONE
from .tour import TourSteps

MQTT_TITLE, TESLAMATE_TITLE = "MQTT", "TeslaMate"
# What such an entry is called until its user, or an account, gives it a name.
TITLES = frozenset({MQTT_TITLE, TESLAMATE_TITLE})
SCOPES = ("vehicle_device_data", "vehicle_location")  # a broker tells all that cars stream


class WithoutAccountSteps(AtBrokerSteps, TourSteps):
    """Makes the entry whose cars a broker tells of, or adds a source to it."""

    @property
    @override
    def _of_entry(self) -> ConfigEntry[Any] | None:
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return entry_without_account(self.hass)

    async def _async_make_without_account(
        self, title: str, vehicles: Mapping[str, str], left_out: Iterable[str], source: ConfigSubentryData
    ) -> ConfigFlowResult:
        await self.async_set_unique_id(NONE.name, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=title,
            data={
                CONF_PROVIDER: NONE.to_dict(),
                CONF_REGION: "",
                CONF_CLIENT_ID: NONE.name,
                CONF_SCOPES: list(SCOPES),
                CONF_VEHICLES: dict(vehicles),
                CONF_LEFT_OUT: sorted(left_out),
                CONF_RECEIVER: RECEIVER_NEVER,
                CONF_SIGNED_IN_AT: 0.0,
                CONF_UNFINISHED: [],
            },
            subentries=[source],
        )

    @callback
    def _add_source(self, entry: ConfigEntry[Any], source: ConfigSubentryData) -> None:
        """Add a source to an entry that there is.

        Raises: AbortFlow, if it is there already
        """
        subentry = ConfigSubentry(
            data=MappingProxyType(dict(source["data"])),
            subentry_type=source["subentry_type"],
            title=source["title"],
            unique_id=source["unique_id"],
        )
        self.hass.config_entries.async_add_subentry(entry, subentry)


@callback
def entry_without_account(hass: HomeAssistant) -> ConfigEntry[Any] | None:
    """Return the entry whose cars are known from a broker alone, if there is one."""
    return hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, NONE.name)
