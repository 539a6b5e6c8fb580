import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import charge

from .spelled import polled, streamed


@pytest.mark.parametrize("raw", ["Charging", "DetailedChargeStateCharging", "charging"])
def test_a_state_has_many_spellings(raw: str) -> None:
    assert polled(charge.STATE, raw) == streamed(charge.STATE, raw) == "charging"


@pytest.mark.parametrize("raw", [True, 8, "8", "<invalid>", "Calibrating", None])
def test_a_state_that_nobody_declared_is_unknown(raw: object) -> None:
    assert streamed(charge.STATE, raw) is None


def test_the_time_left_is_in_minutes_whoever_tells_it() -> None:
    both = {"minutes_to_full_charge": 205, "time_to_full_charge": 3.42}
    hours = {"minutes_to_full_charge": None, "time_to_full_charge": 3.5}

    assert polled(charge.MINUTES_TO_FULL, both) == 205
    assert polled(charge.MINUTES_TO_FULL, hours) == 210
    assert polled(charge.MINUTES_TO_FULL, {"minutes_to_full_charge": 0, "time_to_full_charge": 1}) == 0
    assert polled(charge.MINUTES_TO_FULL, "soon") is None
    assert streamed(charge.MINUTES_TO_FULL, 3.5) == 210


def test_a_supercharger_is_teslas_own() -> None:
    assert polled(charge.FAST_CHARGER_TYPE, "Tesla") == "supercharger"
    assert streamed(charge.FAST_CHARGER_TYPE, "FastChargerSupercharger") == "supercharger"
    assert streamed(charge.FAST_CHARGER_TYPE, "FastChargerCHAdeMO") == "chademo"
    assert polled(charge.FAST_CHARGER_TYPE, "ACSingleWireCAN") == "ac_single_wire_can"


def test_no_cable_is_no_type_of_cable() -> None:
    assert polled(charge.CABLE_TYPE, "IEC") == streamed(charge.CABLE_TYPE, "CableTypeIEC") == "iec"
    assert polled(charge.CABLE_TYPE, "<invalid>") is None
    assert streamed(charge.CABLE_TYPE, "CableTypeGB_DC") == "gb_dc"


def test_the_port_shines_in_words() -> None:
    assert polled(charge.PORT_LIGHT, "SlowFlashingGreen") == "slow_flashing_green"
    assert polled(charge.PORT_LIGHT, "<invalid>") is None
    assert polled(charge.PORT_LATCH, "Engaged") == streamed(charge.PORT_LATCH, "ChargePortLatchEngaged")


def test_phases_are_whole() -> None:
    assert polled(charge.PHASES, 3) == 3
    assert polled(charge.PHASES, None) is None
