"""Name, software, power saving, calendar, notes."""

from functools import partial

from .. import update
from ..machine import Machine
from .refused import INVALID_VALUE, refuse_if

LONGEST_NAME = 80
LONGEST_NOTE = 80
WARNING_S = 120.0  # how long the car counts down before it installs
TOO_LOW_PERCENT = 5.0  # below, power is saved whatever anybody wants


def set_vehicle_name(car: Machine, vehicle_name: str) -> None:
    """Give it a name."""
    refuse_if(car.body.guest, "guest_mode_active")
    refuse_if(len(vehicle_name) > LONGEST_NAME, INVALID_VALUE)
    car.body.name = vehicle_name


def schedule_software_update(car: Machine, offset_sec: int) -> None:
    """Install what is ready, so many seconds from now; the car counts two minutes down first."""
    body = car.body
    refuse_if(body.update_version is None, "no_update_available")
    refuse_if(update.installing(body), "already_installing")
    refuse_if(offset_sec < 0, INVALID_VALUE)
    wait = max(float(offset_sec), WARNING_S)
    body.update_status = "scheduled"
    body.update_at = car.now + wait
    car.later("update", wait, partial(_install, car))


def cancel_software_update(car: Machine) -> None:
    """Do not install yet."""
    refuse_if(update.installing(car.body), "already_installing")
    car.halt("update")
    if car.body.update_status == "scheduled":
        car.body.update_status, car.body.update_at = "available", None


def set_low_power_mode(car: Machine, *, enable: bool) -> None:
    """Save power."""
    refuse_if(not enable and car.body.battery_percent < TOO_LOW_PERCENT, "low_power_mode_enforced")
    car.body.low_power = enable


def keep_accessory_power_mode(car: Machine, *, enable: bool) -> None:
    """Leave the sockets on."""
    refuse_if(enable and car.body.low_power, "low_power_mode_enforced")
    car.body.accessory_power = enable


def upcoming_calendar_entries(car: Machine, calendar_data: str) -> None:
    """Show what is in somebody's calendar."""
    car.body.calendar = calendar_data


def take_drivenote(car: Machine, note: str) -> None:
    """Keep a remark."""
    car.body.drive_notes.append(note[:LONGEST_NOTE])


def dashcam_save_clip(car: Machine) -> None:
    """Save what the cameras saw."""
    refuse_if(car.body.dashcam == "Unavailable", "dashcam_unavailable")
    car.body.clips_saved += 1


def _install(car: Machine) -> None:
    car.body.update_at = None
    car.body.update_status = "installing"
    car.follow()
