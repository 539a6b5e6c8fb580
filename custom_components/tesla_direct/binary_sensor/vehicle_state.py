"""The car as a whole: reachable, paired, in service, in which mode, where."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from ..tesla.vehicle.model import VIRTUAL_KEY
from ..tesla.vehicle.signal import LOCATION_SCOPE
from ..tesla.vehicle.signals import connection, place, security, software
from ..tesla.vehicle.state import VehicleState
from .row import BinaryRow, flag_row, one_of


def _not_paired(state: VehicleState) -> bool | None:
    paired = state.get(connection.KEY_PAIRED)
    return None if paired is None else not paired


def _over_wifi(state: VehicleState) -> bool | None:
    return _over(state, "wifi")


def _over_cellular(state: VehicleState) -> bool | None:
    return _over(state, "cellular")


def _over(state: VehicleState, network: str) -> bool | None:
    """Return whether the open telemetry connection came over a network; without one it did not."""
    connected, interface = state.get(connection.TELEMETRY_CONNECTED), state.get(connection.NETWORK_INTERFACE)
    if connected is None or (connected and interface is None):
        return None
    return connected and interface == network


STATE: tuple[BinaryRow, ...] = (
    BinaryRow(
        key="online",
        reads=(connection.STATE,),
        on=one_of(connection.STATE, "online"),
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
    ),
    BinaryRow(
        key="telemetry_connected",
        reads=(connection.TELEMETRY_CONNECTED,),
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    BinaryRow(
        key="wifi",
        reads=(connection.TELEMETRY_CONNECTED, connection.NETWORK_INTERFACE),
        on=_over_wifi,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    BinaryRow(
        key="cellular",
        reads=(connection.TELEMETRY_CONNECTED, connection.NETWORK_INTERFACE),
        on=_over_cellular,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    BinaryRow(
        key="key_paired",
        reads=(connection.KEY_PAIRED,),
        asks=True,
        exists=VIRTUAL_KEY,
        on=_not_paired,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    flag_row("service_mode", security.SERVICE_MODE),
    flag_row("in_service", connection.IN_SERVICE, asks=True),
    flag_row("mobile_access", connection.MOBILE_ACCESS, asks=True),
    flag_row("remote_start_enabled", security.REMOTE_START_ENABLED),
    flag_row("remote_start_active", security.REMOTE_START_ACTIVE, BinarySensorDeviceClass.RUNNING),
    flag_row("pin_to_drive", security.PIN_TO_DRIVE),
    flag_row("speed_limit_mode", security.SPEED_LIMIT_MODE),
    flag_row("valet_mode_on", security.VALET_MODE),
    flag_row("guest_mode_on", security.GUEST_MODE),
    BinaryRow(
        key="dashcam_recording",
        reads=(security.DASHCAM,),
        on=one_of(security.DASHCAM, "recording"),
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    BinaryRow(
        key="located_at_home",
        reads=(place.AT_HOME,),
        device_class=BinarySensorDeviceClass.PRESENCE,
    ),
    BinaryRow(
        key="located_at_work",
        reads=(place.AT_WORK,),
        device_class=BinarySensorDeviceClass.PRESENCE,
    ),
    BinaryRow(
        key="located_at_favorite",
        reads=(place.AT_FAVORITE,),
        device_class=BinarySensorDeviceClass.PRESENCE,
        entity_registry_enabled_default=False,
    ),
    flag_row("gps_state", place.GPS_FIX, BinarySensorDeviceClass.CONNECTIVITY, scope=LOCATION_SCOPE),
    BinaryRow(
        key="homelink_nearby",
        reads=(place.HOMELINK_NEARBY,),
        device_class=BinarySensorDeviceClass.PRESENCE,
        entity_registry_enabled_default=False,
    ),
    flag_row("software_update_available", software.UPDATE_AVAILABLE, BinarySensorDeviceClass.UPDATE),
    flag_row("software_update_in_progress", software.UPDATE_IN_PROGRESS, BinarySensorDeviceClass.RUNNING),
)
