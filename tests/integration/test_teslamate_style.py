"""Addresses as TeslaMate is told them: pasted however they are written, or entered one by one."""

import logging
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.shared import async_get_shared
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk


@pytest.fixture
async def service(account: Account, world: World, car: Car) -> MyTeslaMate:
    """A service that calls cars by either tag."""
    await account.shared()
    service = await world.open_myteslamate(tags=("vin", "id"))
    service.pair(car.vin)
    return service


async def begin(dialogue: Dialogue, way: str = "teslamate_paste") -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate_style")
    assert dialogue.step["step_id"] == "teslamate_style"
    await dialogue.answer(next_step_id=way)


def settings_of(service: MyTeslaMate, **more: str) -> str:
    """Return settings as people paste them."""
    return "\n".join(
        [
            "# of my TeslaMate",
            f"  export TESLA_API_HOST='{service.address}'  # the API",
            f'- TESLA_AUTH_HOST="{service.address}"',
            "TESLA_AUTH_PATH: /api/oauth2/v3",
            f"TESLA_WSS_HOST={service.stream_address}",
            "TESLA_WSS_USE_VIN=true",
            f'TOKEN = "?token={service.token}"',
            *(f"{name}={value}" for name, value in more.items()),
        ]
    )


def suggested(dialogue: Dialogue) -> dict[str, Any]:
    """Return what the fields of a form hold."""
    fields = dialogue._fields()
    return {each["name"]: (each.get("description") or {}).get("suggested_value") for each in fields}


def told(dialogue: Dialogue, name: str) -> str:
    return str(dialogue.step["description_placeholders"][name])


def entry_of(hass: HomeAssistant) -> Any:
    for flow in hass.config_entries.flow.async_progress():  # the tour
        hass.config_entries.flow.async_abort(flow["flow_id"])
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def make(hass: HomeAssistant, dialogue: Dialogue, car: Car) -> Any:
    assert dialogue.step["step_id"] == "myteslamate_cars", dialogue.step
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[car.vin], raw=True)
    assert dialogue.step["type"] == "create_entry", dialogue.step
    entry = entry_of(hass)
    await hass.async_block_till_done()
    return entry


async def test_pasted_settings_are_shown_and_then_used(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue)
    await dialogue.answer(settings=settings_of(service))
    assert dialogue.step["step_id"] == "teslamate_fields"
    held = {name: value for name, value in suggested(dialogue).items() if value}
    assert held == {
        "api": service.address,
        "renewal": f"{service.address}/api/oauth2/v3/token",
        "client_id": "ownerapi",
        "stream": service.stream_address,
        "tag": "vin",
    }
    assert service.token not in str(dialogue.step)
    assert service.requests() == []
    await dialogue.answer(**held)
    entry = await make(hass, dialogue, car)

    provider = entry.data["provider"]
    assert (provider["name"], provider["address"]) == ("teslamate_style", service.address)
    assert provider["renewal"] == held["renewal"]
    assert provider["stream"]["url"] == service.stream_address
    assert str(entry.unique_id).startswith("teslamate_style-")
    assert entry.data["tags"] == {car.vin: car.vin}
    token = await (await async_get_shared(hass)).tokens.async_load(entry.unique_id)
    assert token is not None
    assert token.access_token == service.token


async def test_what_was_made_of_pasted_settings_is_said(dialogue: Dialogue, service: MyTeslaMate) -> None:
    await begin(dialogue)
    more = {
        "TESLA_AUTH_HOST": "https://auth.tesla.com",
        "TESLA_WSS_TLS_ACCEPT_INVALID_CERTS": "true",
        "MQTT_HOST": "mosquitto",
    }
    await dialogue.answer(settings=settings_of(service, **more))

    said = told(dialogue, "made_of_it")
    assert "Corrected: `TESLA_AUTH_HOST`. What is taken instead stands below." in said
    assert "Not taken over: `TESLA_WSS_TLS_ACCEPT_INVALID_CERTS`." in said
    assert "Left aside, as it means nothing here: `MQTT_HOST`." in said
    assert suggested(dialogue)["renewal"].startswith("https://fleet-auth.prd.vn.cloud.tesla.com/")


@pytest.mark.parametrize(
    ("settings", "error", "variable"),
    [
        ("nothing of the kind", "setting_nothing", ""),
        ("TOKEN=abc", "setting_missing", "TESLA_API_HOST"),
        ("TESLA_API_HOST=https://owner-api.teslamotors.com", "setting_owner_api", "TESLA_API_HOST"),
        (
            "TESLA_API_HOST=https://a.example\nTESLA_WSS_HOST=wss://streaming.vn.teslamotors.com",
            "setting_owner_stream",
            "TESLA_WSS_HOST",
        ),
        ("TESLA_API_HOST=${HOST}", "setting_placeholder", "TESLA_API_HOST"),
        ("TESLA_API_HOST=http://a.example", "setting_not_encrypted", "TESLA_API_HOST"),
        ("x" * 30_000, "setting_too_long", ""),
    ],
)
async def test_settings_that_cannot_serve_are_refused_with_a_word(
    dialogue: Dialogue, settings: str, error: str, variable: str
) -> None:
    await begin(dialogue)
    await dialogue.answer(settings=settings)

    assert dialogue.errors == {"settings": error}
    assert told(dialogue, "variable") == (f"`{variable}`" if variable else "")


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"api": "https://owner-api.teslamotors.com"}, {"api": "setting_owner_api"}),
        ({"renewal": "http://auth.example/oauth2/v3"}, {"renewal": "setting_not_encrypted"}),
        ({"renewal": "https://auth.example/oauth2/v3?x=y"}, {"renewal": "setting_address"}),
        ({"client_id": "umläute"}, {"client_id": "setting_client_id"}),
        ({"stream": "nonsense stream"}, {"stream": "setting_address"}),
        ({"token": "with a gap"}, {"token": "setting_token"}),
        ({"refresh_token": "with a gap"}, {"refresh_token": "setting_token"}),
        ({"authority_file": "/none.pem"}, {"authority_file": "file_unreadable"}),
    ],
)
async def test_a_field_that_cannot_serve_is_named(
    dialogue: Dialogue, entered: dict[str, str], errors: dict[str, str]
) -> None:
    await begin(dialogue, "teslamate_fields")
    await dialogue.answer(**({"api": "https://a.example", "token": "abc", "tag": "vin"} | entered))

    assert dialogue.errors == errors
    shown = suggested(dialogue)
    assert {name: shown[name] for name in entered if "token" not in name} == {
        name: value for name, value in entered.items() if "token" not in name
    }
    assert shown["token"] is shown["refresh_token"] is None


async def test_a_stream_that_calls_cars_by_tesla_s_number_is_asked_for_them_by_it(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    await dialogue.answer(
        api=service.address, token=f"token={service.token}", stream=service.stream_address, tag="id"
    )
    entry = await make(hass, dialogue, car)

    assert entry.data["tags"] == {car.vin: service.vehicle_id(car.vin)}
    assert entry.data["provider"]["stream"]["tag"] == "id"
    assert entry.data["provider"]["renewal"] == ""


@pytest.mark.parametrize("renewal", ["{}/api/oauth2/v3", "{}/api/oauth2/v3/token/"])
async def test_a_token_is_renewed_where_it_is_said(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, renewal: str
) -> None:
    service.expire_tokens()
    await begin(dialogue, "teslamate_fields")
    await dialogue.answer(
        api=service.address,
        token=service.token,
        refresh_token=service.refresh_token,
        renewal=renewal.format(service.address),
        client_id="mine",
        stream=service.stream_address,
        tag="vin",
    )
    entry = await make(hass, dialogue, car)

    assert entry.data["oauth_client"] == "mine"
    (renewed,) = service.requests("token")
    assert '"client_id": "mine"' in renewed.body


async def test_a_refresh_token_is_of_no_use_where_nobody_renews(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    await dialogue.answer(
        api=service.address,
        token=service.token,
        refresh_token=service.refresh_token,
        stream=service.stream_address,
        tag="vin",
    )
    entry = await make(hass, dialogue, car)

    assert "oauth_client" not in entry.data


async def test_what_the_service_says_instead_is_told_where_it_was_entered(
    dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue)
    await dialogue.answer(settings=settings_of(service))
    held = {name: value for name, value in suggested(dialogue).items() if value}
    service.refuse("products", 503, times=1)
    await dialogue.answer(**held)
    assert dialogue.step["step_id"] == "teslamate_fields"
    assert dialogue.errors == {"base": "service_unreachable"}

    await dialogue.answer(**held)  # the token is still the one that was pasted
    assert dialogue.options == [car.vin]


async def test_a_car_without_a_name_makes_an_entry_that_is_just_tesla_s(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    car.body.name = " "
    await begin(dialogue, "teslamate_fields")
    await dialogue.answer(api=service.address, token=service.token, tag="vin")
    await dialogue.answer(vehicles=[car.vin])

    entry = entry_of(hass)
    assert (entry.title, entry.data["tags"]) == ("Tesla", {})


async def test_addresses_can_be_changed_later(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue)
    await dialogue.answer(settings=settings_of(service))
    await dialogue.answer(**{name: value for name, value in suggested(dialogue).items() if value})
    entry = await make(hass, dialogue, car)
    await dialogue.reconfigure(entry, "teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    held = {name: value for name, value in suggested(dialogue).items() if value}
    assert held["stream"] == service.stream_address
    new = service.paste_token()
    await dialogue.answer(**(held | {"token": new, "tag": "id"}))

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["provider"]["stream"]["tag"] == "id"
    assert entry.data["tags"] == {car.vin: service.vehicle_id(car.vin)}
    assert entry.data["raw"] is True
    token = await (await async_get_shared(hass)).tokens.async_load(entry.unique_id)
    assert token is not None
    assert token.access_token == new


async def test_who_is_to_hear_another_stream_is_asked_before_it_is_taken(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    entered = {"api": service.address, "stream": service.stream_address, "tag": "vin"}
    await dialogue.answer(**entered, token=service.token)
    entry = await make(hass, dialogue, car)
    before = dict(entry.data)

    async def change(token: str, stream: str) -> None:
        await dialogue.reconfigure(entry, "teslamate_style")
        await dialogue.answer(next_step_id="teslamate_fields")
        await dialogue.answer(**(entered | {"stream": stream}), token=token)

    elsewhere = f"{service.stream_address}/elsewhere"
    await change(service.strangers_token(), elsewhere)
    assert dialogue.step["reason"] == "wrong_account"
    await change(service.token, elsewhere)
    assert dialogue.step["step_id"] == "legacy_stream"
    assert dict(entry.data) == before
    await dialogue.answer(next_step_id="legacy_stream_none")
    assert (entry.data["tags"], entry.data["provider"]["stream"]["url"]) == ({}, elsewhere)

    new = service.paste_token()
    await change(new, service.stream_address)
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[car.vin], raw=False)
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert (entry.data["tags"], entry.data["raw"]) == ({car.vin: car.vin}, False)
    assert await entry.runtime_data.tokens.access_token() == new

    service.member.owner.cars.remove(car)  # so that there is nothing to ask about
    await change(service.paste_token(), elsewhere)
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["tags"] == {}


async def test_a_token_for_other_addresses_is_not_told_at_those_from_before(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    entered = {"api": service.address, "token": service.token, "tag": "vin"}
    await dialogue.answer(**entered, stream=service.stream_address)
    entry = await make(hass, dialogue, car)
    running, new = entry.runtime_data.tokens, service.paste_token()
    assert await running.access_token() == service.token
    elsewhere = entered | {"token": new}
    await dialogue.reconfigure(entry, "teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    with full_disk():
        await dialogue.answer(**elsewhere)
    assert dialogue.step["reason"] == "token_not_saved"
    assert running.stopping is False
    await dialogue.reconfigure(entry, "teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    await dialogue.answer(**elsewhere)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert await entry.runtime_data.tokens.access_token() == new
    assert await running.access_token() == service.token  # what still is at work asks where it was


async def test_a_sign_in_that_was_left_remembers_for_whom_its_token_is_renewed(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    renewed = {"renewal": f"{service.address}/api/oauth2/v3", "client_id": "my-own"}
    entered = {"api": service.address, "token": service.token, "tag": "vin", **renewed}
    await dialogue.answer(**entered, refresh_token=service.refresh_token)
    assert dialogue.options == [car.vin]
    service.refuse("products", 503, times=1)
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    assert dialogue.errors == {"base": "service_unreachable"}
    await dialogue.answer(token=service.token, refresh_token=service.refresh_token)
    await dialogue.answer(vehicles=[car.vin])

    assert entry_of(hass).data["oauth_client"] == "my-own"


async def test_other_addresses_of_somebody_else_are_not_taken(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await begin(dialogue, "teslamate_fields")
    entered = {"api": service.address, "stream": service.stream_address, "tag": "vin"}
    await dialogue.answer(**entered, token=service.token)
    entry = await make(hass, dialogue, car)
    before = dict(entry.data)
    await dialogue.reconfigure(entry, "teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    await dialogue.answer(**entered, token=service.strangers_token())

    assert dialogue.step["reason"] == "wrong_account"
    assert dict(entry.data) == before


async def test_what_was_pasted_is_shown_and_written_nowhere(
    hass: HomeAssistant,
    dialogue: Dialogue,
    service: MyTeslaMate,
    car: Car,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "a-secret-that-is-none"
    await begin(dialogue)
    for settings in (f"TOKEN={secret}", f"TESLA_API_HOST={service.address}\nTOKEN='{secret} with a gap"):
        await dialogue.answer(settings=settings)
        assert dialogue.errors
        assert secret not in repr(dialogue.step)
    await dialogue.answer(settings=settings_of(service, TOKEN=secret))
    held = {name: value for name, value in suggested(dialogue).items() if value}
    await dialogue.answer(**held, refresh_token=secret)
    assert dialogue.errors == {"base": "service_refused"}
    assert secret not in repr(dialogue.step)
    await dialogue.answer(**held, token=service.token)
    await make(hass, dialogue, car)

    written = [
        record.getMessage() for record in caplog.records if record.name.startswith("custom_components")
    ]
    assert not [line for line in written if secret in line or service.token in line or car.vin in line]
