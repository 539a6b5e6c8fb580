"""Charging: a cable goes in, power ramps up, follows the battery's curve and ends at the limit."""

from itertools import pairwise

from .body import Body

PHASE_VOLTS = 232.0
VOLTS_LOST_AN_AMP = 0.18  # in the house's wiring
ONBOARD_EFFICIENCY = 0.91  # from the socket to the battery
STATION_EFFICIENCY = 0.95  # from the station's grid side to the battery; the car cannot see the other end
HANDSHAKE_S = 4.0
AMPS_A_SECOND = 6.0
KILOWATTS_A_SECOND = 15.0
IDLE_VOLTS = 1.5  # what the charger measures with nothing plugged in: noise

# What a warm battery takes at a fast charger, by state of charge.
FAST_CURVE = (
    (0.0, 90.0),
    (10.0, 170.0),
    (20.0, 170.0),
    (50.0, 95.0),
    (80.0, 48.0),
    (95.0, 18.0),
    (100.0, 4.0),
)
# The battery is the limit only close to full when charged at home.
SLOW_CURVE = ((0.0, 11.5), (92.0, 11.5), (97.0, 4.0), (100.0, 1.2))
HEATER_BELOW_C = 12.0
WARM_C = 25.0


def plug_in(body: Body, *, fast: bool, three_phase: bool) -> None:
    """Put a cable in: the session's counters begin anew, the car and the charger shake hands."""
    body.charge_port_open = True
    body.charge_port_latch = "Engaged"
    body.cable = "IEC"
    body.fast_charger = "Supercharger" if fast else None
    body.charging_state = "Starting"
    body.starting_s = 0.0
    body.session_wall_kwh = body.session_battery_kwh = body.session_drawn_kwh = 0.0
    if fast:
        body.pilot_amps, body.charger_phases, body.charger_volts = None, None, 2.0
    else:
        body.pilot_amps = body.charge_amps_most = 16 if three_phase else 32
        body.charge_amps_wanted = min(body.charge_amps_wanted, body.charge_amps_most)
        body.charger_phases = 3 if three_phase else 1


def unplug(body: Body) -> None:
    """Take the cable out; the session's counters keep their last word until the next one."""
    stop(body, "Disconnected")
    body.cable = body.fast_charger = body.pilot_amps = body.charger_phases = None
    body.charge_port_open = False
    body.charge_amps_most = 16  # what a car says for want of a cable
    body.trip_planner_session = False


def stop(body: Body, state: str) -> None:
    """End the flow of power; `state` says why."""
    body.charging_state = state
    body.wall_kw = body.battery_kw = body.charger_amps = 0.0
    body.battery_heater_on = False


def resume(body: Body) -> None:
    """Ask for power again after a stop, with the same session."""
    body.charge_wanted = True
    body.charging_state = "Starting"
    body.starting_s = 0.0


def step(body: Body, dt: float) -> None:
    """Let `dt` seconds of charging pass."""
    if not body.plugged_in:
        body.charger_volts = IDLE_VOLTS + 0.5 * body.noise(5.0)
        return
    if body.charging_state in {"Starting", "NoPower"}:
        _negotiate(body, dt)
    if body.charging_state != "Charging":
        body.charger_volts = PHASE_VOLTS + 1.4 * body.noise(7.0) if body.fast_charger is None else 2.0
        return
    if body.battery_percent >= body.charge_limit_percent:
        stop(body, "Complete")
        return
    _flow(body, dt)


def _negotiate(body: Body, dt: float) -> None:
    if not body.wall_has_power:
        body.charging_state = "NoPower"
        return
    body.charging_state = "Starting"
    body.starting_s += dt
    if not body.charge_wanted:
        stop(body, "Stopped")
    elif body.starting_s >= HANDSHAKE_S:
        full = body.battery_percent >= body.charge_limit_percent
        body.charging_state = "Complete" if full else "Charging"


def _flow(body: Body, dt: float) -> None:
    """Move energy from the wall to the battery; more leaves the wall than arrives."""
    if not body.wall_has_power:
        stop(body, "NoPower")
        return
    cold = body.module_temp_min_c < HEATER_BELOW_C
    body.battery_heater_on = cold and body.fast_charger is not None
    if body.fast_charger:
        takes = along(FAST_CURVE, body.battery_percent) * (0.5 if cold else 1.0)
        body.battery_kw = min(takes, body.battery_kw + KILOWATTS_A_SECOND * dt)
        drawn_kw = body.battery_kw / STATION_EFFICIENCY
    else:
        phases = body.charger_phases or 1
        amps = min(body.charge_amps_wanted, body.charge_amps_most, body.pilot_amps or 0)
        takes_amps = along(SLOW_CURVE, body.battery_percent) * 1000.0 / ONBOARD_EFFICIENCY / 230.0 / phases
        body.charger_amps = min(amps, takes_amps, body.charger_amps + AMPS_A_SECOND * dt)
        body.charger_volts = PHASE_VOLTS - VOLTS_LOST_AN_AMP * body.charger_amps + 1.4 * body.noise(7.0)
        body.wall_kw = drawn_kw = body.charger_volts * body.charger_amps * phases / 1000.0
        body.battery_kw = body.wall_kw * ONBOARD_EFFICIENCY
    room = (body.charge_limit_percent - body.battery_percent) / 100.0 * body.full_pack_kwh
    wanted = body.battery_kw * dt / 3600.0
    share = min(1.0, room / wanted) if wanted > 0 else 1.0
    body.charge(wanted * share)
    drawn = drawn_kw * dt / 3600.0 * share
    body.session_drawn_kwh += drawn
    if body.fast_charger is None:
        body.session_wall_kwh += drawn
    if share < 1.0:
        stop(body, "Complete")
    body.module_temp_max_c += (WARM_C + body.battery_kw / 8.0 - body.module_temp_max_c) * dt / 2400.0


def along(curve: tuple[tuple[float, float], ...], x: float) -> float:
    """Read a curve of points, straight lines between them."""
    for (x_1, y_1), (x_2, y_2) in pairwise(curve):
        if x <= x_2:
            return y_1 + (y_2 - y_1) * max(x - x_1, 0.0) / (x_2 - x_1)
    return curve[-1][1]
