"""Warmth and standing costs: the cabin and the battery warm up and cool down, electronics draw power."""

import math

from .body import Body

AWAKE_KW = 0.22
SENTRY_KW = 0.24
ASLEEP_KW = 0.012
CLIMATE_KW = 0.9  # to hold a temperature
CLIMATE_MOST_KW = 4.5
CLIMATE_TIME_S = 260.0  # to come about two thirds nearer to the wanted temperature
CABIN_TIME_S = 3600.0
PACK_TIME_S = 40_000.0
COOL_ABOVE_C = {"Low": 30.0, "Medium": 35.0, "High": 40.0}


def step(body: Body, dt: float, *, awake: bool) -> None:
    """Let `dt` seconds pass for the cabin, the battery's temperature and all that draws power."""
    _cabin(body, dt, awake=awake)
    _pack(body, dt)
    kilowatts = ASLEEP_KW
    if awake:
        kilowatts = AWAKE_KW + _climate_kw(body)
        if body.sentry not in {"Off", "Quiet"}:
            kilowatts += SENTRY_KW
    body.spend(kilowatts * dt / 3600.0)
    body.pack_power_kw = body.battery_kw - body.drive_power_kw - kilowatts


def _cabin(body: Body, dt: float, *, awake: bool) -> None:
    if body.inside_c is None or body.outside_c is None:
        return
    hot = body.inside_c > COOL_ABOVE_C[body.overheat_limit]
    body.overheat_cooling = awake and body.overheat_protection != "Off" and hot and not body.climate_on
    if body.climate_on:
        target, time = body.driver_temp_c, CLIMATE_TIME_S
    elif body.overheat_cooling:
        target, time = COOL_ABOVE_C[body.overheat_limit] - 2.0, CLIMATE_TIME_S
    else:
        target, time = body.outside_c, CABIN_TIME_S
    away = target - body.inside_c
    body.inside_c += away * (1.0 - math.exp(-dt / time))
    working = body.climate_on or body.overheat_cooling
    body.fan_level = min(2 + round(abs(away) / 2.5), 11) if working else 0
    body.compressor_on = working and (away < 0 or body.outside_c > target - 4.0)


def _climate_kw(body: Body) -> float:
    heaters = 0.06 * (sum(body.seat_heaters) + body.wheel_heat)
    if body.inside_c is None or not (body.climate_on or body.overheat_cooling):
        return heaters
    away = abs(body.driver_temp_c - body.inside_c)
    return heaters + min(CLIMATE_KW + 0.35 * away, CLIMATE_MOST_KW)


def _pack(body: Body, dt: float) -> None:
    around = body.outside_c if body.outside_c is not None else 15.0
    cooling = 1.0 - math.exp(-dt / PACK_TIME_S)
    body.module_temp_max_c += (around + 1.5 - body.module_temp_max_c) * cooling
    body.module_temp_max_c += abs(body.drive_power_kw) * dt / 40_000.0
    body.module_temp_min_c += (body.module_temp_max_c - 1.5 - body.module_temp_min_c) * min(dt / 900.0, 1.0)
    # A battery near freezing cannot give all it holds.
    body.cold_locked_percent = max(0.0, min((4.0 - body.module_temp_min_c) * 0.5, 8.0))
