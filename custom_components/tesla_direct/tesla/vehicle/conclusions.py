"""What follows from several facts of a car: its gear while a poll leaves it null, what charges it with what.

A conclusion is a function of the state, None where nothing can be said.
"""

from .signal import AnySignal
from .signals import battery, charge, climate, closures, drive, seats, software
from .state import VehicleState

TOGETHER = 60.0  # seconds; parts of one poll differ by milliseconds, what streams by its interval
IDLE_INSTALL_PERCENT = 10  # cars show 1 to 10 while nothing is installed
DOWNLOADED_PERCENT = 100


def latest(state: VehicleState, *signals: AnySignal) -> AnySignal | None:
    """Return which of several facts has the newest known value; of equals the first."""
    newest: AnySignal | None = None
    newest_at = 0.0
    for signal in signals:
        reading = state.reading(signal)
        if reading is None or reading.value is None:
            continue
        if newest is None or reading.at > newest_at:
            newest, newest_at = signal, reading.at
    return newest


def any_on(state: VehicleState, *signals: AnySignal) -> bool | None:
    """Return whether one of several facts that mean the same is so; one told much earlier does not count."""
    known = [
        reading
        for signal in signals
        if (reading := state.reading(signal)) is not None and reading.value is not None
    ]
    if not known:
        return None
    newest = max(reading.at for reading in known)
    return any(_is_on(reading.value) for reading in known if newest - reading.at <= TOGETHER)


def _is_on(value: object) -> bool:
    return value not in (False, "off")


def gear(state: VehicleState) -> str | None:
    """Return the gear: "p" also where the car has just said that it has none, and does not move."""
    told = state.reading(drive.GEAR)
    if told is None:
        return None
    return told.value or (None if state.get(drive.SPEED) else "p")


def parked(state: VehicleState) -> bool | None:
    """Return whether the gear is in P."""
    now = gear(state)
    return None if now is None else now == "p"


def speed(state: VehicleState) -> float | None:
    """Return the speed in mph; a parked car leaves it out, which means 0."""
    told = state.reading(drive.SPEED)
    if told is None:
        return None
    if told.value is None and parked(state):
        return 0.0
    return told.value


def charging(state: VehicleState) -> bool | None:
    """Return whether the battery is being charged, or is about to be."""
    now = state.get(charge.STATE)
    return None if now is None else now in ("charging", "starting")


def plugged_in(state: VehicleState) -> bool | None:
    """Return whether a cable is in the port; a cable that was seen later than its absence is there."""
    told = latest(state, charge.STATE, charge.CABLE_TYPE)
    if told is None:
        return None
    return told is charge.CABLE_TYPE or state.get(charge.STATE) != "disconnected"


def three_phase(state: VehicleState) -> bool | None:
    """Return whether the charger uses more than one phase; three of them are told as 2 or 3."""
    phases = state.get(charge.PHASES)
    return None if phases is None else phases > 1


def charger_power(state: VehicleState) -> float | None:
    """Return what the charger gives, in kW: streamed with decimals, polled without.

    The battery's side has a power of its own while charging with AC, smaller than the charger's.
    """
    if charging(state) is False and not _charges_since(state):
        return 0.0
    told = latest(state, charge.AC_POWER, charge.DC_POWER, charge.POWER)
    if told is None or told is charge.POWER:
        return state.get(charge.POWER)
    ac, dc = state.get(charge.AC_POWER), state.get(charge.DC_POWER)
    if ac is None or dc is None:
        return dc if ac is None else ac
    return dc if state.get(charge.FAST_CHARGER_PRESENT) or dc > ac else ac


def _charges_since(state: VehicleState) -> bool:
    """Return whether it was told to charge later than not to: some tell of nothing but the power."""
    power, said = state.reading(charge.POWER), state.reading(charge.STATE)
    return bool(power and said and power.at > said.at and power.value)


def energy_from_charger(state: VehicleState) -> float | None:
    """Return what an AC charger has given in this session, in kWh; with DC the counter means nothing."""
    if state.get(charge.FAST_CHARGER_PRESENT):
        return None
    return state.get(charge.ENERGY_FROM_CHARGER)


def battery_heater(state: VehicleState) -> bool | None:
    """Return whether the battery is being warmed; new cars tell it with the climate only."""
    return any_on(state, battery.HEATER, climate.BATTERY_HEATER)


def steering_wheel_heater(state: VehicleState) -> bool | None:
    """Return whether the steering wheel is heated, by its level or by its flag."""
    return any_on(state, seats.STEERING_WHEEL_LEVEL, seats.STEERING_WHEEL_HEATER)


def climate_on(state: VehicleState) -> bool | None:
    """Return whether the air is conditioned for people."""
    power = state.get(climate.POWER)
    return None if power is None else power in ("on", "precondition")


def user_present(state: VehicleState) -> bool | None:
    """Return whether somebody is in the car; what streams knows only of the driver's seat."""
    told = latest(state, seats.USER_PRESENT, seats.DRIVER_OCCUPIED)
    return None if told is None else bool(state.get(told))


def open_parts(state: VehicleState) -> tuple[AnySignal, ...]:
    """Return which doors and trunks are open."""
    return tuple(part for part in closures.DOORS_AND_TRUNKS if state.get(part))


def any_open(state: VehicleState) -> bool | None:
    """Return whether a door or a trunk is open; it takes all of them to say no."""
    if open_parts(state):
        return True
    return None if any(state.get(part) is None for part in closures.DOORS_AND_TRUNKS) else False


def windows_closed(state: VehicleState) -> bool | None:
    """Return whether all windows are closed; it takes all of them to say yes."""
    told = [state.get(window) for window in closures.WINDOWS]
    if any(window not in (None, "closed") for window in told):
        return False
    return None if None in told else True


def sunroof_closed(state: VehicleState) -> bool | None:
    """Return whether the sunroof is closed; while it calibrates itself it may be anywhere."""
    now = state.get(closures.SUNROOF_STATE)
    return None if now in (None, "calibrating") else now == "closed"


def tonneau_closed(state: VehicleState) -> bool | None:
    """Return whether the tonneau is closed."""
    now = state.get(closures.TONNEAU_POSITION)
    return None if now is None else now == "closed"


def installing(state: VehicleState) -> bool | None:
    """Return whether an update is being installed."""
    told = latest(state, software.UPDATE_IN_PROGRESS, software.UPDATE_STATUS)
    return None if told is None else state.get(told) in (True, "installing")


def install_progress(state: VehicleState) -> float | None:
    """Return how much of an update is installed, in percent, while one is."""
    progress = state.get(software.UPDATE_INSTALL)
    if progress is None:
        return None
    now = installing(state)
    if now is None:
        now = progress > IDLE_INSTALL_PERCENT
    return progress if now else None


def offered_version(state: VehicleState) -> str | None:
    """Return the version of software that is not installed yet; after an update cars go on telling of it."""
    version = state.get(software.UPDATE_VERSION)
    return None if version == state.get(software.VERSION) else version


def update_ready(state: VehicleState) -> bool:
    """Return whether an update can be installed now: it is here, and not being installed already."""
    if offered_version(state) is None or installing(state):
        return False
    told = latest(state, software.UPDATE_AVAILABLE, software.UPDATE_STATUS)
    if told is None:  # older firmware streams neither
        return state.get(software.UPDATE_DOWNLOAD) == DOWNLOADED_PERCENT
    return state.get(told) in (True, "available", "scheduled")
