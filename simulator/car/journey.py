"""One journey along a route: acceleration, limits, stops, consumption and regeneration."""

from collections.abc import Sequence
from dataclasses import dataclass
import math

from .body import Body, Route
from .geometry import MILE_M, Place, bearing, between, metres_between

MPH = MILE_M / 3600.0  # metres a second

# A mid-size car; the figures make about 250 Wh a mile at 50 mph.
MASS_KG = 1900.0
DRAG_M2 = 0.53  # drag coefficient times frontal area
AIR = 1.2  # kg/m³
ROLLING = 0.009
GRAVITY = 9.81
MOTOR_EFFICIENCY = 0.9
REGENERATION = 0.7  # of what braking would give, the rest is heat
REGENERATION_LIMIT_KW = 60.0

ACCELERATION = 1.6  # m/s²
BRAKING = 1.9  # m/s²
SELF_DRIVEN = 0.6  # share of the way on which nobody steers
STEP_S = 0.25  # longer steps would overshoot the stops
WHEEL_BAR = 14.0  # brake pressure for one m/s² beyond what regeneration takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A straight piece of road: where it ends, how fast one may go, how long to stop there."""

    end: Place
    limit_mph: float = 30.0
    stop_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A leg, measured: metres from the start of the journey."""

    leg: Leg
    start: Place
    begins: float
    ends: float


class Journey:
    """Moves a body from where it stands along legs, a step of time at a time."""

    def __init__(self, body: Body, legs: Sequence[Leg], name: str, *, delay_minutes: float = 0.0) -> None:
        """Set navigation to the end of the last leg; the car does not move yet."""
        self._body = body
        self._stretches = _measured((body.latitude, body.longitude), legs)
        self._length = self._stretches[-1].ends
        self._at = 0.0  # metres
        self._index = 0
        self._wait = 0.0
        self._delay = delay_minutes
        origin = (body.latitude, body.longitude)
        self.arrived = False
        body.route = Route(
            name=name,
            destination=legs[-1].end,
            origin=origin,
            line=(origin, *(leg.end for leg in legs)),
            miles=0.0,
            minutes=0.0,
            delay_minutes=delay_minutes,
            percent_at_arrival=0.0,
        )
        self._look_ahead()

    def step(self, dt: float) -> None:
        """Drive for `dt` seconds, or until the journey is over."""
        while dt > 0 and not self.arrived:
            piece = min(dt, STEP_S)
            self._move(piece)
            dt -= piece
        self._look_ahead()

    def _move(self, dt: float) -> None:
        body = self._body
        if self._wait > 0:
            self._wait -= dt
            self._roll(0.0, 0.0, dt)
            return
        speed = body.speed_mph * MPH
        wanted = self._wanted(speed)
        acceleration = max(-BRAKING, min(ACCELERATION, (wanted - speed) / dt))
        after = max(speed + acceleration * dt, 0.0)
        distance = (speed + after) / 2 * dt
        stretch = self._stretches[self._index]
        left = stretch.ends - self._at
        # The last decimetre is taken at once, so that a stop is reached and not only approached.
        if (stretch.leg.stop_s > 0 or self._last) and distance >= left - 0.1:
            distance, after = left, 0.0
            self._wait = stretch.leg.stop_s
            self.arrived = self._last
        self._advance(distance)
        self._roll(after, (after - speed) / dt, dt)

    @property
    def _last(self) -> bool:
        return self._index == len(self._stretches) - 1

    def _wanted(self, speed: float) -> float:
        """Return the highest speed from which every slower place ahead can still be met."""
        wanted = self._stretches[self._index].leg.limit_mph * MPH
        for index in range(self._index, len(self._stretches)):
            stretch = self._stretches[index]
            left = max(stretch.ends - self._at, 0.0)
            if left > speed * speed / BRAKING + 50.0:
                break
            final = index == len(self._stretches) - 1
            slow = 0.0 if final or stretch.leg.stop_s else self._stretches[index + 1].leg.limit_mph * MPH
            wanted = min(wanted, max(math.sqrt(slow * slow + 2 * BRAKING * left * 0.9), 0.4))
        return wanted

    def _advance(self, metres: float) -> None:
        body = self._body
        self._at += metres
        body.odometer_miles += metres / MILE_M
        while not self._last and self._at >= self._stretches[self._index].ends - 1e-6:
            self._index += 1
        stretch = self._stretches[self._index]
        share = (self._at - stretch.begins) / max(stretch.ends - stretch.begins, 1e-9)
        body.latitude, body.longitude = between(stretch.start, stretch.leg.end, min(share, 1.0))
        turned = bearing(stretch.start, stretch.leg.end)
        turn = (turned - body.heading_degrees + 180.0) % 360.0 - 180.0
        body.lateral_mps2 = max(-3.0, min(3.0, math.radians(turn) * body.speed_mph * MPH * 0.2))
        body.turn_signal = "Off" if abs(turn) < 25 else ("Right" if turn > 0 else "Left")
        body.heading_degrees = turned
        body.miles_since_reset += metres / MILE_M
        body.self_driving_miles += SELF_DRIVEN * metres / MILE_M

    def _roll(self, speed: float, acceleration: float, dt: float) -> None:
        """Take on a speed, and settle what reaching it costs or gives."""
        body = self._body
        force = MASS_KG * acceleration + 0.5 * AIR * DRAG_M2 * speed**2
        if speed > 0:
            force += MASS_KG * GRAVITY * (ROLLING + body.grade_percent / 100.0)
        kilowatts = force * speed / 1000.0
        if kilowatts >= 0:
            power = kilowatts / MOTOR_EFFICIENCY
            body.spend(power * dt / 3600.0)
        else:
            power = -min(-kilowatts * REGENERATION, REGENERATION_LIMIT_KW)
            body.regain(-power * dt / 3600.0)
        body.drive_power_kw = power
        body.speed_mph = speed / MPH
        body.acceleration_mps2 = acceleration
        body.pedal_percent = min(max(power, 0.0) * 1.2, 100.0)
        body.brake_pressed = acceleration < -0.75 * BRAKING or speed == 0
        body.brake_bar = max(-acceleration - 1.0, 0.0) * WHEEL_BAR or 1.1920928955078125e-05

    def _look_ahead(self) -> None:
        """Tell navigation what is left of the way."""
        route, body = self._body.route, self._body
        if route is None:
            return
        seconds = 0.0
        for stretch in self._stretches[self._index :]:
            metres = stretch.ends - max(stretch.begins, self._at)
            seconds += metres / (stretch.leg.limit_mph * MPH) + stretch.leg.stop_s
        route.miles = (self._length - self._at) / MILE_M
        route.delay_minutes = self._delay * (1.0 - self._at / self._length)
        route.minutes = seconds / 60.0 + route.delay_minutes
        needed = route.miles * body.kwh_a_mile
        route.percent_at_arrival = max(body.battery_percent - 100.0 * needed / body.full_pack_kwh, 0.0)


def _measured(start: Place, legs: Sequence[Leg]) -> list[Stretch]:
    stretches = []
    at = 0.0
    for leg in legs:
        ends = at + max(metres_between(start, leg.end), 0.5)
        stretches.append(Stretch(leg, start, at, ends))
        start, at = leg.end, ends
    return stretches
