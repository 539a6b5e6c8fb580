"""Entities of another integration that change hands, and change back."""

import asyncio

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.moving import async_give_back, async_let_go, async_take, find, find_taken
from simulator.car.car import Car
from tests.home import until

from .account import Account
from .former import ACCOUNT, Former, Formers

USER = er.RegistryEntryDisabler.USER
SITE = "1234567890"
OTHER_CAR = "5YJ3E1EA7KF000001"


@pytest.fixture
async def former(account: Account, car: Car, formers: Formers) -> Former:
    """Another integration that has the car, beside the account; it is not set up yet."""
    await account.set_up(car)
    former = formers.add("tesla_fleet")
    former.has(car.vin, "odometer", f"{car.vin}-vehicle_state_odometer")
    former.has(car.vin, "device_tracker", f"{car.vin}-location")
    former.has(car.vin, "switch", f"{car.vin}-vehicle_state_sentry_mode")
    former.has(car.vin, "sensor", f"{car.vin}-vehicle_config_nobody_else_has")
    return former


def line(hass: HomeAssistant, entity_id: str | None) -> er.RegistryEntry:
    """Return what the registry has of an entity."""
    assert entity_id is not None
    found = er.async_get(hass).async_get(entity_id)
    assert found is not None, entity_id
    return found


def shows(hass: HomeAssistant, entity_id: str | None) -> str:
    state = hass.states.get(str(entity_id))
    assert state is not None
    return state.state


async def take(account: Account) -> None:
    """Take over from the one who is there."""
    (found,) = find(account.hass, account.entry)
    assert await async_take(account.hass, account.entry, found)
    await account.quiet()


async def set_up_and_take(former: Former, account: Account, car: Car) -> str | None:
    """Take over from the other integration once it is set up; return the ID of the car's odometer there."""
    await former.set_up()
    theirs = former.odometer(car.vin)
    await take(account)
    return theirs


async def held_up(former: Former, account: Account) -> asyncio.Task[bool]:
    """Begin to take over from one who takes long to be unloaded."""
    (found,) = find(account.hass, account.entry)
    former.hold()
    taking = account.hass.async_create_task(async_take(account.hass, account.entry, found))
    await until(lambda: former.held)
    return taking


def identity(line: er.RegistryEntry) -> tuple[str | None, ...]:
    """Return what tells whose an entity is, and which."""
    return line.id, line.platform, line.unique_id, line.config_entry_id, line.device_id


async def give_back(account: Account) -> None:
    assert await async_give_back(account.hass, account.entry)
    await account.quiet()


def switch_off(hass: HomeAssistant, entity_id: str | None) -> None:
    """Switch an entity off for its own sake, as a user does."""
    assert entity_id is not None
    er.async_get(hass).async_update_entity(entity_id, disabled_by=USER)


async def test_what_means_the_same_is_found_and_the_rest_is_counted(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    (found,) = find(account.hass, account.entry)

    assert {pair.theirs.unique_id: pair.ours.unique_id for pair in found.pairs} == {
        f"{car.vin}-vehicle_state_odometer": f"{car.vin}-odometer",
        f"{car.vin}-location": f"{car.vin}-location",
        f"{car.vin}-vehicle_state_sentry_mode": f"{car.vin}-sentry_mode",
    }
    assert (found.name, found.others, found.stays) == ("Tesla Fleet", 1, False)
    assert found.devices == {former.device(car.vin).id}


async def test_our_entities_go_on_under_their_ids_and_the_other_entry_is_switched_off(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    hass = account.hass
    theirs = {
        "sensor.odometer": former.odometer(car.vin),
        "device_tracker.location": former.id_of("device_tracker", f"{car.vin}-location"),
        "switch.sentry_mode": former.id_of("switch", f"{car.vin}-vehicle_state_sentry_mode"),
    }
    own = {entity: account.entity_id(car, entity) for entity in theirs}
    registry_ids = {entity: line(hass, entity_id).id for entity, entity_id in theirs.items()}
    await take(account)

    assert former.entry.disabled_by is ConfigEntryDisabler.USER
    assert account.loaded
    ours = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, car.vin), account.entry.entry_id)
    assert ours is not None
    for entity, entity_id in theirs.items():
        assert account.entity_id(car, entity) == entity_id
        now = line(hass, entity_id)
        assert (now.id, now.device_id, now.config_entry_id) == (
            registry_ids[entity],
            ours.id,
            account.entry.entry_id,
        )
        assert account.shows(car, entity) != "unavailable"
        assert hass.states.get(own[entity]) is None
    rest = line(hass, former.id_of("sensor", f"{car.vin}-vehicle_config_nobody_else_has"))
    assert rest.disabled_by is er.RegistryEntryDisabler.CONFIG_ENTRY
    assert find(hass, account.entry) == []
    assert {one.entity_id for one in find_taken(hass, account.entry)} == set(theirs.values())


async def test_what_is_given_back_is_as_it_was(former: Former, account: Account, car: Car) -> None:
    await former.set_up()
    hass = account.hass
    own = account.entity_id(car, "sensor.odometer")
    before = line(hass, former.odometer(car.vin))
    place = former.id_of("device_tracker", f"{car.vin}-location")
    await take(account)
    await give_back(account)

    assert former.entry.state is ConfigEntryState.LOADED
    after = line(hass, before.entity_id)
    assert identity(after) == identity(before)
    assert after.disabled_by is None
    assert DOMAIN not in after.options
    assert former.id_of("device_tracker", f"{car.vin}-location") == place
    assert shows(hass, before.entity_id) == "1609.344"
    assert account.entity_id(car, "sensor.odometer") == own
    assert account.shows(car, "sensor.odometer") != "unavailable"
    assert find_taken(hass, account.entry) == []
    assert len(find(hass, account.entry)[0].pairs) == 3  # and could be taken once more


async def test_where_there_is_an_energy_site_only_the_car_is_switched_off(
    former: Former, account: Account, car: Car
) -> None:
    former.has(SITE, "sensor", f"{SITE}-solar_power")
    await former.set_up()
    hass = account.hass
    theirs = former.odometer(car.vin)
    (found,) = find(hass, account.entry)
    assert found.stays
    await take(account)

    assert former.entry.state is ConfigEntryState.LOADED
    assert former.device(car.vin).disabled_by is dr.DeviceEntryDisabler.USER
    assert former.device(SITE).disabled_by is None
    site = hass.states.get(str(former.id_of("sensor", f"{SITE}-solar_power")))
    assert site is not None
    assert site.state == "70"
    assert account.entity_id(car, "sensor.odometer") == theirs
    again = line(hass, former.odometer(car.vin))
    assert again.entity_id != theirs
    assert again.disabled_by is er.RegistryEntryDisabler.DEVICE
    assert find(hass, account.entry) == []

    await give_back(account)
    assert former.device(car.vin).disabled_by is None
    assert former.odometer(car.vin) == theirs
    assert line(hass, theirs).disabled_by is None
    assert er.async_get(hass).async_get(again.entity_id) is None


async def test_what_was_shown_in_another_unit_is_shown_in_it_still(
    former: Former, account: Account, car: Car
) -> None:
    former.has(car.vin, "pressure", f"{car.vin}-vehicle_state_tpms_pressure_fl")
    await former.set_up()
    hass = account.hass
    bar = float(account.shows(car, "sensor.tpms_pressure_fl"))
    theirs = former.id_of("sensor", f"{car.vin}-vehicle_state_tpms_pressure_fl")
    await take(account)

    state = hass.states.get(str(theirs))
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "psi"
    assert float(state.state) == pytest.approx(bar * 14.5038, abs=0.1)


async def test_what_somebody_has_switched_off_stays_as_it_is(
    former: Former, account: Account, car: Car
) -> None:
    former.has(car.vin, "sensor", f"{car.vin}-drive_state_speed", enabled=False)
    await former.set_up()
    hass = account.hass
    switch_off(hass, former.id_of("switch", f"{car.vin}-vehicle_state_sentry_mode"))
    switch_off(hass, account.entity_id(car, "sensor.odometer"))
    await hass.async_block_till_done()
    (found,) = find(hass, account.entry)

    assert [pair.ours.unique_id for pair in found.pairs] == [f"{car.vin}-location"]


async def test_what_was_in_use_there_is_switched_on_here(former: Former, account: Account, car: Car) -> None:
    former.has(car.vin, "sensor", f"{car.vin}-drive_state_speed")
    await former.set_up()
    theirs = former.id_of("sensor", f"{car.vin}-drive_state_speed")
    own = line(account.hass, account.entity_id(car, "sensor.speed"))
    assert own.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await take(account)

    assert account.entity_id(car, "sensor.speed") == theirs
    assert line(account.hass, theirs).disabled_by is None


@pytest.mark.parametrize("what", ["entry", "device"])
async def test_who_has_switched_the_other_one_off_already_can_still_take_over(
    former: Former, account: Account, car: Car, what: str
) -> None:
    former.has(SITE, "sensor", f"{SITE}-solar_power")
    await former.set_up()
    hass = account.hass
    theirs = former.odometer(car.vin)
    if what == "entry":
        await hass.config_entries.async_set_disabled_by(former.entry.entry_id, ConfigEntryDisabler.USER)
    else:
        device = former.device(car.vin).id
        dr.async_get(hass).async_update_device(device, disabled_by=dr.DeviceEntryDisabler.USER)
    await hass.async_block_till_done()
    await take(account)

    assert account.entity_id(car, "sensor.odometer") == theirs
    assert line(hass, theirs).disabled_by is None
    assert account.shows(car, "sensor.odometer") != "unavailable"


async def test_cars_of_others_are_nobody_s_business(
    former: Former, account: Account, formers: Formers
) -> None:
    other = formers.add("teslemetry")
    other.has(OTHER_CAR, "sensor", f"{OTHER_CAR}-vehicle_state_odometer")
    await other.set_up()

    assert find(account.hass, account.entry) == []


async def test_an_old_custom_integration_writes_vins_in_small_letters(
    account: Account, car: Car, formers: Formers
) -> None:
    await account.set_up(car)
    former = formers.add("tesla_custom")
    former.has("987654321", "sensor", f"{car.vin.lower()}_temperature_inside")
    await former.set_up()
    (found,) = find(account.hass, account.entry)

    assert [pair.ours.unique_id for pair in found.pairs] == [f"{car.vin}-inside_temp"]
    assert found.name == "Tesla Custom Integration"


async def test_of_two_that_mean_the_same_one_is_taken(account: Account, car: Car, formers: Formers) -> None:
    await account.set_up(car)
    former = formers.add("teslemetry")
    former.has(car.vin, "sensor", f"{car.vin}-rated_range")
    former.has(car.vin, "sensor", f"{car.vin}-charge_state_battery_range")
    await former.set_up()
    (found,) = find(account.hass, account.entry)

    assert [pair.theirs.unique_id for pair in found.pairs] == [f"{car.vin}-charge_state_battery_range"]
    assert found.others == 1


async def test_who_cannot_be_unloaded_keeps_what_it_has(former: Former, account: Account, car: Car) -> None:
    await former.set_up()
    hass = account.hass
    theirs = former.odometer(car.vin)
    (found,) = find(hass, account.entry)
    former.unloads = False
    for _ in range(2):  # the second time Home Assistant does not even try
        assert not await async_take(hass, account.entry, found)
        assert account.loaded
        assert former.odometer(car.vin) == theirs
        assert former.entry.disabled_by is None


async def test_as_long_as_our_own_cannot_be_unloaded_nothing_changes(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    hass = account.hass
    (found,) = find(hass, account.entry)
    account.entry.mock_state(hass, ConfigEntryState.FAILED_UNLOAD)
    assert not await async_take(hass, account.entry, found)
    assert former.entry.state is ConfigEntryState.LOADED
    account.entry.mock_state(hass, ConfigEntryState.LOADED)
    await take(account)
    account.entry.mock_state(hass, ConfigEntryState.FAILED_UNLOAD)
    assert not await async_give_back(hass, account.entry)
    assert len(find_taken(hass, account.entry)) == 3
    account.entry.mock_state(hass, ConfigEntryState.LOADED)


async def test_an_entry_that_is_gone_has_nothing_to_give(former: Former, account: Account, car: Car) -> None:
    await former.set_up()
    hass = account.hass
    (found,) = find(hass, account.entry)
    await hass.config_entries.async_remove(former.entry.entry_id)

    assert not await async_take(hass, account.entry, found)
    assert account.loaded
    assert find(hass, account.entry) == []


async def test_to_an_entry_that_was_removed_nothing_is_given_back(
    former: Former, account: Account, car: Car
) -> None:
    theirs = await set_up_and_take(former, account, car)
    await account.hass.config_entries.async_remove(former.entry.entry_id)

    assert find_taken(account.hass, account.entry) == []
    assert account.entity_id(car, "sensor.odometer") == theirs


async def test_what_an_earlier_life_of_our_entry_has_taken_is_ours(former: Former, account: Account) -> None:
    await former.set_up()
    await take(account)
    later = MockConfigEntry(domain=DOMAIN, entry_id=account.entry.entry_id)

    assert len(find_taken(account.hass, account.entry)) == 3
    assert find_taken(account.hass, later) == []


@pytest.mark.parametrize("gone", [False, True])
async def test_an_entity_that_belonged_to_a_part_of_an_entry_goes_back_there(
    former: Former, account: Account, car: Car, *, gone: bool
) -> None:
    """Unless that part, and with it the device, is gone."""
    hass = account.hass
    part = ConfigSubentryDataWithId(
        data={}, subentry_id="car", subentry_type="vehicle", title="Car", unique_id=None
    )
    former.begin(subentries_data=[part])
    former.part = "car"
    await former.set_up()
    theirs = former.odometer(car.vin)
    assert line(hass, theirs).config_subentry_id == "car"
    await take(account)
    assert line(hass, theirs).config_subentry_id is None
    if gone:
        hass.config_entries.async_remove_subentry(former.entry, "car")
        former.part = None
    await give_back(account)

    assert former.odometer(car.vin) == theirs
    assert line(hass, theirs).config_subentry_id == (None if gone else "car")
    assert line(hass, theirs).device_id == former.device(car.vin).id


@pytest.mark.parametrize("with_site", [False, True])
async def test_when_our_entry_is_removed_what_it_had_taken_rests_with_who_had_it(
    former: Former, account: Account, car: Car, *, with_site: bool
) -> None:
    """Nobody is switched on by that; whoever switches the other one on finds all as it was."""
    if with_site:
        former.has(SITE, "sensor", f"{SITE}-solar_power")
    await former.set_up()
    hass = account.hass
    before = line(hass, former.odometer(car.vin))
    await take(account)
    await hass.config_entries.async_remove(account.entry.entry_id)
    await hass.async_block_till_done()

    after = line(hass, before.entity_id)
    assert identity(after) == identity(before)
    assert after.disabled_by is (
        er.RegistryEntryDisabler.DEVICE if with_site else er.RegistryEntryDisabler.CONFIG_ENTRY
    )
    assert DOMAIN not in after.options
    if with_site:
        dr.async_get(hass).async_update_device(former.device(car.vin).id, disabled_by=None)
        await hass.config_entries.async_reload(former.entry.entry_id)
    else:
        await hass.config_entries.async_set_disabled_by(former.entry.entry_id, None)
    await hass.async_block_till_done()
    assert shows(hass, before.entity_id) == "1609.344"


async def test_what_was_off_with_our_device_is_off_with_whoever_has_it_then(
    former: Former, account: Account, car: Car
) -> None:
    hass = account.hass
    theirs = await set_up_and_take(former, account, car)
    ours = line(hass, theirs).device_id
    assert ours is not None
    dr.async_get(hass).async_update_device(ours, disabled_by=dr.DeviceEntryDisabler.USER)
    await hass.async_block_till_done()
    assert line(hass, theirs).disabled_by is er.RegistryEntryDisabler.DEVICE
    await hass.config_entries.async_remove(account.entry.entry_id)

    assert line(hass, theirs).platform == "tesla_fleet"
    assert line(hass, theirs).disabled_by is er.RegistryEntryDisabler.CONFIG_ENTRY


async def test_what_is_still_loaded_cannot_be_let_go(former: Former, account: Account, car: Car) -> None:
    """As when our entry is removed and could not be unloaded: its entities go on until a restart."""
    await former.set_up()
    await take(account)
    taken = find_taken(account.hass, account.entry)
    async_let_go(account.hass, account.entry)

    assert len(taken) == 3
    assert find_taken(account.hass, account.entry) == taken


async def test_who_has_but_an_account_beside_our_cars_is_switched_off_as_a_whole(
    former: Former, account: Account
) -> None:
    former.has(ACCOUNT, "sensor", "account-credits")
    await former.set_up()
    (found,) = find(account.hass, account.entry)

    assert not found.stays


async def test_what_a_user_has_switched_off_meanwhile_stays_off_when_our_entry_is_removed(
    former: Former, account: Account, car: Car
) -> None:
    hass = account.hass
    theirs = await set_up_and_take(former, account, car)
    switch_off(hass, theirs)
    await hass.config_entries.async_remove(account.entry.entry_id)

    assert former.odometer(car.vin) == theirs
    assert line(hass, theirs).disabled_by is USER


async def test_who_is_on_again_is_loaded_anew_when_our_entry_is_removed(
    former: Former, account: Account, car: Car
) -> None:
    hass = account.hass
    theirs = await set_up_and_take(former, account, car)
    await hass.config_entries.async_set_disabled_by(former.entry.entry_id, None)
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(account.entry.entry_id)
    await hass.async_block_till_done()

    assert former.odometer(car.vin) == theirs
    assert shows(hass, theirs) == "1609.344"


async def test_a_car_that_is_left_out_takes_nothing_along(former: Former, account: Account, car: Car) -> None:
    hass = account.hass
    theirs = await set_up_and_take(former, account, car)
    hass.config_entries.async_update_entry(account.entry, data=account.entry.data | {"vehicles": {}})
    await hass.async_block_till_done()

    assert former.odometer(car.vin) == theirs
    assert find_taken(hass, account.entry) == []


async def test_who_is_just_trying_again_to_be_set_up_is_taken_from_like_anybody(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    hass = account.hass
    theirs = former.odometer(car.vin)
    former.ready = False
    await hass.config_entries.async_reload(former.entry.entry_id)
    assert former.entry.state is ConfigEntryState.SETUP_RETRY
    await take(account)

    assert former.entry.disabled_by is ConfigEntryDisabler.USER
    assert account.entity_id(car, "sensor.odometer") == theirs
    assert account.shows(car, "sensor.odometer") != "unavailable"
    former.ready = True
    await give_back(account)
    assert shows(hass, theirs) == "1609.344"
    assert former.odometer(car.vin) == theirs


async def test_of_several_cars_only_ours_is_taken_and_switched_off(
    former: Former, account: Account, car: Car
) -> None:
    former.has(OTHER_CAR, "odometer", f"{OTHER_CAR}-vehicle_state_odometer")
    await former.set_up()
    hass = account.hass
    other = former.odometer(OTHER_CAR)
    await take(account)

    assert former.entry.disabled_by is None
    assert former.device(OTHER_CAR).disabled_by is None
    assert former.device(car.vin).disabled_by is dr.DeviceEntryDisabler.USER
    assert former.odometer(OTHER_CAR) == other
    assert shows(hass, other) == "1609.344"


async def test_an_entry_of_ours_that_is_removed_meanwhile_takes_nothing(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    hass = account.hass
    theirs = former.odometer(car.vin)
    taking = await held_up(former, account)
    await hass.config_entries.async_remove(account.entry.entry_id)
    former.let_go()

    assert await taking is False
    assert former.entry.state is ConfigEntryState.LOADED
    assert former.odometer(car.vin) == theirs


async def test_an_entry_that_is_removed_while_it_is_taken_from_keeps_ours_from_nothing(
    former: Former, account: Account, car: Car
) -> None:
    await former.set_up()
    hass = account.hass
    taking = await held_up(former, account)
    removing = hass.async_create_task(hass.config_entries.async_remove(former.entry.entry_id))
    former.let_go()

    await removing
    assert await taking is False
    assert account.loaded
    assert account.shows(car, "sensor.odometer") != "unavailable"
