"""What the car does by itself, and when. Times are minutes after midnight of the car's wall clock."""

from ...errors import CommandInvalid
from ...proto.car_server_pb2 import (
    BatchRemoveChargeSchedulesAction,
    BatchRemovePreconditionSchedulesAction,
    RemoveChargeScheduleAction,
    RemovePreconditionScheduleAction,
    ScheduledChargingAction,
    ScheduledDepartureAction,
    VehicleAction,
)
from ...proto.common_pb2 import (
    ChargeSchedule,
    OffPeakChargingTimes,
    PreconditioningTimes,
    PreconditionSchedule,
    Void,
)
from ...vehicle.expectation import Expectation
from ...vehicle.schedule import DAY_MINUTES, EVERY_DAY
from ...vehicle.signals import schedules
from ..command import Command
from . import check
from .form import CHARGING_SCOPES, action, infotainment

SINCE = "2024.26"  # the firmware that brought lists of schedules
LARGEST_ID = 2**64 - 1

# Bits as in `vehicle/schedule.py`. Tesla takes these names and no others, not even "tue".
DAYS = {
    "sun": 1,
    "sunday": 1,
    "mon": 2,
    "monday": 2,
    "tues": 4,
    "tuesday": 4,
    "wed": 8,
    "wednesday": 8,
    "thurs": 16,
    "thursday": 16,
    "fri": 32,
    "friday": 32,
    "sat": 64,
    "saturday": 64,
    "all": EVERY_DAY,
    "weekdays": 62,
}


def set_scheduled_charging(enable: bool, time: float = 0) -> Command:
    """Charge from a time on, every day, or not; on newer cars schedules are better."""
    start = _minutes(time, "time")
    expects = [Expectation(schedules.CHARGING_MODE, "start_at" if enable else "off")]
    if enable:
        expects.append(Expectation(schedules.CHARGING_START_MINUTES, start))
    asked = ScheduledChargingAction(enabled=enable, charging_time=start)
    return infotainment(
        name="set_scheduled_charging",
        payload=action(VehicleAction(scheduledChargingAction=asked)),
        body={"enable": enable, "time": start},
        scopes=CHARGING_SCOPES,
        expects=tuple(expects),
    )


def set_scheduled_departure(
    enable: bool,
    departure_time: float = 0,
    preconditioning_enabled: bool = False,
    preconditioning_weekdays_only: bool = False,
    off_peak_charging_enabled: bool = False,
    off_peak_charging_weekdays_only: bool = False,
    end_off_peak_time: float = 0,
) -> Command:
    """Be ready at a time, or not: charged while power is cheap, and warm; on newer cars schedules are better.

    end_off_peak_time: when power ceases to be cheap
    """
    departure = _minutes(departure_time, "departure_time")
    off_peak_end = _minutes(end_off_peak_time, "end_off_peak_time")
    # Weekdays alone are wanted even where the flag beside them says no.
    precondition = preconditioning_enabled or preconditioning_weekdays_only
    off_peak = off_peak_charging_enabled or off_peak_charging_weekdays_only
    asked = ScheduledDepartureAction()
    expects = [Expectation(schedules.CHARGING_MODE, "depart_by" if enable else "off")]
    if enable:
        asked = ScheduledDepartureAction(
            enabled=True,
            departure_time=departure,
            preconditioning_times=_preconditioning(preconditioning_weekdays_only) if precondition else None,
            off_peak_charging_times=_off_peak(off_peak_charging_weekdays_only) if off_peak else None,
            off_peak_hours_end_time=off_peak_end,
        )
        expects += [
            Expectation(schedules.DEPARTURE_MINUTES, departure),
            Expectation(schedules.PRECONDITIONING_ENABLED, precondition),
            Expectation(schedules.OFF_PEAK_ENABLED, off_peak),
        ]
        # The next command repeats these, so they have to be known before a poll tells them.
        if precondition:
            expects.append(
                Expectation(schedules.PRECONDITIONING_DAYS, _days_of(preconditioning_weekdays_only))
            )
        if off_peak:
            expects += [
                Expectation(schedules.OFF_PEAK_DAYS, _days_of(off_peak_charging_weekdays_only)),
                Expectation(schedules.OFF_PEAK_END_MINUTES, off_peak_end),
            ]
    return infotainment(
        name="set_scheduled_departure",
        payload=action(VehicleAction(scheduledDepartureAction=asked)),
        body={
            "enable": enable,
            "departure_time": departure,
            "preconditioning_enabled": preconditioning_enabled,
            "preconditioning_weekdays_only": preconditioning_weekdays_only,
            "off_peak_charging_enabled": off_peak_charging_enabled,
            "off_peak_charging_weekdays_only": off_peak_charging_weekdays_only,
            "end_off_peak_time": off_peak_end,
        },
        scopes=CHARGING_SCOPES,
        expects=tuple(expects),
    )


def add_charge_schedule(
    days_of_week: str,
    enabled: bool,
    lat: float,
    lon: float,
    start_enabled: bool,
    end_enabled: bool,
    start_time: float = 0,
    end_time: float = 0,
    one_time: bool = False,
    id: float = 0,
    *,
    now: float,
) -> Command:
    """Add a schedule for charging at a place, or change one.

    days_of_week: "All", "Weekdays", or names of days with commas between them
    id:           the one to change; 0 for a new one
    now:          seconds since 1970, which number a new one. So the request says which one it is about, and
                  sending it twice makes one schedule; two that are new in the same second are one, too
    """
    number = _number_or_new(id, now)
    north, east = check.latitude(lat), check.longitude(lon)
    start, end = _minutes(start_time, "start_time"), _minutes(end_time, "end_time")
    schedule = ChargeSchedule(
        id=number,
        days_of_week=_days(days_of_week),
        start_enabled=start_enabled,
        start_time=start,
        end_enabled=end_enabled,
        end_time=end,
        one_time=one_time,
        enabled=enabled,
        latitude=north,
        longitude=east,
    )
    return infotainment(
        name="add_charge_schedule",
        payload=action(VehicleAction(addChargeScheduleAction=schedule)),
        body={
            "id": number,
            "days_of_week": days_of_week,
            "enabled": enabled,
            "lat": north,
            "lon": east,
            "start_enabled": start_enabled,
            "start_time": start,
            "end_enabled": end_enabled,
            "end_time": end,
            "one_time": one_time,
        },
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def remove_charge_schedule(id: float) -> Command:
    """Remove a schedule for charging."""
    number = _number(id, 1)
    return infotainment(
        name="remove_charge_schedule",
        payload=action(VehicleAction(removeChargeScheduleAction=RemoveChargeScheduleAction(id=number))),
        body={"id": number},
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def add_precondition_schedule(
    days_of_week: str,
    enabled: bool,
    lat: float,
    lon: float,
    precondition_time: float,
    one_time: bool = False,
    id: float = 0,
    *,
    now: float,
) -> Command:
    """Add a schedule for preconditioning at a place, or change one; parameters as for charging."""
    number = _number_or_new(id, now)
    north, east = check.latitude(lat), check.longitude(lon)
    due = _minutes(precondition_time, "precondition_time")
    schedule = PreconditionSchedule(
        id=number,
        days_of_week=_days(days_of_week),
        precondition_time=due,
        one_time=one_time,
        enabled=enabled,
        latitude=north,
        longitude=east,
    )
    return infotainment(
        name="add_precondition_schedule",
        payload=action(VehicleAction(addPreconditionScheduleAction=schedule)),
        body={
            "id": number,
            "days_of_week": days_of_week,
            "enabled": enabled,
            "lat": north,
            "lon": east,
            "precondition_time": due,
            "one_time": one_time,
        },
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def remove_precondition_schedule(id: float) -> Command:
    """Remove a schedule for preconditioning."""
    number = _number(id, 1)
    asked = RemovePreconditionScheduleAction(id=number)
    return infotainment(
        name="remove_precondition_schedule",
        payload=action(VehicleAction(removePreconditionScheduleAction=asked)),
        body={"id": number},
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def batch_remove_charge_schedules(home: bool = False, work: bool = False, other: bool = False) -> Command:
    """Remove all schedules for charging at home, at work, or anywhere else."""
    asked = BatchRemoveChargeSchedulesAction(home=home, work=work, other=other)
    return infotainment(
        name="batch_remove_charge_schedules",
        payload=action(VehicleAction(batchRemoveChargeSchedulesAction=asked)),
        body={"home": home, "work": work, "other": other},
        unpublished=True,
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def batch_remove_precondition_schedules(
    home: bool = False, work: bool = False, other: bool = False
) -> Command:
    """Remove all schedules for preconditioning at home, at work, or anywhere else."""
    asked = BatchRemovePreconditionSchedulesAction(home=home, work=work, other=other)
    return infotainment(
        name="batch_remove_precondition_schedules",
        payload=action(VehicleAction(batchRemovePreconditionSchedulesAction=asked)),
        body={"home": home, "work": work, "other": other},
        unpublished=True,
        scopes=CHARGING_SCOPES,
        since=SINCE,
    )


def _days(names: str) -> int:
    """Return days as a bit mask."""
    mask = 0
    for name in names.split(","):
        day = DAYS.get(name.strip().lower())
        if day is None:
            listed = ", ".join(DAYS)
            raise CommandInvalid(
                f"days_of_week has to be of {listed}, with commas between them", parameter="days_of_week"
            )
        mask |= day
    return mask


def _minutes(value: float, parameter: str) -> int:
    return check.whole(value, parameter, 0, DAY_MINUTES)


def _number(value: float, least: int) -> int:
    return check.whole(value, "id", least, LARGEST_ID)


def _number_or_new(value: float, now: float) -> int:
    return _number(value, 0) or int(now)


def _days_of(weekdays: bool) -> str:
    return "weekdays" if weekdays else "all_week"


def _preconditioning(weekdays: bool) -> PreconditioningTimes:
    return PreconditioningTimes(weekdays=Void()) if weekdays else PreconditioningTimes(all_week=Void())


def _off_peak(weekdays: bool) -> OffPeakChargingTimes:
    return OffPeakChargingTimes(weekdays=Void()) if weekdays else OffPeakChargingTimes(all_week=Void())
