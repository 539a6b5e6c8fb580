"""Which car of which TeslaMate a topic is of."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.teslamate_topics import (
    LONGEST_NAMESPACE,
    Topic,
    all_filters,
    base,
    car_filter,
    is_namespace,
    read_topic,
    strangers_filter,
)


@pytest.mark.parametrize(
    ("topic", "read"),
    [
        ("teslamate/cars/1/speed", Topic("", 1, "speed")),
        ("teslamate/cars/123456789/state", Topic("", 123_456_789, "state")),
        ("teslamate/home/cars/2/speed", Topic("home", 2, "speed")),
        ("teslamate/cars/cars/2/speed", Topic("cars", 2, "speed")),
        ("teslamate/our home/cars/2/speed", Topic("our home", 2, "speed")),
        ("teslamate/cars/1/", Topic("", 1, "")),
        ("teslamate//cars/1/speed", None),
        ("teslamate/a/b/cars/1/speed", None),
        ("teslamate/cars/1/speed/now", None),
        ("teslamate/cars/1", None),
        ("teslamate/cars/0/speed", None),
        ("teslamate/cars/01/speed", None),
        ("teslamate/cars/-1/speed", None),
        ("teslamate/cars/1.5/speed", None),
        ("teslamate/cars/\u0661/speed", None),
        ("teslamate/cars/1234567890/speed", None),
        ("teslamate/cars/x/speed", None),
        ("teslamate/buses/1/speed", None),
        ("mate/cars/1/speed", None),
        ("", None),
    ],
)
def test_a_topic_is_taken_apart(topic: str, read: Topic | None) -> None:
    assert read_topic(topic) == read


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("", True),
        ("home", True),
        ("our-home_2 é", True),
        ("a/b", False),
        ("+", False),
        ("#", False),
        ("a\0", False),
        ("a\n", False),
        ("x" * LONGEST_NAMESPACE, True),
        ("x" * (LONGEST_NAMESPACE + 1), False),
    ],
)
def test_a_namespace_is_one_level_of_a_topic(text: str, *, can: bool) -> None:
    assert is_namespace(text) is can


def test_filters_are_of_one_car_or_of_what_tells_that_there_are_others() -> None:
    assert (base(""), base("home")) == ("teslamate/cars", "teslamate/home/cars")
    assert car_filter("", 3) == "teslamate/cars/3/+"
    assert car_filter("home", 3) == "teslamate/home/cars/3/+"
    assert strangers_filter("home") == "teslamate/home/cars/+/state"
    assert all_filters() == ("teslamate/cars/+/+", "teslamate/+/cars/+/+")


@given(st.lists(st.sampled_from(["teslamate", "cars", "1", "0", "a", "", "+", "é", "\0"])).map("/".join))
def test_any_topic_is_a_cars_or_none(topic: str) -> None:
    read = read_topic(topic)

    assert read is None or topic == f"{base(read.namespace)}/{read.number}/{read.key}"
