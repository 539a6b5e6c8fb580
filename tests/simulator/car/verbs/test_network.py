"""Sleep and signal, from outside."""

from simulator.car.car import Car
from simulator.world import World


async def test_a_car_is_called_and_wakes_when_it_likes(world: World, car: Car) -> None:
    car.sleep("offline")
    assert car.state == "offline"

    car.wake()
    assert car.state == "offline"
    assert car.known()["waking"]
    await world.advance(61)

    assert car.state == "online"


async def test_a_car_that_checks_itself_soon_sleeps_again(world: World, car: Car) -> None:
    car.sleep()
    car.check_itself()
    assert car.state == "online"

    await world.advance(151)

    assert car.state == "asleep"


async def test_falling_asleep_ends_a_journey(car: Car) -> None:
    car.drive("work")

    car.sleep()

    assert car.journey is None
    assert car.body.gear == "P"


async def test_without_signal_it_is_offline(car: Car) -> None:
    car.lose_signal()
    assert car.state == "offline"
    assert car.vehicle_data([], may_locate=True) is None

    car.regain_signal()
    assert car.state == "online"


async def test_a_flaky_car_is_online_and_not_there(car: Car) -> None:
    car.be_flaky(1.0)

    assert car.state == "online"
    assert car.vehicle_data([], may_locate=True) is None
    car.be_flaky(0.0)
    assert car.vehicle_data([], may_locate=True) is not None


async def test_a_poll_reaches_the_car_s_tiredness(world: World) -> None:
    old = world.add_car("old")
    for _ in range(5):
        await world.advance(300)
        assert old.vehicle_data([], may_locate=True) is not None

    assert old.state == "online"
    await world.advance(600)
    assert old.state == "asleep"
