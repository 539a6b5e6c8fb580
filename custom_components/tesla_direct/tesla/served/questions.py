"""The questions that TeslaMate asks, each with the answer that Tesla would give.

Source: Fleet API, section 5; providers, section 4
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Any

from ..vehicle.connectivity import Power
from . import document
from .car import ServedCar
from .refusals import UNKNOWN_PATH, UNKNOWN_VEHICLE

LISTS = ("/api/1/products", "/api/1/vehicles")
OF_A_CAR = re.compile(r"/api/1/vehicles/(?P<name>[^/]+)(?P<data>/vehicle_data)?")
EXPIRES_IN = 28_800  # seconds; the token stays what it is, but TeslaMate wants to renew one now and then


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered.

    status:  of HTTP
    asked:   under which name the question is counted; empty for one that was refused
    refused: why, as in `refusals`
    """

    body: Mapping[str, Any]
    status: int = 200
    asked: str = ""
    refused: str = ""


def answer(path: str, cars: Iterable[ServedCar]) -> Answer:
    """Return the answer to a read of a path."""
    if path in LISTS:
        rows = [car.row() for car in cars]
        return Answer(body={"response": rows, "count": len(rows)}, asked="list")
    if (asked := OF_A_CAR.fullmatch(path)) is None:
        return Answer(body=error(document.NOT_FOUND), status=404, refused=UNKNOWN_PATH)
    car = find(asked["name"], cars)
    if car is None:
        return Answer(body=error(document.NOT_FOUND), status=404, refused=UNKNOWN_VEHICLE)
    if asked["data"] is None:
        return Answer(body={"response": car.row()}, asked="vehicle")
    return _data(car)


def _data(car: ServedCar) -> Answer:
    """Return all that is known of a car, if that is of now."""
    if car.power is not Power.ONLINE:
        return Answer(body=error(document.OFFLINE), status=408, asked="vehicle_data")
    if not car.settled:
        return Answer(body=error(document.NOT_YET), status=504, asked="vehicle_data")
    return Answer(body={"response": car.data()}, asked="vehicle_data")


def find(name: str, cars: Iterable[ServedCar]) -> ServedCar | None:
    """Return the car that is called so."""
    return next((car for car in cars if car.is_called(name)), None)


def renewed(token: str) -> Answer:
    """Return the answer to who renews his token: it is the same as before."""
    body = {
        "access_token": token,
        "refresh_token": token,
        "token_type": "Bearer",
        "expires_in": EXPIRES_IN,
    }
    return Answer(body=body, asked="token")


def error(what: str) -> dict[str, Any]:
    """Return a no as Tesla words it."""
    return {"response": None, "error": what, "error_description": ""}
