"""What was bought with a car and for it: options, specifications, charging at Superchargers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ..car.car import Car
from ..car.configuration import configuration
from ..car.machine import Session
from .answers import REFUSALS, Answer
from .endpoints import Call, Endpoint
from .vehicles import CAR, DATA, of_car

DX = "/api/1/dx"
CHARGING = frozenset({"vehicle_charging_cmds"})
PRICE = 0.41  # pounds a kilowatt-hour
PAGE = 50
# A page with nothing on it; enough for whoever only wants to know that it is one.
PDF = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
%%EOF
"""


def options(call: Call) -> Answer:
    """List what the car was ordered with."""
    car = call.account.car(call.asked.query.get("vin", ""))
    if car is None:
        return REFUSALS["not_found"]
    built = configuration(car.model)
    codes = [
        ("$MDL3", f"Model {built['car_type']}"),
        ("$PPSG", built["exterior_color"]),
        ("$WHLS", built["wheel_type"]),
        ("$APFD", built["driver_assist"]),
    ]
    rows = [{"code": code, "colorCode": None, "displayName": name, "isActive": True} for code, name in codes]
    return Answer(body={"codes": rows})


def specs(_call: Call, _car: Car) -> Answer:
    """Refuse: only a partner's own token opens this, and no user has one to give."""
    return REFUSALS["missing_scopes"]


def history(call: Call) -> Answer:
    """List the charges at Superchargers, newest first."""
    query = call.asked.query
    cars = [car for car in call.account.cars if query.get("vin") in {None, "", car.vin}]
    try:
        page, size = int(query.get("pageNo", "1")), int(query.get("pageSize", str(PAGE)))
        since, until = (
            datetime.fromisoformat(query[name]).timestamp() if query.get(name) else None
            for name in ("startTime", "endTime")
        )
    except ValueError:
        return REFUSALS["bad_request_invalid_command"]
    sessions = [
        (car, session)
        for car in cars
        for session in car.sessions
        if (since is None or session.began >= since) and (until is None or session.began < until)
    ]
    sessions.sort(key=lambda row: row[1].began, reverse=query.get("sortOrder", "DESC") == "DESC")
    shown = sessions[max(page - 1, 0) * size : max(page, 1) * size]
    return Answer(body={"data": [_row(*one) for one in shown], "totalResults": len(sessions)})


def invoice(call: Call) -> Answer:
    """Give an invoice."""
    wanted = call.asked.values["content"]
    known = any(_content(session) == wanted for car in call.account.cars for session in car.sessions)
    if not known:
        return REFUSALS["not_found"]
    return Answer(body=PDF, headers={"Content-Type": "application/pdf"})


def _row(car: Car, session: Session) -> dict[str, Any]:
    number = 700_000_000 + int(session.began) % 1_000_000
    return {
        "sessionId": number,
        "vin": car.vin,
        "siteLocationName": "Gallions Reach, GB",
        "chargeStartDateTime": _moment(car, session.began),
        "chargeStopDateTime": _moment(car, session.ended),
        "unlatchDateTime": _moment(car, session.ended),
        "countryCode": "GB",
        "fees": [
            _fee(number, "CHARGING", "PAYMENT", PRICE, round(session.kwh), "kwh"),
            _fee(number + 1, "CONGESTION", "NO_CHARGE", 0, 0, "min"),
        ],
        "billingType": "IMMEDIATE",
        "invoices": [
            {
                "fileName": f"EXAMPLE{number}.pdf",
                "contentId": _content(session),
                "invoiceType": "IMMEDIATE",
            }
        ],
        "vehicleMakeType": "TSLA",
    }


def _fee(number: int, kind: str, pricing: str, rate: float, usage: int, unit: str) -> dict[str, Any]:  # noqa: PLR0913, PLR0917  # a row of a bill
    due = round(rate * usage, 2)
    return {
        "sessionFeeId": number,
        "feeType": kind,
        "currencyCode": "GBP",
        "pricingType": pricing,
        "rateBase": rate,
        **{f"rateTier{tier}": 0 if tier < 3 else None for tier in range(1, 5)},
        "usageBase": usage,
        **{f"usageTier{tier}": 0 if tier < 3 else None for tier in range(1, 5)},
        "totalBase": due,
        **{f"totalTier{tier}": 0 for tier in range(1, 5)},
        "totalDue": due,
        "netDue": due,
        "uom": unit,
        "isPaid": True,
        "status": "PAID",
    }


def _content(session: Session) -> str:
    return str(UUID(int=int(session.began * 1000), version=4))


def _moment(car: Car, at: float) -> str:
    return datetime.fromtimestamp(at, car.truth.zone).isoformat(timespec="seconds")


ENDPOINTS = (
    Endpoint(name="vehicle_options", path=f"{DX}/vehicles/options", serve=options, scopes=DATA),
    Endpoint(name="vehicle_specs", path=f"{CAR}/specs", serve=of_car(specs)),
    Endpoint(name="charging_history", path=f"{DX}/charging/history", serve=history, scopes=CHARGING),
    Endpoint(
        name="charging_invoice", path=f"{DX}/charging/invoice/{{content}}", serve=invoice, scopes=CHARGING
    ),
)
