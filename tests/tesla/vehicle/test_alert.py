from collections import Counter
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle.alert import (
    ACTIVE_LIMIT,
    ENDED_LIMIT,
    Alert,
    AlertEvent,
    AlertLog,
)

BEGUN, ENDED = 1_791_360_000.0, 1_791_360_600.0


def alert(
    name: str = "UI_a006", begun: float | None = BEGUN, ended: float | None = None, *audiences: str
) -> Alert:
    return Alert(name, audiences or ("customer",), begun, ended)


def told(events: list[AlertEvent]) -> list[tuple[str, str]]:
    return [(event.kind, event.alert.name) for event in events]


DATED = st.builds(
    alert,
    st.sampled_from(["UI_a006", "BMS_a066", "GTW_w144"]),
    st.integers(0, 5).map(float),
    st.none() | st.integers(6, 9).map(float),
)
UNDATED = st.builds(
    alert, st.sampled_from(["UI_a006", "BMS_a066"]), st.none(), st.none() | st.integers(6, 9).map(float)
)


def test_an_alert_is_told_when_it_begins_and_when_it_ends() -> None:
    log = AlertLog()

    assert log.take([alert()]) == [AlertEvent("started", alert())]
    assert list(log.active) == [alert()]
    assert log.take([alert(ended=ENDED)]) == [AlertEvent("ended", alert(ended=ENDED))]
    assert list(log.active) == []


def test_an_alert_that_was_over_before_we_heard_of_it_is_told_both_ways() -> None:
    log = AlertLog()

    assert told(log.take([alert(ended=ENDED)])) == [("started", "UI_a006"), ("ended", "UI_a006")]
    assert log.active == ()


def test_a_record_that_comes_twice_tells_nothing_twice() -> None:
    log = AlertLog()
    record = [alert(), alert("BMS_a066", ended=ENDED)]

    log.take(record)

    assert log.take(record) == []
    assert log.active == (alert(),)


def test_a_late_record_does_not_revive_what_has_ended() -> None:
    log = AlertLog()
    log.take([alert(ended=ENDED)])

    assert log.take([alert()]) == []
    assert log.active == ()


def test_an_alert_that_begins_anew_is_another_one() -> None:
    log = AlertLog()
    log.take([alert(ended=ENDED)])

    assert told(log.take([alert(begun=ENDED + 1)])) == [("started", "UI_a006")]


def test_the_history_of_an_alert_leaves_the_latest_active() -> None:
    # As in the vector alert-history: past ones around the one that is active, in no order of time.
    log = AlertLog()

    events = log.take([alert(begun=0.0, ended=10.0), alert(begun=200.0), alert(begun=100.0, ended=110.0)])

    assert Counter(event.kind for event in events) == {"started": 3, "ended": 2}
    assert log.active == (alert(begun=200.0),)


def test_an_alert_that_does_not_say_since_when_is_told_once() -> None:
    log = AlertLog()

    assert told(log.take([alert(begun=None)])) == [("started", "UI_a006")]
    assert log.take([alert(begun=None)]) == []


def test_an_alert_that_does_not_say_since_when_may_come_again() -> None:
    log = AlertLog()
    log.take([alert(begun=None)])
    log.take([alert(begun=None, ended=ENDED)])

    assert log.take([alert(begun=None, ended=ENDED)]) == []
    assert told(log.take([alert(begun=None)])) == [("started", "UI_a006")]
    assert told(log.take([alert(begun=None, ended=ENDED + 60)])) == [("ended", "UI_a006")]


def test_an_active_alert_is_shown_as_it_was_told_last() -> None:
    log = AlertLog()
    log.take([alert()])
    log.take([alert("UI_a006", BEGUN, None, "customer", "service")])

    assert log.active == (alert("UI_a006", BEGUN, None, "customer", "service"),)


@given(records=st.lists(st.lists(DATED)))
def test_no_begin_and_no_end_is_ever_told_twice(records: list[list[Alert]]) -> None:
    log = AlertLog()

    events = [event for record in records for event in log.take(record)]

    times = Counter((event.kind, event.alert.name, event.alert.started_at) for event in events)
    assert not [what for what, count in times.items() if count > 1]


@given(records=st.lists(st.lists(DATED | UNDATED)))
def test_each_end_has_a_begin_and_what_has_no_end_is_active(records: list[list[Alert]]) -> None:
    log = AlertLog()
    begun = Counter[tuple[str, float | None]]()

    for event in (event for record in records for event in log.take(record)):
        begun[event.alert.name, event.alert.started_at] += 1 if event.kind == "started" else -1
        assert set(begun.values()) <= {0, 1}

    assert {(one.name, one.started_at) for one in log.active} == {
        key for key, open_ in begun.items() if open_
    }
    assert all(one.ended_at is None for one in log.active)


@given(alerts=st.lists(DATED), data=st.data())
def test_what_is_active_does_not_depend_on_the_order_of_dated_alerts(
    alerts: list[Alert], data: st.DataObject
) -> None:
    one, other = AlertLog(), AlertLog()
    one.take(alerts)
    other.take(data.draw(st.permutations(alerts)))

    assert set(one.active) == set(other.active)


@given(before=st.lists(DATED | UNDATED), after=st.lists(DATED | UNDATED))
def test_a_restart_makes_no_difference(before: list[Alert], after: list[Alert]) -> None:
    log = AlertLog()
    log.take(before)
    restored = AlertLog.from_json(json.loads(json.dumps(log.to_json())))

    assert restored.active == log.active
    assert restored.take(after) == log.take(after)


def test_only_so_many_are_remembered() -> None:
    log = AlertLog()
    log.take(alert(f"a{number}") for number in range(3 * ACTIVE_LIMIT))
    log.take(alert(f"e{number}", ended=ENDED) for number in range(3 * ENDED_LIMIT))

    assert len(log.active) == ACTIVE_LIMIT
    assert log.active[-1].name == f"a{3 * ACTIVE_LIMIT - 1}"
    assert len(log.to_json()["ended"]) == ENDED_LIMIT
    assert log.take([alert(f"e{3 * ENDED_LIMIT - 1}", ended=ENDED)]) == []


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"active": None},
        {"active": 7},
        {"active": [["UI_a006"]]},
        {"active": [["UI_a006", None, BEGUN]]},
        {"active": [["UI_a006", [], [BEGUN]]]},
        {"active": [], "ended": [7]},
        {"active": [["UI_a006", [], BEGUN]], "ended": [["UI_a006"]]},
    ],
)
def test_what_was_kept_and_cannot_be_read_is_forgotten(kept: dict[str, Any]) -> None:
    log = AlertLog.from_json(kept)

    assert log.active == ()
    assert told(log.take([alert()])) == [("started", "UI_a006")]


def test_an_alert_that_two_sources_tell_of_is_told_once() -> None:
    # MQTT cuts the fractions of seconds that the car's own record has.
    log = AlertLog()
    log.take([alert(begun=BEGUN + 0.005)])

    assert log.take([alert(begun=BEGUN)]) == []
    assert told(log.take([alert(begun=BEGUN, ended=ENDED)])) == [("ended", "UI_a006")]
    assert log.take([alert(begun=BEGUN + 0.005, ended=ENDED + 0.25)]) == []
    assert log.active == ()


def test_an_alert_is_known_again_after_a_restart_also_without_its_fractions() -> None:
    log = AlertLog()
    log.take([alert(begun=BEGUN + 0.7), alert("GTW_w144", begun=BEGUN + 0.7, ended=ENDED)])
    restored = AlertLog.from_json(json.loads(json.dumps(log.to_json())))

    assert restored.take([alert(begun=BEGUN), alert("GTW_w144", begun=BEGUN, ended=ENDED)]) == []


def test_what_was_kept_of_a_time_that_is_none_is_forgotten() -> None:
    assert AlertLog.from_json({"active": [["UI_a006", [], float("inf")]]}).active == ()
