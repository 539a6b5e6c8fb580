"""Driver assistance as it is set, and lights."""

from ..kind import choice, flag
from ..signal import Signal

FORWARD_COLLISION_WARNING = Signal(
    name="forward_collision_warning",
    kind=choice(
        "ForwardCollisionSensitivity", "off", "late", "medium", "early", aliases={"Average": "medium"}
    ),
    field="ForwardCollisionWarning",
)
LANE_DEPARTURE_AVOIDANCE = Signal(
    name="lane_departure_avoidance",
    kind=choice("LaneAssistLevel", "off", "warning", "assist", aliases={"None": "off"}),
    field="LaneDepartureAvoidance",
)
SPEED_LIMIT_WARNING = Signal(
    name="speed_limit_warning",
    kind=choice("SpeedAssistLevel", "off", "display", "chime", aliases={"None": "off"}),
    field="SpeedLimitWarning",
)
EMERGENCY_LANE_DEPARTURE = Signal(
    name="emergency_lane_departure", kind=flag, field="EmergencyLaneDepartureAvoidance"
)
EMERGENCY_BRAKING_OFF = Signal(name="aeb_off", kind=flag, field="AutomaticEmergencyBrakingOff")
BLIND_SPOT_CAMERA = Signal(name="blind_spot_camera", kind=flag, field="AutomaticBlindSpotCamera")
BLIND_SPOT_CHIME = Signal(name="blind_spot_chime", kind=flag, field="BlindSpotCollisionWarningChime")

HAZARD_LIGHTS = Signal(name="hazard_lights", kind=flag, field="LightsHazardsActive", since="2025.2.6")
HIGH_BEAMS = Signal(name="high_beams", kind=flag, field="LightsHighBeams", since="2025.2.6")
TURN_SIGNAL = Signal(
    name="turn_signal",
    kind=choice("TurnSignalState", "off", "left", "right", "both"),
    field="LightsTurnSignal",
    since="2025.2.6",
)
