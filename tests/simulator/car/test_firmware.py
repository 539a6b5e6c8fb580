"""What firmware knows: fields by their age, forms by client and configuration."""

from dataclasses import replace

import pytest

from simulator.car.firmware import ROWS, Firmware, client_of, version
from simulator.car.model import KINDS, MODEL_3, MODEL_Y
from simulator.car.spelling import number_of

from .test_fields import documented


def test_a_field_is_as_old_as_documented() -> None:
    for field in ROWS:
        since = version(documented()[field]["min_firmware"] or None)
        new = Firmware(replace(MODEL_3, firmware=".".join(map(str, since)) or "2023.20"))
        assert new.row(field) is not None, field
        if since:
            before = (*since[:-1], since[-1] - 1)
            assert Firmware(replace(MODEL_3, firmware=".".join(map(str, before)))).row(field) is None, field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hardware4": False}, "MilesSinceReset"),
        ({"client": "1.2.0"}, "LifetimeEnergyGainedRegen"),
        ({}, "SemitruckTpmsPressureRe1L0"),
        ({}, "NoSuchField"),
    ],
)
def test_some_fields_only_some_cars_know(change: dict[str, str], field: str) -> None:
    assert Firmware(replace(MODEL_3, **change)).row(field) is None  # type: ignore[arg-type]  # one row


@pytest.mark.parametrize(
    ("kind", "preferred", "old_field", "new_field"),
    [
        ("typed", False, True, True),
        ("untyped", True, False, True),
        ("half", True, False, True),
    ],
)
def test_typing_depends_on_client_and_firmware(
    kind: str, *, preferred: bool, old_field: bool, new_field: bool
) -> None:
    firmware = Firmware(KINDS[kind])

    assert firmware.typed("Soc", preferred=preferred) is old_field
    assert firmware.typed("DetailedChargeState", preferred=preferred) is new_field


def test_a_configuration_may_ask_for_types_from_2024_38_on() -> None:
    middle = Firmware(replace(MODEL_3, firmware="2024.38.7", client=None))

    assert middle.typed("Soc", preferred=True)
    assert not middle.typed("Soc", preferred=False)


def test_the_options_of_a_configuration_came_one_by_one() -> None:
    new, old = Firmware(MODEL_3), Firmware(MODEL_Y)

    assert (new.knows_deltas, new.knows_metres, new.knows_policy, new.knows_include) == (True,) * 4
    assert (old.knows_deltas, old.knows_metres, old.knows_policy, old.knows_include) == (False,) * 4


def test_tesla_s_own_list_says_which_fields_exist() -> None:
    assert Firmware.exists("Experimental_1")
    assert not Firmware.exists("Unknown")
    assert not Firmware.exists("soc")


def test_numbers_are_tesla_s() -> None:
    assert number_of("Soc") == 8


@pytest.mark.parametrize(
    ("firmware", "client"),
    [
        ("2024.45.32.19", None),
        ("2024.45.32.20", "1.0.0"),
        ("2025.2.6", "1.0.0"),
        ("2025.44.25.4", "1.1.0"),
        ("2025.44.25.5", "1.2.0"),
        ("2026.26.6", "1.2.0"),
        ("2026.32", "1.3.0"),
        ("2026.32.3", MODEL_3.client),
        (MODEL_Y.firmware, MODEL_Y.client),
    ],
)
def test_a_client_comes_with_its_firmware(firmware: str, client: str | None) -> None:
    assert client_of(firmware) == client
