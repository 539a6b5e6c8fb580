from custom_components.tesla_direct.tesla.vehicle.signals import assistance

from .spelled import streamed


def test_settings_are_words_of_our_own_where_teslas_mislead() -> None:
    assert streamed(assistance.FORWARD_COLLISION_WARNING, "ForwardCollisionSensitivityAverage") == "medium"
    assert streamed(assistance.LANE_DEPARTURE_AVOIDANCE, "LaneAssistLevelNone") == "off"
    assert streamed(assistance.SPEED_LIMIT_WARNING, "None") == "off"


def test_both_turn_signals_may_be_on() -> None:
    assert streamed(assistance.TURN_SIGNAL, "TurnSignalStateBoth") == "both"
