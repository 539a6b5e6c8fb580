"""The truth itself: what is derived from it, and the bookkeeping of energy."""

import pytest

from simulator.car.body import HOME, WORK, Body


def test_percent_and_energy_are_one_fact() -> None:
    body = Body(full_pack_kwh=80.0)

    body.battery_percent = 25.0

    assert body.energy_remaining_kwh == 20.0
    assert body.battery_percent == 25.0


def test_the_cold_locks_charge_away() -> None:
    body = Body(cold_locked_percent=3.0)

    assert body.usable_percent == pytest.approx(body.battery_percent - 3.0)
    body.cold_locked_percent = 100.0
    assert body.usable_percent == 0.0


def test_an_empty_battery_gives_no_more() -> None:
    body = Body(energy_remaining_kwh=0.5, lifetime_used_kwh=100.0)

    body.spend(0.8)

    assert body.energy_remaining_kwh == 0.0
    assert body.lifetime_used_kwh == 100.5


def test_a_full_battery_takes_no_more() -> None:
    body = Body(full_pack_kwh=75.0, energy_remaining_kwh=74.9, lifetime_regenerated_kwh=10.0)

    body.regain(0.5)

    assert body.energy_remaining_kwh == 75.0
    assert body.lifetime_regenerated_kwh == pytest.approx(10.1)
    assert body.charge(1.0) == 0.0


def test_charging_counts_in_the_session_and_for_life() -> None:
    body = Body(lifetime_charged_kwh=5.0)

    assert body.charge(1.5) == 1.5
    assert (body.session_battery_kwh, body.lifetime_charged_kwh) == (1.5, 6.5)


def test_the_pack_sags_under_load() -> None:
    idle = Body(pack_power_kw=0.0).pack_volts

    assert Body(pack_power_kw=-100.0).pack_volts < idle < Body(pack_power_kw=100.0).pack_volts


def test_noise_wanders_within_bounds_and_repeats() -> None:
    values = [Body(age_s=float(age)).noise(5.0) for age in range(200)]

    assert max(values) <= 1.0
    assert min(values) >= -1.0
    assert len(set(values)) > 150
    assert Body(age_s=7.0).noise(5.0) == values[7]


def test_time_to_the_limit_follows_the_power() -> None:
    body = Body(full_pack_kwh=75.0, charge_limit_percent=80, charging_state="Charging", battery_kw=7.5)
    body.battery_percent = 70.0

    assert body.hours_to_limit == pytest.approx(1.0)
    body.charging_state = "Stopped"
    assert body.hours_to_limit == 0.0


@pytest.mark.parametrize(
    "reason",
    [
        {"gear": "D"},
        {"charging_state": "Charging"},
        {"user_present": True},
        {"climate_on": True},
        {"sentry": "Armed"},
        {"update_status": "installing"},
    ],
)
def test_something_keeps_it_awake(reason: dict[str, str]) -> None:
    assert Body(**reason).busy  # type: ignore[arg-type]  # a row of the table is one keyword
    assert not Body().busy


def test_it_knows_the_places_it_is_at() -> None:
    body = Body()

    assert body.near(HOME)
    assert not body.near(WORK)
