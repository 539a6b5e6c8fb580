"""Warmth, and what standing costs."""

import pytest

from simulator.car import cabin
from simulator.car.body import Body


def lived(body: Body, seconds: float, *, awake: bool = True) -> Body:
    for _ in range(int(seconds)):
        cabin.step(body, 1.0, awake=awake)
    return body


def test_climate_brings_the_cabin_to_the_wish() -> None:
    body = lived(Body(inside_c=2.0, outside_c=0.0, climate_on=True, driver_temp_c=21.0), 1800)

    assert body.inside_c == pytest.approx(21.0, abs=0.1)
    assert body.fan_level == 2


def test_without_it_the_cabin_follows_the_weather() -> None:
    body = lived(Body(inside_c=25.0, outside_c=5.0), 3600)

    assert 5.0 < (body.inside_c or 0) < 15.0
    assert body.fan_level == 0


def test_a_sleeping_car_loses_little_and_sentry_costs_most() -> None:
    def lost(body: Body, *, awake: bool) -> float:
        before = body.energy_remaining_kwh
        return before - lived(body, 600, awake=awake).energy_remaining_kwh

    asleep = lost(Body(), awake=False)
    awake = lost(Body(), awake=True)
    guarded = lost(Body(sentry="Armed"), awake=True)
    warm = lost(Body(climate_on=True, seat_heaters=[3, 0, 0, 0, 0]), awake=True)

    assert 0 < asleep < awake / 5
    assert awake < guarded < warm


def test_overheat_protection_cools_a_hot_cabin_only_while_awake() -> None:
    def hot() -> Body:
        return Body(inside_c=50.0, outside_c=38.0, overheat_protection="On", overheat_limit="Low")

    cooled = lived(hot(), 30)
    assert cooled.overheat_cooling
    assert (cooled.inside_c or 0) < 50.0
    assert cooled.compressor_on
    assert not lived(hot(), 30, awake=False).overheat_cooling


def test_sensors_that_say_nothing_stay_silent() -> None:
    body = lived(Body(inside_c=None, outside_c=None, climate_on=True), 60)

    assert body.inside_c is None
    assert body.fan_level == 0


def test_a_frozen_battery_locks_charge_away() -> None:
    body = lived(Body(module_temp_max_c=-8.0, module_temp_min_c=-9.0, outside_c=-10.0), 10)

    assert body.cold_locked_percent == pytest.approx(6.5, abs=0.2)


def test_pack_power_is_what_flows_in_and_out() -> None:
    body = Body(battery_kw=7.0, drive_power_kw=0.0)
    cabin.step(body, 1.0, awake=True)
    assert body.pack_power_kw == pytest.approx(7.0 - cabin.AWAKE_KW)

    body = Body(drive_power_kw=30.0)
    cabin.step(body, 1.0, awake=True)
    assert body.pack_power_kw == pytest.approx(-30.0 - cabin.AWAKE_KW)
