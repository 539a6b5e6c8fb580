"""A TeslaMate at the broker of Home Assistant's own MQTT, as dialogues meet it."""

from typing import Any

from homeassistant.components.mqtt.models import DATA_MQTT

from custom_components.tesla_direct.tesla.decode.teslamate_topics import all_filters
from tests.home import until

from .dialogue import Dialogue
from .mqtt import Ear

AURORA = {"display_name": "Aurora", "model": "3", "trim_badging": "74D", "odometer": "42195.0"}
BOREAS = {"display_name": "Boreas", "model": "Y"}


def told(number: int, namespace: str = "", /, **values: str) -> list[tuple[str, str]]:
    """Return what TeslaMate publishes of a car: topics, and their texts."""
    root = f"teslamate/{namespace}/cars" if namespace else "teslamate/cars"
    return [(f"{root}/{number}/{key}", value) for key, value in ({"state": "online"} | values).items()]


async def hears(ear: Ear, *cars: list[tuple[str, str]]) -> None:
    """Have these cars heard by the dialogue, which listens for a TeslaMate, or is about to."""
    client = ear.hass.data[DATA_MQTT].client
    await until(lambda: {one.topic for one in client.subscriptions} >= set(all_filters()))
    await ear.hears("teslamate/#", *(topic for car in cars for topic in car))


def suggested(dialogue: Dialogue, field: str = "vin") -> Any:
    """Return what a page holds already when it is opened."""
    shown = next(each for each in dialogue._fields() if each["name"] == field)
    return shown.get("description", {}).get("suggested_value", shown.get("default"))


def offered(dialogue: Dialogue, field: str = "vin") -> dict[str, str]:
    """Return what can be picked: values, and what they are called."""
    shown = next(each for each in dialogue._fields() if each["name"] == field)
    return {option["value"]: option["label"] for option in shown["selector"]["select"]["options"]}


def car_told(dialogue: Dialogue) -> tuple[str, str]:
    """Return the number of the car that is asked for, and what is said of it."""
    placeholders = dialogue.step["description_placeholders"]
    return placeholders["number"], placeholders["car"]
