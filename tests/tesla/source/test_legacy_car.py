"""One car of a legacy stream: what is handed on, when it is asked for, and what its silence means."""

from collections import Counter
from math import inf
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.decode.legacy_stream import Raw, Update
from custom_components.tesla_direct.tesla.source.legacy_car import (
    DISCONNECTS,
    DOUBTS,
    NO_CONFIGURATION,
    NOT_SYNCED,
    PER_DAY,
    REFUSED_FOR,
    REFUSED_HERE,
    STORM,
    STORM_PAUSE,
    TAKEN_OVER,
    LegacyCar,
    reason,
)
from custom_components.tesla_direct.tesla.source.legacy_silence import (
    BUSY_LAPSE,
    LAPSE,
    ONLINE_LAPSE,
    Elsewhere,
)
from custom_components.tesla_direct.tesla.source.reconnect import DAY
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, place

from .legacy_told import NOW, VIN, record, value
from .told import Told


class Followed:
    """A car, all that it tells, and what others know of it."""

    def __init__(self) -> None:
        self.now = NOW
        self.told = Told("legacy_stream")
        self.troubles: list[str] = []
        self.elsewhere = Elsewhere()
        self.skipped: Counter[str] = Counter()
        self.car = LegacyCar(
            self.told, VIN, NOW, on_trouble=self.troubles.append, elsewhere=lambda: self.elsewhere
        )
        self.car.asked(NOW)

    def say(self, **columns: object) -> None:
        self.car.take_update(Update(VIN, value(self.now - 1, **columns)), self.now, self.skipped)

    def say_raw(self, document: dict[str, Any]) -> int:
        return sum(1 for _ in self.car.take_raw(Raw(document), self.now, self.skipped))

    def wait(self, seconds: float) -> None:
        """Let time pass, and have the car looked at every minute."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(self.now + 60, end)
            self.car.tend(self.now)


@pytest.fixture
def followed() -> Followed:
    return Followed()


def test_the_first_columns_are_a_snapshot_as_nobody_knows_which_of_them_is_new(followed: Followed) -> None:
    followed.say(soc=66, shift_state="D", speed=30)

    assert followed.told.heard == [("links", 1, None), Event.CONNECTED, "report"]
    assert followed.told.reports[0].snapshot
    assert followed.told.reports[0].at == NOW - 1
    assert followed.told.state.get(battery.LEVEL) == 66.0


def test_of_later_columns_only_what_has_changed_is_told(followed: Followed) -> None:
    followed.say(soc=66, shift_state="D", speed=30)
    followed.now += 1
    followed.say(soc=66, shift_state="D", speed=31)

    assert followed.told.reports[1].values == {drive.SPEED: 31.0}
    assert not followed.told.reports[1].snapshot
    assert followed.told.reports[1].at == NOW


def test_a_speed_that_comes_out_empty_has_become_zero(followed: Followed) -> None:
    followed.say(speed=30, shift_state="D", heading=10)
    followed.say(shift_state="D")
    followed.say(shift_state="D")

    assert followed.told.reports[1].values == {drive.SPEED: 0.0, place.HEADING: 0.0}
    assert len(followed.told.reports) == 2


def test_what_was_never_told_is_not_zero_nor_is_what_was_cut_off(followed: Followed) -> None:
    followed.say(shift_state="D", soc=66)
    followed.say(shift_state="D", soc=65)
    followed.say(speed=30, shift_state="D")
    followed.car.take_update(Update(VIN, "1791368401500,,9000.5"), followed.now, followed.skipped)

    assert [dict(report.values) for report in followed.told.reports[1:]] == [
        {battery.LEVEL: 65.0},
        {drive.SPEED: 30.0},
        {drive.ODOMETER: 9000.5},
    ]


def test_columns_in_which_nothing_is_new_are_a_sign_of_life_and_nothing_else(followed: Followed) -> None:
    followed.say(soc=66)
    followed.now += LAPSE - 1
    followed.say(soc=66)
    followed.wait(LAPSE - 1)

    assert len(followed.told.reports) == 1
    assert followed.told.links == [1]


def test_on_another_connection_columns_are_a_snapshot_again(followed: Followed) -> None:
    followed.say(soc=66)
    followed.car.lost()
    followed.car.asked(followed.now)
    followed.say(soc=66)

    assert [report.snapshot for report in followed.told.reports] == [True, True]
    assert followed.told.links == [1, 0, 1]


def test_a_record_is_what_the_car_has_just_said(followed: Followed) -> None:
    followed.say_raw(record(Soc={"doubleValue": 61.5}, DetailedChargeState={"stringValue": "x"}))

    (report,) = followed.told.reports
    assert not report.snapshot
    assert report.at == 1_791_368_400.5
    assert report.values == {battery.USABLE_LEVEL: 61.5, charge.STATE: None}
    assert followed.told.links == [1]


def test_a_flat_record_is_one_too(followed: Followed) -> None:
    followed.say_raw({"Vin": VIN, "CreatedAt": "2026-10-07T10:20:00.500Z", "Soc": 61.5})

    (report,) = followed.told.reports
    assert (report.at, report.values) == (1_791_368_400.5, {battery.USABLE_LEVEL: 61.5})


def test_a_flat_record_of_tomorrow_is_of_now(followed: Followed) -> None:
    followed.say_raw({"Vin": VIN, "CreatedAt": "2026-10-09T10:20:00Z", "Soc": 61.5})

    assert followed.told.reports[0].at == NOW


def test_alerts_and_errors_of_a_car_are_handed_on(followed: Followed) -> None:
    followed.say_raw({"vin": VIN, "alerts": [{"name": "VCFRONT_a192", "startedAt": "2026-10-07T10:20:00Z"}]})
    followed.say_raw({"vin": VIN, "errors": [{"name": "cloud_error"}]})

    assert followed.told.heard == [
        ("links", 1, None),
        Event.CONNECTED,
        ("alerts", ("VCFRONT_a192",), False),
        ("errors", ("cloud_error",)),
    ]


def test_a_car_that_leaves_its_server_is_not_connected(followed: Followed) -> None:
    followed.say(soc=66)
    followed.say_raw({"vin": VIN, "connectionId": "1", "status": "CONNECTED"})
    assert followed.told.links == [1]

    followed.say_raw({"vin": VIN, "connectionId": "1", "status": "DISCONNECTED"})

    assert followed.told.links == [1, 0]


def test_a_large_record_is_taken_over_in_several_goes(followed: Followed) -> None:
    data = [{"key": "Soc", "value": {"doubleValue": 61.5}}] * 1_000

    assert followed.say_raw({"vin": VIN, "createdAt": "2026-10-07T10:20:00Z", "data": data}) > 3


def test_what_is_no_record_is_counted_and_no_sign_of_life(followed: Followed) -> None:
    followed.say_raw({"vin": VIN, "data": 5})

    assert followed.skipped == {"a record": 1}
    assert followed.told.heard == []


def test_a_link_lapses_a_while_after_the_last_word(followed: Followed) -> None:
    followed.say(soc=66, shift_state="P")
    followed.wait(LAPSE - 1)
    assert followed.told.links == [1]
    followed.wait(1)

    assert followed.told.links == [1, 0]
    assert followed.troubles == []


def test_a_car_in_use_counts_as_connected_for_a_shorter_while(followed: Followed) -> None:
    followed.say(soc=66, shift_state="D")
    followed.elsewhere = Elsewhere(busy=True)
    followed.wait(BUSY_LAPSE)

    assert followed.told.links == [1, 0]
    assert followed.troubles == []


def test_a_parked_car_that_is_seen_online_is_connected_for_longer(followed: Followed) -> None:
    followed.say(soc=66, shift_state="P")
    followed.elsewhere = Elsewhere(seen_at=followed.now)  # by its own word
    followed.wait(LAPSE - 1)
    followed.elsewhere = Elsewhere(seen_at=followed.now)
    followed.wait(ONLINE_LAPSE - LAPSE)
    assert followed.told.links == [1]
    followed.wait(1)

    assert followed.told.links == [1, 0]


def test_that_the_service_was_away_says_nothing_of_the_car(followed: Followed) -> None:
    followed.say(soc=66)
    followed.wait(600)
    followed.car.lost()
    followed.car.lost()  # another connection came to nothing
    followed.car.asked(followed.now)
    followed.car.resumed(followed.now)
    assert followed.told.links == [1, 0, 1]
    assert not followed.car.heard
    followed.wait(LAPSE - 600)

    assert followed.told.links == [1, 0, 1, 0]


@pytest.mark.parametrize("what", ["too late", "asleep", "dropped", "never"])
def test_what_was_over_when_the_service_came_back_is_over(followed: Followed, what: str) -> None:
    if what != "never":
        followed.say(soc=66)
    if what == "dropped":
        followed.car.disconnected(followed.now)
    followed.car.lost()
    followed.now += LAPSE if what == "too late" else 1
    followed.elsewhere = Elsewhere(online=False if what == "asleep" else None)
    followed.car.resumed(followed.now)

    assert followed.told.links == ([] if what == "never" else [1, 0])


def test_a_clock_that_is_set_back_makes_nothing_last_longer(followed: Followed) -> None:
    followed.say(soc=66)
    followed.now -= 86_400
    followed.car.tend(followed.now)
    followed.wait(LAPSE)

    assert followed.told.links == [1, 0]


@pytest.mark.parametrize(
    ("elsewhere", "patience"),
    [
        (Elsewhere(online=True, busy=True), BUSY_LAPSE),
        (Elsewhere(busy=True), LAPSE),
        (Elsewhere(online=True), ONLINE_LAPSE),
        (Elsewhere(online=True, charges=True), LAPSE),
        (Elsewhere(charges=True), ONLINE_LAPSE),
    ],
)
def test_a_car_that_has_to_talk_and_does_not_is_taken_over(elsewhere: Elsewhere, patience: float) -> None:
    followed = Followed()
    followed.say(soc=66, shift_state="D")
    followed.elsewhere = elsewhere
    followed.wait(patience - 1)
    assert followed.troubles == []

    followed.wait(1)

    assert followed.troubles == [TAKEN_OVER]


@pytest.mark.parametrize(
    "elsewhere", [Elsewhere(), Elsewhere(online=False), Elsewhere(online=False, busy=True)]
)
def test_a_car_that_need_not_talk_may_be_silent_for_ever(elsewhere: Elsewhere) -> None:
    followed = Followed()
    followed.say(soc=66, shift_state="D")
    followed.elsewhere = elsewhere
    followed.wait(86_400)

    assert followed.troubles == []


def test_time_in_which_a_car_was_asleep_is_no_silence(followed: Followed) -> None:
    followed.elsewhere = Elsewhere(online=False, busy=True)
    followed.wait(86_400)
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.wait(BUSY_LAPSE - 1)
    assert followed.troubles == []
    followed.wait(1)

    assert followed.troubles == [TAKEN_OVER]


def test_a_car_that_was_taken_over_is_not_fought_for(followed: Followed) -> None:
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.wait(86_400)
    assert followed.car.ask_at == inf
    followed.car.lost()

    assert followed.car.ask_at == inf
    assert not followed.car.subscribed
    assert followed.troubles == [TAKEN_OVER]


def test_what_nobody_has_seen_is_asked_for_again_on_another_connection(followed: Followed) -> None:
    followed.elsewhere = Elsewhere(busy=True)  # perhaps it went into a garage
    followed.wait(LAPSE)
    assert followed.car.trouble == TAKEN_OVER
    followed.car.lost()
    assert followed.car.ask_at == -inf

    followed.car.asked(followed.now)
    followed.car.accepted()

    assert followed.troubles == [TAKEN_OVER]  # which only its own word ends


def test_a_word_of_the_car_ends_all_suspicion(followed: Followed) -> None:
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.wait(BUSY_LAPSE)
    followed.say(soc=66)
    followed.wait(BUSY_LAPSE - 1)

    assert followed.troubles == [TAKEN_OVER, ""]
    assert followed.car.subscribed


def test_it_is_taken_back_once_if_somebody_wants_that(followed: Followed) -> None:
    followed.elsewhere = Elsewhere(online=True, busy=True)
    followed.wait(BUSY_LAPSE)
    followed.car.take_back(followed.now)
    assert followed.car.ask_at == -inf
    followed.car.asked(followed.now)
    followed.wait(BUSY_LAPSE)

    assert followed.car.ask_at == inf
    assert followed.troubles == [TAKEN_OVER, "", TAKEN_OVER]


def test_who_takes_it_back_all_day_has_it_asked_for_only_so_often(followed: Followed) -> None:
    asked = 0
    for _ in range(round(DAY / 10)):
        followed.now += 10
        if followed.car.ask_at == inf:
            followed.car.take_back(followed.now)
        if followed.car.ask_at <= followed.now:
            followed.car.asked(followed.now)
            asked += 1

    assert asked <= PER_DAY


def test_a_car_that_is_refused_is_asked_for_again_after_hours(followed: Followed) -> None:
    followed.say(soc=66)
    followed.car.refused(NOT_SYNCED, followed.now)

    assert followed.car.ask_at == NOW + REFUSED_FOR
    assert followed.troubles == [NOT_SYNCED]
    assert followed.told.links == [1, 0]
    followed.car.lost()
    assert followed.car.ask_at == NOW + REFUSED_FOR

    followed.car.asked(NOW + REFUSED_FOR)
    followed.car.accepted()

    assert followed.troubles == [NOT_SYNCED, ""]


def test_a_wait_that_a_clock_has_made_absurd_is_a_day_at_most(followed: Followed) -> None:
    followed.car.refused(NOT_SYNCED, followed.now)
    followed.now -= 1e8
    followed.car.tend(followed.now)

    assert followed.car.ask_at == followed.now + DAY


def test_refusals_for_no_known_reason_are_a_no_in_the_end(followed: Followed) -> None:
    given_up = [followed.car.doubted(followed.now) for _ in range(DOUBTS)]

    assert given_up == [False, False, True]
    assert followed.troubles == [REFUSED_HERE]


def test_refusals_between_which_it_was_accepted_are_none(followed: Followed) -> None:
    for _ in range(DOUBTS):
        assert not followed.car.doubted(followed.now)
        followed.car.accepted()

    assert followed.troubles == []


def test_a_line_of_a_car_in_gear_that_drops_is_asked_for_again_sooner() -> None:
    followed = Followed()
    followed.say(shift_state="P")
    waits = []
    for _ in range(STORM - 1):
        followed.car.disconnected(NOW)
        waits.append(followed.car.ask_at - NOW)

    assert waits == pytest.approx([1.3, 1.69, 2.197, 2.8561, 3.71293, 4.826809, 6.2748517, 8.0, 8.0])


def test_a_line_of_another_car_that_drops_is_asked_for_again_later() -> None:
    followed = Followed()
    waits = []
    for _ in range(STORM - 1):
        followed.car.disconnected(NOW)
        waits.append(followed.car.ask_at - NOW)

    assert waits == [15.0, 15.0, 15.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0]


def test_of_too_many_drops_the_user_is_told_and_it_rests(followed: Followed) -> None:
    followed.say(shift_state="P")
    for _ in range(STORM):
        followed.car.disconnected(followed.now)
    assert followed.car.ask_at == NOW + STORM_PAUSE
    followed.car.accepted()
    assert followed.troubles == [DISCONNECTS]

    followed.say(shift_state="P")

    assert followed.troubles == [DISCONNECTS, ""]
    assert followed.car.ask_at == inf
    followed.car.disconnected(followed.now)
    assert followed.car.ask_at == NOW + 1.3  # counted from the beginning


def test_a_rest_is_kept_on_another_connection(followed: Followed) -> None:
    for _ in range(STORM):
        followed.car.disconnected(followed.now)
    followed.car.lost()

    assert followed.car.ask_at == NOW + STORM_PAUSE


def test_a_day_of_drops_has_only_so_many_subscriptions() -> None:
    followed = Followed()
    asked = 0
    while followed.now < NOW + DAY:
        followed.car.disconnected(followed.now)
        followed.now = followed.car.ask_at
        followed.car.asked(followed.now)
        asked += 1

    assert asked <= PER_DAY


def test_a_car_that_is_offline_is_not_connected(followed: Followed) -> None:
    followed.say(soc=66)
    followed.car.offline()
    followed.car.offline()

    assert followed.told.links == [1, 0]
    assert followed.car.ask_at == inf


def test_it_begins_with_no_connection() -> None:
    followed = Followed()
    followed.car.announce()

    assert followed.told.links == [0]
    assert not followed.car.heard


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ("Fleet telemetry is not synced", NOT_SYNCED),
        ("No telemetry configuration available", NO_CONFIGURATION),
        ("Error: socket hang up", None),
        ("", None),
    ],
)
def test_a_reason_is_known_by_what_is_said(detail: str, why: str | None) -> None:
    assert reason(detail) == why


def test_a_car_that_is_said_to_be_asleep_is_not_connected_any_more(followed: Followed) -> None:
    followed.say(soc=70)
    followed.elsewhere = Elsewhere(online=False)
    followed.wait(60)
    followed.say(soc=69)

    assert followed.told.links == [1, 0, 1]


def test_a_car_that_talks_right_after_it_was_said_to_be_asleep_is_awake(followed: Followed) -> None:
    followed.say(soc=70)
    followed.elsewhere = Elsewhere(online=False)
    followed.say(soc=69)

    assert followed.told.heard.count(Event.CONNECTED) == 2
