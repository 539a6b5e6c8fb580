"""The vehicle row, and `vehicle_data` for the sub-documents that were asked for."""

from collections.abc import Collection, Mapping
from typing import Any

from ..truth import Truth
from .charge import charge_schedule_data, charge_state, preconditioning_schedule_data
from .climate import climate_state
from .drive import drive_state
from .vehicle import api_version, gui_settings, vehicle_config, vehicle_state

DOCUMENTS: Mapping[str, Any] = {
    "charge_state": charge_state,
    "climate_state": climate_state,
    "gui_settings": gui_settings,
    "vehicle_config": vehicle_config,
    "vehicle_state": vehicle_state,
    "charge_schedule_data": charge_schedule_data,
    "preconditioning_schedule_data": preconditioning_schedule_data,
}
# Without a list a car answers with these; position and schedules have to be asked for.
WITHOUT_LIST = (
    "charge_state",
    "climate_state",
    "drive_state",
    "gui_settings",
    "vehicle_config",
    "vehicle_state",
)
IDS = 1_492_930_000_000_000
USER_ID = 800_000_001


def vehicle_row(truth: Truth, state: str) -> dict[str, Any]:
    """Give what the cloud knows of a car without asking it."""
    model = truth.model
    return {
        "id": IDS + model.number,
        "user_id": USER_ID,
        "vehicle_id": 2_930_000_000_000 + model.number,
        "vin": model.vin,
        "color": None,
        "access_type": model.access,
        "display_name": truth.name,
        "option_codes": None,
        "cached_data": None,
        "granular_access": {"hide_private": model.hide_private},
        "tokens": None,
        "state": state,
        "in_service": truth.body.in_service,
        "id_s": str(IDS + model.number),
        "calendar_enabled": True,
        "api_version": api_version(truth),
        "backseat_token": None,
        "backseat_token_updated_at": None,
        "ble_autopair_enrolled": False,
    }


def vehicle_data(truth: Truth, endpoints: Collection[str], *, may_locate: bool) -> dict[str, Any]:
    """Give `vehicle_data` of a car that is online.

    endpoints:  what was asked for; empty means the usual ones
    may_locate: the caller was granted the scope for it; the car's owner may still withhold it
    """
    wanted = set(endpoints) or set(WITHOUT_LIST)
    if "vehicle_data_combo" in wanted:
        wanted |= set(WITHOUT_LIST)
    row = vehicle_row(truth, "online")
    # Unlike the row alone, the answer of the car itself carries none of the cloud's own words.
    for name in ("display_name", "option_codes", "cached_data"):
        del row[name]
    for name, document in DOCUMENTS.items():
        if name in wanted:
            row[name] = document(truth)
    located = "location_data" in wanted and may_locate and not truth.model.hide_private
    if "drive_state" in wanted or located:
        row["drive_state"] = drive_state(truth, located=located)
    if "closures_state" in wanted and "vehicle_state" not in wanted:
        row["vehicle_state"] = vehicle_state(truth)
    return row
