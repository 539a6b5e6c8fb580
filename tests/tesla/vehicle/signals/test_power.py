import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import power

MODES = (power.LOW_POWER_MODE, power.KEEP_ACCESSORY_POWER)


@pytest.mark.parametrize("mode", MODES, ids=lambda one: one.name)
def test_no_car_tells_it_so_nobody_is_asked_for_it(mode: AnySignal) -> None:
    assert (mode.path, mode.field) == (None, None)
    assert mode.kind("true") is True
