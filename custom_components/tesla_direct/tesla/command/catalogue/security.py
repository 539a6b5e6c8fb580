"""Who may use the car, and how: sentry, valet, guests, PINs, limits."""

from ...proto.car_server_pb2 import (
    DashcamSaveClipAction,
    DrivingClearSpeedLimitPinAction,
    DrivingClearSpeedLimitPinAdminAction,
    DrivingSetSpeedLimitAction,
    DrivingSpeedLimitAction,
    EraseUserDataAction,
    ParentalControlsAction,
    ParentalControlsClearPinAction,
    ParentalControlsClearPinAdminAction,
    ParentalControlsEnableSettingsAction,
    ParentalControlsSetSpeedLimitAction,
    VehicleAction,
    VehicleControlResetPinToDriveAction,
    VehicleControlResetPinToDriveAdminAction,
    VehicleControlResetValetPinAction,
    VehicleControlSetPinToDriveAction,
    VehicleControlSetSentryModeAction,
    VehicleControlSetValetModeAction,
)
from ...proto.vehicle_pb2 import VehicleState
from ...vehicle import model
from ...vehicle.expectation import Expectation
from ...vehicle.signals import security
from ..command import Command
from . import check
from .form import action, infotainment
from .obstacle import not_parked

SLOWEST, FASTEST = 50.0, 120.0  # mph; each car has limits of its own

# Idle, aware and the rest are what sentry does while it is on.
_SENTRY_ON = Expectation(security.SENTRY, "armed", also=("idle", "aware", "panic", "quiet"))
_SENTRY_OFF = Expectation(security.SENTRY, "off")
_SETTINGS = {
    "SpeedLimit": ParentalControlsEnableSettingsAction.SpeedLimit,
    "Acceleration": ParentalControlsEnableSettingsAction.Acceleration,
    "SafetyFeatures": ParentalControlsEnableSettingsAction.SafetyFeatures,
    "Curfew": ParentalControlsEnableSettingsAction.Curfew,
    "BrowserBlocked": ParentalControlsEnableSettingsAction.BrowserBlocked,
    "TheaterBlocked": ParentalControlsEnableSettingsAction.TheaterBlocked,
    "ArcadeBlocked": ParentalControlsEnableSettingsAction.ArcadeBlocked,
}


def set_sentry_mode(on: bool) -> Command:
    """Watch over the parked car, or not."""
    asked = VehicleControlSetSentryModeAction(on=on)
    return infotainment(
        name="set_sentry_mode",
        payload=action(VehicleAction(vehicleControlSetSentryModeAction=asked)),
        body={"on": on},
        expects=(_SENTRY_ON if on else _SENTRY_OFF,),
        exists=model.SENTRY,
    )


def dashcam_save_clip() -> Command:
    """Save what the cameras saw last; only signed."""
    return infotainment(
        name="dashcam_save_clip",
        payload=action(VehicleAction(dashcamSaveClipAction=DashcamSaveClipAction())),
        body=None,
        unpublished=True,
        repeatable=False,
        holds=(),
        exists=model.DASHCAM_SAVE,
    )


def set_valet_mode(on: bool, password: str = "") -> Command:
    """Hand the car to a valet, or take it back.

    password: four digits; needed to hand it over, and not sent to take it back
    """
    code = check.pin(password, "password") if on else ""
    body: dict[str, object] = {"on": on, "password": code} if on else {"on": on}
    asked = VehicleControlSetValetModeAction(on=on, password=code)
    return infotainment(
        name="set_valet_mode",
        payload=action(VehicleAction(vehicleControlSetValetModeAction=asked)),
        body=body,
        expects=(Expectation(security.VALET_MODE, on),),
    )


def reset_valet_pin() -> Command:
    """Forget the valet's PIN; valet mode has to be off."""
    asked = VehicleControlResetValetPinAction()
    return infotainment(
        name="reset_valet_pin",
        payload=action(VehicleAction(vehicleControlResetValetPinAction=asked)),
    )


def guest_mode(enable: bool) -> Command:
    """Lend the car to a guest, or take it back."""
    return infotainment(
        name="guest_mode",
        payload=action(VehicleAction(guestModeAction=VehicleState.GuestMode(GuestModeActive=enable))),
        body={"enable": enable},
        expects=(Expectation(security.GUEST_MODE, enable),),
    )


def erase_user_data() -> Command:
    """Erase all that users have left in the car, which has to be in guest mode; nothing brings it back."""
    return infotainment(
        name="erase_user_data",
        payload=action(VehicleAction(eraseUserDataAction=EraseUserDataAction())),
        repeatable=False,
        holds=(),
        obstacle=not_parked,
    )


def set_pin_to_drive(on: bool, password: str = "") -> Command:
    """Demand a PIN from whoever drives, or not.

    password: four digits; none if the car knows one, which stays
    """
    code = check.pin(password, "password") if password else ""
    body: dict[str, object] = {"on": on, "password": code} if code else {"on": on}
    asked = VehicleControlSetPinToDriveAction(on=on, password=code)
    return infotainment(
        name="set_pin_to_drive",
        payload=action(VehicleAction(vehicleControlSetPinToDriveAction=asked)),
        body=body,
        expects=(Expectation(security.PIN_TO_DRIVE, on),),
    )


def reset_pin_to_drive_pin() -> Command:
    """Forget the PIN to drive, which has to be off."""
    asked = VehicleControlResetPinToDriveAction()
    return infotainment(
        name="reset_pin_to_drive_pin",
        payload=action(VehicleAction(vehicleControlResetPinToDriveAction=asked)),
    )


def clear_pin_to_drive_admin() -> Command:
    """Demand no PIN to drive any more, and forget it."""
    asked = VehicleControlResetPinToDriveAdminAction()
    return infotainment(
        name="clear_pin_to_drive_admin",
        payload=action(VehicleAction(vehicleControlResetPinToDriveAdminAction=asked)),
        expects=(Expectation(security.PIN_TO_DRIVE, value=False),),
        since="2023.44",
    )


def speed_limit_activate(pin: str) -> Command:
    """Limit the speed."""
    return _speed_limit("speed_limit_activate", pin, on=True)


def speed_limit_deactivate(pin: str) -> Command:
    """Limit the speed no more."""
    return _speed_limit("speed_limit_deactivate", pin, on=False)


def speed_limit_clear_pin(pin: str) -> Command:
    """Forget the PIN of the speed limit."""
    asked = DrivingClearSpeedLimitPinAction(pin=check.pin(pin, "pin"))
    return infotainment(
        name="speed_limit_clear_pin",
        payload=action(VehicleAction(drivingClearSpeedLimitPinAction=asked)),
        body={"pin": pin},
        expects=(Expectation(security.SPEED_LIMIT_PIN_SET, value=False),),
    )


def speed_limit_clear_pin_admin() -> Command:
    """Forget the PIN of the speed limit, without knowing it."""
    asked = DrivingClearSpeedLimitPinAdminAction()
    return infotainment(
        name="speed_limit_clear_pin_admin",
        payload=action(VehicleAction(drivingClearSpeedLimitPinAdminAction=asked)),
        expects=(Expectation(security.SPEED_LIMIT_PIN_SET, value=False),),
        since="2023.38",
    )


def speed_limit_set_limit(limit_mph: float) -> Command:
    """Set the speed limit, 50 to 120 mph."""
    limit = check.number(limit_mph, "limit_mph", SLOWEST, FASTEST)
    asked = DrivingSetSpeedLimitAction(limit_mph=limit)
    return infotainment(
        name="speed_limit_set_limit",
        payload=action(VehicleAction(drivingSetSpeedLimitAction=asked)),
        body={"limit_mph": limit},
        expects=(Expectation(security.SPEED_LIMIT, limit),),
        setpoint="speed_limit",
    )


# Parental controls came long after the cars that take plain commands, and nobody has documented a plain form.


def parental_controls_activate(pin: str) -> Command:
    """Limit what a young driver can do."""
    return _parental("parental_controls_activate", pin, on=True)


def parental_controls_deactivate(pin: str) -> Command:
    """Limit it no more."""
    return _parental("parental_controls_deactivate", pin, on=False)


def parental_controls_enable_setting(setting: str, enable: bool) -> Command:
    """Choose what is limited; not while it is.

    setting: SpeedLimit, Acceleration, SafetyFeatures, Curfew, BrowserBlocked, TheaterBlocked, ArcadeBlocked
    """
    chosen = check.one_of(setting, "setting", _SETTINGS)
    asked = ParentalControlsEnableSettingsAction(setting=chosen, enable=enable)
    return infotainment(
        name="parental_controls_enable_setting",
        payload=action(VehicleAction(parentalControlsEnableSettingsAction=asked)),
        body=None,
    )


def parental_controls_set_speed_limit(limit_mph: float) -> Command:
    """Set a young driver's speed limit, 50 to 120 mph; not while it applies."""
    limit = check.number(limit_mph, "limit_mph", SLOWEST, FASTEST)
    asked = ParentalControlsSetSpeedLimitAction(limit_mph=limit)
    return infotainment(
        name="parental_controls_set_speed_limit",
        payload=action(VehicleAction(parentalControlsSetSpeedLimitAction=asked)),
        body=None,
        setpoint="parental_speed_limit",
    )


def parental_controls_clear_pin(pin: str) -> Command:
    """Forget the PIN of parental controls."""
    asked = ParentalControlsClearPinAction(pin=check.pin(pin, "pin"))
    return infotainment(
        name="parental_controls_clear_pin",
        payload=action(VehicleAction(parentalControlsClearPinAction=asked)),
        body=None,
    )


def parental_controls_clear_pin_admin() -> Command:
    """Forget the PIN of parental controls, without knowing it."""
    asked = ParentalControlsClearPinAdminAction()
    return infotainment(
        name="parental_controls_clear_pin_admin",
        payload=action(VehicleAction(parentalControlsClearPinAdminAction=asked)),
        body=None,
    )


def _speed_limit(name: str, pin: str, *, on: bool) -> Command:
    asked = DrivingSpeedLimitAction(activate=on, pin=check.pin(pin, "pin"))
    return infotainment(
        name=name,
        payload=action(VehicleAction(drivingSpeedLimitAction=asked)),
        body={"pin": pin},
        expects=(Expectation(security.SPEED_LIMIT_MODE, on),),
    )


def _parental(name: str, pin: str, *, on: bool) -> Command:
    asked = ParentalControlsAction(activate=on, pin=check.pin(pin, "pin"))
    return infotainment(
        name=name,
        payload=action(VehicleAction(parentalControlsAction=asked)),
        body=None,
        expects=(Expectation(security.PARENTAL_CONTROLS, on),),
    )
