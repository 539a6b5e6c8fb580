"""The car's connections: to the cloud, to us, and what the cloud says about them."""

from ..kind import choice, count, flag
from ..signal import Signal

# The cloud's word, and that of an open telemetry connection, fused: connectivity.after.
STATE = Signal(name="vehicle_state", kind=choice("", "online", "asleep", "offline"), path="state")
TELEMETRY_CONNECTED = Signal(name="telemetry_connected", kind=flag)
NETWORK_INTERFACE = Signal(
    name="network_interface",
    kind=choice("", "wifi", "cellular", "ethernet", aliases={"WiFi": "wifi", "Wifi": "wifi"}),
)
IN_SERVICE = Signal(name="in_service", kind=flag, path="in_service")
# From the cloud's mobile_enabled, or from whether data may be fetched.
MOBILE_ACCESS = Signal(name="mobile_access", kind=flag)
# Whether our key is on the car's keychain: from the cloud's fleet_status, unless the car itself shows it.
KEY_PAIRED = Signal(name="key_paired", kind=flag)
# Whether the car refuses plain commands: from the same, or from how it took a command.
NEEDS_SIGNATURE = Signal(name="needs_signature", kind=flag)
# How Tesla's API and its old stream number the car; whoever is served in their place knows it by these.
API_NUMBER = Signal(name="api_number", kind=count, path="id", private=True)
STREAM_NUMBER = Signal(name="stream_number", kind=count, path="vehicle_id", private=True)
