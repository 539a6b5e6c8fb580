"""What is shown of a car: its state, with what we expect of commands laid over it."""

from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.shown import ShownState
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState


def test_an_expectation_hides_the_reading_and_changes_nothing() -> None:
    truth = VehicleState()
    shown = ShownState(truth)
    assert shown.get(charge.LIMIT) is None

    truth.apply(Report({charge.LIMIT: 50.0, charge.LIMIT_MAX: 100.0}, 1.0, "poll", 1.0))
    assert shown.get(charge.LIMIT) == 50.0

    shown.expected[charge.LIMIT] = Expectation(charge.LIMIT, 80.0)
    assert (shown.get(charge.LIMIT), truth.get(charge.LIMIT)) == (80.0, 50.0)
    assert shown.get(charge.LIMIT_MAX) == 100.0
    assert shown.get(charge.VOLTAGE) is None
    assert shown.report(charge.LIMIT) is truth.report(charge.LIMIT)

    del shown.expected[charge.LIMIT]
    assert shown.get(charge.LIMIT) == 50.0
