from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signals import place, route
from tests.tesla.vehicle.states import NOW

from .cars import Account

TRACKER = Platform.DEVICE_TRACKER
HOME = Location(51.4779, -0.0015)


async def test_the_car_is_on_the_map(account: Account) -> None:
    await account.add(TRACKER)

    await account.tell({place.LOCATION: HOME, place.HEADING: 92.0, place.GPS_ACCURACY: 4.0})

    state = account.state(TRACKER, "location")
    assert state.state == STATE_NOT_HOME
    assert (state.attributes["latitude"], state.attributes["longitude"]) == (51.4779, -0.0015)
    assert state.attributes["gps_accuracy"] == 4.0
    assert state.attributes["heading"] == 92.0
    assert state.attributes["source_type"] == "gps"


async def test_the_car_comes_home(hass: HomeAssistant, account: Account) -> None:
    hass.config.latitude, hass.config.longitude = HOME.latitude, HOME.longitude
    assert await async_setup_component(hass, "zone", {})
    await account.add(TRACKER)

    await account.tell({place.LOCATION: HOME})
    assert account.state(TRACKER, "location").state == STATE_HOME

    await account.tell({place.LOCATION: Location(51.4613, 0.219)}, at=NOW + 60)
    assert account.state(TRACKER, "location").state == STATE_NOT_HOME


async def test_where_nobody_knows_is_nowhere(account: Account) -> None:
    account.enable(TRACKER, "origin")
    await account.add(TRACKER)

    state = account.state(TRACKER, "location")

    assert state.state == "unknown"
    assert "latitude" not in state.attributes
    assert account.state(TRACKER, "origin").state == "unknown"


async def test_a_route_is_there_while_somebody_navigates(account: Account) -> None:
    await account.add(TRACKER)
    assert account.state(TRACKER, "route").state == STATE_UNAVAILABLE

    await account.tell({route.DESTINATION_LOCATION: Location(51.476, 0.0005)})
    state = account.state(TRACKER, "route")
    assert (state.attributes["latitude"], state.attributes["longitude"]) == (51.476, 0.0005)
    assert "heading" not in state.attributes

    await account.tell({route.DESTINATION_LOCATION: None}, at=NOW + 60)
    assert account.state(TRACKER, "route").state == STATE_UNAVAILABLE


async def test_places_are_no_diagnostics(hass: HomeAssistant, account: Account) -> None:
    await account.add(TRACKER)

    entity_id = account.entity_id(TRACKER, "location")
    assert entity_id is not None
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.entity_category is None


async def test_a_place_has_neither_a_battery_nor_a_name(account: Account) -> None:
    await account.add(TRACKER)
    await account.tell({place.LOCATION: HOME})

    assert "battery_level" not in account.state(TRACKER, "location").attributes
