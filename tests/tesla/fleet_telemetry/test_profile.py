"""Which fields a car is asked for, and how often."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.config import Pace
from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import (
    HEARTBEAT,
    MOST_A_SECOND,
    Profile,
    Selection,
    Tuning,
    fields_for,
    is_crowded,
    paces,
    per_second,
    slowed,
)
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    drive,
    journal,
    place,
)

EACH_PROFILE = pytest.mark.parametrize("profile", Profile)
RISING = (Profile.ECONOMICAL, Profile.STANDARD, Profile.DETAILED)
SOME = ("Locked", "VehicleSpeed", "BatteryLevel", "PackVoltage", "PackCurrent", "MilesSinceReset")


def select(profile: Profile = Profile.STANDARD, **tunings: Tuning) -> Selection:
    """Return a selection that is about `SOME` fields, whatever the profile."""
    return Selection(profile, frozenset(SOME), tunings)


def test_a_fact_is_told_by_its_field() -> None:
    assert fields_for([charge.LIMIT, battery.LEVEL]) == {"ChargeLimitSoc", "BatteryLevel"}


def test_parts_of_a_field_are_one_field() -> None:
    assert fields_for(closures.DOORS_AND_TRUNKS) == {"DoorState"}


def test_a_fact_that_only_polls_tell_needs_no_field() -> None:
    assert fields_for([charge.PORT_LIGHT]) == frozenset()


def test_a_fact_that_is_pushed_as_another_is_told_by_that_one() -> None:
    assert fields_for([charge.POWER]) == {
        "ACChargingPower",
        "DCChargingPower",
        "DetailedChargeState",
        "FastChargerPresent",
    }


@pytest.mark.parametrize(
    ("signal", "needs"),
    [
        (journal.PACK_POWER, {"PackVoltage", "PackCurrent"}),
        (journal.BRICK_IMBALANCE, {"BrickVoltageMax", "BrickVoltageMin"}),
        (
            journal.ENERGY_INTO_BATTERY,
            {"DCChargingEnergyIn", "LifetimeEnergyChargedKwh", "FastChargerPresent", "DetailedChargeState"},
        ),
        (journal.ENERGY_FROM_WALL, {"ACChargingEnergyIn", "FastChargerPresent", "DetailedChargeState"}),
        (climate.DRIVER_TEMP_SETTING, {"HvacLeftTemperatureRequest", "RightHandDrive"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_we_compute_needs_what_it_follows_from(signal: Any, needs: set[str]) -> None:
    assert fields_for([signal]) == needs


def test_chargers_are_told_apart_by_position_or_else_by_the_places_that_the_car_knows() -> None:
    places = {"LocatedAtHome", "LocatedAtWork", "LocatedAtFavorite"}

    assert places <= fields_for([journal.CHARGE_CURRENT_MAX])
    assert not places & fields_for([journal.CHARGE_CURRENT_MAX, place.LOCATION])


@EACH_PROFILE
def test_there_is_always_one_heartbeat_and_nothing_else_comes_again(profile: Profile) -> None:
    asked = paces(select(profile), SOME)

    assert {name: pace.resend for name, pace in asked.items() if pace.resend} == {HEARTBEAT: 600}
    assert asked.keys() == {*SOME, HEARTBEAT}


@pytest.mark.parametrize(
    ("tuning", "resend"), [(Tuning(off=True), 600), (Tuning(resend=86_400), 600), (Tuning(resend=60), 60)]
)
def test_the_heartbeat_can_only_be_made_to_beat_faster(tuning: Tuning, resend: int) -> None:
    assert paces(Selection(tunings={HEARTBEAT: tuning}), SOME)[HEARTBEAT].resend == resend


def test_a_profile_of_the_users_own_has_fields_of_its_own() -> None:
    own = Selection(Profile.OWN, frozenset({"Soc", "NoSuchField"}))

    assert paces(own, SOME).keys() == {"Soc", HEARTBEAT}
    assert paces(Selection(Profile.STANDARD, frozenset({"Soc"})), SOME).keys() == {*SOME, HEARTBEAT}


def test_a_field_that_nobody_knows_is_not_asked_for() -> None:
    assert "Experimental_1" not in paces(Selection(), ["Experimental_1", "Soc"])


@pytest.mark.parametrize("name", FIELDS)
def test_a_richer_profile_tells_no_field_later_nor_coarser(name: str) -> None:
    asked = [paces(Selection(profile), [name])[name] for profile in RISING]

    assert [pace.interval for pace in asked] == sorted((pace.interval for pace in asked), reverse=True)
    deltas = [pace.minimum_delta or 0.0 for pace in asked]
    assert deltas == sorted(deltas, reverse=True)


def test_deltas_are_those_of_the_table_and_coarser_where_it_is_to_be_cheap() -> None:
    assert paces(Selection(), ["PackVoltage"])["PackVoltage"].minimum_delta == 1
    assert paces(Selection(Profile.ECONOMICAL), ["PackVoltage"])["PackVoltage"].minimum_delta == 2
    assert paces(Selection(), ["Locked"])["Locked"].minimum_delta is None


@EACH_PROFILE
def test_miles_since_a_reset_have_a_delta_of_one_at_least(profile: Profile) -> None:
    for tuned in (Tuning(), Tuning(minimum_delta=0.0), Tuning(minimum_delta=0.1)):
        tunings = {"MilesSinceReset": tuned, "SelfDrivingMilesSinceReset": tuned}
        chosen = Selection(profile, frozenset(tunings), tunings)
        for name in tunings:
            delta = paces(chosen, tunings)[name].minimum_delta
            assert delta is not None
            assert delta >= 1


def test_a_tuned_field_is_as_it_was_tuned() -> None:
    tuning = Tuning(interval=7, minimum_delta=0.25, resend=900, include=("BatteryLevel",))

    assert paces(select(VehicleSpeed=tuning), SOME)["VehicleSpeed"] == Pace(7, 0.25, 900, ("BatteryLevel",))


def test_a_field_that_is_switched_off_is_not_sent() -> None:
    assert "Locked" not in paces(select(Locked=Tuning(off=True)), SOME)


def test_tuning_a_field_that_nobody_shows_does_not_ask_for_it() -> None:
    assert "Soc" not in paces(select(Soc=Tuning(interval=1)), SOME)


@pytest.mark.parametrize(
    ("tuning", "pace"),
    [
        (Tuning(interval=0), Pace(1, 1)),
        (Tuning(interval=-5), Pace(1, 1)),
        (Tuning(interval=10**9), Pace(86_400, 1)),
        (Tuning(resend=1), Pace(10, 1, 60)),
        (Tuning(minimum_delta=-1.0), Pace(10, 1)),
        (Tuning(minimum_delta=float("nan")), Pace(10, 1)),
    ],
    ids=["zero", "negative", "forever", "again at once", "less than nothing", "nan"],
)
def test_a_tuning_out_of_range_is_brought_into_it(tuning: Tuning, pace: Pace) -> None:
    assert paces(select(VehicleSpeed=tuning), SOME)["VehicleSpeed"] == pace


def test_what_is_computed_of_two_facts_of_one_record_is_sent_together() -> None:
    assert paces(select(), SOME)["PackCurrent"].include == ("PackVoltage",)
    assert paces(select(), ["PackCurrent"])["PackCurrent"].include == ()


@pytest.mark.parametrize(
    ("name", "along", "kept"),
    [
        ("MilesSinceReset", ("VehicleSpeed", "SelfDrivingMilesSinceReset"), ("SelfDrivingMilesSinceReset",)),
        ("VehicleSpeed", ("VehicleSpeed", "Locked", "Locked", "Soc", "NoSuchField"), ("Locked",)),
    ],
)
def test_along_goes_only_what_may(name: str, along: tuple[str, ...], kept: tuple[str, ...]) -> None:
    asked = paces(Selection(tunings={name: Tuning(include=along)}), [*SOME, "SelfDrivingMilesSinceReset"])

    assert asked[name].include == kept


@EACH_PROFILE
def test_no_profile_asks_for_more_than_is_allowed_even_of_every_field(profile: Profile) -> None:
    assert per_second(paces(Selection(profile, frozenset(FIELDS)), FIELDS)) <= MOST_A_SECOND


@settings(max_examples=60)
@given(
    st.sampled_from(Profile),
    st.dictionaries(
        st.sampled_from(sorted(FIELDS)),
        st.builds(Tuning, interval=st.none() | st.integers(1, 60), resend=st.none() | st.integers(60, 600)),
    ),
)
def test_no_tuning_asks_for_more_than_is_allowed(profile: Profile, tunings: dict[str, Tuning]) -> None:
    chosen = Selection(profile, frozenset(FIELDS), tunings)
    asked = paces(chosen, FIELDS)

    assert per_second(asked) <= MOST_A_SECOND
    assert asked.keys() == FIELDS.keys()
    if not is_crowded(chosen, FIELDS):
        for name in FIELDS.keys() - tunings.keys():
            alone = Selection(profile, frozenset({name}))
            assert asked[name].interval == paces(alone, [name])[name].interval


def test_what_was_tuned_keeps_its_pace_while_there_is_room() -> None:
    tunings = {name: Tuning(interval=1) for name in ("VehicleSpeed", "Location", "GpsHeading")}
    detailed = Selection(Profile.DETAILED, frozenset(), tunings)
    asked = paces(detailed, FIELDS)

    assert is_crowded(detailed, FIELDS)
    assert {asked[name].interval for name in tunings} == {1}
    assert (
        asked["PedalPosition"].interval > paces(Selection(Profile.DETAILED), FIELDS)["PedalPosition"].interval
    )


def test_where_there_is_no_room_all_are_slowed_down() -> None:
    everything = {name: Tuning(interval=1) for name in FIELDS}
    asked = paces(Selection(Profile.STANDARD, frozenset(), everything), FIELDS)

    assert per_second(asked) <= MOST_A_SECOND
    assert {pace.interval for pace in asked.values()} == {24}


def test_few_fields_are_no_crowd() -> None:
    assert not is_crowded(select(Profile.DETAILED), SOME)


def test_slowed_takes_the_slower_and_the_coarser_of_both() -> None:
    tuned = {
        "VehicleSpeed": Tuning(interval=3600, minimum_delta=0.5, resend=60),
        "BatteryLevel": Tuning(minimum_delta=5.0, interval=5),
        "Locked": Tuning(resend=7200),
    }
    slow = slowed(paces(select(Profile.DETAILED, **tuned), SOME))

    assert slow["VehicleSpeed"] == Pace(3600, 2.0, 600)
    assert slow["BatteryLevel"] == Pace(900, 5.0)
    assert slow["Locked"] == Pace(60, None, 7200)
    assert slow[HEARTBEAT].resend == 600
    assert slow["PackCurrent"].include == ("PackVoltage",)


def test_the_economical_profile_cannot_be_slowed_further() -> None:
    asked = paces(Selection(Profile.ECONOMICAL), FIELDS)

    assert slowed(asked) == asked


def test_what_nobody_knows_is_left_as_it_is_when_slowed() -> None:
    assert slowed({"NoSuchField": Pace(1)}) == {"NoSuchField": Pace(1)}


def test_a_selection_outlives_a_restart() -> None:
    chosen = Selection(
        Profile.OWN,
        frozenset({"Soc", "Locked"}),
        {
            "Soc": Tuning(interval=5, minimum_delta=0.5, resend=600, include=("Locked",)),
            "Locked": Tuning(off=True),
            "ChargerVoltage": Tuning(minimum_delta=0.0),
        },
    )

    assert Selection.from_json(chosen.to_json()) == chosen
    assert chosen.to_json()["tunings"]["Locked"] == {"off": True}
    assert Selection.from_json({"profile": "standard"}) == Selection()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"profile": "lavish"},
        {"profile": "own", "fields": "Soc"},
        {"profile": "own", "fields": 7},
        {"profile": "own", "tunings": ["Soc"]},
        {"profile": "own", "tunings": {"Soc": None}},
        {"profile": "own", "tunings": {"Soc": {"interval": "soon"}}},
        {"profile": "own", "tunings": {"Soc": {"interval": float("inf")}}},
        {"profile": "own", "tunings": {"Soc": {"include": "Locked"}}},
    ],
)
def test_what_is_no_selection_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        Selection.from_json(raw)


def test_the_gear_is_asked_for_without_the_speed() -> None:
    assert fields_for([drive.GEAR]) == {"Gear"}
