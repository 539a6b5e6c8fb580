"""Where to go and what to show, sent to the car."""

from typing import Any

from simulator.car.car import Car
from simulator.world import World

from .actions import Caller, executed

BERLIN = {"latitude": 52.52, "longitude": 13.405}
DESTINATIONS: tuple[tuple[dict[str, Any], tuple[str, dict[str, Any]]], ...] = (
    ({"address": "10 Downing Street"}, ("navigation_request", {"text": "10 Downing Street"})),
    ({"location": BERLIN}, ("navigation_gps_request", {"lat": 52.52, "lon": 13.405, "order": 1})),
    (
        {"location": BERLIN | {"radius": 100}, "order": "append"},
        ("navigation_gps_request", {"lat": 52.52, "lon": 13.405, "order": 3}),
    ),
    (
        {"waypoints": ["first", "refId:second"]},
        ("navigation_waypoints_request", {"waypoints": "refId:first,refId:second"}),
    ),
    ({"waypoints": "only"}, ("navigation_waypoints_request", {"waypoints": "refId:only"})),
    (
        {"supercharger": 7, "order": "prepend"},
        ("navigation_sc_request", {"id": 7, "order": 2}),
    ),
)
NO_DESTINATIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"address": ""}, "not_a_text"),
    ({"address": "a" * 2001}, "not_a_text"),
    ({"address": ["a"]}, "not_a_text"),
    ({"address": True}, "not_a_text"),
    ({"location": {"latitude": 91, "longitude": 0}}, "not_a_place"),
    ({"location": {"latitude": 52}}, "not_a_place"),
    ({"location": "52, 13"}, "not_a_place"),
    ({"waypoints": []}, "not_a_list"),
    ({"waypoints": ["a"] * 21}, "not_a_list"),
    ({"waypoints": {"a": 1}}, "not_a_list"),
    ({"supercharger": "7"}, "not_whole_in_range"),
    ({"supercharger": 7.5}, "not_whole_in_range"),
    ({"supercharger": 0}, "not_whole_in_range"),
    ({"supercharger": float("nan")}, "not_whole_in_range"),
    ({"location": BERLIN, "order": "instead"}, "not_one_of"),
    ({"place": BERLIN}, "unknown_parameter"),
)
NO_LINKS: tuple[tuple[Any, str], ...] = (
    ("", "not_a_text"),
    ("www.youtube.com", "not_an_address"),
    ("ftp://example.com", "not_an_address"),
    ("https://", "not_an_address"),
    ("https://a b", "not_an_address"),
    ("https://[", "not_an_address"),
    (7, "not_an_address"),
    (None, "parameter_missing"),
)


async def test_a_destination_reaches_the_car(caller: Caller, car: Car) -> None:
    for data, _ in DESTINATIONS:
        await caller.call("navigate_to", car, **data)

    assert executed(car) == [done for _, done in DESTINATIONS]
    assert caller.account.world.cloud.billed()["command"] == len(DESTINATIONS)


async def test_an_address_is_read_in_the_language_and_country_of_home_assistant(
    caller: Caller, car: Car, world: World
) -> None:
    caller.hass.config.language, caller.hass.config.country = "de", "AT"
    begun = caller.account.wall()
    await caller.call("navigate_to", car, address="Graben 1")
    caller.hass.config.language = "pt-BR"
    await caller.call("navigate_to", car, address="Rua 1")

    first, second = (request.json for request in world.cloud.requests("command"))
    assert first["locale"] == "de-AT"
    assert second["locale"] == "pt-BR"
    assert begun * 1000 <= first["timestamp_ms"] <= caller.account.wall() * 1000


async def test_a_link_is_shared(caller: Caller, car: Car) -> None:
    await caller.call("share", car, url="https://www.youtube.com/watch?v=x")

    assert executed(car) == [("navigation_request", {"text": "https://www.youtube.com/watch?v=x"})]


async def test_a_destination_is_named_in_exactly_one_way(caller: Caller, car: Car) -> None:
    twice: dict[str, Any] = {"address": "a", "location": BERLIN}
    nowhere: tuple[dict[str, Any], ...] = ({}, twice, {"address": None}, {"order": "append"})
    for data in nowhere:
        said = await caller.refuses("navigate_to", car, key="not_exactly_one", **data)
        assert said == "Give exactly one of: address, location, waypoints, supercharger."


async def test_only_places_have_an_order(caller: Caller, car: Car) -> None:
    await caller.refuses("navigate_to", car, key="not_together", order="append", address="a")
    await caller.refuses("navigate_to", car, key="not_together", order="append", waypoints=["a"])


async def test_what_is_no_destination_is_refused(caller: Caller, car: Car) -> None:
    for data, key in NO_DESTINATIONS:
        await caller.refuses("navigate_to", car, key=key, **data)

    assert executed(car) == []


async def test_what_is_no_link_is_refused(caller: Caller, car: Car) -> None:
    for url, key in NO_LINKS:
        await caller.refuses("share", car, key=key, url=url)

    assert executed(car) == []


async def test_the_range_is_named(caller: Caller, car: Car) -> None:
    said = await caller.refuses("navigate_to", car, key="not_whole_in_range", supercharger=-1)

    assert said == "“supercharger” has to be a whole number from 1 to 9007199254740991."


async def test_an_address_that_a_template_has_made_a_number_of_is_one_all_the_same(
    caller: Caller, car: Car
) -> None:
    await caller.call("navigate_to", car, address=10115)

    assert executed(car) == [("navigation_request", {"text": "10115"})]


async def test_two_cars_are_sent_to_the_same_place(caller: Caller, car: Car, second: Car) -> None:
    await caller.call("navigate_to", car, second, car, address="Graben 1")

    assert executed(car) == executed(second) == [("navigation_request", {"text": "Graben 1"})]


async def test_a_car_that_refuses_keeps_no_other_from_going(caller: Caller, car: Car, second: Car) -> None:
    second.refuse("navigation_request", "user_not_present")
    said = await caller.fails("navigate_to", car, second, key="some_cars_failed", address="Graben 1")

    assert executed(car) == [("navigation_request", {"text": "Graben 1"})]
    assert executed(second) == []
    assert second.model.name in said
    assert car.model.name not in said
