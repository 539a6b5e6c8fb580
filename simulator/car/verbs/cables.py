"""What a cable and the socket at its other end do to a car."""

from .. import charger
from ..machine import Machine


class Cables(Machine):
    """Charging."""

    def plug_in(self, kind: str = "ac") -> None:
        """Put a cable in, "ac" or "dc"; it starts by itself if charging is wanted."""
        self.wake_now()
        charger.plug_in(self.body, fast=kind == "dc", three_phase=self.model.three_phase)

    def unplug(self) -> None:
        """Take the cable out."""
        self.wake_now()
        charger.unplug(self.body)

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
