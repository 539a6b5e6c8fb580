"""Powershare: what the battery gives to a house or a tool."""

from ..kind import choice, number
from ..signal import Signal

STATUS = Signal(
    name="powershare_status",
    kind=choice(
        "PowershareState",
        "inactive",
        "handshaking",
        "init",
        "enabled",
        "reconnecting",
        "stopped",
        aliases={"EnabledReconnectingSoon": "reconnecting"},
    ),
    field="PowershareStatus",
    since="2024.44.25",
)
TYPE = Signal(
    name="powershare_type",
    kind=choice("PowershareTypeStatus", "none", "load", "home"),
    field="PowershareType",
    since="2024.44.25",
)
STOP_REASON = Signal(
    name="powershare_stop_reason",
    kind=choice(
        "PowershareStopReasonStatus",
        "none",
        "soc_too_low",
        "retry",
        "fault",
        "user",
        "reconnecting",
        "authentication",
    ),
    field="PowershareStopReason",
    since="2024.44.25",
)
# kW, plus is out of the battery; hours.
POWER = Signal(
    name="powershare_power", kind=number, field="PowershareInstantaneousPowerKW", since="2024.44.25"
)
HOURS_LEFT = Signal(name="powershare_time_left", kind=number, field="PowershareHoursLeft", since="2024.44.25")
