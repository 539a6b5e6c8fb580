from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE, AnySignal, Reading, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, security
from custom_components.tesla_direct.tesla.vehicle.state import RESTORED, VehicleState

from .states import NOW, knowing, told

FACTS: tuple[AnySignal, ...] = (battery.LEVEL, charge.LIMIT, drive.SPEED)
VALUES = st.dictionaries(st.sampled_from(FACTS), st.none() | st.integers(0, 3))
REPORTS = st.lists(
    st.builds(told, VALUES, st.integers(0, 50).map(float), st.sampled_from(["receiver", "poll", RESTORED])),
    max_size=8,
)
REPORTS_AT_DIFFERENT_TIMES = st.lists(
    st.builds(told, VALUES, st.integers(0, 50).map(float), st.sampled_from(["receiver", "poll"])),
    max_size=8,
    unique_by=lambda report: report.at,
)


def everything(state: VehicleState) -> dict[AnySignal, Reading[object] | None]:
    return {signal: state.reading(signal) for signal in state}


def test_it_starts_out_knowing_nothing() -> None:
    state = VehicleState()

    assert list(state) == []
    assert state.get(battery.LEVEL) is None
    assert state.reading(battery.LEVEL) is None
    assert state.report(battery.LEVEL) is None


def test_a_first_reading_is_a_change() -> None:
    state = VehicleState()

    assert state.apply(told({battery.LEVEL: 63.0, drive.SPEED: None})) == {battery.LEVEL, drive.SPEED}
    assert state.get(battery.LEVEL) == 63.0


def test_what_stays_the_same_is_no_change_but_newer() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(told({battery.LEVEL: 63.0}, NOW + 60, "poll")) == set()
    assert state.reading(battery.LEVEL) == Reading(63.0, NOW + 60, "poll")


def test_only_what_differs_is_a_change() -> None:
    state = knowing({battery.LEVEL: 63.0, drive.SPEED: 58.0})

    assert state.apply(told({battery.LEVEL: 63.0, drive.SPEED: None}, NOW + 1)) == {drive.SPEED}


def test_an_older_poll_does_not_undo_a_push() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(told({battery.LEVEL: 64.0}, NOW - 1, "poll")) == set()
    assert state.reading(battery.LEVEL) == Reading(63.0, NOW, "receiver")


def test_an_older_report_still_tells_what_nobody_knew() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(told({battery.LEVEL: 64.0, charge.LIMIT: 80.0}, NOW - 1)) == {charge.LIMIT}
    assert state.get(battery.LEVEL) == 63.0
    assert state.reading(charge.LIMIT) == Reading(80.0, NOW - 1, "receiver")


def test_of_the_same_moment_the_later_word_counts() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(told({battery.LEVEL: 64.0}, NOW)) == {battery.LEVEL}
    assert state.get(battery.LEVEL) == 64.0


def test_a_car_that_no_longer_knows_is_believed() -> None:
    state = knowing({drive.SPEED: 58.0})

    assert state.apply(told({drive.SPEED: None}, NOW + 1)) == {drive.SPEED}
    assert state.get(drive.SPEED) is None
    assert drive.SPEED in set(state)


def test_facts_of_different_age_are_judged_each_by_itself() -> None:
    state = knowing(told({battery.LEVEL: 63.0}, NOW), told({charge.LIMIT: 80.0}, NOW + 10))

    changed = state.apply(told({charge.LIMIT: 90.0, battery.LEVEL: 62.0, drive.SPEED: 1.0}, NOW + 5))

    assert changed == {battery.LEVEL, drive.SPEED}
    assert (state.get(battery.LEVEL), state.get(charge.LIMIT)) == (62.0, 80.0)


def test_the_first_word_after_a_restart_is_told_once_though_it_changes_nothing() -> None:
    state = knowing(told({security.LOCKED: True, battery.LEVEL: 63.0}, NOW, RESTORED))

    assert state.apply(told({security.LOCKED: True}, NOW + 1)) == {security.LOCKED}
    assert state.apply(told({security.LOCKED: True}, NOW + 2)) == set()
    assert state.apply(told({battery.LEVEL: 63.0}, NOW + 3)) == {battery.LEVEL}


def test_what_was_measured_before_a_restart_confirms_nothing() -> None:
    state = knowing(told({battery.LEVEL: 63.0}, NOW, RESTORED))

    assert state.apply(told({battery.LEVEL: 64.0}, NOW - 1)) == set()
    assert state.reading(battery.LEVEL) == Reading(63.0, NOW, RESTORED)


def test_a_reading_leads_to_the_report_that_brought_it() -> None:
    report = told({battery.LEVEL: 63.0, charge.LIMIT: 80.0})
    state = knowing(report, told({charge.LIMIT: 90.0}, NOW + 1))

    assert state.report(battery.LEVEL) is report
    assert state.report(charge.LIMIT) is not report


def test_a_report_of_nothing_changes_nothing() -> None:
    assert VehicleState().apply(told({})) == set()


@given(reports=REPORTS_AT_DIFFERENT_TIMES, data=st.data())
def test_what_is_known_does_not_depend_on_the_order_of_arrival(
    reports: list[Report], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(reports))

    assert everything(knowing(*shuffled)) == everything(knowing(*reports))


@given(reports=REPORTS)
def test_each_fact_is_as_the_newest_report_that_mentions_it_says(reports: list[Report]) -> None:
    state = knowing(*reports)

    for signal in FACTS:
        mentions = [report for report in reports if signal in report.values]
        newest = max(mentions, key=lambda report: report.at, default=None)
        if newest is None:
            assert state.reading(signal) is None
            continue
        latest = [report for report in mentions if report.at == newest.at][-1]
        assert state.reading(signal) == Reading(latest.values[signal], latest.at, latest.source)


@given(reports=REPORTS_AT_DIFFERENT_TIMES)
def test_what_comes_again_says_nothing_new(reports: list[Report]) -> None:
    state = knowing(*reports)
    before = everything(state)

    assert [state.apply(report) for report in reports] == [set()] * len(reports)
    assert everything(state) == before


@given(reports=REPORTS)
def test_a_value_that_changes_is_always_told(reports: list[Report]) -> None:
    state = VehicleState()
    shown: dict[AnySignal, object] = {}
    for report in reports:
        changed = state.apply(report)
        shown |= {signal: state.get(signal) for signal in changed}
        assert changed <= set(report.values)
        assert shown == {signal: state.get(signal) for signal in state}


@pytest.mark.parametrize("source", ["receiver", "poll", "journal", RESTORED])
def test_who_tells_decides_nothing(source: str) -> None:
    state = knowing(told({battery.LEVEL: 63.0}, NOW))

    state.apply(told({battery.LEVEL: 64.0}, NOW + 1, source))
    state.apply(told({charge.LIMIT: 70.0}, NOW + 1, source))
    state.apply(told({charge.LIMIT: 80.0}, NOW))

    assert (state.get(battery.LEVEL), state.get(charge.LIMIT)) == (64.0, 70.0)


def snapshot(values: dict[AnySignal, object], at: float = UNKNOWN_AGE) -> Report:
    return Report(values, at, "mqtt", NOW + 1_000, snapshot=True)


def test_a_snapshot_of_unknown_age_shows_where_nothing_is_known() -> None:
    state = knowing({drive.SPEED: 58.0})

    assert state.apply(snapshot({drive.SPEED: 0.0, battery.LEVEL: 63.0})) == {battery.LEVEL}
    assert state.get(drive.SPEED) == 58.0
    assert state.reading(battery.LEVEL) == Reading(63.0, UNKNOWN_AGE, "mqtt")


def test_whatever_has_a_time_takes_its_place() -> None:
    state = knowing(snapshot({battery.LEVEL: 63.0}))

    assert state.apply(told({battery.LEVEL: 20.0}, 1.0)) == {battery.LEVEL}
    assert state.get(battery.LEVEL) == 20.0


def test_what_was_restored_counts_more_than_a_snapshot_of_unknown_age() -> None:
    state = knowing(Report({battery.LEVEL: 63.0}, NOW, RESTORED, NOW, snapshot=True))

    assert state.apply(snapshot({battery.LEVEL: 20.0})) == set()
    assert state.get(battery.LEVEL) == 63.0


def test_of_two_snapshots_of_unknown_age_the_later_one_shows() -> None:
    state = knowing(snapshot({battery.LEVEL: 63.0}))

    assert state.apply(snapshot({battery.LEVEL: 20.0})) == {battery.LEVEL}


def test_a_snapshot_does_not_replace_what_was_told_of_the_same_time() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(snapshot({battery.LEVEL: 62.0}, NOW)) == set()
    assert state.reading(battery.LEVEL) == Reading(63.0, NOW, "receiver")


def test_a_snapshot_with_a_newer_time_wins_as_any_other() -> None:
    state = knowing({battery.LEVEL: 63.0})

    assert state.apply(snapshot({battery.LEVEL: 62.0}, NOW + 1)) == {battery.LEVEL}


def test_a_clock_that_was_set_back_keeps_nothing_for_ever() -> None:
    state = knowing(told({battery.LEVEL: 63.0, charge.LIMIT: 80.0}, NOW + 600, received=NOW + 600))

    # As of its arrival, because the source tells no times; then by the car's own clock, and late.
    assert state.apply(told({battery.LEVEL: 62.0}, NOW, received=NOW)) == {battery.LEVEL}
    assert state.apply(told({battery.LEVEL: 61.0}, NOW - 5, received=NOW + 1)) == set()
    assert state.apply(told({charge.LIMIT: 70.0}, NOW - 5, received=NOW + 1)) == set()
    # What was kept from before is no newer for that.
    kept = Report({charge.LIMIT: 50.0}, NOW, "sse", NOW, snapshot=True)
    assert state.apply(kept) == set()
    assert state.get(charge.LIMIT) == 80.0
