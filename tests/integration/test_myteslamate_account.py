"""An account with MyTeslaMate: what it asks, how commands get to cars, and what ends it."""

import json
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.tesla_direct.const import CONF_WAKE, DOMAIN, WAKE_NEVER
from custom_components.tesla_direct.diagnostics import async_get_config_entry_diagnostics
from custom_components.tesla_direct.tesla.command.catalogue import charge, closures
from custom_components.tesla_direct.tesla.fleet_api.provider import myteslamate, teslamate_style
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from custom_components.tesla_direct.tour import parts_of
from simulator.car.car import Car
from simulator.myteslamate.service import PAIRING, MyTeslaMate
from simulator.world import World

from .account import Account
from .commanded import Commanded
from .dialogue import Dialogue
from .member import NAME, Member

TO_CONFIGURE = (
    "fleet_telemetry_config_jws",
    "fleet_telemetry_config_create",
    "fleet_telemetry_config_delete",
)


@pytest.fixture
async def service(world: World, car: Car) -> MyTeslaMate:
    car.power.idle_s = 1e9
    service = await world.open_myteslamate()
    service.pair(car.vin, streams=False)
    return service


@pytest.fixture
def member(account: Account, service: MyTeslaMate) -> Member:
    """An account that is not set up yet."""
    return Member(account, service)


@pytest.fixture
async def commanded(member: Member, car: Car) -> Commanded:
    await member.set_up(car)
    return Commanded(member.account, car)


# What it asks.


async def test_cars_are_listed_and_read_at_the_service_alone(
    member: Member, account: Account, car: Car, world: World
) -> None:
    before = len(world.cloud.requests())
    await member.set_up(car)

    assert account.loaded
    assert member.asked("products") == 1
    assert member.asked("vehicles") == 0
    assert account.shows(car, "sensor.battery_level") == str(round(car.body.battery_percent))
    assert {asked.host for asked in member.service.requests()} == {"myteslamate"}
    assert len(world.cloud.requests()) == before
    assert car.model.name not in json.dumps(
        await async_get_config_entry_diagnostics(member.hass, account.entry)
    )


async def test_nothing_is_configured_and_no_key_of_ours_is_made(
    member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)
    await account.later(86_400)

    assert not [asked for asked in member.service.requests() if asked.name in TO_CONFIGURE]
    assert (await account.shared()).key.key is None
    assert account.runtime.streaming.chosen is False
    assert member.notices() == set()


async def test_what_is_asked_is_reckoned_with_as_tesla_bills_it(
    member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)

    month = account.runtime.ledger.month(account.wall())
    assert sum(month.by_cause().values()) > 0
    assert member.asked("vehicle_data") == 1


# Commands.


async def test_a_command_is_signed_there_and_not_here(commanded: Commanded, member: Member) -> None:
    await commanded.send(charge.set_charge_limit(85))

    assert commanded.car.body.charge_limit_percent == 85
    assert member.asked("command") == 1
    assert member.asked("signed_command") == 0


async def test_a_sleeping_car_is_woken_by_us_once_and_then_asked(
    commanded: Commanded, member: Member, account: Account
) -> None:
    commanded.car.sleep()
    await account.pass_time(130)
    await commanded.send(closures.door_unlock())

    assert [one.name for one in commanded.car.executed] == ["door_unlock"]
    assert member.asked("wake_up") == 1
    assert member.asked("command") == 1  # not before it was awake


async def test_a_car_that_must_not_be_woken_sleeps_on(member: Member, account: Account, car: Car) -> None:
    await member.set_up(car, options={CONF_WAKE: WAKE_NEVER})
    commanded = Commanded(account, car)
    car.sleep()
    await account.pass_time(130)

    assert await commanded.refused(closures.door_unlock()) == "wake_not_allowed"
    assert member.asked("wake_up") == 0


async def test_a_car_that_does_not_know_its_key_is_told_with_the_services_own_page(
    member: Member, account: Account, car: Car, dialogue: Dialogue
) -> None:
    car.keychain.remove(member.service.public_key)
    await member.set_up(car, unfinished=["pairing"])

    assert "key_not_paired" in member.notices()
    await dialogue.reconfigure(account.entry, "pairing")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "pairing_other"
    assert dialogue.step["description_placeholders"]["link"] == PAIRING
    assert "sign in there" in dialogue.step["description_placeholders"]["elsewhere"]

    member.service.pair(car.vin, streams=False)
    await dialogue.answer()
    await account.wait_for(dialogue.progress())
    assert dialogue.step["reason"] == "pairing_no_lack"
    assert "key_not_paired" not in member.notices()


async def test_a_key_that_has_gone_is_told_by_the_first_command(commanded: Commanded) -> None:
    commanded.car.keychain.remove(commanded.world.myteslamate.public_key)
    with pytest.raises(HomeAssistantError) as refused:
        await commanded.send(closures.door_lock())

    assert refused.value.translation_key == "key_not_paired"


# Tokens.


async def test_a_refused_token_is_renewed_as_teslamate_does_it_and_kept(
    member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car, refresh_token=member.service.refresh_token)
    member.service.expire_tokens()
    await account.pass_time(130)

    (renewal,) = member.service.requests("token")
    assert renewal.json["scope"] == "openid email offline_access"
    assert renewal.json["client_id"] == "ownerapi"
    kept = await (await account.shared()).tokens.async_load(NAME)
    assert kept is not None
    assert kept.access_token not in {member.service.token, ""}
    assert account.runtime.poll.works


async def test_a_token_that_nobody_renews_has_to_be_entered_anew(
    hass: HomeAssistant, member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)
    member.service.revoke_tokens()
    await account.pass_time(130)

    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]
    assert account.loaded
    assert member.service.requests("token") == []


async def test_tesla_that_shuts_the_service_out_is_left_alone(
    member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)
    member.service.limit_requests()
    await account.pass_time(130)
    asked = len(member.service.requests())
    await account.pass_time(130)

    assert member.notices() == {"billing_limit_exceeded_service"}
    assert len(member.service.requests()) == asked


async def test_a_call_that_the_service_does_not_know_is_done_without(
    member: Member, account: Account, car: Car
) -> None:
    member.service.refuse("fleet_status", 404)
    member.service.refuse("mobile_enabled", 404)
    await member.set_up(car)

    assert member.notices() == set()
    assert account.runtime.poll.works
    assert account.shows(car, "sensor.battery_level") == str(round(car.body.battery_percent))
    await Commanded(account, car).send(closures.door_unlock())
    assert [one.name for one in car.executed] == ["door_unlock"]


@pytest.mark.parametrize(
    ("status", "notice"), [(412, "not_registered_service"), (402, "payment_required_service")]
)
async def test_what_ails_the_services_application_is_told_as_the_services(
    member: Member, account: Account, car: Car, status: int, notice: str
) -> None:
    await member.set_up(car)
    for endpoint in ("products", "vehicle_data"):
        member.service.refuse(endpoint, status)
    await account.pass_time(130)

    assert member.notices() == {notice}
    member.service.accept()
    await account.later(86_400)
    assert member.notices() == set()


async def test_a_client_id_that_is_not_accepted_is_told(member: Member, account: Account, car: Car) -> None:
    await member.set_up(car, refresh_token=member.service.refresh_token)
    member.service.expire_tokens()
    member.service.refuse("token", 401, body={"error": "invalid_client"})
    await account.pass_time(130)

    assert member.notices() == {"application_refused_service"}


# What there is to set up, and what is left behind.


async def test_only_pairing_is_left_to_do_where_the_service_shows_how(
    member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)

    assert parts_of(account.entry.data) == ("cars", "pairing")
    style = teslamate_style(address=member.service.address).to_dict()
    assert parts_of({**account.entry.data, "provider": style}) == ("cars",)


async def test_what_cars_stream_and_a_key_are_no_options_where_a_service_sees_to_both(
    hass: HomeAssistant, member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)
    menu: Any = await hass.config_entries.options.async_init(account.entry.entry_id)

    assert {"telemetry", "key"}.isdisjoint(menu["menu_options"])
    assert {"polling", "commands", "budget"} <= set(menu["menu_options"])


@pytest.mark.parametrize(("streams", "reason"), [(True, "tour_done_streamed"), (False, "tour_done_asked")])
async def test_the_tour_ends_with_where_the_data_come_from(
    member: Member, car: Car, dialogue: Dialogue, *, streams: bool, reason: str
) -> None:
    service = member.service
    await member.set_up(
        car, provider=myteslamate(service.address, service.stream_address if streams else None)
    )
    await dialogue.reconfigure(member.account.entry, "tour")
    await dialogue.progress()

    assert dialogue.step["reason"] == reason


async def test_where_nobody_shows_how_to_pair_no_notice_asks_for_it(
    member: Member, account: Account, car: Car
) -> None:
    car.keychain.remove(member.service.public_key)
    await member.set_up(car, provider=teslamate_style(address=member.service.address))

    assert account.runtime.vehicles[car.vin].coordinator.data.get(connection.KEY_PAIRED) is False
    assert member.notices() == set()


@pytest.mark.parametrize("named", [True, False])
async def test_who_leaves_is_told_what_stays(
    hass: HomeAssistant, member: Member, account: Account, car: Car, *, named: bool
) -> None:
    provider = None if named else teslamate_style(address=member.service.address)
    await member.set_up(car, provider=provider)
    asked = len(member.service.requests())
    await hass.config_entries.async_remove(account.entry.entry_id)

    notices: dict[str, Any] = hass.data["persistent_notification"]
    (notice,) = [one for key, one in notices.items() if key.startswith("tesla_direct_left")]
    assert ("MyTeslaMate" in notice["message"]) is named
    assert "Teslemetry" not in notice["message"]
    assert len(member.service.requests()) == asked


async def test_a_bug_report_names_no_address_and_no_certificate(
    hass: HomeAssistant, member: Member, account: Account, car: Car
) -> None:
    await member.set_up(car)
    report = json.dumps(await async_get_config_entry_diagnostics(hass, account.entry), default=str)

    assert member.service.address not in report
    assert member.service.token not in report
    assert '"myteslamate"' in report
