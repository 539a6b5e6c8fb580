"""Who tells what is known of a car: the names that reports carry, and that the user sees."""

RECEIVER = "receiver"  # our own telemetry server
MQTT = "mqtt"  # a broker that somebody else's telemetry server, or a bridge, publishes to
SSE = "sse"  # a service's stream
LEGACY_STREAM = "legacy_stream"  # a service's WebSocket, as TeslaMate speaks to it
TESLAMATE = "teslamate"  # the topics of the user's own TeslaMate
POLL = "poll"

PUSHES = frozenset({RECEIVER, MQTT, SSE, LEGACY_STREAM, TESLAMATE})  # they tell without being asked
# Nobody tells them of connections: whoever speaks has one, for a while. TeslaMate leaves cars alone for half
# an hour, so that they fall asleep, and does not see when they do.
INFERRED = frozenset({LEGACY_STREAM, TESLAMATE})
UNDATED = frozenset({MQTT, TESLAMATE})  # what they tell has no time of its own
