"""Sentry, valet, guests, PINs."""

from ..body import Body
from ..machine import Machine
from .refused import ALREADY_SET, INVALID_PIN, INVALID_VALUE, refuse_if

PIN_DIGITS = 4
SPEED_LIMITS_MPH = (50.0, 120.0)
SETTINGS = (
    "SpeedLimit",
    "Acceleration",
    "SafetyFeatures",
    "Curfew",
    "BrowserBlocked",
    "TheaterBlocked",
    "ArcadeBlocked",
)
SPEED_LIMIT_ACTIVE = "speed_limit_mode_active"
PARENTAL_ACTIVE = "parental_controls_active"
ALREADY_OFF = "already off"


def set_sentry_mode(car: Machine, *, on: bool) -> None:
    """Keep watch, or not."""
    refuse_if(not car.body.parked, "vehicle_not_in_park")
    car.body.sentry = "Armed" if on else "Off"


def set_valet_mode(car: Machine, *, on: bool, password: str = "") -> None:
    """Lend the car to somebody who parks it; the first PIN stays."""
    body = car.body
    if on:
        body.valet_pin = _checked(body.valet_pin, password)
    else:
        refuse_if(not body.valet, ALREADY_OFF)
    body.valet = on


def reset_valet_pin(car: Machine) -> None:
    """Forget the PIN."""
    refuse_if(car.body.valet, "valet_mode_active")
    car.body.valet_pin = None


def set_pin_to_drive(car: Machine, *, on: bool, password: str = "") -> None:
    """Ask for a PIN before driving; one that is stored stays, whatever is given."""
    body = car.body
    if on and body.drive_pin is None:
        refuse_if(not _is_pin(password), INVALID_PIN)
        body.drive_pin = password
    body.pin_to_drive = on


def reset_pin_to_drive_pin(car: Machine) -> None:
    """Forget the PIN."""
    refuse_if(car.body.pin_to_drive, "pin_to_drive_active")
    car.body.drive_pin = None


def clear_pin_to_drive_admin(car: Machine) -> None:
    """Switch it off and forget the PIN, without knowing it."""
    car.body.pin_to_drive, car.body.drive_pin = False, None


def speed_limit_activate(car: Machine, pin: str) -> None:
    """Limit the speed; the first PIN stays."""
    car.body.speed_limit_pin = _checked(car.body.speed_limit_pin, pin)
    refuse_if(car.body.speed_limit_on, ALREADY_SET)
    car.body.speed_limit_on = True


def speed_limit_deactivate(car: Machine, pin: str) -> None:
    """Limit the speed no longer."""
    refuse_if(not car.body.speed_limit_on, ALREADY_OFF)
    refuse_if(pin != car.body.speed_limit_pin, INVALID_PIN)
    car.body.speed_limit_on = False


def speed_limit_clear_pin(car: Machine, pin: str) -> None:
    """Forget the PIN, knowing it."""
    refuse_if(car.body.speed_limit_on, SPEED_LIMIT_ACTIVE)
    refuse_if(car.body.speed_limit_pin not in {None, pin}, INVALID_PIN)
    car.body.speed_limit_pin = None


def speed_limit_clear_pin_admin(car: Machine) -> None:
    """Switch it off and forget the PIN, without knowing it."""
    car.body.speed_limit_on, car.body.speed_limit_pin = False, None


def speed_limit_set_limit(car: Machine, limit_mph: float) -> None:
    """Set the speed that is not exceeded."""
    refuse_if(car.body.speed_limit_on, SPEED_LIMIT_ACTIVE)
    car.body.speed_limit_mph = _speed(limit_mph)


def parental_controls_activate(car: Machine, pin: str) -> None:
    """Put the chosen restrictions into force; the first PIN stays."""
    car.body.parental_pin = _checked(car.body.parental_pin, pin)
    refuse_if(car.body.parental, ALREADY_SET)
    car.body.parental = True


def parental_controls_deactivate(car: Machine, pin: str) -> None:
    """Lift the restrictions."""
    refuse_if(not car.body.parental, ALREADY_OFF)
    refuse_if(pin != car.body.parental_pin, INVALID_PIN)
    car.body.parental = False


def parental_controls_enable_setting(car: Machine, setting: str, *, enable: bool) -> None:
    """Choose a restriction, or leave it out."""
    refuse_if(car.body.parental, PARENTAL_ACTIVE)
    refuse_if(setting not in SETTINGS, INVALID_VALUE)
    chosen = set(car.body.parental_settings) - {setting} | ({setting} if enable else set())
    car.body.parental_settings = sorted(chosen)


def parental_controls_set_speed_limit(car: Machine, limit_mph: float) -> None:
    """Set the speed that the restriction allows."""
    refuse_if(car.body.parental, PARENTAL_ACTIVE)
    car.body.parental_limit_mph = _speed(limit_mph)


def parental_controls_clear_pin(car: Machine, pin: str) -> None:
    """Forget the PIN, knowing it."""
    refuse_if(car.body.parental, PARENTAL_ACTIVE)
    refuse_if(car.body.parental_pin not in {None, pin}, INVALID_PIN)
    car.body.parental_pin = None


def parental_controls_clear_pin_admin(car: Machine) -> None:
    """Lift the restrictions and forget the PIN, without knowing it."""
    car.body.parental, car.body.parental_pin = False, None


def guest_mode(car: Machine, *, enable: bool) -> None:
    """Let guests in, and keep what is the owner's from them."""
    car.body.guest = enable


def erase_user_data(car: Machine) -> None:
    """Forget what guests have left behind."""
    refuse_if(not car.body.guest, "guest_mode_required")
    refuse_if(not car.body.parked, "vehicle_not_in_park")
    _erase(car.body)


def _erase(body: Body) -> None:
    body.erased += 1
    body.media, body.media_title, body.media_artist, body.media_album = "Stopped", "", "", ""
    body.calendar = ""


def _checked(stored: str | None, given: str) -> str:
    """Return the PIN that is in force; the first one given stays."""
    refuse_if(not _is_pin(given) or stored not in {None, given}, INVALID_PIN)
    return given


def _is_pin(text: str) -> bool:
    return len(text) == PIN_DIGITS and text.isascii() and text.isdigit()


def _speed(mph: float) -> float:
    least, most = SPEED_LIMITS_MPH
    refuse_if(not least <= mph <= most, INVALID_VALUE)
    return float(mph)
