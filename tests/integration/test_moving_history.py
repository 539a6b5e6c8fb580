"""What was recorded of another integration's entities goes on with ours, in a recorder as users have it."""

from datetime import timedelta
import logging
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (  # type: ignore[import-untyped]  # has no types
    async_wait_recording_done,
    do_adhoc_statistics,
    get_start_time,
)

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.moving import async_give_back, async_take, find
from simulator.car.car import Car

from .account import Account
from .former import Former, Formers

PERIOD = timedelta(minutes=5)
MILES = 1.609344  # km
BATTERY, ODOMETER = "sensor.my_old_battery", "sensor.my_old_odometer"


@pytest.fixture(autouse=True)
def no_complaint(caplog: pytest.LogCaptureFixture) -> Any:
    """Fail where the recorder, or who compiles statistics, has something to say."""
    yield
    told = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not [one.getMessage() for one in told if "recorder" in one.name or "sensor" in one.name]


class Book:
    """What the recorder has of an entity."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.begun = get_start_time(dt_util.utcnow())
        self._compiled = 0
        self._long_ago = self.begun.replace(minute=0) - timedelta(days=400)

    async def compile(self) -> None:
        """Have the next five minutes compiled, as if they were over."""
        await async_wait_recording_done(self._hass)
        do_adhoc_statistics(self._hass, start=self.begun + self._compiled * PERIOD)
        self._compiled += 1
        await async_wait_recording_done(self._hass)

    async def years_ago(self, entity_id: str, unit: str, unit_class: str | None, **value: float) -> None:
        """Have a row of long-term statistics of a time of which no states are kept any more."""
        metadata: Any = {
            "mean_type": StatisticMeanType.ARITHMETIC if "mean" in value else StatisticMeanType.NONE,
            "has_sum": "sum" in value,
            "name": None,
            "source": "recorder",
            "statistic_id": entity_id,
            "unit_class": unit_class,
            "unit_of_measurement": unit,
        }
        row: Any = {"start": self._long_ago, **value}
        async_import_statistics(self._hass, metadata, [row])
        await async_wait_recording_done(self._hass)

    async def states(self, entity_id: str) -> list[str]:
        """Return what an entity has shown, as the history says it."""
        await async_wait_recording_done(self._hass)

        def read() -> list[str]:
            found = get_significant_states(self._hass, self.begun - PERIOD, entity_ids=[entity_id])
            return [state.state for state in found.get(entity_id, [])]  # type: ignore[union-attr]  # whole ones

        return await get_instance(self._hass).async_add_executor_job(read)

    async def rows(self, entity_id: str, column: Any, *, short: bool = False) -> list[Any]:
        """Return a column of an entity's statistics, over years or of these minutes."""

        def read() -> Any:
            return statistics_during_period(
                self._hass,
                self.begun if short else self._long_ago,
                None,
                {entity_id},
                "5minute" if short else "hour",
                {"distance": "mi"},
                {column},
            )

        found = await get_instance(self._hass).async_add_executor_job(read)
        return [row.get(column) for row in found.get(entity_id, [])]

    async def known(self) -> set[str]:
        """Return the entities that there are statistics of."""
        listed = await get_instance(self._hass).async_add_executor_job(list_statistic_ids, self._hass)
        return {one["statistic_id"] for one in listed}


@pytest.fixture
async def book(recorder_mock: Recorder, hass: HomeAssistant) -> Book:
    assert await async_setup_component(hass, SENSOR, {})
    return Book(hass)


@pytest.fixture
async def former(book: Book, hass: HomeAssistant, car: Car, formers: Formers) -> Former:
    """Another integration that has had the car for long, under names that its owner has given."""
    former = formers.add("tesla_fleet")
    former.has(car.vin, "sensor", f"{car.vin}-charge_state_usable_battery_level")
    former.has(car.vin, "odometer", f"{car.vin}-vehicle_state_odometer")
    await former.set_up()
    registry = er.async_get(hass)
    for key, entity_id in (
        ("charge_state_usable_battery_level", BATTERY),
        ("vehicle_state_odometer", ODOMETER),
    ):
        known = former.id_of("sensor", f"{car.vin}-{key}")
        assert known is not None
        registry.async_update_entity(known, new_entity_id=entity_id, name="My name", labels={"mine"})
    await hass.async_block_till_done()
    await book.years_ago(BATTERY, "%", "unitless", mean=55.0)
    await book.years_ago(ODOMETER, "mi", "distance", state=10.0, sum=10.0)
    await book.compile()
    return former


async def test_history_and_statistics_go_on_under_the_old_entity_id(
    book: Book, former: Former, account: Account, car: Car
) -> None:
    hass = account.hass
    await account.set_up(car)
    own = account.entity_id(car, "sensor.odometer")
    assert own != ODOMETER
    (found,) = find(hass, account.entry)

    assert await async_take(hass, account.entry, found)
    await account.quiet()
    await account.pass_time(1.0)

    assert account.entity_id(car, "sensor.odometer") == ODOMETER
    assert account.entity_id(car, "sensor.usable_battery_level") == BATTERY
    line = er.async_get(hass).async_get(ODOMETER)
    assert line is not None
    assert (line.platform, line.name, line.labels) == (DOMAIN, "My name", {"mine"})
    now = account.shows(car, "sensor.odometer")
    told = await book.states(ODOMETER)
    assert told[0] == "1609.344"  # kilometres
    assert told[-1] == now != "unavailable"
    await book.compile()
    assert (await book.rows(ODOMETER, "sum"))[0] == 10.0  # another follows where an hour is over
    assert (await book.rows(BATTERY, "mean"))[0] == 55.0
    first, second = await book.rows(ODOMETER, "sum", short=True)
    assert second - first == pytest.approx(float(now) / MILES - 1000)  # as if of one sensor
    assert len(await book.rows(BATTERY, "mean", short=True)) == 2
    assert {ODOMETER, BATTERY} <= await book.known()


async def test_history_goes_on_with_the_other_integration_when_it_is_given_back(
    book: Book, former: Former, account: Account, car: Car
) -> None:
    hass = account.hass
    await account.set_up(car)
    own = account.entity_id(car, "sensor.odometer")
    (found,) = find(hass, account.entry)
    assert await async_take(hass, account.entry, found)
    await account.quiet()
    await book.compile()

    assert await async_give_back(hass, account.entry)
    await account.quiet()

    assert former.odometer(car.vin) == ODOMETER
    assert account.entity_id(car, "sensor.odometer") == own
    told = await book.states(ODOMETER)
    assert (told[0], told[-1]) == ("1609.344", "1609.344")
    assert len(set(told) - {"unavailable", "unknown"}) == 2
    await book.compile()
    assert len(await book.rows(BATTERY, "mean", short=True)) == 3
    assert (await book.rows(BATTERY, "mean"))[0] == 55.0
