"""What users, automations and other rooms are told of commands: what is so, and nothing that is private."""

from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.tesla_direct.const import CONF_AMPS_FLOOR, CONF_VEHICLES
from custom_components.tesla_direct.notices import async_tell_contradiction
from custom_components.tesla_direct.tesla.command.catalogue import charge, closures, security
from custom_components.tesla_direct.tesla.command.confirmations import Verdict
from custom_components.tesla_direct.tesla.command.record import CommandRecord, Outcome
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import charge as facts
from custom_components.tesla_direct.tesla.vehicle.signals import closures as closure_facts
from custom_components.tesla_direct.tesla.vehicle.signals import security as security_facts
from custom_components.tesla_direct.tesla.vehicle.signals import software as software_facts
from simulator.car.car import Car
from tests.home import until

from .account import Account
from .commanded import NOBODY, PERSON, Commanded

EVENT = "event.command"


@pytest.fixture
async def streaming(account: Account, car: Car) -> Commanded:
    await account.set_up(car, receiver=await account.make_port())
    await account.connect(car, "ChargeLimitSoc", "Locked", "SentryMode", "Gear", "VehicleName")
    return Commanded(account, car)


@pytest.fixture
async def polled(account: Account, car: Car) -> Commanded:
    await account.set_up(car, options={CONF_AMPS_FLOOR: 60})
    return Commanded(account, car)


async def seconds(account: Account, number: int) -> None:
    for _ in range(number):
        await account.pass_time(1)


def heard(hass: HomeAssistant, account: Account, car: Car) -> list[dict[str, Any]]:
    """Return what the event entity of a car tells from now on."""
    told: list[dict[str, Any]] = []

    @callback
    def tell(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            told.append(dict(new.attributes))

    account.entry.async_on_unload(async_track_state_change_event(hass, account.entity_id(car, EVENT), tell))
    return told


def notices(hass: HomeAssistant) -> dict[str, Any]:
    return dict(hass.data.get("persistent_notification", {}))


async def test_automations_hear_what_became_of_a_command(
    hass: HomeAssistant, streaming: Commanded, account: Account
) -> None:
    car = streaming.car
    told = heard(hass, account, car)
    await streaming.send(charge.set_charge_limit(85))
    await account.pass_time(2)
    await until(lambda: told)

    (one,) = told
    assert (one["event_type"], one["name"], one["cause"], one["by"]) == (
        "confirmed",
        "set_charge_limit",
        "user",
        None,
    )
    assert one["detail"] is None
    assert one["answered"] >= 0
    assert one["confirmed"] > 0
    assert car.vin not in str(one)


async def test_automations_hear_of_refusals_of_a_car_of_which_nobody_can_tell_anything(
    hass: HomeAssistant, streaming: Commanded, account: Account
) -> None:
    car = streaming.car
    told = heard(hass, account, car)
    streaming.vehicle.coordinator.async_set_works("poll", works=False)
    streaming.vehicle.coordinator.async_set_works("receiver", works=False)
    await hass.async_block_till_done()
    assert account.shows(car, "sensor.battery_level") == "unavailable"
    assert account.shows(car, EVENT) != "unavailable"

    account.runtime.scopes = frozenset()
    streaming.commands.car.scopes = frozenset()
    with pytest.raises(HomeAssistantError):
        await streaming.send(closures.door_lock(), NOBODY)
    await hass.async_block_till_done()

    assert (told[-1]["event_type"], told[-1]["detail"], told[-1]["cause"]) == (
        "refused",
        "ScopeMissing",
        "automation",
    )


async def test_nothing_is_told_any_more_once_the_entity_is_gone(
    hass: HomeAssistant, streaming: Commanded, account: Account
) -> None:
    commands = streaming.commands
    before = len(commands.car._listeners)
    assert await hass.config_entries.async_unload(account.entry.entry_id)

    assert (before, commands.car._listeners) == (1, [])


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (True, "on"),
        (False, "off"),
        (21.50, "21.5"),
        (60.0, "60"),
        (16, "16"),
        ("partially_open", "partially_open"),
    ],
)
async def test_a_contradiction_is_told_in_words(
    hass: HomeAssistant, streaming: Commanded, says: object, shown: str
) -> None:
    async_tell_contradiction(hass, "Laura's {car}", "1_0", "set_temps", says)

    (notice,) = notices(hass).values()
    assert notice["title"] == "Laura's {car}: the car says otherwise"
    assert '"set temps"' in notice["message"]
    assert f": {shown}." in notice["message"]


async def test_a_contradiction_of_another_car_is_another_notice(
    hass: HomeAssistant, streaming: Commanded
) -> None:
    for place in ("1_0", "1_1"):
        async_tell_contradiction(hass, "One", place, "door_lock", says=False)
    async_tell_contradiction(hass, "One", "1_0", "door_lock", says=True)

    assert len(notices(hass)) == 2


async def test_a_notice_in_a_language_we_do_not_know_is_one_all_the_same(
    hass: HomeAssistant, streaming: Commanded
) -> None:
    hass.config.language = "tlh"
    async_tell_contradiction(hass, "One", "1_0", "door_lock", says=False)

    assert len(notices(hass)) == 1


def contradicted(signal: AnySignal, says: Any) -> Verdict:
    record = CommandRecord(name="set_vehicle_name", cause=Cause.USER, by=None, at=1.0)
    record.outcome = Outcome.CONTRADICTED
    return Verdict(record, Outcome.CONTRADICTED, signal, says)


async def test_what_is_private_is_not_told(
    hass: HomeAssistant, streaming: Commanded, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    told = heard(hass, account, streaming.car)
    streaming.commands.car.decided(contradicted(software_facts.VEHICLE_NAME, "Laura's secret"))
    await hass.async_block_till_done()

    (notice,) = notices(hass).values()
    assert "…" in notice["message"]
    assert told[-1]["event_type"] == "contradicted"
    assert not any("Laura" in text for text in (str(notice), str(told), caplog.text))


async def test_a_contradiction_by_a_car_that_was_just_left_out_harms_nobody(
    hass: HomeAssistant, streaming: Commanded, account: Account
) -> None:
    commands, before = streaming.commands, account.runtime
    hass.config_entries.async_update_entry(account.entry, data={**account.entry.data, CONF_VEHICLES: {}})
    commands.car.decided(contradicted(facts.LIMIT, 60.0))

    (notice,) = notices(hass).values()
    assert notice["title"] == "Model 3: the car says otherwise"
    await until(lambda: account.loaded and account.runtime is not before)  # it is reloaded without the car
    await account.quiet()


async def test_what_the_car_denies_is_asked_for_again(streaming: Commanded, account: Account) -> None:
    await streaming.send(charge.set_charge_limit(85))
    await seconds(account, 4)
    streaming.car.change(charge_limit_percent=60)  # somebody in the car
    await seconds(account, 4)
    assert streaming.vehicle.coordinator.truth.get(facts.LIMIT) == 60
    before = streaming.billed["command"]

    await streaming.send(charge.set_charge_limit(85))

    assert streaming.billed["command"] - before == 1
    assert streaming.car.body.charge_limit_percent == 85


async def test_what_is_on_its_way_to_be_confirmed_is_not_sent_again(polled: Commanded) -> None:
    await polled.send(charge.set_charge_limit(85))
    before = polled.billed["command"]
    await polled.send(charge.set_charge_limit(85))

    assert polled.billed["command"] == before
    assert polled.last["outcome"] == "already"


async def test_other_rooms_see_only_what_the_car_has_said(streaming: Commanded, account: Account) -> None:
    """What we expect must not keep the poll away, nor get into what is remembered."""
    vehicle = streaming.vehicle
    assert vehicle.left_alone()
    streaming.car.change(sentry=False)
    await streaming.send(security.set_sentry_mode(on=True))
    expected = vehicle.coordinator.data.get(security_facts.SENTRY)
    truth = vehicle.coordinator.truth.get(security_facts.SENTRY)

    assert (expected, truth) == ("armed", "off")
    assert vehicle.left_alone()
    assert vehicle.snapshot()["readings"][security_facts.SENTRY.name][0] == "off"


async def test_unloading_leaves_nothing_expected_and_nothing_to_be_sent(
    hass: HomeAssistant, polled: Commanded, account: Account
) -> None:
    car = polled.car
    car.charge(kind="ac")
    await polled.send(charge.set_charging_amps(8))
    await polled.commands.async_send(charge.set_charging_amps(9), PERSON)  # put off
    commands, state = polled.commands, polled.vehicle.coordinator
    assert state.data.expected

    assert await hass.config_entries.async_unload(account.entry.entry_id)
    assert commands.log[-1].outcome is not None
    assert commands.log[-1].outcome.value == "cancelled"
    for _ in range(200):
        account.wall.move(1)
        await account.world.advance(1)
    assert await hass.config_entries.async_setup(account.entry.entry_id)  # which was no reload
    await seconds(account, 70)
    assert polled.vehicle.coordinator.data.expected == {}
    assert car.times_executed("set_charging_amps") == 1


async def test_a_login_that_a_command_finds_expired_is_asked_for(
    streaming: Commanded, account: Account, issue_registry: ir.IssueRegistry
) -> None:
    """Cars that stream are not polled, so nobody else would find out."""
    account.world.cloud.expire_login()
    with pytest.raises(HomeAssistantError) as told:
        await streaming.send(closures.door_lock())

    assert told.value.translation_key == "login_expired"
    (flow,) = account.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_a_read_that_finds_the_login_expired_has_it_asked_for_too(
    streaming: Commanded, account: Account
) -> None:
    account.world.cloud.expire_login()
    with pytest.raises(HomeAssistantError):
        await account.wait_for(streaming.commands.async_refresh(PERSON, endpoints=["charge_state"]))

    assert len(account.hass.config_entries.flow.async_progress()) == 1


async def test_two_refreshes_at_once_are_paid_for_once(polled: Commanded, account: Account) -> None:
    before = polled.billed["data"]
    for work in [polled.commands.async_refresh(PERSON, endpoints=["charge_state"]) for _ in range(2)]:
        account.hass.async_create_task(work)
    await account.hass.async_block_till_done()

    assert polled.billed["data"] - before == 1


async def test_what_only_changes_over_does_not_rest_on_what_no_reading_has_confirmed(
    polled: Commanded, account: Account
) -> None:
    """Somebody has closed the trunk by hand: to "close" it once more would open it."""
    car = polled.car
    polled.world.cloud.refuse("vehicle_data", 500, times=1)
    await polled.send(closures.actuate_trunk("rear", opens=True))
    await account.wait_for(until(lambda: polled.last["outcome"] == "unconfirmed"))
    assert polled.vehicle.coordinator.data.get(closure_facts.TRUNK_REAR) is True
    car.change(trunk_rear_open=False)
    before = polled.billed["data"]

    await polled.send(closures.actuate_trunk("rear", opens=False))

    assert polled.billed["data"] - before == 1
    assert polled.last["outcome"] == "already"
    assert car.times_executed("actuate_trunk") == 1
