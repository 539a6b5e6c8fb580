"""What a TeslaMate tells of one car, and when that says that the car is connected."""

from collections import Counter

import pytest

from custom_components.tesla_direct.tesla.source.logged_car import (
    LIMIT,
    SILENT,
    SILENT_FOR,
    TROUBLE_AFTER,
    UNAVAILABLE,
    UNHEALTHY,
    LoggedCar,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    drive,
    route,
    software,
)
from custom_components.tesla_direct.tesla.vehicle.sources import TESLAMATE
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

from .broker_world import NOW, Listener

ROUTE = '{"destination":"Home","location":{"latitude":51.5,"longitude":-0.1},"error":null}'
NO_ROUTE = '{"error":"No active route available"}'
BEGAN = NOW - 2400  # 2026-10-07T07:20:00Z


class Logged:
    """A car of a TeslaMate, and a clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.listener = Listener(source=TESLAMATE)
        self.skipped: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.car = LoggedCar(self.listener, self.skipped, self.troubles.append)
        self.car.tell_links()
        self.again: float | None = None

    def tell(self, **texts: str) -> None:
        """Have TeslaMate tell these together."""
        self._take(texts, retained=False)

    def keep(self, **texts: str) -> None:
        """Have the broker deliver what it has kept."""
        self._take(texts, retained=True)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.again = self.car.lapse(self.now)

    def lose(self) -> None:
        """Lose the broker."""
        self.car.forget(self.now)

    def _take(self, texts: dict[str, str], *, retained: bool) -> None:
        for key, text in texts.items():
            self.car.take(key, text.encode(), retained=retained)
        self.car.flush(self.now)
        self.wait(0)

    def is_connected(self) -> bool:
        links, _ = self.listener.links[-1]
        return links > 0


def merged(logged: Logged) -> VehicleState:
    """Return what is known of the car, of all that was told."""
    state = VehicleState()
    for report in logged.listener.reports:
        state.apply(report)
    return state


@pytest.fixture
def logged() -> Logged:
    return Logged()


def test_what_comes_together_is_one_report_as_of_its_arrival(logged: Logged) -> None:
    logged.tell(state="online", battery_level="60", charging_state="Stopped")

    (report,) = logged.listener.reports
    assert report.values == {
        battery.LEVEL: 60,
        charge.STATE: "stopped",
        drive.GEAR: None,
        drive.SPEED: None,
        software.UPDATE_IN_PROGRESS: False,
    }
    assert (report.at, report.received, report.source, report.snapshot) == (NOW, NOW, TESLAMATE, False)


@pytest.mark.parametrize("state", ["online", "driving", "charging", "updating", "suspended"])
def test_a_car_that_is_awake_is_connected(logged: Logged, state: str) -> None:
    assert logged.listener.links == [(0, None)]
    logged.tell(state=state)

    assert logged.listener.links == [(0, None), (1, None)]
    assert logged.listener.events == [Event.CONNECTED]
    assert logged.listener.values[software.UPDATE_IN_PROGRESS] is (state == "updating")


@pytest.mark.parametrize(("state", "event"), [("asleep", Event.SAID_ASLEEP), ("offline", Event.SAID_OFFLINE)])
def test_a_car_that_is_not_awake_is_witnessed_once(logged: Logged, state: str, event: Event) -> None:
    logged.tell(state="online")
    logged.tell(state=state)
    logged.tell(state=state, healthy="true")

    assert logged.listener.links == [(0, None), (1, None), (0, None)]
    assert logged.listener.events == [Event.CONNECTED, event]
    logged.tell(state="online")
    logged.tell(state=state)
    assert logged.listener.events == [Event.CONNECTED, event] * 2


def test_what_the_broker_has_kept_proves_nothing(logged: Logged) -> None:
    # It may be from months ago: that TeslaMate has been taken down since.
    logged.keep(state="online", healthy="true", battery_level="60", shift_state="D", speed="50")

    (report,) = logged.listener.reports
    assert report.values == {battery.LEVEL: 60, drive.GEAR: "d", drive.SPEED: 31}
    assert (report.at, report.received, report.snapshot) == (UNKNOWN_AGE, NOW, True)
    assert (logged.listener.links, logged.listener.events) == ([(0, None)], [])
    assert logged.again is None


@pytest.mark.parametrize(
    ("kept", "events"), [("suspended", [Event.CONNECTED]), ("asleep", [Event.SAID_ASLEEP]), ("start", [])]
)
def test_the_state_that_was_kept_counts_once_teslamate_says_anything(
    logged: Logged, kept: str, events: list[Event]
) -> None:
    logged.keep(state=kept)
    logged.tell(healthy="true")

    assert logged.listener.events == events
    assert logged.is_connected() is (kept == "suspended")


@pytest.mark.parametrize("state", ["online", "asleep"])
def test_what_was_kept_is_of_when_the_state_began_once_teslamate_says_anything(
    logged: Logged, state: str
) -> None:
    # Else what is known from before a restart of ours, which is older, would stay.
    logged.keep(state=state, since="2026-10-07T07:20:00Z", battery_level="60", odometer="x")
    logged.tell(healthy="true", charge_limit_soc="80")

    kept, dated, told = logged.listener.reports
    assert (kept.at, dated.at, told.at) == (UNKNOWN_AGE, BEGAN, NOW if state == "online" else UNKNOWN_AGE)
    assert dated.snapshot
    assert dated.values == kept.values
    assert dated.values[battery.LEVEL] == 60
    assert told.values == {charge.LIMIT: 80}
    assert logged.skipped == {"odometer": 1}
    logged.tell(healthy="true")
    assert len(logged.listener.reports) == 3


def test_what_was_not_told_again_when_a_car_wakes_was_so_then(logged: Logged) -> None:
    logged.tell(state="asleep", since="2026-10-07T06:00:00Z", battery_level="60")
    logged.tell(state="online", since="2026-10-07T07:20:00Z", inside_temp="20")

    _, dated, told = logged.listener.reports
    assert (dated.at, dated.snapshot, dated.values[battery.LEVEL]) == (BEGAN, True, 60)
    assert climate.INSIDE_TEMP not in dated.values
    assert (told.at, told.snapshot) == (NOW, False)
    logged.tell(state="driving", since="2026-10-07T07:21:00Z")
    logged.tell(state="asleep", since="2026-10-07T07:22:00Z")
    assert not [report for report in logged.listener.reports[3:] if report.snapshot and report.at > BEGAN]


def test_what_was_kept_may_come_in_parts_and_after_what_is_told(logged: Logged) -> None:
    logged.keep(state="asleep", battery_level="60")
    logged.tell(healthy="true")
    logged.keep(since="2026-10-07T07:20:00Z", charge_limit_soc="80")
    logged.keep(odometer="0")
    logged.keep(geofence="Home")

    dated = [report for report in logged.listener.reports if report.at == BEGAN]
    assert [{battery.LEVEL, charge.LIMIT, drive.ODOMETER} & report.values.keys() for report in dated] == [
        {battery.LEVEL, charge.LIMIT},
        {drive.ODOMETER},
    ]


def test_a_state_that_begins_ahead_of_our_clock_begins_now(logged: Logged) -> None:
    logged.keep(state="online", since="2027-01-01T00:00:00Z", battery_level="60")
    logged.tell(healthy="true")

    assert logged.listener.reports[-1].at == NOW


def test_what_it_tells_of_a_sleeping_car_is_from_its_memory(logged: Logged) -> None:
    # It begins anew, and tells what it has in its database.
    logged.tell(state="unavailable", display_name="Blue")
    logged.tell(state="asleep", battery_level="60", odometer="1000")

    assert [(report.at, report.snapshot) for report in logged.listener.reports] == [(UNKNOWN_AGE, True)] * 2
    logged.tell(state="online", battery_level="59")
    assert logged.listener.reports[-1].at == NOW
    assert not logged.listener.reports[-1].snapshot


def test_a_car_that_sleeps_neither_drives_nor_charges_whatever_was_told_last(logged: Logged) -> None:
    # TeslaMate went in the middle of a drive that began with a charge, and is back a day later.
    logged.tell(state="charging", charging_state="Charging", charger_power="11", battery_level="60")
    logged.tell(state="driving", shift_state="D", speed="80", power="30")
    logged.wait(86_400)
    logged.tell(state="unavailable", shift_state="", charger_power="")
    assert merged(logged).get(drive.GEAR) == "d"
    logged.tell(state="asleep", since="2026-10-07T09:00:00Z")
    state = merged(logged)
    over = (drive.GEAR, drive.SPEED, drive.POWER, charge.STATE, charge.POWER)
    assert [state.get(signal) for signal in over] == [None] * len(over)
    assert state.get(battery.LEVEL) == 60
    assert logged.listener.reports[-1].snapshot


def test_what_a_car_that_fell_asleep_was_doing_stays_known(logged: Logged) -> None:
    logged.tell(state="online", shift_state="P", speed="0", charging_state="Complete")
    logged.wait(100)
    logged.tell(state="asleep")

    state = merged(logged)
    assert (state.get(drive.GEAR), state.get(charge.STATE)) == ("p", "complete")


def test_what_is_not_so_any_more_is_not_told_again_after_a_restart_of_teslamate(logged: Logged) -> None:
    # It empties what it does not know yet, and tells nothing more of what it finds to be so. The state with
    # which it goes on has begun before the drive.
    logged.tell(state="driving", shift_state="D", speed="80", active_route=ROUTE, charger_power="0")
    logged.wait(60)
    logged.tell(state="unavailable", shift_state="", active_route=NO_ROUTE, charger_power="")
    assert merged(logged).get(drive.GEAR) == "d"
    assert merged(logged).get(route.DESTINATION) == "Home"
    logged.wait(60)
    logged.tell(state="online", since="2026-10-07T07:20:00Z", battery_level="50", charger_power="1")

    state = merged(logged)
    over = (drive.GEAR, drive.SPEED, route.DESTINATION)
    assert [state.get(signal) for signal in over] == [None] * len(over)
    assert (state.get(battery.LEVEL), state.get(charge.POWER)) == (50, 1)
    reports = len(logged.listener.reports)
    logged.tell(state="driving", shift_state="D")
    assert [report.values[drive.GEAR] for report in logged.listener.reports[reports:]] == ["d"]


def test_what_arrives_just_before_the_state_that_it_belongs_to_is_of_now(logged: Logged) -> None:
    # A slow broker delivers in parts what TeslaMate tells when it begins, and the state has begun long ago.
    logged.tell(state="online", since="2026-10-07T07:20:00Z", battery_level="60", charge_energy_added="0.0")
    logged.wait(60)
    logged.tell(charge_energy_added="")
    logged.tell(charger_power="", state="unavailable")
    logged.tell(battery_level="59", charge_energy_added="0.0")
    assert merged(logged).get(battery.LEVEL) == 60  # it may be from its database
    logged.tell(charger_power="0", state="online", since="2026-10-07T07:20:00Z")

    state = merged(logged)
    assert (state.get(battery.LEVEL), state.get(charge.ENERGY_ADDED)) == (59, 0)
    assert logged.listener.reports[-1].at == logged.now


def test_what_a_sleeping_car_was_told_to_be_is_not_of_when_it_wakes(logged: Logged) -> None:
    logged.tell(state="online", battery_level="60")
    logged.tell(state="unavailable", battery_level="50")
    logged.tell(state="asleep")
    logged.tell(state="online", odometer="1000")

    assert battery.LEVEL not in logged.listener.reports[-1].values


def test_what_was_told_before_the_broker_was_lost_is_not_of_when_it_is_back(logged: Logged) -> None:
    logged.tell(state="unavailable", since="2026-10-07T07:20:00Z", battery_level="60")
    logged.lose()
    logged.wait(3600)
    logged.keep(state="online", since="2026-10-07T08:10:00Z", battery_level="59")
    logged.tell(odometer="1000")

    assert merged(logged).get(battery.LEVEL) == 59
    assert battery.LEVEL not in logged.listener.reports[-1].values


def test_values_without_a_state_are_taken_as_they_come(logged: Logged) -> None:
    logged.tell(battery_level="60")

    assert [(report.at, report.snapshot) for report in logged.listener.reports] == [(NOW, False)]
    assert not logged.is_connected()


def test_what_has_changed_while_the_broker_was_away_is_newer_than_that(logged: Logged) -> None:
    logged.tell(state="online", battery_level="60", odometer="1000")
    logged.wait(100)
    logged.lose()
    logged.wait(100)
    logged.keep(state="online", battery_level="55", odometer="1000", inside_temp="20")

    before, *after = logged.listener.reports
    assert [
        (report.values, report.at, report.snapshot) for report in after if battery.LEVEL in report.values
    ] == [({battery.LEVEL: 55}, NOW + 100, True)]
    assert [report.at for report in after] == [UNKNOWN_AGE, NOW + 100]
    assert all(drive.ODOMETER not in report.values for report in after)
    assert before.at == NOW


def test_a_clock_that_was_set_back_makes_no_report_of_the_future(logged: Logged) -> None:
    logged.keep(battery_level="60")
    logged.lose()
    logged.now -= 86_400
    logged.keep(battery_level="55")

    assert logged.listener.reports[-1].at == logged.now


def test_no_connection_is_known_while_the_broker_is_away(logged: Logged) -> None:
    logged.tell(state="online")
    logged.lose()
    assert not logged.is_connected()

    logged.keep(state="online")
    assert not logged.is_connected()
    logged.tell(healthy="true")
    assert logged.is_connected()


def test_it_is_asleep_again_for_whoever_has_lost_the_broker(logged: Logged) -> None:
    logged.tell(state="asleep")
    logged.lose()
    logged.keep(state="asleep")
    logged.tell(healthy="true")

    assert logged.listener.events == [Event.SAID_ASLEEP] * 2


def test_a_teslamate_that_gets_no_data_knows_of_no_connection(logged: Logged) -> None:
    logged.tell(state="online", healthy="true")
    logged.tell(healthy="false")
    assert not logged.is_connected()
    assert logged.troubles == []
    assert logged.again == NOW + TROUBLE_AFTER

    logged.wait(TROUBLE_AFTER)
    assert logged.troubles == [UNHEALTHY]
    logged.tell(battery_level="60")
    assert logged.troubles == [UNHEALTHY]
    logged.tell(healthy="true")
    assert logged.troubles == [UNHEALTHY, ""]
    assert logged.is_connected()


def test_a_trouble_that_is_over_in_a_moment_is_none(logged: Logged) -> None:
    logged.tell(state="unavailable", healthy="true")
    logged.wait(TROUBLE_AFTER / 2)
    logged.tell(state="online")
    logged.wait(TROUBLE_AFTER)

    assert logged.troubles == []


@pytest.mark.parametrize("state", ["unavailable", "start"])
def test_a_teslamate_that_has_not_reached_the_car_says_so(logged: Logged, state: str) -> None:
    logged.tell(state=state)
    logged.wait(TROUBLE_AFTER)
    assert logged.troubles == [UNAVAILABLE]

    logged.lose()
    assert logged.troubles == [UNAVAILABLE, ""]
    logged.tell(state="unavailable")
    logged.wait(TROUBLE_AFTER)
    assert logged.troubles == [UNAVAILABLE, "", UNAVAILABLE]


def test_a_teslamate_that_is_silent_is_taken_for_gone(logged: Logged) -> None:
    logged.tell(state="online")
    assert logged.again == NOW + SILENT_FOR
    logged.wait(SILENT_FOR - 1)
    assert logged.is_connected()

    logged.wait(1)
    assert not logged.is_connected()
    logged.wait(TROUBLE_AFTER)
    assert logged.troubles == [SILENT]
    assert not logged.again
    logged.tell(healthy="true")
    assert logged.is_connected()
    assert logged.troubles == [SILENT, ""]


def test_nobody_expects_a_word_about_a_car_that_sleeps(logged: Logged) -> None:
    logged.tell(state="asleep")
    assert logged.again is None

    logged.wait(10 * SILENT_FOR)
    assert logged.troubles == []


def test_a_clock_that_is_set_back_keeps_no_connection(logged: Logged) -> None:
    logged.tell(state="online", healthy="true")
    logged.wait(-86_400)
    logged.wait(SILENT_FOR)
    assert not logged.is_connected()

    logged.tell(state="unavailable")
    logged.wait(-86_400)
    logged.wait(TROUBLE_AFTER)
    assert logged.troubles == [UNAVAILABLE]
    logged.wait(-86_400)
    assert logged.troubles == [UNAVAILABLE]
    assert not logged.again


def test_a_sleep_that_is_told_without_anything_else_changes_no_value(logged: Logged) -> None:
    logged.keep(charging_state="Stopped", shift_state="D")
    reports = len(logged.listener.reports)
    logged.tell(state="offline")

    assert len(logged.listener.reports) == reports


def test_the_last_word_of_a_moment_counts(logged: Logged) -> None:
    for level in (b"60", b"59"):
        logged.car.take("battery_level", level, retained=False)
    logged.car.take("battery_level", b"70", retained=True)
    logged.car.flush(NOW)

    assert [report.values for report in logged.listener.reports] == [{battery.LEVEL: 70}, {battery.LEVEL: 59}]


def test_an_empty_text_says_that_nothing_is_known_where_teslamate_says_it_so(logged: Logged) -> None:
    logged.tell(state="charging", charger_power="11")
    logged.tell(charger_power="")
    assert logged.listener.values[charge.POWER] is None


def test_who_clears_up_a_broker_says_nothing_of_the_car(logged: Logged) -> None:
    logged.keep(healthy="true", state="driving")
    logged.tell(state="", healthy="", battery_level="", location="")

    assert (logged.listener.reports, logged.listener.events, logged.skipped) == ([], [], {})
    assert not logged.is_connected()


@pytest.mark.parametrize(
    ("key", "payload", "counted"),
    [
        ("color_of_the_sky", b"blue", "a topic"),
        ("", b"blue", "a topic"),
        ("display_name", b"x" * (LIMIT + 1), "too large"),
        ("display_name", b"\xff", "not UTF-8"),
        ("state", b"dreaming", "state"),
        ("healthy", b"perhaps", "healthy"),
    ],
)
def test_what_nobody_can_read_is_counted_and_changes_nothing(
    logged: Logged, key: str, payload: bytes, counted: str
) -> None:
    logged.tell(state="online")
    reports = len(logged.listener.reports)
    logged.car.take(key, payload, retained=False)
    logged.car.flush(NOW)

    assert logged.skipped == {counted: 1}
    assert logged.is_connected()
    assert len(logged.listener.reports) == reports
