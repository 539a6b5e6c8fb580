from typing import Any

import pytest

from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.signals import charge, climate, media, security


@pytest.mark.parametrize(
    ("expectation", "said", "met"),
    [
        (Expectation(charge.LIMIT, 80), 80.0, True),
        (Expectation(charge.LIMIT, 80), 81.0, False),
        (Expectation(charge.LIMIT, 80), None, False),
        # Half a degree, and thirds of a step of volume.
        (Expectation(climate.DRIVER_TEMP_SETTING, 21.25), 21.5, True),
        (Expectation(climate.DRIVER_TEMP_SETTING, 21.25), 22.0, False),
        (Expectation(media.VOLUME, 3.5), 3.3333, True),
        (Expectation(charge.STATE, "starting", also=("charging",)), "starting", True),
        (Expectation(charge.STATE, "starting", also=("charging",)), "charging", True),
        (Expectation(charge.STATE, "starting", also=("charging",)), "stopped", False),
        (Expectation(charge.STATE, "starting"), None, False),
        (Expectation(security.LOCKED, value=True), True, True),
        (Expectation(security.LOCKED, value=True), False, False),
        # A flag is no number, nor the other way round.
        (Expectation(security.LOCKED, value=True), 1, False),
        (Expectation(charge.LIMIT, 1), True, False),
    ],
)
def test_the_cars_word_proves_what_was_expected_or_does_not(
    expectation: Expectation,
    said: Any,
    met: bool,  # noqa: FBT001  # a value of the table
) -> None:
    assert expectation.met_by(said) is met
