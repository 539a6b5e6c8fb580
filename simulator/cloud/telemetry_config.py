"""A car's telemetry configuration as the cloud keeps it."""

from ..car.car import Car
from .answers import Answer, ok
from .endpoints import Call, Endpoint
from .vehicles import CAR, DATA, of_car

PATH = f"{CAR}/fleet_telemetry_config"


def telemetry_config(call: Call, car: Car) -> Answer:
    """Give the telemetry configuration, and whether the car has fetched it."""
    return ok(
        {
            "synced": car.synced,
            "config": dict(car.told.raw) if car.told else None,
            "key_paired": car.knows_key(call.books.application.key_in(call.asked.host)),
            "limit_reached": False,
            "update_available": False,
        }
    )


def delete(_call: Call, car: Car) -> Answer:
    """Take the telemetry configuration away; a car that sleeps goes on with it until it is online."""
    updated = int(car.told is not None)
    car.tell(None)
    return ok({"updated_vehicles": updated})


def telemetry_errors(_call: Call, car: Car) -> Answer:
    """List what went wrong when the car tried to connect."""
    troubles = car.telemetry.connections.trouble_names()
    rows = [{"name": name, "error": text, "vin": car.vin} for name, text in troubles]
    return ok({"fleet_telemetry_errors": rows})


ENDPOINTS = (
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
