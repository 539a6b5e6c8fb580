"""Charging: counters, losses, taper, and the several ways in which it ends."""

import pytest

from simulator.car import charger
from simulator.car.body import Body


def charged(body: Body, seconds: float, step: float = 1.0) -> Body:
    for _ in range(int(seconds / step)):
        charger.step(body, step)
    return body


def plugged(*, fast: bool = False, three_phase: bool = False, percent: float = 40.0) -> Body:
    body = Body(charge_amps_wanted=32)
    body.battery_percent = percent
    charger.plug_in(body, fast=fast, three_phase=three_phase)
    return body


@pytest.mark.parametrize("fast", [False, True])
def test_more_leaves_the_wall_than_arrives_in_the_battery(*, fast: bool) -> None:
    body = plugged(fast=fast)
    before = body.energy_remaining_kwh

    charged(body, 900)

    assert body.session_battery_kwh > 1.0
    assert body.session_drawn_kwh > body.session_battery_kwh
    assert body.energy_remaining_kwh == pytest.approx(before + body.session_battery_kwh)


def test_at_home_the_charger_s_own_counter_runs() -> None:
    body = charged(plugged(), 900)

    assert body.session_wall_kwh == pytest.approx(body.session_drawn_kwh)
    assert body.session_battery_kwh / body.session_wall_kwh == pytest.approx(0.91)
    assert body.wall_kw == pytest.approx(body.charger_volts * body.charger_amps / 1000.0)


def test_at_a_fast_charger_it_does_not() -> None:
    body = charged(plugged(fast=True), 300)

    assert body.session_wall_kwh == 0.0
    assert body.wall_kw == 0.0
    assert body.battery_kw > 60.0
    assert body.charger_phases is None


def test_three_phases_give_three_times_the_power() -> None:
    body = charged(plugged(three_phase=True), 120)

    assert body.charger_phases == 3
    assert body.charger_amps == 16
    assert body.wall_kw == pytest.approx(11.0, abs=0.3)


def test_a_fast_charger_slows_down_towards_the_top() -> None:
    low, high = charged(plugged(fast=True, percent=20), 60), plugged(fast=True, percent=75)
    charged(high, 60)

    assert high.battery_kw < low.battery_kw / 2


def test_a_cold_battery_is_heated_and_takes_less() -> None:
    cold, warm = plugged(fast=True), plugged(fast=True)
    cold.module_temp_min_c = 2.0
    charged(cold, 60)
    charged(warm, 60)

    assert cold.battery_heater_on
    assert not warm.battery_heater_on
    assert cold.battery_kw < warm.battery_kw


def test_it_ends_at_the_limit_and_not_beyond() -> None:
    body = plugged(percent=79.9)

    charged(body, 900)

    assert body.charging_state == "Complete"
    assert body.battery_percent == pytest.approx(80.0)
    assert (body.wall_kw, body.battery_kw, body.charger_amps) == (0.0, 0.0, 0.0)


def test_lowering_the_limit_ends_it() -> None:
    body = charged(plugged(percent=70.0), 60)
    body.charge_limit_percent = 60

    assert charged(body, 1).charging_state == "Complete"


def test_power_tapers_close_to_full() -> None:
    body = plugged(percent=98.0)
    body.charge_limit_percent = 100

    charged(body, 60)

    assert 0 < body.charger_amps < 20


def test_a_full_car_that_is_plugged_in_is_complete_at_once() -> None:
    assert charged(plugged(percent=85.0), 10).charging_state == "Complete"


def test_shaking_hands_takes_a_few_seconds() -> None:
    body = plugged()

    assert charged(body, 2).charging_state == "Starting"
    assert charged(body, 4).charging_state == "Charging"


def test_a_car_that_does_not_want_to_charge_stops() -> None:
    body = plugged()
    body.charge_wanted = False

    assert charged(body, 10).charging_state == "Stopped"
    assert body.charger_volts == pytest.approx(232, abs=2)


def test_a_socket_without_power_is_noticed_and_its_return_too() -> None:
    body = plugged()
    body.wall_has_power = False
    assert charged(body, 2).charging_state == "NoPower"

    body.wall_has_power = True
    assert charged(body, 10).charging_state == "Charging"

    body.wall_has_power = False
    assert charged(body, 2).charging_state == "NoPower"
    assert body.wall_kw == 0.0


def test_a_new_plug_in_begins_the_counters_anew_and_a_stop_does_not() -> None:
    body = charged(plugged(), 600)
    charger.stop(body, "Stopped")
    before = body.session_battery_kwh
    charger.resume(body)
    charged(body, 600)
    assert body.session_battery_kwh > before

    charger.unplug(body)
    assert body.session_battery_kwh > before
    charger.plug_in(body, fast=False, three_phase=False)
    assert body.session_battery_kwh == body.session_wall_kwh == body.session_drawn_kwh == 0.0


def test_unplugged_the_voltage_is_noise_and_the_maximum_is_forgotten() -> None:
    body = plugged()
    assert body.charge_amps_most == 32
    charger.unplug(body)
    charged(body, 5)

    assert 0.5 <= body.charger_volts <= 2.5
    assert body.charge_amps_most == 16
    assert body.cable is None


def test_beyond_a_curve_its_last_point_holds() -> None:
    assert charger.along(((0.0, 1.0), (10.0, 3.0)), 5.0) == 2.0
    assert charger.along(((0.0, 1.0), (10.0, 3.0)), 11.0) == 3.0
    assert charger.along(((0.0, 1.0), (10.0, 3.0)), -1.0) == 1.0
