"""Calls about the user: who it is, which region, what belongs to them."""

from typing import Any

from ..car.car import Car
from ..car.snapshot.vehicle import vehicle_config
from .answers import Answer, ok
from .endpoints import Call, Endpoint


def me(call: Call) -> Answer:
    """Say who is signed in."""
    account = call.account
    return ok(
        {
            "email": account.email,
            "full_name": account.name,
            "profile_image_url": "https://example.org/avatar.png",
            "vault_uuid": account.sub,
        }
    )


def region(call: Call) -> Answer:
    """Say where the account lives."""
    home = call.account.region
    return ok({"region": home, "fleet_api_base_url": call.books.bases[home]})


def feature_config(_call: Call) -> Answer:
    """Say which features the user's application gets."""
    return ok({"signaling": {"enabled": False, "subscribe_connectivity": False, "use_auth_token": False}})


def products(call: Call) -> Answer:
    """List cars and energy sites together."""
    rows: list[Any] = []
    if "vehicle_device_data" in call.scopes:
        rows += [_product(car) for car in call.account.cars]
    if "energy_device_data" in call.scopes:
        rows += call.account.sites
    return ok(rows, count=len(rows))


def _product(car: Car) -> dict[str, Any]:
    return car.row() | {
        "device_type": "vehicle",
        "vehicle_config": vehicle_config(car.truth),
        "command_signing": _signing(car),
        "release_notes_supported": True,
        "mobile_access_disabled": not car.body.mobile_access,
    }


def _signing(car: Car) -> str:
    """Tell whether a car wants signed commands, takes them, or has never heard of them."""
    if car.model.signs:
        return "required"
    return "off" if car.model.old else "allowed"


ENDPOINTS = (
    Endpoint(name="users_me", path="/api/1/users/me", serve=me, scopes=frozenset({"user_data"})),
    Endpoint(name="users_region", path="/api/1/users/region", serve=region),
    Endpoint(name="users_feature_config", path="/api/1/users/feature_config", serve=feature_config),
    Endpoint(
        name="products",
        path="/api/1/products",
        serve=products,
        scopes=frozenset({"vehicle_device_data", "energy_device_data"}),
    ),
)
