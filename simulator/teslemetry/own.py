"""Calls that only the service has; their answers stand bare, without Tesla's envelope."""

from typing import Any

from ..car.car import Car
from ..cloud.answers import Answer, ok
from .accounts import Customer
from .office import Call, Office

MONTH_S = 30 * 86_400


def test(_call: Call) -> Answer:
    """Say that the token is good."""
    return ok(response=True)


def userdata(call: Call) -> Answer:
    """Say who the customer is."""
    owner = call.customer.owner
    return Answer(body={"uid": call.customer.uid, "email": owner.email, "name": owner.name})


def metadata(call: Call) -> Answer:
    """Say what the account has: scopes, cars, sites, and what is wrong with each."""
    customer, office = call.customer, call.office
    vehicles = {car.vin: _car(office, customer, car) for car in customer.cars}
    sites = {
        str(site.id): {"name": site.name, "access": site.access and customer.subscribed}
        for site in customer.sites.values()
    }
    now = int(office.clock.now())
    return Answer(
        body={
            "uid": customer.uid,
            "region": customer.region.upper(),
            "scopes": sorted(customer.scopes),
            "vehicles": vehicles,
            "energy_sites": sites,
            "subscription": {"cycle": "month", "start": now - MONTH_S // 2, "end": now + MONTH_S // 2}
            if customer.subscribed
            else None,
            "vins": list(vehicles),
        }
    )


def issue_of(office: Office, customer: Customer, car: Car) -> str:
    """Say what keeps the service from working for a car; nothing if nothing does."""
    if car.vin in customer.issues:
        return customer.issues[car.vin]
    if car.model.streaming_switch is False and car.model.streams:
        return "streaming_toggle"
    return "key" if not car.model.old and not office.feed(car).paired else ""


def _car(office: Office, customer: Customer, car: Car) -> dict[str, Any]:
    feed = office.feed(car)
    row: dict[str, Any] = {
        "name": car.truth.name,
        "permission": car.model.access,
        "proxy": car.model.signs,
        "signing": "required" if car.model.signs else "off",
        "access": customer.pays_for(car.vin),
        "polling": not car.model.streams,
        "firmware": car.body.firmware,
        "discounted": not car.model.streams,
        "fleet_telemetry": car.model.client or "unknown",
        "config": dict(feed.config.raw) if feed.config else {},
    }
    if issue := issue_of(office, customer, car):
        row["issue"] = issue
    return row
