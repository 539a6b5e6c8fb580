"""Which key may do what, and which firmware knows what."""

from collections.abc import Mapping

from custom_components.tesla_direct.tesla.proto import keys_pb2

READS = frozenset(
    {
        "get_status",
        "get_vehicle_data",
        "get_whitelist_entry_info",
        "get_whitelist_info",
        "nearby_charging_sites",
        "ping",
    }
)
CHARGING = frozenset(
    {
        "add_charge_schedule",
        "add_precondition_schedule",
        "batch_remove_charge_schedules",
        "batch_remove_precondition_schedules",
        "charge_max_range",
        "charge_port_door_close",
        "charge_port_door_open",
        "charge_standard",
        "charge_start",
        "charge_stop",
        "remove_charge_schedule",
        "remove_precondition_schedule",
        "set_charge_limit",
        "set_charging_amps",
        "set_scheduled_charging",
        "set_scheduled_departure",
    }
)
# Key management, and settings that decide who may drive and how.
ACCESS_CONTROL = frozenset(
    {
        "clear_pin_to_drive_admin",
        "erase_user_data",
        "guest_mode",
        "parental_controls_clear_pin_admin",
        "reset_pin_to_drive_pin",
        "set_pin_to_drive",
        "speed_limit_clear_pin_admin",
        "whitelist_operation",
    }
)
SERVICE = frozenset({"door_lock", "door_unlock", "whitelist_operation"})

SINCE: Mapping[str, tuple[int, ...]] = {
    "add_charge_schedule": (2024, 26),
    "add_precondition_schedule": (2024, 26),
    "clear_pin_to_drive_admin": (2023, 44),
    "remove_charge_schedule": (2024, 26),
    "remove_precondition_schedule": (2024, 26),
    "speed_limit_clear_pin_admin": (2023, 38),
}
ENCRYPTS_SINCE = (2024, 38)


def may(role: int, name: str) -> bool:
    """Tell whether a key of this role may do this."""
    match role:
        case keys_pb2.ROLE_OWNER | keys_pb2.ROLE_FM:
            return True
        case keys_pb2.ROLE_DRIVER | keys_pb2.ROLE_GUEST:
            return name not in ACCESS_CONTROL
        case keys_pb2.ROLE_CHARGING_MANAGER:
            return name in READS | CHARGING
        case keys_pb2.ROLE_VEHICLE_MONITOR:
            return name in READS
        case keys_pb2.ROLE_SERVICE:
            return name in SERVICE
    return False
