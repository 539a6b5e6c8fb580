"""A car's telemetry configuration as the cloud keeps it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..car.car import Car
from ..car.firmware import ATOM_STREAMS_SINCE, STREAMS_SINCE, version
from ..car.stream import read_config
from . import jws
from .answers import DOCS, Answer, bad_parameter, ok, refusal
from .claims import refused
from .endpoints import Call, Endpoint
from .vehicles import CAR, DATA, LIST, of_car

PATH = f"{CAR}/fleet_telemetry_config"
REASONS = ("missing_key", "unsupported_hardware", "unsupported_firmware", "max_configs")


def create(call: Call) -> Answer:
    """Give a signed configuration to cars, and say which of them cannot have it, and why."""
    body = call.asked.json
    vins = body.get("vins") if isinstance(body, dict) else None
    if not isinstance(vins, list) or not vins or not all(isinstance(vin, str) for vin in vins):
        return bad_parameter("vins is missing")
    try:
        signed = jws.read(body.get("token"))
    except jws.BadToken as error:
        return refusal(400, f"invalid token: {error}")
    if signed.claims.get("aud") != jws.AUDIENCE:
        return refusal(400, "invalid token: the audience is another one")
    if wrong := refused(signed.claims, call.scopes, call.books.clock.now()):
        return wrong
    cars = {vin: call.account.car(vin) for vin in vins}
    config = read_config(signed.claims, signed.issuer)
    skipped: dict[str, list[str]] = {reason: [] for reason in REASONS}
    told: list[Car] = []
    for vin, car in cars.items():
        if car is None:
            return refusal(404, f"{vin} not_found")
        if reason := _unfit(car, call.books.application.key_in(call.asked.host)):
            skipped[reason].append(vin)
        else:
            told.append(car)
    for car in told:
        car.tell(config)
    some = {"skipped_vehicles": skipped} if len(told) < len(cars) else {}
    return ok({"updated_vehicles": len(told), **some})


def create_unsigned(_call: Call) -> Answer:
    """Refuse what nobody signed: that is for applications from before signatures."""
    return refusal(412, f"Refer to {DOCS}/fleet-telemetry for instructions setting up fleet-telemetry.")


def telemetry_config(call: Call, car: Car) -> Answer:
    """Give the telemetry configuration, and whether the car has fetched it."""
    return ok(
        {
            "synced": car.synced,
            "config": dict(car.told.raw) if car.told else None,
            "key_paired": car.knows_key(call.books.application.key_in(call.asked.host)),
            "limit_reached": car.subscription.full,
            "update_available": False,
        }
    )


def delete(_call: Call, car: Car) -> Answer:
    """Take the telemetry configuration away; a car that sleeps goes on with it until it is online."""
    updated = int(car.told is not None)
    car.tell(None)
    return ok({"updated_vehicles": updated})


def telemetry_errors(call: Call, car: Car) -> Answer:
    """List what went wrong when the car tried to connect, and what it thought of its configuration."""
    return ok({"fleet_telemetry_errors": errors_of(car, call.client_id)})


def errors_of(car: Car, client_id: str) -> list[dict[str, Any]]:
    """Return what a car complained of: in the old form without names and times, and in the new one."""
    old = [
        {"name": name, "error": text, "vin": car.vin}
        for name, text in car.telemetry.connections.trouble_names()
    ]
    new = [
        {
            "created_at": datetime.fromtimestamp(report.at, UTC).isoformat().replace("+00:00", "Z"),
            "error": report.text,
            "error_name": report.name,
            "name": client_id,
            "txID": str(UUID(int=int(report.at * 1_000_000) << 64 | number, version=4)),
            "vin": car.vin,
        }
        for number, report in enumerate(car.reports)
    ]
    return [*old, *new]


def _unfit(car: Car, key: bytes | None) -> str:
    """Say why a car cannot have a configuration; nothing if it can."""
    firmware, switch = version(car.body.firmware), car.model.streaming_switch
    if not car.model.streams:
        return "unsupported_hardware"
    if firmware < (STREAMS_SINCE if switch is None else ATOM_STREAMS_SINCE):
        return "unsupported_firmware"
    # Cars with a switch have no keychain for applications; which reason Tesla then gives is not known.
    if switch is False or (switch is None and not car.knows_key(key)):
        return "missing_key"
    return "max_configs" if car.subscription.full and not car.subscription.unnoticed else ""


ENDPOINTS = (
    Endpoint(
        name="fleet_telemetry_config_jws",
        method="POST",
        path=f"{LIST}/fleet_telemetry_config_jws",
        serve=create,
        scopes=DATA,
    ),
    Endpoint(
        name="fleet_telemetry_config_create",
        method="POST",
        path=f"{LIST}/fleet_telemetry_config",
        serve=create_unsigned,
        scopes=DATA,
    ),
    Endpoint(name="fleet_telemetry_config", path=PATH, serve=of_car(telemetry_config), scopes=DATA),
    Endpoint(
        name="fleet_telemetry_config_delete",
        method="DELETE",
        path=PATH,
        serve=of_car(delete),
        scopes=DATA,
    ),
    Endpoint(
        name="fleet_telemetry_errors",
        path=f"{CAR}/fleet_telemetry_errors",
        serve=of_car(telemetry_errors),
        scopes=DATA,
    ),
)
