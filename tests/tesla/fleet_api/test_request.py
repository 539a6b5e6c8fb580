import json

from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.request import Call, build, document, form

from .host import VIN

BASE = "https://api.example.com"


def test_the_vin_is_the_vehicles_tag_and_parts_are_joined_and_quoted() -> None:
    call = Call(endpoint=endpoints.VEHICLE_DATA, vin=VIN, params={"endpoints": "charge_state;drive_state"})

    request = build(call, BASE, "secret")

    assert request.method == "GET"
    assert request.url == f"{BASE}/api/1/vehicles/{VIN}/vehicle_data?endpoints=charge_state%3Bdrive_state"
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.body is None


def test_the_content_type_is_said_even_without_a_body() -> None:
    for endpoint in endpoints.TABLE.values():
        assert (
            build(Call(endpoint=endpoint, vin=VIN), BASE, "x").headers["Content-Type"] == "application/json"
        )


def test_a_post_without_a_body_sends_an_empty_object() -> None:
    assert build(Call(endpoint=endpoints.WAKE_UP, vin=VIN), BASE, "x").body == b"{}"


def test_what_changes_something_in_part_has_a_body_too() -> None:
    fields = {"fields": {"Soc": None}}
    request = build(Call(endpoint=endpoints.TESLEMETRY_CONFIG_PATCH, vin=VIN, json=fields), BASE, "x")

    assert request.body == b'{"fields": {"Soc": null}}'
    assert build(Call(endpoint=endpoints.TESLEMETRY_CONFIG_DELETE, vin=VIN), BASE, "x").body is None


def test_a_body_is_json() -> None:
    request = build(Call(endpoint=endpoints.FLEET_STATUS, json={"vins": [VIN]}), BASE, "x")

    assert request.body is not None
    assert json.loads(request.body) == {"vins": [VIN]}


def test_parameters_are_spelled_as_the_web_does_and_none_is_left_out() -> None:
    call = Call(endpoint=endpoints.RELEASE_NOTES, vin=VIN, params={"staged": True, "language": None, "n": 2})

    assert build(call, BASE, "x").url.endswith("/release_notes?staged=true&n=2")


def test_parameters_follow_those_that_belong_to_the_path() -> None:
    url = build(Call(endpoint=endpoints.OPTIONS, vin=VIN, params={"a": 1}), BASE, "x").url

    assert url == f"{BASE}/api/1/dx/vehicles/options?vin={VIN}&a=1"


def test_a_vin_cannot_lead_to_another_path() -> None:
    call = Call(endpoint=endpoints.VEHICLE, vin="../users/me?x=#")

    assert build(call, BASE, "x").url == f"{BASE}/api/1/vehicles/..%2Fusers%2Fme%3Fx%3D%23"


def test_some_sign_in_services_are_sent_json() -> None:
    request = document("https://login.example.com/token", {"grant_type": "refresh_token", "x": "a b&c"})

    assert (request.name, request.method, request.url) == ("token", "POST", "https://login.example.com/token")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body or b"") == {"grant_type": "refresh_token", "x": "a b&c"}


def test_the_sign_in_service_is_sent_a_form() -> None:
    request = form("https://login.example.com/token", {"grant_type": "refresh_token", "x": "a b&c"})

    assert request.body == b"grant_type=refresh_token&x=a+b%26c"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_nothing_secret_is_shown() -> None:
    shown = repr(build(Call(endpoint=endpoints.VEHICLE, vin=VIN, json={"pin": "1234"}), BASE, "secret"))

    assert "vehicle" in shown
    assert VIN not in shown
    assert "secret" not in shown
