"""A service's legacy stream as a source: of the account's own service, and beside another provider."""

from collections.abc import Awaitable, Callable
import json

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    get_system_health_info,
)

from custom_components.tesla_direct.const import CONF_TAGS, DOMAIN
from custom_components.tesla_direct.diagnostics import async_get_config_entry_diagnostics
from custom_components.tesla_direct.stream_repairs import STREAM_TAKEN_OVER, TakenOverFlow
from custom_components.tesla_direct.tesla.source.legacy_car import REFUSED_FOR
from custom_components.tesla_direct.tesla.source.legacy_silence import BUSY_LAPSE, LAPSE, ONLINE_LAPSE
from custom_components.tesla_direct.tesla.source.reconnect import AT_ONCE
from custom_components.tesla_direct.tesla.vehicle.signals import drive
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .legacy import legacy_feed, row_of, subscribed
from .member import Member
from .sources import health, set_up_alone, set_up_with, shown_sources, works

LEGACY = "legacy_stream"
BATTERY = "sensor.battery_level"
CONNECTED = "binary_sensor.telemetry_connected"
NEW = "7SAYGDEF1SA000002"


@pytest.fixture
async def service(world: World, car: Car) -> MyTeslaMate:
    """The service, to which the car streams."""
    car.power.idle_s = 1e9
    service = await world.open_myteslamate()
    service.pair(car.vin)
    await world.advance(1.0)
    return service


@pytest.fixture
def member(account: Account, service: MyTeslaMate) -> Member:
    """An account that is not set up yet."""
    return Member(account, service)


async def follow(member: Member, *cars: Car, raw: bool = True) -> Account:
    """Set up an account with the service, whose cars are followed on its stream."""
    await member.set_up(
        *cars, provider=row_of(member.service), tags={car.vin: car.vin for car in cars}, raw=raw
    )
    await works(member.account, LEGACY)
    await subscribed(member.account, member.service, *cars)
    return member.account


async def follow_beside(
    account: Account,
    service: MyTeslaMate,
    car: Car,
    *,
    set_up: Callable[..., Awaitable[None]] = set_up_with,
    **more: object,
) -> None:
    """Set up an entry of another kind, beside which the car is followed on the service's stream."""
    await set_up(account, car, feeds=[await legacy_feed(account, service, car)], **more)
    await works(account, LEGACY)
    await subscribed(account, service, car)


async def say(account: Account, car: Car, name: str = LEGACY, **values: object) -> None:
    """Have a car say something, and wait until the source has delivered it."""
    vehicle = account.runtime.vehicles[car.vin]
    await account.push(car, **values)
    await until(lambda: name in vehicle.heard and vehicle.heard[name].last_at == account.wall())
    await account.hass.async_block_till_done()


def notices(hass: HomeAssistant, key: str) -> list[ir.IssueEntry]:
    issues = ir.async_get(hass).issues.values()
    return [issue for issue in issues if issue.active and issue.translation_key == key]


def knows(account: Account, car: Car, key: str) -> bool:
    """Return whether a car has a sensor, be it disabled."""
    registry = er.async_get(account.hass)
    return registry.async_get_entity_id("sensor", DOMAIN, f"{car.vin}-{key}") is not None


async def test_an_account_with_the_service_has_its_stream(member: Member, car: Car) -> None:
    account = await follow(member, car)
    await say(account, car, BatteryLevel=54.0)

    assert account.shows(car, BATTERY) == "54.0"
    assert account.shows(car, CONNECTED) == "on"
    assert account.state(car, BATTERY).attributes["source"] == LEGACY
    assert shown_sources(account, car)[LEGACY]["works"] is True
    assert member.service.counted()["subscribes"] == 1


async def test_an_entry_that_is_reloaded_again_and_again_is_no_loop(
    member: Member, service: MyTeslaMate, car: Car
) -> None:
    account = await follow(member, car)
    for _ in range(AT_ONCE + 3):
        assert await account.hass.config_entries.async_reload(account.entry.entry_id)
        await account.quiet()

    assert service.counted()["connects"] <= AT_ONCE + 1


async def test_what_is_streamed_is_billed_by_nobody_here(member: Member, car: Car) -> None:
    account = await follow(member, car)
    await say(account, car, BatteryLevel=54.0)

    assert sum(account.runtime.ledger.month(account.wall()).signals.values()) == 0


async def test_columns_tell_the_same_facts_and_the_elevation_once_it_is_known(
    member: Member, car: Car
) -> None:
    account = await follow(member, car, raw=False)
    vehicle = account.runtime.vehicles[car.vin]
    assert not knows(account, car, "elevation")
    for soc in (60, 61):
        account.wall.move(1)
        member.service.say_frame(
            car.vin,
            account.wall(),
            soc=soc,
            speed=63,
            shift_state="D",
            est_lat=52.5,
            est_lng=13.4,
            elevation=35,
            odometer=9000.5,
            power=0,
            heading=270,
        )
    await until(lambda: LEGACY in vehicle.heard)
    await account.hass.async_block_till_done()

    assert account.shows(car, BATTERY) == "61.0"
    assert account.shows(car, "sensor.shift_state") == "d"
    assert knows(account, car, "elevation")


async def test_it_tells_beside_another_provider_with_a_token_of_its_own(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    await follow_beside(account, service, car)
    await say(account, car, BatteryLevel=54.0)

    assert account.shows(car, BATTERY) == "54.0"
    assert {asked.host for asked in service.requests()} == {"stream"}
    assert sum(account.runtime.ledger.month(account.wall()).signals.values()) == 0


async def test_cars_are_told_of_by_their_number_where_the_service_calls_them_so(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    service.tell_by("id")
    await set_up_with(account, car, feeds=[await legacy_feed(account, service, car, by_id=True)])
    await service.streaming.until(lambda: service.streaming.holder(service.vehicle_id(car.vin)) is not None)
    await works(account, LEGACY)
    await say(account, car, BatteryLevel=54.0)

    assert account.shows(car, BATTERY) == "54.0"


async def test_a_car_that_is_refused_is_shown_as_not_streaming_there_and_the_other_one_goes_on(
    member: Member, world: World, car: Car
) -> None:
    other = world.add_car(vin=NEW)
    other.power.idle_s = 1e9
    member.service.pair(NEW)
    member.service.refuse_car(car.vin, "not_synced")
    await member.set_up(
        car, other, provider=row_of(member.service), tags={car.vin: car.vin, other.vin: other.vin}
    )
    account = member.account
    await works(account, LEGACY)
    await until(lambda: shown_sources(account, car)[LEGACY]["trouble"] == "not_synced")
    await subscribed(account, member.service, other)
    await say(account, other, BatteryLevel=54.0)

    assert account.shows(other, BATTERY) == "54.0"
    assert shown_sources(account, other)[LEGACY]["works"] is True
    assert shown_sources(account, car)[LEGACY]["works"] is False
    before = member.service.counted()["subscribes"]
    await account.pass_time(REFUSED_FOR - 600)
    assert member.service.counted()["subscribes"] == before

    member.service.take_car(car.vin)
    await account.pass_time(1200)
    await until(lambda: shown_sources(account, car)[LEGACY]["works"])


async def test_how_it_fares_is_told_in_diagnostics_and_on_the_health_page(
    hass: HomeAssistant, member: Member, car: Car
) -> None:
    member.service.refuse_car(car.vin, "no_configuration")
    await member.set_up(car, provider=row_of(member.service), tags={car.vin: car.vin})
    account = member.account
    await until(lambda: shown_sources(account, car)[LEGACY]["trouble"] == "no_configuration")
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()

    told = await async_get_config_entry_diagnostics(hass, account.entry)
    info = await get_system_health_info(hass, DOMAIN)
    await info["cloud"]

    assert told["feeds"][LEGACY]["troubles"] == {"car 1": "no_configuration"}
    assert told["feeds"][LEGACY]["cars"] == ["car 1"]
    assert car.vin not in json.dumps(told)
    assert member.service.token not in json.dumps(told)
    assert member.service.stream_address not in json.dumps(told)
    assert info["source_legacy_stream"].startswith("works for 0 of 1 (the car does not stream there: ")


async def drive_off(account: Account, service: MyTeslaMate, car: Car) -> ir.IssueEntry:
    """Have another program take the stream of a car over that drives; return the notice of that."""
    car.drive("work")
    await account.pass_time(5)
    await until(lambda: account.runtime.vehicles[car.vin].coordinator.truth.get(drive.GEAR) == "d")
    service.take_over(car.vin)
    await account.pass_time(BUSY_LAPSE)
    await until(lambda: account.runtime.vehicles[car.vin].links[LEGACY] == 0)
    await account.pass_time(130)  # the cloud is asked whether it is online
    account.wall.move(1)
    await until(lambda: notices(account.hass, STREAM_TAKEN_OVER))
    (issue,) = notices(account.hass, STREAM_TAKEN_OVER)
    return issue


async def test_a_stream_that_another_program_takes_over_is_not_fought_for(member: Member, car: Car) -> None:
    account = await follow(member, car)
    await drive_off(account, member.service, car)
    await account.pass_time(3600)

    assert member.service.counted()["subscribes"] == 1
    assert shown_sources(account, car)[LEGACY] | {"last_word": 0, "signals_per_minute": 0} == {
        "works": False,
        "trouble": "taken_over",
        "links": 0,
        "last_word": 0,
        "signals_per_minute": 0,
    }
    (issue,) = notices(account.hass, STREAM_TAKEN_OVER)
    assert car.vin not in json.dumps([issue.issue_id, issue.data, issue.translation_placeholders])


async def test_a_stream_is_taken_back_if_its_owner_wants_that(
    member: Member, car: Car, dialogue: Dialogue
) -> None:
    account = await follow(member, car)
    issue = await drive_off(account, member.service, car)
    await dialogue.begin_repair(issue)
    assert dialogue.step["menu_options"] == ["take_back", "leave"]
    await dialogue.answer_repair(next_step_id="take_back")
    account.wall.move(2)
    await subscribed(account, member.service, car, times=2)
    await say(account, car, VehicleSpeed=31.0)

    assert notices(account.hass, STREAM_TAKEN_OVER) == []
    assert shown_sources(account, car)[LEGACY]["works"] is True


async def test_a_stream_is_left_for_good_if_its_owner_wants_that(
    member: Member, car: Car, dialogue: Dialogue
) -> None:
    account = await follow(member, car)
    issue = await drive_off(account, member.service, car)
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair(next_step_id="leave")
    await account.quiet()

    assert account.entry.data[CONF_TAGS] == {}
    assert notices(account.hass, STREAM_TAKEN_OVER) == []
    assert LEGACY not in {feed.name for feed in account.runtime.feeds.all}
    assert member.service.counted()["subscribes"] == 1


async def test_a_stream_beside_another_provider_is_left_too(
    account: Account, service: MyTeslaMate, car: Car, dialogue: Dialogue
) -> None:
    await follow_beside(account, service, car)
    issue = await drive_off(account, service, car)
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["stream"] == "MyTeslaMate"
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair(next_step_id="leave")
    await account.quiet()

    (subentry,) = account.entry.subentries.values()
    assert subentry.data[CONF_TAGS] == {}
    assert account.runtime.feeds.all == ()


async def test_a_stream_that_the_car_is_heard_on_after_a_reload_is_nobody_elses(
    member: Member, car: Car
) -> None:
    account = await follow(member, car)
    await drive_off(account, member.service, car)
    assert await account.hass.config_entries.async_reload(account.entry.entry_id)
    await subscribed(account, member.service, car, times=2)
    await say(account, car, VehicleSpeed=31.0)

    assert notices(account.hass, STREAM_TAKEN_OVER) == []


@pytest.mark.parametrize("step", ["take_back", "leave"])
async def test_what_is_mended_already_is_said(
    member: Member, car: Car, dialogue: Dialogue, step: str
) -> None:
    account = await follow(member, car)
    issue = await drive_off(account, member.service, car)
    await dialogue.begin_repair(issue)
    assert await account.hass.config_entries.async_unload(account.entry.entry_id)
    await dialogue.answer_repair(next_step_id=step)

    assert dialogue.step["reason"] == "mended"
    assert account.entry.data[CONF_TAGS] == {car.vin: car.vin}
    assert notices(account.hass, STREAM_TAKEN_OVER) == []


async def test_of_a_stream_that_is_gone_nothing_is_left_to_mend(
    account: Account, service: MyTeslaMate, car: Car, dialogue: Dialogue
) -> None:
    await follow_beside(account, service, car)
    issue = await drive_off(account, service, car)
    (subentry,) = account.entry.subentries.values()
    account.hass.config_entries.async_remove_subentry(account.entry, subentry.subentry_id)
    await account.quiet()
    flow = TakenOverFlow(account.entry.entry_id, 0, subentry.subentry_id)
    flow.hass, flow.issue_id = account.hass, issue.issue_id

    assert (await flow.async_step_init())["reason"] == "mended"
    assert (await flow.async_step_leave())["reason"] == "mended"


async def test_a_car_that_fell_asleep_was_not_taken_over(member: Member, car: Car) -> None:
    account = await follow(member, car)
    await say(account, car, Gear="D", VehicleSpeed=30.0)
    car.sleep()
    for _ in range(30):
        await account.pass_time(120)

    assert notices(account.hass, STREAM_TAKEN_OVER) == []
    assert account.runtime.vehicles[car.vin].links[LEGACY] == 0


async def test_that_a_car_fell_asleep_is_seen_by_a_free_look(
    member: Member, service: MyTeslaMate, car: Car
) -> None:
    account = await follow(member, car)
    await say(account, car, Soc=70.0)
    asked = len(service.requests("vehicle_data"))
    car.sleep()
    await account.pass_time(130)

    assert account.state(car, "sensor.vehicle_state").state == "asleep"
    account.wall.move(2)
    await until(lambda: account.runtime.vehicles[car.vin].links[LEGACY] == 0)
    assert len(service.requests("vehicle_data")) == asked
    car.wake_now()
    await account.pass_time(60)
    await say(account, car, Soc=69.0)

    assert account.state(car, "sensor.vehicle_state").state == "online"
    assert account.runtime.vehicles[car.vin].links[LEGACY] == 1


async def test_a_parked_car_that_is_online_and_says_a_word_an_hour_costs_nothing(
    member: Member, service: MyTeslaMate, car: Car
) -> None:
    account = await follow(member, car)
    await say(account, car, Soc=70.0, Gear="P")
    await account.pass_time(600)
    asked = len(service.requests("vehicle_data"))
    for hour in range(2):
        service.publish("V")
        await say(account, car, Soc=69.0 - hour)
        service.publish()
        for _ in range(11):
            await account.pass_time(300)

    assert len(service.requests("vehicle_data")) == asked
    assert account.runtime.vehicles[car.vin].links[LEGACY] == 1
    last_word = account.runtime.vehicles[car.vin].heard[LEGACY].last_at
    assert last_word == account.wall() - 3300


async def test_a_car_that_is_silent_for_hours_and_online_is_asked_and_told_of(
    member: Member, service: MyTeslaMate, car: Car
) -> None:
    account = await follow(member, car)
    await say(account, car, Soc=70.0, Gear="P")
    asked = len(service.requests("vehicle_data"))
    service.publish()
    for _ in range(round(ONLINE_LAPSE / 300) + 4):
        await account.pass_time(300)
    await until(lambda: len(service.requests("vehicle_data")) > asked)
    assert notices(account.hass, STREAM_TAKEN_OVER) == []
    for _ in range(round(ONLINE_LAPSE / 300)):
        await account.pass_time(300)

    await until(lambda: notices(account.hass, STREAM_TAKEN_OVER))


async def test_where_no_cloud_is_asked_a_car_in_use_that_is_silent_is_told_of_after_a_while(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    await follow_beside(account, service, car, set_up=set_up_alone)
    await say(account, car, Gear="D", VehicleSpeed=30.0)
    service.take_over(car.vin)
    account.wall.move(300)
    await until(lambda: account.runtime.vehicles[car.vin].links[LEGACY] == 0)
    assert notices(account.hass, STREAM_TAKEN_OVER) == []
    account.wall.move(LAPSE - 300)

    await until(lambda: notices(account.hass, STREAM_TAKEN_OVER))


async def test_what_a_car_did_before_a_restart_may_be_over(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    await follow_beside(account, service, car, set_up=set_up_alone)
    await say(account, car, Gear="D", VehicleSpeed=30.0)
    service.publish()
    assert await account.hass.config_entries.async_reload(account.entry.entry_id)
    await works(account, LEGACY)
    await subscribed(account, service, car, times=2)
    assert account.shows(car, "sensor.shift_state") == "d"
    feed = next(iter(account.runtime.feeds.all))
    service.publish("V")
    await say(account, car, Soc=70.0)
    service.publish()
    account.wall.move(LAPSE + 60)
    await until(lambda: account.runtime.vehicles[car.vin].links[LEGACY] == 0)

    assert feed.health.works
    assert feed.troubles.get(car.vin, "") == ""


async def test_another_source_that_hears_the_car_is_a_witness(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    port = await account.make_port()
    await follow_beside(account, service, car, receiver=port)
    await account.connect(car)
    service.take_over(car.vin)
    await say(account, car, "receiver", Gear="D", VehicleSpeed=30.0)
    account.wall.move(300)

    await until(lambda: notices(account.hass, STREAM_TAKEN_OVER))


async def test_an_account_whose_token_is_not_taken_has_to_sign_in_again(member: Member, car: Car) -> None:
    account = await follow(member, car)
    member.service.revoke_tokens()
    member.service.end_streams()
    await works(account, LEGACY, so=False)
    account.wall.move(2)
    await until(lambda: health(account, LEGACY).trouble == "login_expired")
    await account.hass.async_block_till_done()

    flows = account.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert {flow["context"]["source"] for flow in flows} == {SOURCE_REAUTH}


async def test_a_stream_whose_token_is_not_taken_says_so_and_the_account_goes_on(
    account: Account, service: MyTeslaMate, car: Car
) -> None:
    feed = await legacy_feed(account, service, car, token="no-such-token-here")
    await set_up_with(account, car, feeds=[feed])
    await until(lambda: health(account, LEGACY).trouble == "login_expired")
    await account.hass.async_block_till_done()

    assert notices(account.hass, "stream_login_expired")
    assert account.hass.config_entries.flow.async_progress() == []
    assert shown_sources(account, car)["poll"]["works"] is True


async def test_a_certificate_that_changes_is_not_believed(
    hass: HomeAssistant, account: Account, service: MyTeslaMate, car: Car
) -> None:
    pinned = await service.show_certificate("self_signed")
    feed = await legacy_feed(account, service, car, fingerprint=pinned)
    await set_up_with(account, car, feeds=[feed])
    await works(account, LEGACY)
    await service.show_certificate("self_signed")
    await works(account, LEGACY, so=False)
    account.wall.move(2)
    await until(lambda: health(account, LEGACY).trouble == "certificate")

    assert service.counted()["subscribes"] == 1


async def test_who_is_unloaded_says_goodbye_and_comes_back(member: Member, car: Car) -> None:
    account = await follow(member, car)
    assert await account.hass.config_entries.async_unload(account.entry.entry_id)
    await member.service.streaming.until(lambda: member.service.counted()["open"] == 0)
    assert member.service.streaming.counts["data:unsubscribe"] == 1

    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await subscribed(account, member.service, car, times=2)
