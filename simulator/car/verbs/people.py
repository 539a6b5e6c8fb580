"""What people do to a car."""

from collections.abc import Sequence
from typing import Any

from ..journey import Journey, Leg
from ..machine import Machine
from ..roads import ROADS

DOORS_OF_BODY = {
    "driver_front": "door_driver_front_open",
    "driver_rear": "door_driver_rear_open",
    "passenger_front": "door_passenger_front_open",
    "passenger_rear": "door_passenger_rear_open",
    "frunk": "trunk_front_open",
    "trunk": "trunk_rear_open",
}


class People(Machine):
    """Doors, driving, comfort."""

    def get_in(self) -> None:
        """Let somebody sit down behind the wheel."""
        self.wake_now()
        body = self.body
        body.locked = False
        body.user_present = body.driver_seat_occupied = body.driver_buckled = True
        body.climate_on = True
        body.display = "On"
        body.dashcam = "Recording"

    def drive(self, to: str | Sequence[float] = "work", mph: float = 30.0, delay: float = 0.0) -> None:
        """Set off: to "work", "home", "charger" …, or in a straight line to a latitude and longitude.

        mph:   how fast, on a straight line
        delay: minutes of traffic that navigation talks of
        """
        self.get_in()
        if self.body.plugged_in:
            self.unplug()
        if isinstance(to, str):
            name, legs = ROADS[to]
        else:
            name, legs = "Dropped pin", (Leg(end=(to[0], to[1]), limit_mph=mph),)
        self.journey = Journey(self.body, legs, name, delay_minutes=delay)
        self.body.gear = "D"
        self.body.display = "Driving"

    def park(self) -> None:
        """Stop right here and get out."""
        self.arrive()

    def open_door(self, which: str = "driver_front") -> None:
        """Open a door, the "frunk" or the "trunk"."""
        self._set_door(which, is_open=True)

    def close_door(self, which: str = "driver_front") -> None:
        """Close a door, the "frunk" or the "trunk"."""
        self._set_door(which, is_open=False)

    def lock(self) -> None:
        """Lock it."""
        self.wake_now()
        self.body.locked = True

    def unlock(self) -> None:
        """Unlock it."""
        self.wake_now()
        self.body.locked = False

    def climate(self, *, on: bool = True, celsius: float | None = None) -> None:
        """Switch climate on or off, to a temperature."""
        self.wake_now()
        self.body.climate_on = on
        if celsius is not None:
            self.body.driver_temp_c = self.body.passenger_temp_c = celsius

    def sentry(self, state: str = "Armed") -> None:
        """Change the sentry's state."""
        self.wake_now()
        self.body.sentry = state

    def offer_update(self, version: str = "2026.36.1", minutes: int = 25) -> None:
        """Have an update downloaded and ready."""
        body = self.body
        body.update_version, body.update_status = version, "available"
        body.update_download_percent, body.update_minutes = 100, minutes

    def install_update(self) -> None:
        """Install the update that is ready; the car says nothing until it is done."""
        if self.body.update_version is None:
            raise ValueError("there is no update")
        self.wake_now()
        self.body.update_status = "installing"
        self.follow()

    def change(self, **truth: Any) -> None:
        """Change the truth itself, by the names of the body's fields."""
        for name, value in truth.items():
            if not hasattr(self.body, name):
                raise KeyError(name)
            setattr(self.body, name, tuple(value) if name in {"home", "work"} else value)

    def _set_door(self, which: str, *, is_open: bool) -> None:
        self.wake_now()
        setattr(self.body, DOORS_OF_BODY[which], is_open)
