"""A TeslaMate of the user's own lives on what is known here, and asks Tesla for nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
import json
import logging
from pathlib import Path
import socket
from stat import S_IMODE
from typing import Any

import aiohttp
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.serving import RETRY, serving_store
from custom_components.tesla_direct.tesla.served import columns
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from simulator.car.car import Car
from simulator.car.snapshot.vehicle_data import vehicle_row
from simulator.ports import free_port
from simulator.teslamate.reader import NAMES, Reader, Refused, StreamEnded
from simulator.world import World
from tests.home import until

from .account import Account
from .reports import report

FIELDS = (
    "BatteryLevel",
    "EstBatteryRange",
    "Gear",
    "GpsHeading",
    "Location",
    "Odometer",
    "PackCurrent",
    "PackVoltage",
    "RatedRange",
    "VehicleSpeed",
)
LONG = 90  # seconds of a drive


@dataclass
class Served:
    """An account that serves TeslaMate, and one who is served."""

    account: Account
    session: aiohttp.ClientSession
    port: int
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reader(self, token: str | None = None) -> Reader:
        stream = self.address.replace("http", "ws")
        return Reader(self.session, self.address, stream, token or self.token)

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] | None = self.account.runtime.serving.to_dict()
        assert told is not None
        return told


@dataclass
class Follower:
    """Who follows a car for a while.

    frames: what it was told
    """

    reader: Reader
    tag: str
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def run(self) -> None:
        with suppress(StreamEnded):
            async for frame in self.reader.follow(self.tag):
                self.frames.append(frame)


@dataclass
class Taken:
    """What the state took of a car's columns, in order."""

    state: VehicleState
    values: list[str] = field(default_factory=list)

    def note(self, report: Report) -> None:
        if any(self.state.report(signal) is report for signal in columns.MADE_OF & report.values.keys()):
            value = columns.value(self.state, 0)
            assert value is not None
            self.values.append(value.partition(",")[2])


def written(frames: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(frame[name] for name in NAMES[1:]) for frame in frames]


def read(value: str) -> tuple[Any, ...]:
    """Read columns by the rules of their protocol, which the tests of the columns hold them to."""
    names = NAMES[1:]
    texts = dict(zip(names, value.split(","), strict=True))
    fine = ("odometer", "est_lat", "est_lng")
    return tuple(
        None if not text else text if name == "shift_state" else float(text) if name in fine else int(text)
        for name, text in texts.items()
    )


def options(port: int) -> dict[str, Any]:
    return {"serve": {"host": "127.0.0.1", "port": port}}


async def served_by(account: Account, session: aiohttp.ClientSession) -> Served:
    kept = await serving_store(account.hass, account.entry).async_load()
    assert kept is not None
    return Served(account, session, account.entry.options["serve"]["port"], kept["token"])


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def served(account: Account, car: Car, session: aiohttp.ClientSession) -> Served:
    """An account whose car delivers straight to it, at one hertz."""
    receiver = await account.make_port()
    await account.set_up(car, receiver=receiver, options=options(free_port()))
    await account.connect(car, *FIELDS)
    return await served_by(account, session)


async def health_of(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the health page shows, but for what it has to ask others for."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    info.pop("cloud").close()
    return info


async def drive(served: Served, car: Car, seconds: int = LONG) -> None:
    car.drive("work")
    for _ in range(seconds):
        served.account.wall.move(1)
        await served.account.world.advance(1)
    await served.account.hass.async_block_till_done()


@pytest.mark.parametrize("kind", ["vin", "number"])
async def test_a_drive_at_one_hertz_reaches_two_teslamates_whole_and_costs_nothing(
    served: Served, world: World, car: Car, kind: str
) -> None:
    vehicle = served.account.runtime.vehicles[car.vin]
    number = str((await served.reader().products())[0]["vehicle_id"])
    followers = [Follower(served.reader(), car.vin if kind == "vin" else number) for _ in range(2)]
    tasks = [asyncio.create_task(follower.run()) for follower in followers]
    await until(lambda: all(follower.frames for follower in followers))
    taken = Taken(vehicle.coordinator.truth)
    stop = vehicle.async_follow(taken.note)
    billed = world.cloud.billed()

    await drive(served, car)
    stop()
    await until(lambda: all(len(follower.frames) == len(taken.values) + 1 for follower in followers))

    assert len(taken.values) >= LONG
    for follower in followers:
        told = follower.frames[1:]
        assert written(told) == [read(value) for value in taken.values]
        times = [frame["time"] for frame in follower.frames]
        assert times == sorted(times)
        assert {frame["shift_state"] for frame in told} >= {"D"}
        assert len({frame["speed"] for frame in told}) > 10
        assert len({(frame["est_lat"], frame["est_lng"]) for frame in told}) > LONG / 2
        assert max(frame["power"] for frame in told) > 5
    # What the car streams is paid for whoever is served, and once.
    assert world.cloud.billed() == billed | {"signal": world.cloud.billed()["signal"]}
    await ended(tasks)


async def ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_teslamate_s_questions_are_answered_from_what_is_known_and_cost_nothing(
    served: Served, world: World, car: Car
) -> None:
    await drive(served, car, 20)
    before = len(world.cloud.requests())
    reader = served.reader()

    (row,) = await reader.products()
    assert row["vin"] == car.vin
    assert row["state"] == "online"
    for _ in range(20):
        await reader.vehicle(row["id"])
        data = await reader.vehicle_data(row["id"])
    await reader.renew()

    assert data["drive_state"]["shift_state"] == "D"
    assert data["drive_state"]["speed"] == pytest.approx(car.body.speed_mph, abs=3)
    assert data["drive_state"]["latitude"] == pytest.approx(car.body.latitude, abs=1e-3)
    assert data["charge_state"]["battery_level"] == pytest.approx(car.body.battery_percent, abs=1)
    assert data["vehicle_state"]["odometer"] == pytest.approx(car.body.odometer_miles, abs=0.1)
    assert len(world.cloud.requests()) == before
    assert served.told["answered"] == {"list": 1, "vehicle": 20, "vehicle_data": 20, "token": 1}


async def test_tesla_s_own_numbers_of_a_car_are_its_numbers_here_and_are_kept(
    served: Served, car: Car, hass: HomeAssistant
) -> None:
    (row,) = await served.reader().products()
    of_tesla = vehicle_row(car.truth, "online")

    assert (row["id"], row["vehicle_id"]) == (of_tesla["id"], of_tesla["vehicle_id"])
    assert await hass.config_entries.async_reload(served.account.entry.entry_id)
    (again,) = await served.reader().products()
    assert (again["id"], again["vehicle_id"]) == (row["id"], row["vehicle_id"])


async def test_a_car_that_falls_asleep_is_said_to_be_offline_and_its_data_are_not_to_be_had(
    served: Served, car: Car
) -> None:
    reader = served.reader()
    follower = Follower(reader, car.vin)
    task = asyncio.create_task(follower.run())
    await until(lambda: follower.frames)
    (row,) = await reader.products()

    car.sleep()
    await served.account.pass_time(60)
    await served.account.pass_time(130)
    await until(lambda: reader.errors)

    assert reader.errors[-1] == ("vehicle_error", "Vehicle is offline")
    assert (await reader.vehicle(row["id"]))["state"] == "asleep"
    with pytest.raises(Refused, match="408 vehicle unavailable"):
        await reader.vehicle_data(row["id"])
    await ended([task])


async def test_who_has_no_token_or_wants_something_done_is_refused_and_counted_and_nothing_changes(
    served: Served,
    world: World,
    car: Car,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, f"custom_components.{DOMAIN}")
    hass = served.account.hass
    before = len(world.cloud.requests())
    with pytest.raises(Refused, match="401"):
        await served.reader("another-token").products()
    stranger = Follower(served.reader("another-token"), car.vin)
    await stranger.run()
    assert stranger.frames == []
    assert stranger.reader.errors[0][0] == "client_error"
    headers = {"Authorization": f"Bearer {served.token}"}
    for path in (f"/api/1/vehicles/{car.vin}/command/door_unlock", f"/api/1/vehicles/{car.vin}/wake_up"):
        async with served.session.post(served.address + path, headers=headers, json={}) as answer:
            assert answer.status == 405
    await hass.async_block_till_done()

    assert served.told["refused"] == {"wrong_token": 2, "not_a_read": 2}
    assert len(world.cloud.requests()) == before
    told = json.dumps(await report(served.account, hass_client))
    health = json.dumps(await health_of(hass))
    assert '"wrong_token": 2' in told
    assert "1 of 1 open, 0 followers, 4 refusals" in health
    for text in (told, health, caplog.text):
        assert served.token not in text
        assert "another-token" not in text
        assert car.vin not in text


def mode_of(path: str) -> int:
    return S_IMODE(Path(path).stat().st_mode)


async def test_a_bug_where_it_is_served_does_not_keep_the_car_from_being_heard(
    served: Served, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    vehicle = served.account.runtime.vehicles[car.vin]
    follower = Follower(served.reader(), car.vin)
    task = asyncio.create_task(follower.run())
    await until(lambda: follower.frames)

    now = served.account.wall()
    for _ in range(2):
        vehicle.apply(Report({battery.RANGE: "no number"}, now, "receiver", now))
    taken = vehicle.coordinator.truth.report(battery.RANGE)
    assert taken is not None
    assert taken.values[battery.RANGE] == "no number"
    failures = [one for one in caplog.records if "could not be served" in one.getMessage()]
    assert [one.levelno for one in failures if one.levelno > logging.DEBUG] == [logging.ERROR]
    vehicle.apply(Report({battery.RANGE: 200.0}, now, "receiver", now))
    await until(lambda: follower.frames[-1]["range"] == 200)
    await ended([task])


async def test_the_token_is_readable_by_its_owner_only_and_outlives_a_reload(
    served: Served, hass: HomeAssistant
) -> None:
    store = serving_store(hass, served.account.entry)

    assert await hass.async_add_executor_job(mode_of, store.path) == 0o600
    assert await hass.config_entries.async_reload(served.account.entry.entry_id)
    assert (await served_by(served.account, served.session)).token == served.token
    assert await served.reader().products()


async def test_an_entry_that_goes_takes_port_and_token_with_it(served: Served, hass: HomeAssistant) -> None:
    store = serving_store(hass, served.account.entry)

    await hass.config_entries.async_remove(served.account.entry.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(aiohttp.ClientConnectorError):
        await served.reader().products()
    assert await store.async_load() is None


async def test_the_port_closes_when_home_assistant_stops(served: Served, hass: HomeAssistant) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    with pytest.raises(aiohttp.ClientConnectorError):
        await served.reader().products()
    assert served.told["listening"] is False
    assert await hass.config_entries.async_unload(served.account.entry.entry_id)


async def test_whoever_does_not_want_it_has_no_port_and_no_token(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    await account.set_up(car)

    assert account.runtime.serving.server is None
    assert account.runtime.serving.to_dict() is None
    assert await serving_store(hass, account.entry).async_load() is None
    assert "served" not in await health_of(hass)


async def test_a_port_that_is_taken_is_told_and_tried_again(
    account: Account, car: Car, hass: HomeAssistant, session: aiohttp.ClientSession
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        await account.set_up(car, options=options(port))
        issue_id = f"serving_port_taken_{account.entry.entry_id}"
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        assert issue.translation_placeholders == {
            "name": account.entry.title,
            "host": "127.0.0.1",
            "port": str(port),
        }
        assert account.runtime.serving.problem == "serving_port_taken"
        await again(hass)
        assert account.runtime.serving.server is None

    await again(hass)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    assert await (await served_by(account, session)).reader().products()


async def again(hass: HomeAssistant) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=RETRY + 1))
    await hass.async_block_till_done()


async def test_an_address_that_is_not_there_is_told_until_the_entry_goes(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    await account.set_up(car, options={"serve": {"host": "192.0.2.1", "port": free_port()}})
    issue_id = f"serving_port_unusable_{account.entry.entry_id}"

    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    await hass.config_entries.async_remove(account.entry.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_a_port_that_opens_while_the_entry_goes_is_closed_again(
    account: Account, car: Car, session: aiohttp.ClientSession
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        await account.set_up(car, options=options(port))
    serving = account.runtime.serving
    await serving.async_stop()
    await serving.async_start()

    assert serving.server is None
    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(f"http://127.0.0.1:{port}/")


async def test_a_port_that_stays_taken_while_the_entry_goes_is_not_told_any_more(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        await account.set_up(car, options=options(other.getsockname()[1]))
        serving = account.runtime.serving
        await serving.async_stop()
        await serving.async_start()

    issue_id = f"serving_port_taken_{account.entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    await again(hass)
    assert serving.server is None
