"""Who uses the cloud: accounts with their cars and sites, applications with their registrations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..car.car import Car

SCOPES = (
    "openid",
    "offline_access",
    "user_data",
    "vehicle_device_data",
    "vehicle_location",
    "vehicle_cmds",
    "vehicle_charging_cmds",
    "energy_device_data",
    "energy_cmds",
)
REGIONS = ("na", "eu", "cn")


@dataclass(slots=True, kw_only=True)
class Account:
    """A Tesla user.

    sites:    rows of energy sites, as /products lists them beside cars
    consents: what was granted, by application
    """

    sub: str
    name: str = "Pat Example"
    email: str = "driver@example.org"
    region: str = "eu"
    locale: str = "en-GB"
    cars: list[Car] = field(default_factory=list)
    sites: list[Mapping[str, Any]] = field(default_factory=list)
    consents: dict[str, frozenset[str]] = field(default_factory=dict)

    def car(self, tag: str) -> Car | None:
        """Find a car by its VIN or its numeric id."""
        return next((car for car in self.cars if tag in {car.vin, str(car.row()["id"])}), None)


@dataclass(slots=True, kw_only=True)
class Application:
    """What a developer has registered.

    public_key: what cars have to know for its commands; None while it is not known
    """

    client_id: str = "00000000-0000-4000-8000-0000000c11e7"
    client_secret: str = "not-much-of-a-secret"  # noqa: S105  # nothing real hangs on it
    redirect_uris: list[str] = field(default_factory=list)
    regions: set[str] = field(default_factory=lambda: set(REGIONS))
    public_key: bytes | None = None

    def takes(self, redirect_uri: str) -> bool:
        """Tell whether an address is registered, letter for letter; with none registered, all are."""
        return not self.redirect_uris or redirect_uri in self.redirect_uris
