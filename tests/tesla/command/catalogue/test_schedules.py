from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import schedules
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Action
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected

NOW = 1_795_208_444.9

charging: Callable[..., Command] = partial(
    schedules.add_charge_schedule,
    enabled=True,
    lat=37.4937,
    lon=-121.9447,
    start_enabled=True,
    end_enabled=False,
    start_time=65,
    now=NOW,
)
preconditioning: Callable[..., Command] = partial(
    schedules.add_precondition_schedule,
    enabled=True,
    lat=37.4937,
    lon=-121.9447,
    precondition_time=480,
    now=NOW,
)

SIGNED: tuple[tuple[Command, str, dict[str, Any]], ...] = (
    (
        schedules.set_scheduled_charging(enable=True, time=120),
        "1207ca020408011078",
        {"scheduled_charging_mode": "start_at", "scheduled_charging_start_minutes": 120},
    ),
    (schedules.set_scheduled_charging(enable=False), "1203ca0200", {"scheduled_charging_mode": "off"}),
    # All that could be said beside it is left out.
    (
        schedules.set_scheduled_departure(enable=False, departure_time=480, preconditioning_enabled=True),
        "1203d20200",
        {"scheduled_charging_mode": "off"},
    ),
    (
        schedules.set_scheduled_departure(
            enable=True, departure_time=420, off_peak_charging_enabled=True, end_off_peak_time=360
        ),
        "120fd2020c080110a40322020a0028e802",
        {
            "scheduled_charging_mode": "depart_by",
            "scheduled_departure_minutes": 420,
            "preconditioning_enabled": False,
            "off_peak_charging_enabled": True,
            "off_peak_charging_times": "all_week",
            "off_peak_end_minutes": 360,
        },
    ),
    # Weekdays alone win over the flag that says no.
    (
        schedules.set_scheduled_departure(
            enable=True, preconditioning_weekdays_only=True, off_peak_charging_weekdays_only=True
        ),
        "120dd2020a08011a02120022021200",
        {
            "scheduled_charging_mode": "depart_by",
            "scheduled_departure_minutes": 0,
            "preconditioning_enabled": True,
            "off_peak_charging_enabled": True,
            "preconditioning_times": "weekdays",
            "off_peak_charging_times": "weekdays",
            "off_peak_end_minutes": 0,
        },
    ),
    (
        schedules.set_scheduled_departure(enable=True, preconditioning_enabled=True),
        "1209d2020608011a020a00",
        {
            "scheduled_charging_mode": "depart_by",
            "scheduled_departure_minutes": 0,
            "preconditioning_enabled": True,
            "off_peak_charging_enabled": False,
            "preconditioning_times": "all_week",
        },
    ),
    (
        charging("Weekdays", id=1_700_000_001),
        "121b8a06180881e2cfaa06183e200128414801558cf915425db0e3f3c2",
        {},
    ),
    (charging("All"), "121b8a061808fce982d806187f200128414801558cf915425db0e3f3c2", {}),
    (preconditioning("Weekdays", id=42), "12169a0613082a183e20e00330013d8cf9154245b0e3f3c2", {}),
    (schedules.remove_charge_schedule(2**53 - 1), "120c92060908ffffffffffffff0f", {}),
    (schedules.remove_precondition_schedule(2**53 - 1), "120ca2060908ffffffffffffff0f", {}),
    (schedules.batch_remove_charge_schedules(home=True), "1205e206020801", {}),
    (schedules.batch_remove_precondition_schedules(work=True, other=True), "1207da060410011801", {}),
)


@pytest.mark.parametrize(("command", "payload", "expects"), SIGNED)
def test_infotainment_keeps_schedules(command: Command, payload: str, expects: dict[str, Any]) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert expected(command) == expects
    assert command.scopes == ("vehicle_cmds", "vehicle_charging_cmds")
    assert command.repeatable


def test_a_plain_request_says_all() -> None:
    assert schedules.set_scheduled_charging(enable=True, time=60.0).body == {"enable": True, "time": 60}
    assert schedules.set_scheduled_departure(enable=True, departure_time=420).body == {
        "enable": True,
        "departure_time": 420,
        "preconditioning_enabled": False,
        "preconditioning_weekdays_only": False,
        "off_peak_charging_enabled": False,
        "off_peak_charging_weekdays_only": False,
        "end_off_peak_time": 0,
    }
    assert charging("All", id=7, end_time=420, one_time=True).body == {
        "id": 7,
        "days_of_week": "All",
        "enabled": True,
        "lat": 37.4937,
        "lon": -121.9447,
        "start_enabled": True,
        "start_time": 65,
        "end_enabled": False,
        "end_time": 420,
        "one_time": True,
    }
    assert preconditioning("Mon", id=7).body == {
        "id": 7,
        "days_of_week": "Mon",
        "enabled": True,
        "lat": 37.4937,
        "lon": -121.9447,
        "precondition_time": 480,
        "one_time": False,
    }
    assert schedules.remove_charge_schedule(7).body == {"id": 7}
    assert schedules.remove_precondition_schedule(7).body == {"id": 7}


@pytest.mark.parametrize("add", [charging, preconditioning])
@pytest.mark.parametrize("id_", [{}, {"id": 0}])
def test_a_new_schedule_has_the_second_for_its_number_so_that_sent_twice_it_is_one(
    add: Callable[..., Command], id_: dict[str, int]
) -> None:
    command = add("All", **id_)

    assert command.body
    assert command.body["id"] == int(NOW)
    assert command.repeatable


@pytest.mark.parametrize(
    ("names", "mask"),
    [
        ("Sunday", 1),
        ("MON", 2),
        ("Tues", 4),
        ("Tuesday,Wed", 12),
        ("Thursday,Saturday", 80),
        ("sun, mon ,TUES,wed,thurs,fri,sat", 127),
        ("All", 127),
        ("weekdays", 62),
        ("weekdays,mon", 62),
    ],
)
def test_days_are_named(names: str, mask: int) -> None:
    action = Action.FromString(charging(names).payload).vehicleAction

    assert action.addChargeScheduleAction.days_of_week == mask


@pytest.mark.parametrize("names", ["", "tue", "thu", "mon,", ",", "127", "funday", "mon;tues"])
def test_what_names_no_day_is_refused(names: str) -> None:
    with pytest.raises(CommandInvalid, match="days_of_week has to be of sun, sunday, mon") as refused:
        preconditioning(names)

    assert refused.value.parameter == "days_of_week"


@pytest.mark.parametrize(
    ("ask", "parameter"),
    [
        (lambda: schedules.set_scheduled_charging(enable=True, time=1441), "time"),
        (lambda: schedules.set_scheduled_departure(enable=True, departure_time=-1), "departure_time"),
        (lambda: schedules.set_scheduled_departure(enable=True, end_off_peak_time=-30), "end_off_peak_time"),
        (lambda: charging("All", start_time=65.5), "start_time"),
        (lambda: charging("All", end_time=1441), "end_time"),
        (lambda: charging("All", lat=91), "lat"),
        (lambda: charging("All", id=1.5), "id"),
        (lambda: charging("All", id=2**64), "id"),
        (lambda: preconditioning("All", precondition_time=-1), "precondition_time"),
        (lambda: preconditioning("All", lon=181), "lon"),
        (lambda: schedules.remove_charge_schedule(0), "id"),
        (lambda: schedules.remove_precondition_schedule(-1), "id"),
    ],
)
def test_times_are_of_a_day_and_numbers_whole(ask: Callable[[], Command], parameter: str) -> None:
    with pytest.raises(CommandInvalid) as refused:
        ask()

    assert refused.value.parameter == parameter


def test_lists_of_schedules_came_with_a_firmware() -> None:
    since = {command.name: command.since for command, *_ in SIGNED}

    assert {name for name, version in since.items() if version is None} == {
        "set_scheduled_charging",
        "set_scheduled_departure",
    }
    assert set(since.values()) == {None, "2024.26"}
