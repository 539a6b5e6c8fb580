"""Which connections are open, as far as anybody has told."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.source.links import (
    ENDED_LIMIT,
    INFERRED_FOR,
    LATE_FOR,
    OPEN_LIMIT,
    REPLACED_AFTER,
    SILENT_FOR,
    Links,
)

NOW = 1_791_360_000.0


@pytest.fixture
def links() -> Links:
    return Links()


def test_nothing_is_open_until_somebody_says_so(links: Links) -> None:
    assert links.count == 0
    assert links.network_interface is None
    assert links.lapse(NOW) is None


def test_a_car_that_talks_has_a_connection_until_it_is_silent(links: Links) -> None:
    links.heard(NOW)
    links.heard(NOW + 60)

    assert links.count == 1
    assert links.lapse(NOW + 60 + INFERRED_FOR - 1) == NOW + 60 + INFERRED_FOR
    assert links.count == 1
    assert links.lapse(NOW + 60 + INFERRED_FOR) is None
    assert links.count == 0


def test_connections_are_told_by_their_id(links: Links) -> None:
    links.opened("a", "wifi", NOW)
    links.opened("b", "cellular", NOW + 1)

    assert (links.count, links.network_interface) == (2, "cellular")
    links.closed("b", NOW + 2)
    assert (links.count, links.network_interface) == (1, "wifi")
    links.closed("a", NOW + 3)
    assert (links.count, links.network_interface) == (0, None)


def test_the_same_told_twice_is_one(links: Links) -> None:
    links.opened("a", "wifi", NOW)
    links.opened("a", "wifi", NOW)

    assert links.count == 1


def test_what_is_told_replaces_what_was_concluded(links: Links) -> None:
    links.heard(NOW)
    links.opened("a", None, NOW + 1)

    assert links.count == 1
    links.closed("a", NOW + 2)
    assert links.count == 0


def test_the_end_of_one_that_nobody_knew_ends_what_was_concluded(links: Links) -> None:
    links.heard(NOW)
    links.closed("a", NOW + 1)

    assert links.count == 0


def test_a_late_message_is_no_connection_once_somebody_tells_of_them(links: Links) -> None:
    links.opened("a", None, NOW)
    links.closed("a", NOW + 1)
    links.heard(NOW + LATE_FOR)

    assert links.count == 0


def test_a_car_that_goes_on_talking_has_a_connection_of_which_nobody_has_told(links: Links) -> None:
    # The message of its begin was lost, or came before we listened.
    links.closed("a", NOW)
    links.heard(NOW + LATE_FOR)

    assert links.count == 1
    assert links.lapse(NOW + LATE_FOR) == NOW + LATE_FOR + INFERRED_FOR
    links.closed("b", NOW + LATE_FOR + 1)
    assert links.count == 0


def test_the_end_may_be_told_before_the_begin(links: Links) -> None:
    links.closed("a", NOW)
    links.opened("a", "wifi", NOW)

    assert links.count == 0


def test_only_so_many_ends_are_remembered(links: Links) -> None:
    for number in range(ENDED_LIMIT + 1):
        links.closed(f"{number}", NOW)

    links.opened(f"{ENDED_LIMIT}", None, NOW)
    assert links.count == 0
    links.opened("0", None, NOW)
    assert links.count == 1


def test_what_a_broker_has_kept_counts_once_the_car_talks(links: Links) -> None:
    links.keep("a")
    assert links.count == 0

    links.heard(NOW)
    assert links.count == 1
    links.closed("a", NOW + 1)
    assert links.count == 0


def test_an_end_that_a_broker_has_kept_says_nothing(links: Links) -> None:
    links.keep("a")
    links.keep(None)
    links.heard(NOW)

    assert links.count == 1
    assert links.lapse(NOW) == NOW + INFERRED_FOR


def test_what_was_kept_does_not_count_beside_what_is_told(links: Links) -> None:
    links.opened("b", None, NOW)
    links.keep("a")
    links.heard(NOW)
    links.closed("b", NOW)

    assert links.count == 0


@pytest.mark.parametrize("after", [False, True])
def test_what_was_kept_does_not_count_after_an_end_either(links: Links, after: bool) -> None:  # noqa: FBT001
    links.keep("a")
    links.closed("b", NOW)
    if after:
        links.keep("a")
    links.heard(NOW + LATE_FOR)

    assert links.count == 1
    assert links.lapse(NOW + LATE_FOR) == NOW + LATE_FOR + INFERRED_FOR


def test_after_a_clock_was_set_back_no_message_counts_as_late(links: Links) -> None:
    links.closed("a", NOW + 86_400)
    links.heard(NOW)

    assert links.count == 1


def test_one_that_a_newer_one_has_replaced_is_forgotten(links: Links) -> None:
    # A server that was killed cannot tell of the end.
    links.opened("killed", "wifi", NOW)
    links.opened("new", "wifi", NOW + 3600)
    links.heard(NOW + 3601)

    assert links.lapse(NOW + 3600) == NOW + 3600 + REPLACED_AFTER
    assert links.count == 2
    links.lapse(NOW + 3600 + REPLACED_AFTER)
    assert links.count == 1
    links.closed("new", NOW + 7200)
    assert links.count == 0


def test_two_that_were_opened_at_once_have_not_replaced_each_other(links: Links) -> None:
    links.opened("a", None, NOW)
    links.opened("b", None, NOW)

    assert links.lapse(NOW + REPLACED_AFTER) == NOW + SILENT_FOR
    assert links.count == 2


def test_one_that_nothing_is_heard_on_for_a_day_is_forgotten(links: Links) -> None:
    links.opened("a", None, NOW)

    assert links.lapse(NOW + SILENT_FOR - 1) == NOW + SILENT_FOR
    assert links.count == 1
    assert links.lapse(NOW + SILENT_FOR) is None
    assert links.count == 0


def test_of_connections_without_number_only_the_newest_are_believed_in(links: Links) -> None:
    for number in range(3 * OPEN_LIMIT):
        links.opened(str(number), None, NOW + number)

    assert links.count == OPEN_LIMIT
    for number in range(2 * OPEN_LIMIT, 3 * OPEN_LIMIT):
        links.closed(str(number), NOW + 100)
    assert links.count == 0


def test_a_clock_that_is_set_back_does_not_keep_one_for_ever(links: Links) -> None:
    links.heard(NOW + 86_400)

    assert links.lapse(NOW) == NOW + INFERRED_FOR
    assert links.lapse(NOW + INFERRED_FOR) is None
    assert links.count == 0


@pytest.mark.parametrize("heard_at", [NOW + 0.1, NOW + 0.3, NOW + 1 / 3, NOW + 0.7])
def test_what_is_due_is_over_when_it_is_due(links: Links, heard_at: float) -> None:
    links.heard(heard_at)
    again = links.lapse(heard_at)

    assert again is not None
    assert links.lapse(again) is None


STEPS = st.tuples(
    st.sampled_from(["heard", "opened", "closed", "keep", "lapse"]),
    st.sampled_from("abc"),
    st.floats(0, 100_000),
)


@given(steps=st.lists(STEPS))
def test_whatever_happens_the_next_look_lies_ahead_and_each_end_comes(
    steps: list[tuple[str, str, float]],
) -> None:
    links, now = Links(), NOW
    for step, name, seconds in steps:
        now += seconds
        match step:
            case "heard":
                links.heard(now)
            case "opened":
                links.opened(name, None, now)
            case "closed":
                links.closed(name, now)
                assert links.count <= 2
            case "keep":
                links.keep(name)
        again = links.lapse(now)
        assert (again is None) == (links.count == 0)
        assert again is None or again > now

    while (again := links.lapse(now)) is not None:
        assert again > now
        now = again
    assert links.count == 0
