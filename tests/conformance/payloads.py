"""Cases of the group payloads: what a command of Fleet API becomes, or that it is refused."""

from collections.abc import Callable
from typing import Any

from custom_components.tesla_direct.tesla.command.catalogue import from_rest
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from tests.conformance.expect import Differs, equal

type Case = dict[str, Any]

# "Never signed" in Tesla's published set (commands.md). That the recorded answers to these differ is the
# published proxy's choice; equally right is all that signs nothing of that set.
NEVER_SIGNED = frozenset(
    {
        "wake_up",
        "navigation_request",
        "set_managed_charge_current_request",
        "set_managed_charger_location",
        "set_managed_scheduled_charging_time",
        "remote_boombox",
        "remote_steering_wheel_heat_level_request",
        "remote_auto_steering_wheel_heat_climate_request",
        "sun_roof_control",
        "navigation_gps_request",
        "navigation_sc_request",
        "navigation_waypoints_request",
        "upcoming_calendar_entries",
        "batch_remove_charge_schedules",
        "batch_remove_precondition_schedules",
        "take_drivenote",
    }
)


def check_payload(case: Case) -> None:
    """Compare what is signed for a command, or that it is refused."""
    name, expect = case["command"], case["expect"]
    made: Command | None = None
    refused = ""
    try:
        made = from_rest(name, case["params"], now=case.get("now_unix", 0))
    except CommandInvalid as error:
        refused = error.parameter or "the command"
    signed = None if made is None or made.domain is None or made.unpublished else made
    if name in NEVER_SIGNED:
        equal("signed of the published set", signed, None)
        return
    match expect["result"]:
        case "signed" | "invalid_params" if _differs_rightly(case, made, signed):
            pass
        case "signed":
            if signed is None or signed.domain is None:
                raise Differs(f"not signed: {refused}")
            equal("domain", int(signed.domain), expect["domain_number"])
            equal("payload", signed.payload.hex(), expect["payload"])
        case "invalid_params":
            equal("command", made, None)
            if refused == "the command":
                raise Differs("refused as if there were no such command")
        case "unknown_command":
            equal("refused", refused, "the command")
        case result:
            raise Differs(f"{result}: {name} is not listed as never signed")


def _differs_rightly(case: Case, made: Command | None, signed: Command | None) -> bool:
    """Return whether a doubtful record is not copied: the case is refused, or made as documented."""
    if "quirk" not in case:
        return False
    return made is None or (
        signed is not None and signed.payload.hex() == case["expect"].get("documented_payload")
    )


KINDS: dict[str, Callable[[Case], None]] = {"payload": check_payload}
