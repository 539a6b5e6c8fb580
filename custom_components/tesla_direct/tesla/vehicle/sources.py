"""Who tells what is known of a car: the names that reports carry, and that the user sees."""

RECEIVER = "receiver"  # our own telemetry server
MQTT = "mqtt"  # a broker that somebody else's telemetry server, or a bridge, publishes to
SSE = "sse"  # a service's stream
POLL = "poll"

PUSHES = frozenset({RECEIVER, MQTT, SSE})  # they tell without being asked
