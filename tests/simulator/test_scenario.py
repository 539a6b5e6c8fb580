"""The demo's cars live their days, over and over."""

from simulator.scenario import play
from simulator.world import World


async def lived(world: World, seconds: float) -> dict[str, set[str]]:
    """Let time pass; return what each car was seen to do."""
    seen: dict[str, set[str]] = {vin: set() for vin in world.cars}
    for _ in range(int(seconds / 20)):
        await world.advance(20)
        for car in world.cars.values():
            body = car.body
            seen[car.vin] |= {car.state, body.gear, body.charging_state, str(body.fast_charger)}
    return seen


async def test_the_commuter_drives_parks_and_charges_at_home_and_on_the_way(world: World) -> None:
    car = world.add_car()
    play(world, "demo", {"typed": car})

    seen = (await lived(world, 3 * 7200))[car.vin]

    assert {"D", "P", "Charging", "Disconnected", "Supercharger", "Complete"} <= seen
    assert car.body.battery_percent > 50


async def test_the_sleeper_sleeps_and_wakes_and_sleeps(world: World) -> None:
    car = world.add_car("untyped")
    play(world, "demo", {"untyped": car})

    states: list[str] = []
    for _ in range(200):
        await world.advance(20)
        if not states or states[-1] != car.state:
            states.append(car.state)

    assert states[:4] == ["asleep", "online", "asleep", "online"]


async def test_a_sleeper_that_is_asked_for_something_stays_awake(world: World) -> None:
    car = world.add_car("untyped")
    play(world, "demo", {"untyped": car})
    await world.advance(20)
    car.wake_now()
    car.climate(celsius=21.0)

    for _ in range(100):
        await world.advance(20)
        assert car.state == "online"


async def test_the_old_car_charges_when_it_is_low(world: World) -> None:
    car = world.add_car("old")
    car.change(battery_percent=69.0, charge_limit_percent=75)
    play(world, "demo", {"old": car})

    seen = (await lived(world, 9000))[car.vin]

    assert {"D", "Charging", "asleep"} <= seen


async def test_in_no_scenario_nothing_happens(world: World) -> None:
    car = world.add_car()
    play(world, "none", {"typed": car})

    await world.advance(300)

    assert car.body.gear == "P"


async def test_a_kind_without_a_car_is_left_out(world: World) -> None:
    play(world, "demo", {})

    await world.advance(1)

    assert world.cars == {}
