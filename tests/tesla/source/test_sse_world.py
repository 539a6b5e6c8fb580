"""The source and the service: what a car streams is what is known, whatever happens to the stream."""

from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import LoginExpired
from custom_components.tesla_direct.tesla.source.end import ENDED, LOGIN_EXPIRED, UNREACHABLE
from custom_components.tesla_direct.tesla.source.sse import SUBSCRIPTION_REQUIRED
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery, drive
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .following import Followed


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    service.stream(car.vin, BatteryLevel=1, VehicleSpeed=1, Gear=1)
    return service


@pytest.fixture
async def followed(
    session: ClientSession, service: Teslemetry, car: Car, wall: Wall
) -> AsyncIterator[Followed]:
    followed = Followed(session, f"{service.base}/sse", vin=car.vin, token=service.token, clock=wall)
    service.set_keep_alive(0.01)
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.works)
    yield followed
    await followed.stop()


async def until_passed(world: World, reached: Callable[[], object]) -> None:
    """Let simulated time pass until something has come true."""
    for _ in range(200):
        if reached():
            return
        await world.advance(1)
    await until(reached)


async def test_a_drive_is_known_as_it_was_and_nothing_of_it_is_a_riddle(
    followed: Followed, world: World, car: Car
) -> None:
    car.drive()
    await until_passed(world, lambda: followed.car.state.get(drive.GEAR) == "d")
    await until_passed(world, lambda: (followed.car.state.get(drive.SPEED) or 0) > 5)

    level = followed.car.state.get(battery.LEVEL)
    assert level is not None
    assert abs(level - car.body.battery_percent) < 1
    assert followed.car.links[-1] == 1
    assert not followed.source.skipped
    assert followed.source.health.works


async def test_a_car_that_falls_asleep_is_known_to(followed: Followed, world: World, car: Car) -> None:
    await until_passed(world, lambda: followed.car.links[-1:] == [1])
    car.sleep()
    await until_passed(world, lambda: followed.car.links[-1] == 0)
    await until_passed(world, lambda: Event.SAID_ASLEEP in followed.car.heard)


@pytest.mark.parametrize("how", ["end_streams", "break_streams", "reset_streams"])
async def test_after_each_way_to_end_the_stream_goes_on_with_what_was_missed(
    followed: Followed, service: Teslemetry, car: Car, how: str
) -> None:
    service.say(car.vin, BatteryLevel=41.0)
    await until(lambda: followed.car.state.get(battery.LEVEL) == 41.0)
    getattr(service, how)()
    service.say(car.vin, BatteryLevel=40.0)
    await until(lambda: followed.car.state.get(battery.LEVEL) == 40.0)
    await until(lambda: followed.source.health.works and followed.source.health.begun)

    assert followed.pauses == [1]
    assert followed.troubles[1] in {ENDED, UNREACHABLE}
    assert followed.source.skipped.keys() <= {"no_json"}


async def test_what_is_shown_on_connecting_is_a_snapshot(
    session: ClientSession, service: Teslemetry, world: World, car: Car, wall: Wall
) -> None:
    service.say(car.vin, BatteryLevel=41.0)
    car.sleep()
    await world.advance(5)
    followed = Followed(session, f"{service.base}/sse", vin=car.vin, token=service.token, clock=wall)
    followed.run(followed.source.run())
    await until(lambda: followed.car.state.get(battery.LEVEL) == 41.0)

    assert {report.snapshot for report in followed.car.reports} == {True}
    assert {one for one in followed.car.heard if isinstance(one, Event)} == set()
    assert followed.car.links == [0]
    await followed.stop()


async def test_a_car_that_is_connected_when_we_connect_counts_as_that(
    session: ClientSession, service: Teslemetry, car: Car, wall: Wall
) -> None:
    service.say(car.vin, BatteryLevel=41.0)
    followed = Followed(session, f"{service.base}/sse", vin=car.vin, token=service.token, clock=wall)
    followed.run(followed.source.run())
    await until(lambda: followed.car.links == [0, 1])
    await until(lambda: followed.car.state.get(battery.LEVEL) == 41.0)

    assert {report.snapshot for report in followed.car.reports} == {True}
    assert {one for one in followed.car.heard if isinstance(one, Event)} == {Event.CONNECTED}
    await followed.stop()


async def test_odd_numbers_odd_times_and_a_storm_do_no_harm(
    followed: Followed, service: Teslemetry, car: Car, wall: Wall
) -> None:
    service.quote_numbers()
    service.shift_times(86_400)
    service.say(car.vin, BatteryLevel=33.5)
    await until(lambda: followed.car.state.get(battery.LEVEL) == 33.5)
    assert max(report.at for report in followed.car.reports) <= wall.now
    service.shift_times(-86_400)
    service.say(car.vin, BatteryLevel=10.0)
    service.shift_times(0)
    service.storm(car.vin, 300)
    count = len(followed.car.reports)
    await until(lambda: len(followed.car.reports) >= count + 301)

    assert followed.car.state.get(battery.LEVEL) == 33.5


async def test_cars_of_others_and_sites_are_no_matter(
    followed: Followed, service: Teslemetry, car: Car
) -> None:
    service.say_of_stranger()
    service.add_site(31)
    service.say_of_site("live_status", 31, {"solar_power": 1})
    service.say_text("data: {}\r\n\r\nnonsense\n\n")
    service.say(car.vin, BatteryLevel=41.0)
    await until(lambda: followed.car.state.get(battery.LEVEL) == 41.0)

    assert followed.strangers == ["5YJ3E7EB0SF999999"]
    assert followed.source.skipped == {"unknown": 1}


async def test_credits_are_told_as_they_are_spent(
    followed: Followed, service: Teslemetry, session: ClientSession, car: Car
) -> None:
    await session.post(
        f"{service.base}/api/1/vehicles/{car.vin}/command/honk_horn",
        headers={"Authorization": f"Bearer {service.token}"},
        json={},
    )
    await until(lambda: any(not spent.snapshot for spent in followed.credits))

    (spent,) = [spent for spent in followed.credits if not spent.snapshot]
    assert (spent.kind, spent.cost, spent.balance) == ("command", 1.0, 1999.0)


async def test_a_token_that_is_taken_back_ends_it_until_somebody_signs_in(
    followed: Followed, service: Teslemetry
) -> None:
    followed.tokens.replacing = LoginExpired("nothing renews it")
    service.revoke_tokens()
    await until(lambda: followed.expired)

    assert followed.source.health.trouble == LOGIN_EXPIRED


async def test_a_subscription_that_ends_and_begins_again(followed: Followed, service: Teslemetry) -> None:
    service.drop_subscription()
    await until(lambda: SUBSCRIPTION_REQUIRED in followed.troubles)
    service.subscribe()
    await until(lambda: followed.source.health.works)

    assert max(followed.pauses) == 3600
