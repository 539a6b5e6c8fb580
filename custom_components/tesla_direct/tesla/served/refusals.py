"""What was refused, and why: the names under which it is counted."""

BLOCKED = "blocked"  # its address came with too many wrong tokens
NO_REQUEST = "no_request"  # connected, and asked for nothing with the token
NO_SUBSCRIPTION = "no_subscription"  # opened the stream, and followed no car
NOT_A_READ = "not_a_read"  # wanted something done
TOO_MANY_CARS = "too_many_cars"  # on one connection
TOO_MANY_CONNECTIONS = "too_many_connections"
TOO_SLOW = "too_slow"  # does not take what it follows
UNKNOWN_PATH = "unknown_path"
UNREADABLE = "unreadable"  # a request that is too large, or that makes no sense
UNKNOWN_VEHICLE = "unknown_vehicle"
WRONG_TOKEN = "wrong_token"  # noqa: S105  # a reason
