"""What dialogues share that add something of a broker to an entry, or change it."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
)

from .broker_steps import AtBrokerSteps
from .hosts import provider_of
from .tesla.fleet_api.provider import NONE


class AtBrokerSubentryFlow(AtBrokerSteps, ConfigSubentryFlow):
    """Belongs to an entry, and keeps a source in it."""

    @property
    @override
    def _of_entry(self) -> ConfigEntry[Any]:
        return self._get_entry()

    @property
    def _alone(self) -> bool:
        """Whether the entry has no account, so that its cars are those of the broker."""
        return provider_of(self._of_entry.data).name == NONE.name

    def _keep(self, source: ConfigSubentryData) -> ConfigFlowResult:
        kept: dict[str, Any] = {key: source[key] for key in ("data", "title", "unique_id")}
        result: Any
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            result = self.async_update_and_abort(self._of_entry, subentry, **kept)
        else:
            result = self.async_create_entry(**kept)
        return result  # type: ignore[no-any-return]  # of a dialogue of another kind
