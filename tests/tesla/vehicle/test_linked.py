from custom_components.tesla_direct.tesla.vehicle.linked import Linked

NOW = 1_791_360_000.0


def test_a_car_begins_without_any_connection() -> None:
    linked = Linked()

    assert not linked.open
    assert linked.network_interface is None
    assert linked.silent_since == 0.0


def test_it_is_connected_as_long_as_one_source_says_so() -> None:
    linked = Linked()
    linked.set("receiver", 2, "wifi", NOW)
    linked.set("mqtt", 1, None, NOW + 1)
    linked.set("receiver", 0, None, NOW + 2)

    assert linked.open
    assert linked.of == {"receiver": 0, "mqtt": 1}
    assert linked.silent_since == 0.0

    linked.set("mqtt", 0, None, NOW + 3)
    assert linked.of == {"receiver": 0, "mqtt": 0}
    assert linked.silent_since == NOW + 3


def test_it_is_not_once_none_does() -> None:
    linked = Linked()
    linked.set("mqtt", 1, None, NOW)
    linked.set("mqtt", 0, None, NOW + 1)

    assert not linked.open


def test_silence_begins_once() -> None:
    linked = Linked()
    linked.set("mqtt", 1, None, NOW)
    linked.set("mqtt", 0, None, NOW + 1)
    linked.set("mqtt", 0, None, NOW + 50)
    linked.set("receiver", 0, None, NOW + 51)

    assert linked.silent_since == NOW + 1


def test_the_network_is_the_one_that_was_told_last() -> None:
    linked = Linked()
    linked.set("receiver", 1, "wifi", NOW)
    linked.set("mqtt", 1, "cellular", NOW + 1)
    assert linked.network_interface == "cellular"

    linked.set("receiver", 1, "wifi", NOW + 2)
    assert linked.network_interface == "wifi"


def test_a_source_that_does_not_know_the_network_hides_it_not() -> None:
    linked = Linked()
    linked.set("receiver", 1, "wifi", NOW)
    linked.set("sse", 1, None, NOW + 1)

    assert linked.network_interface == "wifi"


def test_the_network_goes_with_the_connection() -> None:
    linked = Linked()
    linked.set("receiver", 1, "wifi", NOW)
    linked.set("mqtt", 1, "cellular", NOW + 1)
    linked.set("mqtt", 0, "cellular", NOW + 2)
    assert linked.network_interface == "wifi"

    linked.set("receiver", 0, None, NOW + 3)
    assert linked.network_interface is None
