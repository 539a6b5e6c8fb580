from datetime import UTC, datetime

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from custom_components.tesla_direct.tesla.vehicle.signals import battery, closures, config
from tests.tesla.vehicle.states import NOW

from .cars import VIN, Account


async def test_an_entity_says_how_old_it_is_and_who_told_it(account: Account) -> None:
    await account.add(Platform.SENSOR)

    await account.tell({battery.LEVEL: 63.4}, source="poll")

    attributes = account.state(Platform.SENSOR, "battery_level").attributes
    assert attributes["measured_at"] == datetime.fromtimestamp(NOW, UTC)
    assert attributes["source"] == "poll"


async def test_before_anything_is_told_there_is_no_age(account: Account) -> None:
    await account.add(Platform.SENSOR)

    state = account.state(Platform.SENSOR, "battery_level")

    assert state.state == "unknown"
    assert "measured_at" not in state.attributes


async def test_age_and_source_are_not_recorded(account: Account) -> None:
    await account.add(Platform.SENSOR)

    state = account.state(Platform.SENSOR, "battery_level")

    assert state.state_info is not None
    assert state.state_info["unrecorded_attributes"] >= {"measured_at", "source"}


async def test_a_state_is_written_only_when_its_facts_change(hass: HomeAssistant, account: Account) -> None:
    await account.add(Platform.SENSOR)
    await account.add(Platform.BINARY_SENSOR)
    written: list[str] = []

    @callback
    def note(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)  # type: ignore[arg-type]  # only the entity is read
    before = account.state(Platform.BINARY_SENSOR, "door_driver_front").last_reported

    await account.tell({battery.LEVEL: 63.4, config.WHEEL_TYPE: "Nova19"})
    await account.tell({battery.LEVEL: 63.4, config.WHEEL_TYPE: "Nova19"}, at=NOW + 60)

    assert written == [account.entity_id(Platform.SENSOR, "battery_level")]
    assert account.state(Platform.BINARY_SENSOR, "door_driver_front").last_reported == before


async def test_an_entity_is_unavailable_while_no_source_works(account: Account) -> None:
    await account.add(Platform.BINARY_SENSOR)
    await account.tell({closures.DOOR_DRIVER_FRONT: True})

    account.coordinator.async_set_works("poll", works=False)

    assert account.state(Platform.BINARY_SENSOR, "door_driver_front").state == STATE_UNAVAILABLE


async def test_an_entity_is_known_by_its_car_and_its_key(hass: HomeAssistant, account: Account) -> None:
    await account.add(Platform.SENSOR)

    entity_id = account.entity_id(Platform.SENSOR, "battery_level")
    assert entity_id is not None
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.unique_id == f"{VIN}-battery_level"
    assert entry.translation_key == "battery_level"
    assert entry.has_entity_name
    assert entry.original_name == "Battery level"
