"""The car's connections: to the cloud, to us, and what the cloud says about them."""

from ..kind import choice, flag, text
from ..signal import Signal

# The cloud's word, and that of an open telemetry connection, fused: connectivity.after.
STATE = Signal(name="vehicle_state", kind=choice("", "online", "asleep", "offline"), path="state")
TELEMETRY_CONNECTED = Signal(name="telemetry_connected", kind=flag)
NETWORK_INTERFACE = Signal(
    name="network_interface",
    kind=choice("", "wifi", "cellular", "ethernet", aliases={"WiFi": "wifi"}),
)
IN_SERVICE = Signal(name="in_service", kind=flag, path="in_service")
# From GET mobile_enabled.
MOBILE_ACCESS = Signal(name="mobile_access", kind=flag)

# From the cloud's fleet_status.
KEY_PAIRED = Signal(name="key_paired", kind=flag)
COMMAND_PROTOCOL_REQUIRED = Signal(name="vehicle_command_protocol_required", kind=flag)
TELEMETRY_VERSION = Signal(name="fleet_telemetry_version", kind=text)
REPORTED_FIRMWARE = Signal(name="fleet_firmware_version", kind=text)
# Old cars with an Intel computer: whether the owner lets third parties stream. None: not applicable.
STREAMING_TOGGLE = Signal(name="safety_screen_streaming_toggle", kind=flag)
