import re

import pytest

from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.endpoints import TABLE, Endpoint, Part, Price, Token

TESLEMETRY_PATHS = ("/api/ping", "/api/test", "/api/metadata", "/api/config/{vin}", "/fields.json", "/sse")


def test_each_row_has_a_name_of_its_own() -> None:
    rows = [row for row in vars(endpoints).values() if isinstance(row, Endpoint)]

    assert len(TABLE) == len(rows)
    assert {row.name for row in rows} == TABLE.keys()


def test_the_endpoint_that_costs_ten_cents_is_not_there() -> None:
    assert not [row for row in TABLE.values() if "specs" in row.path]


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_each_row_can_be_asked(row: Endpoint) -> None:
    assert row.method in {"GET", "POST", "PATCH", "DELETE"}
    assert row.path.startswith(TESLEMETRY_PATHS if row.name.startswith("teslemetry/") else "/api/1/")
    assert set(re.findall(r"{(\w+)}", row.path)) <= {"vin"}


@pytest.mark.parametrize(
    ("price", "rows"),
    [
        (
            Price.DATA,
            {"vehicle_data", "nearby_charging_sites", "recent_alerts", "release_notes", "service_data"},
        ),
        (Price.WAKE, {"wake_up"}),
        (Price.COMMAND, {"signed_command"}),
    ],
)
def test_what_costs_is_known(price: Price, rows: set[str]) -> None:
    assert {row.name for row in TABLE.values() if row.price is price} == rows


def test_looking_whether_a_car_is_awake_is_free() -> None:
    assert TABLE["vehicles"].price is TABLE["vehicle"].price is Price.FREE


def test_a_partner_asks_with_a_token_of_its_own() -> None:
    assert {row.path.split("/")[3] for row in TABLE.values() if row.token is Token.PARTNER} == {
        "partner_accounts"
    }


def test_a_plain_command_is_a_row_too() -> None:
    row = endpoints.command("door_lock")

    assert (row.method, row.path) == ("POST", "/api/1/vehicles/{vin}/command/door_lock")
    assert (row.name, row.price) == ("command/door_lock", Price.COMMAND)


@pytest.mark.parametrize(
    ("content_id", "path"),
    [
        ("00000000-0000-4000-8000-0000000000f1", "00000000-0000-4000-8000-0000000000f1"),
        ("../history?x={vin}", "..%2Fhistory%3Fx%3D%7Bvin%7D"),
    ],
)
def test_an_invoice_is_a_row_too_and_leads_nowhere_else(content_id: str, path: str) -> None:
    row = endpoints.invoice(content_id)

    assert row.path.format(vin="VIN") == f"/api/1/dx/charging/invoice/{path}"
    assert (row.price, row.accepts) == (Price.UNKNOWN, "application/pdf")
    assert row.scopes == endpoints.CHARGING_HISTORY.scopes


def test_only_the_place_needs_the_scope_of_places() -> None:
    assert [str(part) for part in Part if part in endpoints.LOCATION_PARTS] == ["location_data"]
