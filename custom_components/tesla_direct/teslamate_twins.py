"""A car that TeslaMate itself tells Home Assistant's MQTT of: a second device, with the same values.

Newer versions do so if they are asked to. Whoever follows that TeslaMate here does not need both.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir

from .broker import MQTT
from .const import DOMAIN
from .texts import plain

TESLAMATE_TWIN = "teslamate_twin"


@callback
def async_watch_twins(hass: HomeAssistant, namespace: str, numbers: Iterable[int]) -> CALLBACK_TYPE:
    """Tell of second devices of these cars of a TeslaMate, until there are none; return what ends that.

    namespace: stands in the identifiers of that TeslaMate's devices; empty for none
    """
    node = f"teslamate_{namespace}" if namespace else "teslamate"
    identifiers = {(MQTT, f"{node}_car_{number}") for number in numbers}
    told: set[str] = set()

    @callback
    def look(_event: Event[dr.EventDeviceRegistryUpdatedData] | None = None) -> None:
        twins = {twin.id: twin for twin in dr.async_get(hass).async_get_devices(identifiers=identifiers)}
        on = {device_id: twin for device_id, twin in twins.items() if not twin.disabled}
        for device_id in told - on.keys():
            ir.async_delete_issue(hass, DOMAIN, _issue(device_id))
        for device_id in on.keys() - told:
            _show(hass, on[device_id])
        told.clear()
        told.update(on)

    @callback
    def end() -> None:
        stop()
        issues = ir.async_get(hass)
        for device_id in told:
            issue = issues.async_get_issue(DOMAIN, _issue(device_id))
            # That the user wants to leave it lasts over a reload.
            if issue is not None and issue.dismissed_version is None:
                ir.async_delete_issue(hass, DOMAIN, issue.issue_id)

    stop = hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, look)
    look()
    return end


class TwinFlow(RepairsFlow):
    """Switches a second device off, or leaves it."""

    def __init__(self, device_id: str) -> None:
        """Take a device of MQTT's."""
        self._device_id = device_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what is so, and ask what to do."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if issue is None or not self._is_on:
            return self.async_abort(reason="mended")
        return self.async_show_menu(
            step_id="init",
            menu_options=["switch_off", "leave"],
            description_placeholders=issue.translation_placeholders,
        )

    async def async_step_switch_off(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Disable the device, as the user could."""
        if not self._is_on:
            return self.async_abort(reason="mended")
        registry = dr.async_get(self.hass)
        registry.async_update_device(self._device_id, disabled_by=dr.DeviceEntryDisabler.USER)
        return self.async_create_entry(data={})

    async def async_step_leave(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say no more of it."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="left")

    @property
    def _is_on(self) -> bool:
        """Return whether the device is still there, and shows anything."""
        device = dr.async_get(self.hass).async_get(self._device_id)
        return device is not None and not device.disabled


def _issue(device_id: str) -> str:
    return f"{TESLAMATE_TWIN}_{device_id}"


@callback
def _show(hass: HomeAssistant, twin: dr.DeviceEntry) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue(twin.id),
        data={"key": TESLAMATE_TWIN, "device": twin.id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=TESLAMATE_TWIN,
        translation_placeholders={"device": plain(twin.name_by_user or twin.name or "Tesla")},
    )
