"""Facts that no car sends: what we compute from what they send."""

from typing import Any

from ..kind import choice, epoch, flag, number
from ..signal import Signal

# kW and V, from two facts of one record.
PACK_POWER = Signal(name="pack_power", kind=number)
BRICK_IMBALANCE = Signal(name="brick_imbalance", kind=number)

# kWh, only ever growing; see journal/energy.py.
ENERGY_INTO_BATTERY = Signal(name="energy_into_battery", kind=number)
ENERGY_FROM_WALL = Signal(name="energy_from_wall", kind=number)
# Since when the counters of the session count; seconds since 1970.
CHARGE_SESSION_START = Signal(name="charge_session_start", kind=epoch)

# Amperes that the charger where the car is allows: told while the cable is in, else remembered; see
# journal/amps.py.
CHARGE_CURRENT_MAX = Signal(name="charge_current_max", kind=number)

# When the car measured the newest we know, and who told us.
DATA_AGE = Signal(name="data_age", kind=epoch)
DATA_SOURCE = Signal(
    name="data_source",
    kind=choice("", "receiver", "mqtt", "sse", "legacy_stream", "teslamate", "poll", "journal", "restored"),
)


def _as_told(raw: Any) -> dict[str, dict[str, Any]] | None:
    return raw if isinstance(raw, dict) else None


# How each source fares: whether it works or why not, its open connections, its last word and its rate.
SOURCES = Signal(name="sources", kind=_as_told)

# Whether we fetch data of the car by ourselves; the user's wish.
POLLING = Signal(name="polling", kind=flag)
