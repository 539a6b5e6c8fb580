"""Driving obeys physics: distance is the integral of speed, energy is neither made nor lost."""

from itertools import pairwise

import pytest

from simulator.car.body import HOME, WORK, Body
from simulator.car.geometry import MILE_M, metres_between
from simulator.car.journey import BRAKING, MPH, Journey, Leg
from simulator.car.roads import ROADS, TO_CHARGER, TO_WORK, back

STEP = 0.25


def drive(body: Body, journey: Journey, limit: float = 3600.0) -> list[float]:
    """Drive to the end; return the speeds in metres a second after each step."""
    speeds = [body.speed_mph * MPH]
    while not journey.arrived:
        journey.step(STEP)
        speeds.append(body.speed_mph * MPH)
        assert len(speeds) * STEP < limit
    return speeds


def test_the_odometer_is_the_integral_of_speed() -> None:
    body = Body()
    start = body.odometer_miles

    speeds = drive(body, Journey(body, TO_WORK, "Work"))

    integral = sum((one + other) / 2 * STEP for one, other in pairwise(speeds))
    assert (body.odometer_miles - start) * MILE_M == pytest.approx(integral, rel=0.001)


def test_the_way_is_as_long_as_the_road() -> None:
    body = Body()
    start = body.odometer_miles
    places = [HOME, *(leg.end for leg in TO_WORK)]

    drive(body, Journey(body, TO_WORK, "Work"))

    road = sum(metres_between(one, other) for one, other in pairwise(places))
    assert (body.odometer_miles - start) * MILE_M == pytest.approx(road, rel=1e-6)
    assert (body.latitude, body.longitude) == pytest.approx(WORK)
    assert body.speed_mph == 0.0


def test_energy_is_neither_made_nor_lost() -> None:
    body = Body()
    before = body.energy_remaining_kwh, body.lifetime_used_kwh, body.lifetime_regenerated_kwh

    drive(body, Journey(body, TO_WORK, "Work"))

    used = body.lifetime_used_kwh - before[1]
    regained = body.lifetime_regenerated_kwh - before[2]
    assert body.energy_remaining_kwh == pytest.approx(before[0] - used + regained)
    assert 0 < regained < used
    miles = body.miles_since_reset - 512.0
    assert 0.15 < (used - regained) / miles < 0.45


def test_limits_and_brakes_are_kept() -> None:
    body = Body()

    speeds = drive(body, Journey(body, TO_WORK, "Work"))

    assert max(speeds) <= 50 * MPH + 0.1
    # The last decimetre before a stop is taken at once, at a crawl.
    assert min(after - before for before, after in pairwise(speeds)) >= -BRAKING - 0.5


def test_a_stop_takes_its_time() -> None:
    body = Body()
    legs = (Leg(end=(51.4800, -0.0015), stop_s=20), Leg(end=(51.4820, -0.0015)))

    speeds = drive(body, Journey(body, legs, "North"))

    standing = [place for place, speed in enumerate(speeds) if speed == 0.0]
    assert len(standing) * STEP == pytest.approx(20, abs=1.5)
    assert body.heading_degrees == pytest.approx(0.0, abs=0.1)


def test_it_slows_down_before_a_slower_road() -> None:
    body = Body()
    legs = (Leg(end=(51.49, -0.0015), limit_mph=60), Leg(end=(51.50, -0.0015), limit_mph=20))
    journey = Journey(body, legs, "North")

    while body.latitude < 51.49:
        journey.step(STEP)

    assert body.speed_mph == pytest.approx(20, abs=2)


def test_navigation_counts_down() -> None:
    body = Body()
    journey = Journey(body, TO_WORK, "Work", delay_minutes=4.0)
    assert body.route is not None
    first = body.route.miles, body.route.minutes, body.route.percent_at_arrival

    for _ in range(400):
        journey.step(STEP)

    assert body.route.miles < first[0]
    assert body.route.minutes < first[1]
    assert 0 < body.route.delay_minutes < 4.0
    assert first[2] < 70.0
    assert body.route.line[0] == HOME


def test_a_car_that_was_told_to_stop_navigating_drives_on() -> None:
    body = Body()
    journey = Journey(body, TO_WORK, "Work")
    body.route = None

    journey.step(5.0)

    assert body.speed_mph > 0
    assert body.route is None


def test_turning_shows() -> None:
    body = Body()
    legs = (
        Leg(end=(51.4800, -0.0015)),
        Leg(end=(51.4800, 0.0015)),
        Leg(end=(51.4820, 0.0015)),
    )
    journey = Journey(body, legs, "Zigzag")
    seen = set()
    while not journey.arrived:
        journey.step(STEP)
        seen.add(body.turn_signal)

    assert seen == {"Off", "Left", "Right"}


def test_uphill_costs_more() -> None:
    flat, steep = Body(), Body(grade_percent=6.0)
    for body in (flat, steep):
        drive(body, Journey(body, TO_WORK, "Work"))

    assert steep.energy_remaining_kwh < flat.energy_remaining_kwh


def test_every_road_leads_where_it_says() -> None:
    assert ROADS["home"][1][-1].end == HOME
    assert back(TO_CHARGER)[0].end == TO_CHARGER[-2].end
    assert back(TO_CHARGER)[0].limit_mph == TO_CHARGER[-1].limit_mph
    assert back(TO_WORK)[-1].stop_s == 0.0
