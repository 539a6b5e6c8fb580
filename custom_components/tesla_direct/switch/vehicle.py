"""What users switch on and off in a car."""

from collections.abc import Callable
from functools import partial

from ..tesla.command import comfort, scheduled
from ..tesla.command.catalogue import charge as ask_charger
from ..tesla.command.catalogue import climate as ask_climate
from ..tesla.command.catalogue import power as ask_power
from ..tesla.command.catalogue import seats as ask_seats
from ..tesla.command.catalogue import security as ask
from ..tesla.command.command import CHARGING, COMMANDS, Command
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import BIOWEAPON_MODE, SENTRY, STEERING_WHEEL_WITHOUT_LEVELS, VIRTUAL_KEY
from ..tesla.vehicle.signal import Signal
from ..tesla.vehicle.signals import charge, climate, power, schedules, seats, security
from ..tesla.vehicle.state import VehicleState
from ..user_errors import refused
from ..wish import one
from ..zone import zone_of
from .row import SwitchRow


def _charge(on: bool) -> Command:  # noqa: FBT001  # a switch
    return ask_charger.charge_start() if on else ask_charger.charge_stop()


def _bioweapon(on: bool) -> Command:  # noqa: FBT001  # a switch
    return ask_climate.set_bioweapon_mode(on, manual_override=False)


def _not_off(signal: Signal[str]) -> Callable[[VehicleState], bool | None]:
    """Return whether something is on, in whichever way."""

    def on(state: VehicleState) -> bool | None:
        now = state.get(signal)
        return None if now is None else now != "off"

    return on


def _valet_mode(on: bool) -> Command:  # noqa: FBT001  # a switch
    if on:
        raise refused("pin_needed", action="valet_mode")
    return ask.set_valet_mode(on)


def _parental_controls(on: bool) -> Command:  # noqa: FBT001  # a switch
    raise refused("pin_needed", action="parental_controls")


def _precondition(state: VehicleState, on: bool) -> tuple[Command, ...]:  # noqa: FBT001  # a switch
    return (scheduled.precondition(state, on, zone_of(state)),)


def _charge_off_peak(state: VehicleState, on: bool) -> tuple[Command, ...]:  # noqa: FBT001  # a switch
    return (scheduled.charge_off_peak(state, on, zone_of(state)),)


VEHICLE: tuple[SwitchRow, ...] = (
    SwitchRow(
        key="charge",
        reads=(charge.STATE,),
        scopes=(CHARGING, COMMANDS),
        on=conclusions.charging,
        wish=one(_charge),
    ),
    SwitchRow(
        key="sentry_mode",
        reads=(security.SENTRY,),
        scopes=(COMMANDS,),
        exists=SENTRY,
        on=_not_off(security.SENTRY),
        wish=one(ask.set_sentry_mode),
    ),
    SwitchRow(
        key="defrost",
        reads=(climate.DEFROST_MODE,),
        scopes=(COMMANDS,),
        on=_not_off(climate.DEFROST_MODE),
        wish=one(ask_climate.set_preconditioning_max),
    ),
    # Polled only; nobody pays to see it.
    SwitchRow(
        key="bioweapon_mode",
        reads=(),
        watches=(climate.BIOWEAPON_MODE,),
        scopes=(COMMANDS,),
        exists=BIOWEAPON_MODE,
        wish=one(_bioweapon),
    ),
    SwitchRow(
        key="auto_seat_climate_left",
        reads=(seats.AUTO_LEFT,),
        scopes=(COMMANDS,),
        wish=one(partial(ask_seats.remote_auto_seat_climate_request, 1)),
    ),
    SwitchRow(
        key="auto_seat_climate_right",
        reads=(seats.AUTO_RIGHT,),
        scopes=(COMMANDS,),
        wish=one(partial(ask_seats.remote_auto_seat_climate_request, 2)),
    ),
    SwitchRow(
        key="auto_steering_wheel_heat",
        reads=(seats.STEERING_WHEEL_AUTO,),
        scopes=(COMMANDS,),
        wish=one(ask_seats.remote_auto_steering_wheel_heat_climate_request),
    ),
    SwitchRow(
        key="steering_wheel_heater",
        reads=(seats.STEERING_WHEEL_HEATER,),
        scopes=(COMMANDS,),
        exists=STEERING_WHEEL_WITHOUT_LEVELS,
        wish=comfort.heat_wheel_without_levels,
    ),
    SwitchRow(
        key="preconditioning_departure",
        reads=scheduled.departure_with(schedules.PRECONDITIONING_ENABLED),
        scopes=(CHARGING, COMMANDS),
        wish=_precondition,
        entity_registry_enabled_default=False,
    ),
    SwitchRow(
        key="off_peak_charging",
        reads=scheduled.departure_with(schedules.OFF_PEAK_ENABLED),
        scopes=(CHARGING, COMMANDS),
        wish=_charge_off_peak,
        entity_registry_enabled_default=False,
    ),
    SwitchRow(
        key="keep_accessory_power",
        reads=(power.KEEP_ACCESSORY_POWER,),
        scopes=(COMMANDS,),
        exists=VIRTUAL_KEY,
        wish=one(ask_power.keep_accessory_power_mode),
        assumed=True,
    ),
    SwitchRow(
        key="low_power_mode",
        reads=(power.LOW_POWER_MODE,),
        scopes=(COMMANDS,),
        exists=VIRTUAL_KEY,
        wish=one(ask_power.set_low_power_mode),
        assumed=True,
    ),
    SwitchRow(
        key="guest_mode",
        reads=(security.GUEST_MODE,),
        scopes=(COMMANDS,),
        wish=one(ask.guest_mode),
        entity_registry_enabled_default=False,
    ),
    SwitchRow(
        key="valet_mode",
        reads=(security.VALET_MODE,),
        scopes=(COMMANDS,),
        dangerous="pins",
        wish=one(_valet_mode),
        entity_registry_enabled_default=False,
    ),
    SwitchRow(
        key="pin_to_drive",
        reads=(security.PIN_TO_DRIVE,),
        scopes=(COMMANDS,),
        dangerous="pins",
        wish=one(ask.set_pin_to_drive),
        entity_registry_enabled_default=False,
    ),
    SwitchRow(
        key="parental_controls",
        reads=(security.PARENTAL_CONTROLS,),
        scopes=(COMMANDS,),
        dangerous="pins",
        exists=VIRTUAL_KEY,
        wish=one(_parental_controls),
        assumed=True,
        entity_registry_enabled_default=False,
    ),
)
