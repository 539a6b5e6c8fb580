"""What all dialogues share that add a source to an entry, or change one: a source is a subentry."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
    UnknownSubEntry,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow


class SourceSubentryFlow(ConfigSubentryFlow):
    """Belongs to an entry, and keeps a source in it, which may be removed while the dialogue is open."""

    @property
    def _changed(self) -> ConfigSubentry | None:
        """The source that is changed; None while one is added."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None

    @callback
    @override
    def _get_reconfigure_subentry(self) -> ConfigSubentry:
        try:
            return super()._get_reconfigure_subentry()
        except UnknownSubEntry:
            raise AbortFlow("source_gone") from None

    def _keep(self, source: ConfigSubentryData) -> ConfigFlowResult:
        """Add a source, or have the one that is changed be so."""
        kept: dict[str, Any] = {key: source[key] for key in ("data", "title", "unique_id")}
        if self._changed is not None:
            return self._change(**kept)
        result: Any = self.async_create_entry(**kept)
        return result  # type: ignore[no-any-return]  # of a dialogue of another kind

    def _change(self, **changes: Any) -> ConfigFlowResult:
        """End with some of a source changed; the entry reloads."""
        subentry = self._get_reconfigure_subentry()
        result: Any = self.async_update_and_abort(self._get_entry(), subentry, **changes)
        return result  # type: ignore[no-any-return]  # of a dialogue of another kind
