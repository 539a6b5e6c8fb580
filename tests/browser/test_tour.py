"""The whole tour in a real browser: a real Home Assistant, the simulated cloud and cars, and a mouse."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from demo.clicked import STEPS, ClickedSetUp
from simulator.ports import free_port

from .place import at_home, keep_pictures, streamed

PAGES = {
    "application",
    "auth",
    "cars",
    "credentials",
    "custom",
    "hosting",
    "integrations",
    "pairing_car",
    "profile",
    "receiver",
    "receiver_bundle_file",
    "receiver_done",
    "region",
    "tour_done",
    "user",
}
# "Add integration", its row; the way; credentials; where the application is; consent at Tesla; region; key;
# cars; pairing of two; port, and what was found there; profile; the end.
MOST_CLICKS = 15
FIRST = {"user", "credentials", "application", "custom", "auth", "region"}
PARTS = {"hosting", "cars", "pairing_car"}
REST = ["receiver", "receiver_bundle_file", "receiver_done", "profile", "tour_done"]
TYPED = ["Search for a brand name", "Name", "OAuth client ID", "OAuth client secret"]


@pytest.mark.usefixtures("socket_enabled")
def test_from_nothing_to_a_streaming_car_with_one_secret_one_sign_in_and_a_few_clicks(
    tmp_path: Path,
) -> None:
    async def tour() -> tuple[ClickedSetUp, list[str], dict[str, Any], list[dict[str, Any]]]:
        async with at_home(tmp_path) as place:
            way = ClickedSetUp(place.person, place.home, place.world, free_port(), tmp_path)
            await way.run()
            shown = await streamed(place.home, "receiver")
            truths = [await place.world.truth(car["vin"]) for car in place.world.addresses["cars"]]
            return way, shown, await place.world.get("/cloud/billed"), truths

    way, shown, billed, truths = asyncio.run(tour())

    assert way.passed[-1] == "tour_done"
    assert way.own == TYPED
    assert way.clicks <= MOST_CLICKS, way.told()
    assert len(shown) > 40
    assert (billed["data"] <= len(truths), billed["command"], billed["wake"]) == (True, 0, 0)
    for truth in truths:
        assert truth["telemetry"]["synced"]
        assert truth["telemetry"]["connected"]
    keep_pictures(tmp_path, PAGES)
    print(f"\n{way.told()}, {billed['data']} paid requests for {len(truths)} cars")  # noqa: T201  # what is measured


@pytest.mark.usefixtures("socket_enabled")
def test_who_is_interrupted_is_led_back_by_a_notice_to_where_he_was(tmp_path: Path) -> None:
    async def tour() -> list[str]:
        async with at_home(tmp_path) as place:
            person, home = place.person, place.home
            way = ClickedSetUp(person, home, place.world, free_port(), tmp_path)
            way.stop_at = "receiver"
            await way.run()
            assert set(way.passed) == {*FIRST, *PARTS, "receiver"}
            way.stop_at, way.passed = "", []
            await home.stop()
            await home.start()
            for notice in ("is not set up", "is not finished"):
                if "tour_done" not in way.passed:
                    await person.tab.go(f"{home.url}/config/repairs")
                    await person.click(notice, part=True)
                    await way.go_on()
            await streamed(home, "receiver")
            return way.passed

    passed = asyncio.run(tour())

    # What was done before is not asked again.
    assert [page for page in passed if page in STEPS] == REST
