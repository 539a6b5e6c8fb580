"""A TeslaMate's topics taken apart: which car of which TeslaMate, and how TeslaMate fares with it.

Shape:  teslamate/[<namespace>/]cars/<number>/<key>
Source: TeslaMate's documents of its MQTT topics; docs/protocol/teslamate.md
"""

from dataclasses import dataclass
import re

from .mqtt import is_base

ROOT = "teslamate"
LONGEST_NAMESPACE = 255  # characters
NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)  # it counts its cars from 1
# Of these it tells, by an empty text, that it does not know them any more. An empty text of another key was
# not written by TeslaMate: somebody clears up.
EMPTIED = frozenset(
    {
        "charge_energy_added",
        "charger_actual_current",
        "charger_phases",
        "charger_power",
        "charger_voltage",
        "geofence",
        "scheduled_charging_start_time",
        "shift_state",
        "time_to_full_charge",
        "trim_badging",
        "update_version",
    }
)
STATE = "state"  # what the car does, as TeslaMate believes
SINCE = "since"  # when that began, by TeslaMate's clock
HEALTHY = "healthy"  # whether TeslaMate gets data of the car
AWAKE = frozenset({"online", "driving", "charging", "updating", "suspended"})
STATES = AWAKE | {"asleep", "offline", "start", "unavailable"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a car, taken apart; `namespace` is empty where there is none."""

    namespace: str
    number: int
    key: str


def base(namespace: str) -> str:
    """Return what stands before the number of a car."""
    return "/".join((ROOT, *filter(None, (namespace,)), "cars"))


def car_filter(namespace: str, car: int) -> str:
    """Return the filter of all topics of one car."""
    return f"{base(namespace)}/{car}/+"


def strangers_filter(namespace: str) -> str:
    """Return the filter that every car's state is seen by, and nothing else of theirs."""
    return f"{base(namespace)}/+/{STATE}"


def all_filters() -> tuple[str, ...]:
    """Return the filters of all topics of all cars, whatever their namespace."""
    return f"{ROOT}/cars/+/+", f"{ROOT}/+/cars/+/+"


def is_namespace(text: str) -> bool:
    """Return whether a text can be a namespace; empty is none, and fine."""
    return is_base(text) and "/" not in text and len(text) <= LONGEST_NAMESPACE


def read_topic(topic: str) -> Topic | None:
    """Return what a topic is about, None if it is no car's."""
    match topic.split("/"):
        case [root, "cars", car, key] if root == ROOT:
            namespace = ""
        case [root, namespace, "cars", car, key] if root == ROOT and namespace:
            pass
        case _:
            return None
    if not NUMBER.fullmatch(car) or not is_namespace(namespace):
        return None
    return Topic(namespace, int(car), key)
