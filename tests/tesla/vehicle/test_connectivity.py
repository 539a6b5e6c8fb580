from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle.connectivity import Event, Power, after

EVENTS = st.lists(st.sampled_from(Event))
POWERS = st.sampled_from(Power)


@pytest.mark.parametrize("power", Power)
@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event.SAID_ONLINE, Power.ONLINE),
        (Event.SAID_ASLEEP, Power.ASLEEP),
        (Event.SAID_OFFLINE, Power.OFFLINE),
        (Event.NOT_LISTED, Power.UNKNOWN),
    ],
)
def test_the_clouds_word_counts_whatever_was_known(power: Power, event: Event, expected: Power) -> None:
    assert after(power, event, connected=False) is expected


@pytest.mark.parametrize("power", Power)
@pytest.mark.parametrize("event", Event)
def test_an_open_connection_proves_that_the_car_is_awake_whatever_is_said(power: Power, event: Event) -> None:
    assert after(power, event, connected=True) is Power.ONLINE


@pytest.mark.parametrize("power", Power)
def test_a_connection_proves_it_even_if_it_is_closed_again(power: Power) -> None:
    assert after(power, Event.CONNECTED, connected=False) is Power.ONLINE


@pytest.mark.parametrize("power", [Power.ASLEEP, Power.OFFLINE])
def test_a_car_that_was_not_reached_stays_what_it_was_said_to_be(power: Power) -> None:
    assert after(power, Event.UNREACHABLE, connected=False) is power


@pytest.mark.parametrize("power", [Power.ONLINE, Power.UNKNOWN])
def test_a_car_that_was_not_reached_is_not_online(power: Power) -> None:
    assert after(power, Event.UNREACHABLE, connected=False) not in (Power.ONLINE, Power.UNKNOWN)


@pytest.mark.parametrize("power", [Power.UNKNOWN, Power.ONLINE, Power.OFFLINE])
def test_a_car_of_which_nobody_hears_is_offline(power: Power) -> None:
    assert after(power, Event.SILENT, connected=False) is Power.OFFLINE


def test_a_car_of_which_nobody_hears_stays_asleep_if_somebody_has_said_so() -> None:
    assert after(Power.ASLEEP, Event.SILENT, connected=False) is Power.ASLEEP


@given(power=POWERS, events=EVENTS)
def test_once_the_cloud_has_spoken_what_was_before_does_not_matter(power: Power, events: list[Event]) -> None:
    powers = {power, Power.ASLEEP}
    for event in [Event.SAID_ONLINE, *events]:
        powers = {after(each, event, connected=False) for each in powers}

    assert len(powers) == 1


def test_states_are_spelled_as_tesla_spells_them() -> None:
    assert {power.value for power in Power} == {"online", "asleep", "offline", "unknown"}
