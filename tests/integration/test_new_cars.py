"""Cars that come to an account and cars that leave it, while Home Assistant runs."""

from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .restart import restarted

BATTERY = "sensor.battery_level"
LOOK = 121  # seconds after which the free list is read again


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    await account.set_up(car)
    return account


def cars_of(account: Account) -> list[str]:
    return list(account.entry.data["vehicles"])


def left_out_of(account: Account) -> list[str]:
    return list(account.entry.data["left_out"])


async def look(account: Account) -> None:
    """Have the free list read again, and all done that follows; the entry may be reloaded."""
    await account.pass_time(LOOK)
    await account.quiet()


async def partner_of(account: Account, *cars: Car) -> Account:
    """Return another account that lists all that the first one lists, and of which these cars were picked."""
    owner = account.world.cloud.add_account(email="partner@example.org")
    for car in account.world.cars.values():
        account.world.cloud.give(car, owner)
    other = Account(account.hass, account.world, account.wall, owner)
    await other.set_up(*cars)
    return other


async def test_a_car_that_was_bought_appears_by_itself(
    polled: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    bought = world.add_car("untyped")
    await look(polled)

    assert polled.entry.data["vehicles"] == {car.vin: car.model.name, bought.vin: "Biscuit"}
    assert polled.shows(bought, BATTERY) == "70"
    assert bought.vin not in caplog.text
    assert left_out_of(polled) == []


async def test_a_car_that_was_not_picked_stays_out(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    picked, other = world.add_car("typed"), world.add_car("untyped")
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[picked.vin])
    (account.entry,) = account.hass.config_entries.async_entries(DOMAIN)
    assert left_out_of(account) == [other.vin]
    await account.quiet()
    for _ in range(3):
        await account.later(LOOK)

    assert cars_of(account) == [picked.vin]


async def test_a_car_that_was_removed_stays_out_and_can_be_picked_again(
    account: Account, world: World, car: Car, dialogue: Dialogue
) -> None:
    second = world.add_car("untyped")
    await account.set_up(car, second)
    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[car.vin])
    await account.quiet()
    await look(account)
    assert (cars_of(account), left_out_of(account)) == ([car.vin], [second.vin])

    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[car.vin, second.vin])
    await account.quiet()
    assert (cars_of(account), left_out_of(account)) == ([car.vin, second.vin], [])


async def test_what_an_older_version_did_not_pick_stays_out_without_a_reload(
    account: Account, world: World, car: Car
) -> None:
    other = world.add_car("untyped")
    world.cloud.refuse("vehicles", 200, body={"response": ["what is this"]})
    await account.set_up(car)
    assert "left_out" not in account.entry.data  # of a list that nobody can read whole nothing follows
    runtime = account.runtime

    world.cloud.accept()
    await look(account)
    assert (cars_of(account), left_out_of(account)) == ([car.vin], [other.vin])
    assert account.runtime is runtime


async def test_a_new_car_is_added_also_beside_a_row_that_cannot_be_read(
    polled: Account, world: World, car: Car
) -> None:
    bought = world.add_car("untyped")
    row = {"vin": bought.vin, "display_name": "Biscuit", "state": "asleep"}
    world.cloud.refuse("vehicles", 200, body={"response": ["what is this", row]})
    await polled.later(LOOK)

    assert cars_of(polled) == [car.vin, bought.vin]


async def test_a_car_belongs_to_the_entry_that_has_it(polled: Account, world: World, car: Car) -> None:
    second = world.add_car("untyped")
    other = await partner_of(polled, second)
    await look(other)
    await look(polled)
    assert (cars_of(polled), left_out_of(polled)) == ([car.vin], [second.vin])
    assert (cars_of(other), left_out_of(other)) == ([second.vin], [car.vin])

    # Also once that entry is gone: it may be about to be made again.
    await polled.hass.config_entries.async_remove(other.entry.entry_id)
    await look(polled)
    assert cars_of(polled) == [car.vin]


async def test_what_one_entry_has_left_out_no_other_adds(
    account: Account, world: World, car: Car, dialogue: Dialogue
) -> None:
    shared, unwanted = world.add_car("half"), world.add_car("untyped")
    await account.set_up(car, unwanted)
    other = await partner_of(account, shared)
    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[car.vin])
    assert unwanted.vin in left_out_of(account)
    await look(other)

    assert cars_of(other) == [shared.vin]
    assert set(left_out_of(other)) == {car.vin, unwanted.vin}


async def test_a_car_that_comes_while_one_picks_is_not_lost(
    account: Account, world: World, car: Car, dialogue: Dialogue
) -> None:
    second = world.add_car("untyped")
    await account.set_up(car, second)
    await dialogue.reconfigure(account.entry, "cars")
    bought = world.add_car("half")
    await look(account)
    await dialogue.answer(vehicles=[car.vin])

    assert (cars_of(account), left_out_of(account)) == ([car.vin, bought.vin], [second.vin])


async def test_picking_cars_does_not_forget_what_others_had(
    polled: Account, world: World, car: Car, dialogue: Dialogue
) -> None:
    second = world.add_car("untyped")
    other = await partner_of(polled, second)
    await look(polled)
    await dialogue.reconfigure(polled.entry, "cars")
    await dialogue.answer(vehicles=[car.vin])
    await polled.hass.config_entries.async_remove(other.entry.entry_id)
    await look(polled)

    assert (cars_of(polled), left_out_of(polled)) == ([car.vin], [second.vin])


async def test_an_account_whose_cars_were_never_offered_waits_until_they_are(
    account: Account, world: World, car: Car, dialogue: Dialogue
) -> None:
    await account.set_up()
    await look(account)
    assert cars_of(account) == []
    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[car.vin])

    assert (cars_of(account), left_out_of(account)) == ([car.vin], [])


async def test_new_cars_outlive_a_restart(polled: Account, world: World, car: Car) -> None:
    bought = world.add_car("untyped")
    await look(polled)
    bought.sleep()
    async with restarted(polled) as again:
        assert again.shows(bought, BATTERY) == "70"


async def gone_issue(account: Account, issue_registry: ir.IssueRegistry) -> ir.IssueEntry:
    (issue,) = [one for one in issue_registry.issues.values() if one.translation_key == "not_listed"]
    return issue


async def test_a_car_that_is_gone_can_be_removed_from_the_notice(
    account: Account, world: World, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    sold = world.add_car("untyped")
    await account.set_up(car, sold)
    world.cloud.take_away(sold.vin)
    await look(account)
    await dialogue.begin_repair(await gone_issue(account, issue_registry))
    assert dialogue.step["step_id"] == "remove"
    assert dialogue.step["description_placeholders"]["car"] == sold.model.name
    await dialogue.answer_repair()

    assert dialogue.step["type"] == "create_entry"
    await account.quiet()
    assert cars_of(account) == [car.vin]
    devices = dr.async_entries_for_config_entry(dr.async_get(account.hass), account.entry.entry_id)
    assert {device.name for device in devices} == {car.model.name, "Tesla Fleet API"}
    assert not issue_registry.issues

    world.cloud.give(sold)  # bought back
    await look(account)
    assert cars_of(account) == [car.vin, sold.vin]


async def test_the_only_car_is_removed_with_its_account(
    polled: Account, world: World, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    world.cloud.take_away(car.vin)
    await look(polled)
    await dialogue.begin_repair(await gone_issue(polled, issue_registry))

    assert dialogue.step["reason"] == "last_car"
    assert cars_of(polled) == [car.vin]


async def test_a_car_that_is_back_while_one_reads_the_notice_stays(
    account: Account, world: World, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    away = world.add_car("untyped")
    await account.set_up(car, away)
    world.cloud.take_away(away.vin)
    await look(account)
    await dialogue.begin_repair(await gone_issue(account, issue_registry))
    world.cloud.give(away)
    await look(account)
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "not_gone"
    assert cars_of(account) == [car.vin, away.vin]


async def test_nobody_removes_another_car_than_the_one_that_is_shown(
    account: Account, world: World, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    second, third = world.add_car("untyped"), world.add_car("half")
    await account.set_up(car, second, third)
    world.cloud.take_away(second.vin)
    await look(account)
    await dialogue.begin_repair(await gone_issue(account, issue_registry))

    # Meanwhile it is removed by somebody else, and the next car moves up and is gone, too.
    vehicles = {car.vin: "", third.vin: "", "5YJ3E1EA7KF000009": ""}
    account.hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "vehicles": vehicles}
    )
    await account.hass.async_block_till_done()
    world.cloud.take_away(third.vin)
    await look(account)
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "not_gone"
    assert cars_of(account) == list(vehicles)


async def test_a_car_that_was_removed_meanwhile_is_not_removed_again(
    account: Account, world: World, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    sold = world.add_car("untyped")
    third = world.add_car("half")
    await account.set_up(car, third, sold)
    world.cloud.take_away(sold.vin)
    await look(account)
    issue = await gone_issue(account, issue_registry)
    await dialogue.begin_repair(issue)
    data = {**account.entry.data, "vehicles": {car.vin: "", third.vin: ""}}
    account.hass.config_entries.async_update_entry(account.entry, data=data)
    await dialogue.answer_repair()  # before the entry is loaded anew, and the notice is gone

    assert dialogue.step["reason"] == "not_gone"
    assert cars_of(account) == [car.vin, third.vin]
