"""Record what this release leaves in `.storage`: run by script/record-storage, never with the tests."""

import time

from custom_components.tesla_direct.const import DOMAIN
from simulator.ports import free_port
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .public_name import ORIGIN, PublicName
from .recorded import FOLDER, describe
from .recording import BEFORE_NOW, RELEASE, record
from .test_receiver_flow import bundle_file, to_this_machine, wanted
from .waited import progressed

__all__ = ["bundle_file"]


async def test_record(
    account: Account,
    world: World,
    dialogue: Dialogue,
    public_name: PublicName,
    bundle_file: str,
) -> None:
    """Go the whole way as a user does, charge one of two cars, and stop in good order."""
    hass = account.hass
    account.wall.now = round(time.time()) - BEFORE_NOW
    car, _ = world.add_car("typed"), world.add_car("untyped")
    shared = await account.shared()
    shared.ports.resolve = to_this_machine
    world.cloud.unregister()
    world.cloud.set_origins(ORIGIN, at_once=True)
    await dialogue.until_cars()
    (account.entry,) = hass.config_entries.async_entries(DOMAIN)
    await dialogue.follow()
    await dialogue.answer(next_step_id="hosting_check")
    await progressed(account, dialogue)
    await dialogue.answer(vehicles=list(world.cars))
    await progressed(account, dialogue)
    while dialogue.step["step_id"] == "pairing_car":
        link = dialogue.step["description_placeholders"]["link"]
        assert await world.cloud.follow_pairing_link(link, link.partition("vin=")[2]) == "paired"
        await dialogue.answer()
        await progressed(account, dialogue)
    port = free_port()
    await dialogue.answer(**wanted(port))
    await dialogue.answer(authorities_file=bundle_file)
    await progressed(account, dialogue)
    await dialogue.answer()
    await dialogue.answer(profile="standard")
    await progressed(account, dialogue)
    assert dialogue.step["reason"] == "tour_done", dialogue.step
    await until(lambda: bool(car.telemetry.connections.open))
    car.raise_alert()
    car.charge("ac", limit=90)
    for seconds in (*[60] * 10, 1):
        await account.pass_time(seconds)
    car.stop_charging()
    car.unplug()
    await account.pass_time(60)
    for each in world.cars.values():
        each.sleep()
    await until(lambda: not car.telemetry.connections.open)
    await account.pass_time(121)
    await record(account, FOLDER / RELEASE, describe(world, port=port))
