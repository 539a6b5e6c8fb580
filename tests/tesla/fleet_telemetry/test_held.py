"""What a car is not asked for, and what it never sends."""

from collections.abc import Collection
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS
from custom_components.tesla_direct.tesla.fleet_telemetry.held import (
    DRIVES,
    NeverSent,
    held_back,
    not_granted,
    understood,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import HEARTBEAT

SOME = ("Soc", "DetailedChargeState", "LightsHighBeams", "GradeEstimatePercent", "MilesSinceReset")


@pytest.mark.parametrize(
    ("firmware", "held"),
    [
        ((2024, 26), {"DetailedChargeState", "LightsHighBeams", "GradeEstimatePercent", "MilesSinceReset"}),
        ((2024, 38), {"LightsHighBeams", "GradeEstimatePercent", "MilesSinceReset"}),
        ((2024, 45, 32, 19), {"LightsHighBeams", "GradeEstimatePercent", "MilesSinceReset"}),
        ((2024, 45, 32, 20), {"GradeEstimatePercent", "MilesSinceReset"}),
        ((2025, 2), {"LightsHighBeams", "GradeEstimatePercent", "MilesSinceReset"}),
        ((2025, 2, 6), {"GradeEstimatePercent", "MilesSinceReset"}),
        ((2025, 44, 25, 4), {"GradeEstimatePercent", "MilesSinceReset"}),
        ((2025, 44, 25, 5), {"GradeEstimatePercent"}),
        ((2026, 32), set()),
        ((2027, 1), set()),
        (None, set()),
    ],
)
def test_what_the_firmware_does_not_know_is_held_back(
    firmware: tuple[int, ...] | None, held: set[str]
) -> None:
    assert held_back(SOME, firmware) == held


def test_a_value_that_came_proves_it_and_what_is_not_newer() -> None:
    assert held_back(SOME, (2024, 26), ["LightsHighBeams"]) == {"GradeEstimatePercent", "MilesSinceReset"}
    assert held_back(SOME, (2024, 26), ["GradeEstimatePercent"]) == frozenset()
    assert held_back(SOME, (2024, 26), ["Soc", "NoSuchField"]) == held_back(SOME, (2024, 26))


@pytest.mark.parametrize(("hardware4", "held"), [(True, set()), (None, set()), (False, {"MilesSinceReset"})])
def test_what_only_newer_computers_count_is_held_back_from_older_ones(
    *, hardware4: bool | None, held: set[str]
) -> None:
    assert held_back(SOME, (2026, 32), hardware4=hardware4) == held
    assert held_back(SOME, None, hardware4=hardware4) == held


def test_what_came_is_not_held_back_whatever_the_computer() -> None:
    assert held_back(SOME, (2026, 32), ["MilesSinceReset"], hardware4=False) == frozenset()


def test_places_need_a_scope_of_their_own() -> None:
    located = {name for name, field in FIELDS.items() if field.scope is not None}

    assert "Location" in located
    assert not_granted(FIELDS, ["vehicle_device_data"]) == located
    assert not_granted(FIELDS, ["vehicle_device_data", "vehicle_location"]) == frozenset()
    assert not_granted(["NoSuchField"], []) == frozenset()


@pytest.mark.parametrize(
    ("firmware", "along"),
    [(None, ()), ((2026, 26, 5), ()), ((2026, 26, 6), ("PackVoltage",)), ((2026, 32), ("PackVoltage",))],
)
def test_fields_are_sent_along_only_by_who_knows_how(
    firmware: tuple[int, ...] | None, along: tuple[str, ...]
) -> None:
    paces = {"PackCurrent": Pace(60, 1.0, include=("PackVoltage",)), "PackVoltage": Pace(60, 1.0, 600)}

    assert understood(paces, firmware) == {
        "PackCurrent": Pace(60, 1.0, include=along),
        "PackVoltage": Pace(60, 1.0, 600),
    }


def drive(never: NeverSent, times: int = DRIVES, seen: Collection[str] = ()) -> None:
    """Drive so often."""
    for _ in range(times):
        never.came(seen)
        never.drove()


def test_what_does_not_come_over_several_drives_is_not_sent_by_this_car() -> None:
    never = NeverSent()
    never.asked(["Soc", "RouteLastUpdated"])

    drive(never, DRIVES - 1, ["Soc"])
    assert never.fields == frozenset()
    drive(never, 1, ["Soc"])

    assert never.fields == {"RouteLastUpdated"}


def test_what_comes_after_all_is_sent() -> None:
    never = NeverSent()
    never.asked(["Soc"])
    drive(never)
    assert never.fields == {"Soc"}

    never.came(["Soc"])
    assert never.fields == frozenset()

    never.asked(["Soc"])
    drive(never, seen=["Soc"])
    assert never.fields == frozenset()


def test_the_heartbeat_is_sent_by_every_car() -> None:
    never = NeverSent()
    never.asked([HEARTBEAT])
    drive(never)

    assert never.fields == frozenset()


def test_asking_for_the_same_again_does_not_begin_anew_and_asking_for_more_waits_for_that() -> None:
    never = NeverSent()
    never.asked(["Soc"])
    drive(never, DRIVES - 1)
    never.asked(["Soc", "Locked"])
    drive(never, 1)

    assert never.fields == {"Soc"}


def test_what_is_no_longer_asked_for_is_not_waited_for() -> None:
    never = NeverSent()
    never.asked(["Soc"])
    drive(never)
    never.asked([])

    assert never.fields == frozenset()
    never.asked(["Soc"])
    assert never.fields == frozenset()


def test_another_firmware_gets_another_chance() -> None:
    never = NeverSent()
    never.asked(["Soc"])
    drive(never)
    never.updated()

    assert never.fields == frozenset()
    drive(never)
    assert never.fields == {"Soc"}


def test_what_was_noticed_outlives_a_restart() -> None:
    never = NeverSent()
    never.asked(["Soc", "Locked"])
    drive(never, DRIVES - 1, ["Locked"])
    again = NeverSent.from_json(never.to_json())
    drive(again, 1)

    assert again.fields == {"Soc"}


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        {"waited": []},
        {"waited": {"Soc": None}},
        {"waited": {"Soc": "often"}},
    ],
)
def test_what_was_not_kept_by_us_is_refused(kept: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        NeverSent.from_json(kept)
