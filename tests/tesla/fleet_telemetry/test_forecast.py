"""What a choice of fields will cost."""

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS, Category
from custom_components.tesla_direct.tesla.fleet_telemetry.forecast import REFERENCE, Month, forecast
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Profile, Selection, paces

AN_HOUR = Month(driving=1, charging=0, parked=0, asleep=0, wakes=0)


def test_the_reference_month_has_thirty_days() -> None:
    assert REFERENCE.awake + REFERENCE.asleep == 720
    assert REFERENCE.awake == 180


def test_nothing_costs_nothing() -> None:
    told = forecast({})

    assert (told.floor, told.expected, told.ceiling, told.per_second) == (0, 0, 0, 0)


def test_a_field_that_rests_costs_what_is_resent_and_once_for_each_wake() -> None:
    told = forecast({"RightHandDrive": Pace(300, resend=600)})

    assert told.floor == told.expected == 60 + 180 * 6
    assert told.ceiling == 60 + 180 * (12 + 6)


def test_a_field_that_moves_fast_costs_its_interval() -> None:
    assert FIELDS["Location"].rates.driving > 360

    told = forecast({"Location": Pace(10, FIELDS["Location"].delta)}, AN_HOUR)

    assert told.floor == 0
    assert told.expected == 360
    assert told.ceiling == 360
    assert told.per_second == pytest.approx(0.1)


def test_a_field_that_moves_slowly_costs_its_changes() -> None:
    rate = FIELDS["Gear"].rates.driving

    assert forecast({"Gear": Pace(1)}, AN_HOUR).expected == rate < 3600


def test_a_larger_delta_lets_less_through_and_a_smaller_one_more() -> None:
    row = FIELDS["BatteryLevel"]
    assert row.delta is not None
    told = [forecast({"BatteryLevel": Pace(1, row.delta * by)}, AN_HOUR).expected for by in (0.5, 1, 2)]

    assert told == [row.rates.driving * 2, row.rates.driving, row.rates.driving / 2]


@pytest.mark.parametrize("delta", [None, 0.0])
def test_without_a_delta_noise_is_sent_too(delta: float | None) -> None:
    assert FIELDS["InsideTemp"].delta is not None

    assert forecast({"InsideTemp": Pace(60, delta)}, AN_HOUR).expected == 60
    assert forecast({"ACChargingEnergyIn": Pace(60, delta)}, AN_HOUR).expected == 0


def test_what_goes_along_is_counted_with_what_it_goes_along_with() -> None:
    apart = {"PackCurrent": Pace(10, 1), "PackVoltage": Pace(3600, 1)}
    along = {"PackCurrent": Pace(10, 1, include=("PackVoltage", "Soc")), "PackVoltage": Pace(3600, 1)}

    assert forecast(apart, AN_HOUR).expected == 360 + 1
    assert forecast(along, AN_HOUR).expected == 360 + 360


def test_the_categories_add_up() -> None:
    told = forecast(paces(Selection(), FIELDS))

    assert sum(told.by_category.values()) == pytest.approx(told.expected)
    assert told.by_category.keys() == set(Category)
    assert all(told.by_category.values())


def test_a_field_of_nobody_costs_only_once_for_each_wake() -> None:
    assert forecast({"NoSuchField": Pace(10)}).expected == REFERENCE.wakes


@settings(max_examples=50)
@given(st.sampled_from(Profile), st.sets(st.sampled_from(sorted(FIELDS))))
def test_the_forecast_lies_between_floor_and_ceiling(profile: Profile, fields: set[str]) -> None:
    told = forecast(paces(Selection(profile, frozenset(fields)), fields))

    assert 0 < told.floor <= told.expected <= told.ceiling


def test_a_richer_profile_costs_more() -> None:
    told = [
        forecast(paces(Selection(profile), FIELDS)).expected
        for profile in (Profile.ECONOMICAL, Profile.STANDARD, Profile.DETAILED)
    ]

    assert told == sorted(told)
    assert len(set(told)) == len(told)
