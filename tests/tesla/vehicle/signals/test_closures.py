from custom_components.tesla_direct.tesla.vehicle.signals import BY_FIELD, closures

from .spelled import polled, streamed


def test_a_door_is_open_by_any_number() -> None:
    assert polled(closures.DOOR_DRIVER_FRONT, 0) is False
    assert polled(closures.TRUNK_REAR, 255) is True
    assert streamed(closures.DOOR_DRIVER_FRONT, raw=True) is True


def test_one_field_tells_of_six_doors() -> None:
    members = {field.partition(".")[2] for field in BY_FIELD if field.startswith("DoorState.")}

    assert len(members) == len(closures.DOORS_AND_TRUNKS) == 6


def test_a_window_is_closed_or_more_or_less_open() -> None:
    states = [polled(closures.WINDOW_DRIVER_FRONT, raw) for raw in (0, 1, 2, 9, None)]

    assert states == ["closed", "partially_open", "opened", None, None]
    assert streamed(closures.WINDOW_DRIVER_FRONT, "WindowStatePartiallyOpen") == "partially_open"
    assert streamed(closures.WINDOW_DRIVER_FRONT, "Opened") == "opened"


def test_roofs_say_where_they_are() -> None:
    assert polled(closures.SUNROOF_STATE, "vent") == "vent"
    assert polled(closures.SUNROOF_STATE, "unknown") is None
    assert streamed(closures.TONNEAU_POSITION, "TonneauPositionStateFullyOpen") == "fully_open"
    assert streamed(closures.TONNEAU_POSITION, "TonneauPositionStateInvalid") is None
