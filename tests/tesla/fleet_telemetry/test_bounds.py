"""The bounds of the port, held against what they have to do with each other."""

from dataclasses import FrozenInstanceError, fields

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.bounds import Bounds
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import MESSAGE_LIMIT

BOUNDS = Bounds()


def test_nobody_can_change_them() -> None:
    with pytest.raises(FrozenInstanceError):
        BOUNDS.places = 1  # type: ignore[misc]  # that is the point


def test_everything_has_a_bound() -> None:
    assert all(getattr(BOUNDS, field.name) > 0 for field in fields(BOUNDS))


def test_a_message_above_the_size_of_a_record_is_refused_before_it_ends_the_connection() -> None:
    assert BOUNDS.message > 2 * MESSAGE_LIMIT


def test_one_connection_never_keeps_others_waiting_for_ten_milliseconds() -> None:
    assert BOUNDS.busy < 0.005


def test_there_is_pressure_before_all_places_are_taken() -> None:
    assert 1 < BOUNDS.pressure < BOUNDS.places


def test_handshakes_leave_most_of_the_time_to_others() -> None:
    assert BOUNDS.handshake_share < 0.5
