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
PARTNER_SCOPES = (
    "vehicle_specs",
    "vehicle_pricing_info",
)  # no user can grant these
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An application's partner account in one region.

    domain:     whose key was fetched; empty where a verb registered it, which then fits any domain
    public_key: what Tesla found there; None takes any key for the application's
    at:         real time, seconds since 1970
    """

    domain: str = ""
    public_key: bytes | None = None
    at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Application:
    """What a developer has made in Tesla's portal.

    registrations: by region; at first the application is registered everywhere, with no word of a key
    origins:       allowed ones, as the portal has them; with none, all are
    before:        allowed ones until the last edit has come through
    edited, mature: simulated seconds at which that edit, and the application itself, have come through
    """

    client_id: str = "00000000-0000-4000-8000-0000000c11e7"
    client_secret: str = "not-much-of-a-secret"  # noqa: S105  # nothing real hangs on it
    redirect_uris: list[str] = field(default_factory=list)
    registrations: dict[str, Registration] = field(
        default_factory=lambda: dict.fromkeys(REGIONS, Registration())
    )
    origins: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    edited: float = 0.0
    mature: float = 0.0

    def takes(self, redirect_uri: str) -> bool:
        """Tell whether an address is registered, letter for letter; with none registered, all are."""
        return not self.redirect_uris or redirect_uri in self.redirect_uris

    def key_in(self, region: str) -> bytes | None:
        """Return the key that it is known by in a region; None where none was ever registered."""
        registration = self.registrations.get(region)
        return registration.public_key if registration else None

    def allowed(self, passed: float) -> list[str]:
        """Return the allowed origins that count now; `passed` is simulated time."""
        return self.origins if passed >= self.edited else self.before
