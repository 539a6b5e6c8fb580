from typing import Any

import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import climate

from .spelled import polled, streamed

FLAGS = dict.fromkeys(
    ("is_climate_on", "is_preconditioning", "cabin_overheat_protection_actively_cooling"), False
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "off"),
        ({"is_climate_on": True}, "on"),
        ({"is_climate_on": True, "is_preconditioning": True}, "precondition"),
        ({"cabin_overheat_protection_actively_cooling": True}, "overheat_protect"),
        ({"is_climate_on": None}, None),
        ({"is_climate_on": "perhaps"}, None),
    ],
)
def test_three_flags_of_a_poll_are_one_word_of_telemetry(
    changes: dict[str, Any], expected: str | None
) -> None:
    assert polled(climate.POWER, FLAGS | changes) == expected


def test_telemetry_says_it_in_one_word() -> None:
    assert streamed(climate.POWER, "HvacPowerStateOverheatProtect") == "overheat_protect"
    assert streamed(climate.POWER, "Precondition") == "precondition"
    assert polled(climate.POWER, None) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("off", "off"), ("on", "keep"), ("keep", "keep"), ("dog", "dog"), ("camp", "camp"), (None, None)],
)
def test_keeping_the_climate_is_called_on_by_some(raw: str | None, expected: str | None) -> None:
    assert polled(climate.KEEPER_MODE, raw) == expected


def test_camping_is_a_party() -> None:
    assert streamed(climate.KEEPER_MODE, "ClimateKeeperModeStateParty") == "camp"
    assert streamed(climate.KEEPER_MODE, "ClimateKeeperModeStateOn") == "keep"


def test_a_poll_numbers_the_ways_to_defrost() -> None:
    assert [polled(climate.DEFROST_MODE, raw) for raw in (0, 1, 2, 3)] == ["off", "normal", "max", None]
    assert streamed(climate.DEFROST_MODE, "DefrostModeStateAutoDefog") == "auto_defog"


def test_overheat_protection_has_modes_and_limits() -> None:
    assert polled(climate.OVERHEAT_MODE, "FanOnly") == "fan_only"
    assert streamed(climate.OVERHEAT_MODE, "CabinOverheatProtectionModeStateFanOnly") == "fan_only"
    assert polled(climate.OVERHEAT_LIMIT, "Medium") == "medium"
    assert streamed(climate.OVERHEAT_LIMIT, "ClimateOverheatProtectionTempLimitHigh") == "high"
