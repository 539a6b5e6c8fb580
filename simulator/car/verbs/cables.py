"""What a cable and the socket at its other end do to a car."""

from .. import charger
from ..machine import Machine


class Cables(Machine):
    """Charging."""

    def charge(self, kind: str = "ac", limit: int | None = None) -> None:
        """Plug in, if it is not, and charge."""
        self.wake_now()
        if limit is not None:
            self.body.charge_limit_percent = limit
        if not self.body.plugged_in:
            self.plug_in(kind)
        charger.resume(self.body)

    def stop_charging(self) -> None:
        """Stop, and keep the cable in."""
        self.body.charge_wanted = False
        charger.stop(self.body, "Stopped")

    def cut_power(self) -> None:
        """Take the power from the socket."""
        self.body.wall_has_power = False

    def restore_power(self) -> None:
        """Give the socket its power back."""
        self.body.wall_has_power = True

    def revise_charge(self, kwh: float = 0.01) -> None:
        """Let the car correct its session counter downwards, as they do by a few watt-hours."""
        self.body.session_battery_kwh = max(self.body.session_battery_kwh - kwh, 0.0)
