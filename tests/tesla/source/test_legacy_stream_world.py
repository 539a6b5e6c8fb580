"""The source and the service: what a car streams is what is known, whatever happens to the stream."""

from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.source.end import CLOUD_TROUBLE, ENDED, LOGIN_EXPIRED, UNREACHABLE
from custom_components.tesla_direct.tesla.source.legacy_car import (
    DISCONNECTS,
    NO_CONFIGURATION,
    REFUSED_FOR,
    STORM,
    STORM_PAUSE,
)
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, place
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World
from tests.home import until

from .legacy_service import Followed


@pytest.fixture
async def service(world: World, car: Car) -> MyTeslaMate:
    car.power.idle_s = 1e9
    service = await world.open_myteslamate()
    service.pair(car.vin)
    service.stream(car.vin)
    service.set_hello(0.05)
    await world.advance(1)
    return service


@pytest.fixture(params=[True, False], ids=["records", "columns"])
async def followed(
    session: ClientSession, service: MyTeslaMate, car: Car, request: pytest.FixtureRequest
) -> AsyncIterator[Followed]:
    followed = make(session, service, car, raw=request.param)
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.works)
    yield followed
    await followed.stop()


def make(session: ClientSession, service: MyTeslaMate, car: Car, *, raw: bool = True) -> Followed:
    followed = Followed(session, service.stream_address, car.vin, raw=raw)
    followed.tokens.fixed = service.token
    followed.clock.now = service.office.books.clock.now() + 5
    return followed


async def until_passed(world: World, followed: Followed, reached: Callable[[], object]) -> None:
    """Let simulated time pass until something has come true."""
    for _ in range(300):
        if reached():
            return
        await world.advance(1)
        followed.clock.move(1)
    await until(reached)


def passed(followed: Followed) -> bool:
    """Let a second pass for the source alone."""
    followed.clock.move(1)
    return True


async def test_a_drive_is_known_as_it_was(followed: Followed, world: World, car: Car) -> None:
    car.drive("work")
    state = followed.car.state
    await until_passed(world, followed, lambda: state.get(drive.GEAR) == "d" and state.get(place.LOCATION))
    await until_passed(world, followed, lambda: (state.get(drive.SPEED) or 0) > 5)

    level = state.get(battery.LEVEL)
    assert level is not None
    assert abs(level - car.body.battery_percent) < 2
    assert followed.car.links[-1] == 1
    assert followed.source.health.works
    assert not followed.source.skipped
    assert not followed.troubles


async def test_what_charges_a_car_is_known(followed: Followed, world: World, car: Car) -> None:
    car.plug_in()
    state = followed.car.state

    def power() -> float:
        return max(state.get(signal) or 0.0 for signal in (charge.POWER, charge.AC_POWER, charge.DC_POWER))

    await until_passed(world, followed, lambda: power() > 1)


async def test_a_second_program_is_told_everything_and_we_nothing(
    followed: Followed, world: World, service: MyTeslaMate, car: Car
) -> None:
    car.drive("work")
    await until_passed(world, followed, lambda: followed.car.reports)
    service.take_over(car.vin)
    told = len(followed.car.reports)
    for _ in range(30):
        await world.advance(1)
        followed.clock.move(1)

    assert len(followed.car.reports) <= told + 2  # what was on its way
    assert followed.source.health.works
    assert service.counted()["subscribes"] == 1


async def test_what_comes_twice_or_late_undoes_nothing(
    followed: Followed, world: World, service: MyTeslaMate, car: Car
) -> None:
    service.repeat()
    service.keep_order(on=False)
    await service.reorder()
    car.drive("work")
    odometers: list[float] = []
    for _ in range(60):
        await world.advance(1)
        followed.clock.move(1)
        if (odometer := followed.car.state.get(drive.ODOMETER)) is not None:
            odometers.append(odometer)

    assert odometers
    assert odometers == sorted(odometers)


async def test_binary_frames_are_as_good(session: ClientSession, service: MyTeslaMate, car: Car) -> None:
    service.write_binary()
    followed = make(session, service, car, raw=False)
    followed.run(followed.source.run())
    await until(lambda: followed.source.health.works)
    service.say_frame(car.vin, soc=55)
    await until(lambda: followed.car.state.get(battery.LEVEL) == 55.0)
    await followed.stop()


async def test_a_line_that_drops_again_and_again_is_left_alone_for_a_while(
    session: ClientSession, service: MyTeslaMate, car: Car
) -> None:
    service.storm(car.vin)
    followed = make(session, service, car)
    followed.run(followed.source.run())
    await until(lambda: passed(followed) and service.counted()["subscribes"] == STORM)
    await until(lambda: followed.troubles == [(car.vin, DISCONNECTS)])
    begun = followed.clock.now
    service.storm(car.vin, on=False)
    await until(lambda: passed(followed) and service.counted()["subscribes"] == STORM + 1)
    await followed.stop()

    assert followed.clock.now - begun >= STORM_PAUSE
    assert service.counted()["connects"] == 1


async def test_a_day_of_refusals_is_six_connections(
    session: ClientSession, service: MyTeslaMate, car: Car
) -> None:
    service.refuse_car(car.vin, "no_configuration")
    followed = make(session, service, car)
    followed.run(followed.source.run())
    for hours in range(0, 24, 4):
        rounds = hours // 4 + 1
        await until(lambda rounds=rounds: followed.clock.sleeps == [REFUSED_FOR] * rounds)  # type: ignore[misc]
        followed.clock.move(REFUSED_FOR)
    await followed.stop()

    assert followed.troubles == [(car.vin, NO_CONFIGURATION)]
    assert service.counted()["connects"] <= 7
    assert service.counted()["billed"] == {}


@pytest.mark.parametrize("how", ["end_streams", "reset_streams"])
async def test_a_socket_that_ends_is_opened_again(
    followed: Followed, service: MyTeslaMate, car: Car, how: str
) -> None:
    getattr(service, how)()
    await until(lambda: followed.source.health.works is False)
    assert followed.source.health.trouble == ENDED
    followed.clock.move(2)

    await until(lambda: followed.source.health.works)


async def test_a_service_that_goes_and_comes_is_found_again(followed: Followed, service: MyTeslaMate) -> None:
    await service.stream_down()
    await until(lambda: followed.source.health.works is False)
    followed.clock.move(2)
    await until(lambda: followed.source.health.trouble == UNREACHABLE)
    await service.stream_up()
    followed.clock.move(5)

    await until(lambda: followed.source.health.works)


async def test_an_error_behind_the_service_takes_another_socket(
    followed: Followed, service: MyTeslaMate, car: Car
) -> None:
    await service.streaming.until(lambda: service.streaming.holder(car.vin) is not None)
    service.say_api_error(car.vin)
    await until(lambda: followed.source.health.trouble == CLOUD_TROUBLE)
    followed.clock.move(2)

    await until(lambda: followed.source.health.works)


async def test_a_token_that_nobody_knows_any_more_is_the_users_business(
    session: ClientSession, service: MyTeslaMate, car: Car
) -> None:
    service.revoke_tokens()
    followed = make(session, service, car)
    followed.tokens.fixed = ""
    followed.run(followed.source.run())
    await until(lambda: followed.expired)
    await followed.stop()

    assert followed.source.health.trouble == LOGIN_EXPIRED
    assert service.counted()["connects"] == 2


async def test_the_service_of_old_says_it_in_other_words(
    session: ClientSession, service: MyTeslaMate, car: Car
) -> None:
    service.revoke_tokens()
    service.enforce_tokens()
    service.speak_as_of_old()
    followed = make(session, service, car, raw=False)
    followed.tokens.fixed = ""
    followed.run(followed.source.run())
    await until(lambda: followed.expired)
    await followed.stop()

    assert followed.source.health.trouble == LOGIN_EXPIRED
