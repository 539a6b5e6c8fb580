"""What dialogues share that add something of a broker to an entry, or change it."""

from typing import Any, override

from homeassistant.config_entries import ConfigEntry

from .broker_steps import AtBrokerSteps
from .hosts import provider_of
from .source_subentry import SourceSubentryFlow
from .tesla.fleet_api.provider import NONE


class AtBrokerSubentryFlow(AtBrokerSteps, SourceSubentryFlow):
    """Listens at Home Assistant's own broker for an entry."""

    @property
    @override
    def _of_entry(self) -> ConfigEntry[Any]:
        return self._get_entry()

    @property
    def _alone(self) -> bool:
        """Whether the entry has no account, so that its cars are those of the broker."""
        return provider_of(self._of_entry.data).name == NONE.name
