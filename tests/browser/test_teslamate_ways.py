"""Set-ups of those who come from TeslaMate in a real browser: its topics, and its settings as they are."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from demo.clicked_teslamate import ClickedSettings, ClickedTeslaMate
from simulator.broker import Broker
from simulator.ports import free_port

from .place import at_home, keep_pictures, streamed

SEARCHED = "Search for a brand name"
# "Add integration", its row; the way; the broker again; which car each of two is; their names.
MOST_CLICKS_OF_TOPICS = 7
TOPICS_PAGES = {"integrations", "user", "broker_absent", "teslamate_car", "created"}
# The same; pasted, and what was made of it; certificate; cars, who hears the stream, of which cars; names;
# and what serves TeslaMate: Configure, its row, the switch, two pages.
MOST_CLICKS_OF_SETTINGS = 16
SETTINGS_PAGES = {
    "integrations",
    "user",
    "teslamate_style",
    "teslamate_paste",
    "teslamate_fields",
    "certificate",
    "myteslamate_cars",
    "legacy_stream",
    "legacy_stream_cars",
    "created",
    "serving",
    "serving_settings",
}


@pytest.mark.usefixtures("socket_enabled")
def test_from_nothing_to_the_cars_of_an_own_teslamate(tmp_path: Path) -> None:
    async def tour() -> tuple[ClickedTeslaMate, list[str], dict[str, Any]]:
        async with Broker() as broker, at_home(tmp_path, "--teslamate", broker.address) as place:
            way = ClickedTeslaMate(place.person, place.home, place.world, broker, tmp_path)
            await way.run()
            shown = await streamed(place.home, "teslamate")
            return way, shown, await place.world.get("/cloud/billed")

    way, shown, billed = asyncio.run(tour())

    assert way.passed[-1] == "created"
    assert (way.own, way.of_demo) == ([SEARCHED, "Which car this is", "Which car this is"], [])
    assert way.clicks <= MOST_CLICKS_OF_TOPICS, way.told()
    assert len(shown) > 20
    assert billed["dollars"]["gross"] == 0
    keep_pictures(tmp_path, TOPICS_PAGES)


@pytest.mark.usefixtures("socket_enabled")
def test_from_teslamates_settings_to_cars_that_stream_and_to_a_teslamate_that_is_served(
    tmp_path: Path,
) -> None:
    port = free_port()

    async def tour() -> tuple[ClickedSettings, list[str], str, dict[str, Any]]:
        async with at_home(tmp_path, "--myteslamate") as place:
            way = ClickedSettings(place.person, place.home, place.world, tmp_path)
            await way.show_own_certificate()
            await way.run()
            for car in place.world.addresses["cars"]:
                await place.world.do(car["vin"], "push", args=["VehicleName", "Soc"])
            shown = await streamed(place.home, "legacy_stream")
            settings = await way.serve(port)
            return way, shown, settings, await place.world.get("/myteslamate/counted")

    way, shown, settings, counted = asyncio.run(tour())

    assert way.passed[-1] == "created"
    assert way.own == [SEARCHED, "Settings", "Port"]
    assert way.clicks <= MOST_CLICKS_OF_SETTINGS, way.told()
    assert shown
    assert f"TESLA_API_HOST=http://127.0.0.1:{port}" in settings
    assert not {"command", "wake"} & counted["billed"].keys()
    keep_pictures(tmp_path, SETTINGS_PAGES)
