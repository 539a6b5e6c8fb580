import pytest

from custom_components.tesla_direct.tesla.vehicle.key_on_car import SHOWN_FOR, KeyOnCar

NOW = 1_791_360_000.0


def known() -> KeyOnCar:
    return KeyOnCar(lambda: False)


@pytest.mark.parametrize("told", [None, True, False])
def test_the_cloud_is_believed_while_the_car_has_shown_nothing(told: bool | None) -> None:  # noqa: FBT001
    assert known().paired(NOW, told=told) is told


def test_no_car_knows_a_key_that_was_just_made() -> None:
    key = KeyOnCar(lambda: True)
    key.streams("receiver", 1, NOW)

    assert key.paired(NOW, told=True) is False


@pytest.mark.parametrize("accepted", [True, False])
def test_what_the_car_has_shown_counts_more_for_a_day(accepted: bool) -> None:  # noqa: FBT001  # a parameter
    key = known()
    key.learn(NOW, accepted=accepted)

    assert key.paired(NOW + SHOWN_FOR - 1, told=not accepted) is accepted
    assert key.paired(NOW + SHOWN_FOR, told=not accepted) is not accepted


def test_what_was_shown_in_a_future_is_not_believed() -> None:
    key = known()
    key.learn(NOW + 3_600, accepted=True)

    assert key.paired(NOW, told=False) is False


def test_a_car_that_streams_because_of_us_has_the_key_and_for_a_day_after() -> None:
    key = known()
    key.streams("receiver", 1, NOW)
    assert key.paired(NOW + 10 * SHOWN_FOR, told=False) is True

    key.streams("receiver", 0, NOW)
    assert key.paired(NOW + SHOWN_FOR - 1, told=False) is True
    assert key.paired(NOW + SHOWN_FOR, told=False) is False


def test_a_source_without_a_connection_shows_nothing_however_often_it_says_so() -> None:
    key = known()
    key.streams("receiver", 0, NOW)
    assert key.paired(NOW, told=False) is False

    key.streams("receiver", 1, NOW)
    key.streams("receiver", 0, NOW)
    key.streams("receiver", 0, NOW + SHOWN_FOR - 1)
    assert key.paired(NOW + SHOWN_FOR, told=False) is False


def test_one_of_two_connections_is_enough() -> None:
    key = known()
    key.streams("receiver", 1, NOW)
    key.streams("sse", 1, NOW)
    key.streams("sse", 0, NOW)

    assert key.paired(NOW + 10 * SHOWN_FOR, told=False) is True


def test_doubts_end_what_was_believed() -> None:
    key = known()
    key.learn(NOW, accepted=False)
    key.doubt()
    assert key.paired(NOW, told=True) is True

    key.streams("receiver", 1, NOW)
    key.streams("receiver", 0, NOW)
    key.doubt_streams()
    assert key.paired(NOW, told=False) is False


@pytest.mark.parametrize("accepted", [True, False])
def test_what_was_shown_outlives_a_restart(accepted: bool) -> None:  # noqa: FBT001  # a parameter
    key, again = known(), known()
    key.learn(NOW, accepted=accepted)
    again.restore(key.to_json())

    assert again.paired(NOW, told=not accepted) is accepted


def test_that_nothing_was_shown_does_too() -> None:
    key = known()
    key.restore(known().to_json())

    assert key.paired(NOW, told=None) is None


@pytest.mark.parametrize("kept", [7, "yes", [True], [True, "then"]])
def test_what_makes_no_sense_is_refused(kept: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        known().restore(kept)
