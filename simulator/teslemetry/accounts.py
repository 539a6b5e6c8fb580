"""Who uses the service: customers with their Tesla accounts, subscriptions and sites."""

from dataclasses import dataclass, field
from typing import Any

from ..car.car import Car
from ..cloud.accounts import SCOPES, Account
from .credits import Credits


@dataclass(slots=True, kw_only=True)
class Site:
    """An energy site as the service lists it; `access` is whether it is subscribed."""

    id: int
    name: str = "Example home"
    access: bool = True

    def live_status(self, at: str) -> dict[str, Any]:
        """Return a plausible hour of an afternoon."""
        return {
            "solar_power": 3210,
            "battery_power": -1500,
            "load_power": 710,
            "grid_power": -1000,
            "percentage_charged": 63.2,
            "timestamp": at,
        }

    def site_info(self) -> dict[str, Any]:
        """Return what hardly changes."""
        return {"id": str(self.id), "site_name": self.name, "backup_reserve_percent": 20}


@dataclass(slots=True, kw_only=True, eq=False)
class Customer:
    """Somebody with an account at the service.

    uid:        what `metadata` calls the account
    owner:      the Tesla account that it is linked to; its cars are the customer's
    scopes:     what Tesla's sign-in granted to the service
    subscribed: pays for the account
    dropped:    cars that it no longer pays for
    issues:     what `metadata` says of a car whatever is so; empty takes an issue away
    """

    uid: str
    owner: Account
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    subscribed: bool = True
    dropped: set[str] = field(default_factory=set)
    issues: dict[str, str] = field(default_factory=dict)
    sites: dict[int, Site] = field(default_factory=dict)
    credits: Credits = field(default_factory=Credits)

    @property
    def region(self) -> str:
        """Return where the service asks for it: na or eu, for there is no other."""
        return "na" if self.owner.region == "na" else "eu"

    @property
    def cars(self) -> list[Car]:
        """Return its cars."""
        return self.owner.cars

    def car(self, vin: str) -> Car | None:
        """Find a car by its VIN, or by its number."""
        return self.owner.car(vin)

    def pays_for(self, vin: str) -> bool:
        """Tell whether a car is subscribed."""
        return self.subscribed and vin not in self.dropped
