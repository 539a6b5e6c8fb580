"""The bounds of the served port, held against what they have to do with each other."""

from dataclasses import FrozenInstanceError, fields

import pytest

from custom_components.tesla_direct.tesla.served.bounds import Bounds
from custom_components.tesla_direct.tesla.served.frames import CONNECTION_TIMEOUT

BOUNDS = Bounds()


def test_nobody_can_change_them() -> None:
    with pytest.raises(FrozenInstanceError):
        BOUNDS.places = 1  # type: ignore[misc]  # that is the point


def test_everything_has_a_bound() -> None:
    assert all(getattr(BOUNDS, field.name) > 0 for field in fields(BOUNDS))


def test_a_client_hears_of_us_before_it_gives_us_up() -> None:
    assert BOUNDS.hello * 1000 < CONNECTION_TIMEOUT / 2


def test_a_client_gives_us_up_before_we_give_it_up_while_its_cars_sleep() -> None:
    assert BOUNDS.asleep * 1000 >= 2 * CONNECTION_TIMEOUT


def test_a_client_that_takes_nothing_for_an_hour_of_a_drive_loses_nothing() -> None:
    assert BOUNDS.waiting > 3600
