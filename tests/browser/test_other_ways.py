"""Set-ups without a port of one's own in a real browser: a broker's cars, and an account at Teslemetry."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from demo.clicked_ways import ClickedBroker, ClickedService
from demo.home import Home
from demo.setup_flow import DOMAIN
from simulator.broker import Broker

from .place import at_home, keep_pictures, streamed

SEARCHED = ["Search for a brand name"]
# "Add integration", its row; the way; the broker again, its topics, the cars; their names.
MOST_CLICKS_OF_BROKER = 8  # and one more if the cars said nothing for ten seconds
BROKER_PAGES = {"integrations", "user", "broker_absent", "broker", "broker_cars", "created"}
# The same; signing in, and the consent there; cars, pairing, profile, what became of it; the end.
MOST_CLICKS_OF_SERVICE = 10
SERVICE_PAGES = {
    "integrations",
    "user",
    "teslemetry",
    "teslemetry_server",
    "teslemetry_own",
    "auth",
    "teslemetry_cars",
    "pairing_other",
    "profile_service",
    "profile_sent",
    "tour_done",
}


async def names(home: Home) -> set[str]:
    """Return what devices are called."""
    (entry,) = await home.command("config_entries/get", domain=DOMAIN)
    devices = await home.command("config/device_registry/list")
    return {one["name"] for one in devices if entry["entry_id"] in one["config_entries"]}


@pytest.mark.usefixtures("socket_enabled")
def test_from_nothing_to_the_cars_of_a_broker_without_an_account(tmp_path: Path) -> None:
    async def tour() -> tuple[ClickedBroker, list[str], set[str], dict[str, Any]]:
        async with Broker() as broker, at_home(tmp_path, "--mqtt", broker.address) as place:
            way = ClickedBroker(place.person, place.home, broker, tmp_path)
            await way.run()
            for car in place.world.addresses["cars"]:
                await place.world.do(car["vin"], "push", args=["VehicleName"])
            shown = await streamed(place.home, "mqtt")
            return way, shown, await names(place.home), await place.world.get("/cloud/billed")

    way, shown, called, billed = asyncio.run(tour())

    assert way.passed[-1] == "created"
    assert (way.own, way.of_demo) == (SEARCHED, [])
    assert way.clicks <= MOST_CLICKS_OF_BROKER, way.told()
    assert shown
    assert "Tesla" not in called
    assert billed["dollars"]["gross"] == 0
    keep_pictures(tmp_path, BROKER_PAGES | {"broker_silent"} & set(way.passed))


@pytest.mark.usefixtures("socket_enabled")
def test_from_nothing_to_cars_that_stream_through_teslemetry(tmp_path: Path) -> None:
    async def tour() -> tuple[ClickedService, list[str], set[str], dict[str, Any]]:
        async with at_home(tmp_path, "--teslemetry") as place:
            await place.world.do("teslemetry", "ask_by_hand")
            for car in place.world.addresses["cars"]:
                await place.world.do(car["vin"], "forget_key")
            way = ClickedService(place.person, place.home, place.world, tmp_path)
            await way.run()
            shown = await streamed(place.home, "sse")
            return way, shown, await names(place.home), await place.world.get("/teslemetry/counted")

    way, shown, called, counted = asyncio.run(tour())

    assert way.passed[-1] == "tour_done"
    assert way.own == SEARCHED
    assert way.clicks <= MOST_CLICKS_OF_SERVICE + way.passed.count("profile_sent"), way.told()
    assert shown
    assert called == {"Marmalade", "Biscuit", "Teslemetry"}
    assert counted["credits"]["command"] == counted["credits"]["wake"] == 0
    keep_pictures(tmp_path, SERVICE_PAGES - {"profile_sent"} | {"profile_sent"} & set(way.passed))
