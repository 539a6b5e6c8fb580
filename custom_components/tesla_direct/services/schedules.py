"""What the car does by itself, and when: charging, departure, preconditioning."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse, callback
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.json import JsonObjectType

from ..const import DOMAIN
from ..tesla.command.catalogue import schedules as ask
from ..tesla.command.command import Command
from ..tesla.fleet_api.endpoints import Part
from ..tesla.vehicle.location import Location
from ..tesla.vehicle.schedule import Schedule
from ..tesla.vehicle.signals import place as places
from ..tesla.vehicle.signals import schedules
from .action import Action, Asked, Doing, Parameter, sends
from .kinds import Several, Whole, Wrong, flag, place, time_of_day
from .refresh import ATTR_MAX_AGE, MAX_AGE, async_refresh

# Home Assistant's names of days, and the car's.
DAYS = {
    "sun": "SUN",
    "mon": "MON",
    "tue": "TUES",
    "wed": "WED",
    "thu": "THURS",
    "fri": "FRI",
    "sat": "SAT",
}
NEWEST_ID: HassKey[int] = HassKey(f"{DOMAIN}.newest_schedule")
LARGEST_ID = 2**53 - 1  # that JSON can carry without loss
CHARGE, PRECONDITION = "charge", "precondition"
BATCHES = {
    CHARGE: ask.batch_remove_charge_schedules,
    PRECONDITION: ask.batch_remove_precondition_schedules,
}
PLACES = ("home", "work", "other")
PARTS = frozenset({Part.CHARGE_SCHEDULE_DATA, Part.PRECONDITIONING_SCHEDULE_DATA})
PRECONDITIONING_DAYS = "preconditioning_weekdays_only"
OFF_PEAK_DAYS = "off_peak_charging_weekdays_only"


def _set_scheduled_charging(asked: Asked) -> Iterable[Command]:
    if asked["enable"]:
        _need(asked, "time")
    yield ask.set_scheduled_charging(enable=asked["enable"], time=asked["time"] or 0)


def _set_scheduled_departure(asked: Asked) -> Iterable[Command]:
    enable = asked["enable"]
    if enable:
        _need(asked, "departure_time")
        # To the car "only on weekdays" says "yes" as well, whatever else is said.
        for days, enabled in (
            (PRECONDITIONING_DAYS, "preconditioning_enabled"),
            (OFF_PEAK_DAYS, "off_peak_charging_enabled"),
        ):
            if asked[days] and not asked[enabled]:
                raise Wrong("not_without", parameter=days, other=enabled)
    yield ask.set_scheduled_departure(
        enable=enable,
        departure_time=asked["departure_time"] or 0,
        preconditioning_enabled=asked["preconditioning_enabled"],
        preconditioning_weekdays_only=asked[PRECONDITIONING_DAYS],
        off_peak_charging_enabled=asked["off_peak_charging_enabled"],
        off_peak_charging_weekdays_only=asked[OFF_PEAK_DAYS],
        end_off_peak_time=asked["end_off_peak_time"] or 0,
    )


def _add_charge_schedule(asked: Asked) -> Doing:
    start, end = asked["start_time"], asked["end_time"]
    if start is None and end is None:
        raise Wrong("not_any", options="start_time, end_time")
    number, where = _number(asked), _where(asked)
    command = ask.add_charge_schedule(
        days_of_week=_days(asked),
        enabled=asked["enabled"],
        start_enabled=start is not None,
        end_enabled=end is not None,
        lat=where.latitude,
        lon=where.longitude,
        start_time=start or 0,
        end_time=end or 0,
        one_time=asked["one_time"],
        id=number,
        now=asked.now,
    )
    return partial(_async_add, asked, command, number)


def _add_precondition_schedule(asked: Asked) -> Doing:
    number, where = _number(asked), _where(asked)
    command = ask.add_precondition_schedule(
        days_of_week=_days(asked),
        enabled=asked["enabled"],
        lat=where.latitude,
        lon=where.longitude,
        precondition_time=asked["precondition_time"],
        one_time=asked["one_time"],
        id=number,
        now=asked.now,
    )
    return partial(_async_add, asked, command, number)


async def _async_add(asked: Asked, command: Command, number: int) -> JsonObjectType:
    await asked.async_send((command,))
    return {"id": number}


def _remove_all_schedules(asked: Asked) -> Iterable[Command]:
    where = {name: name in asked["places"] for name in PLACES}
    for kind in asked["kinds"]:
        yield BATCHES[kind](**where)


def _get_schedules(asked: Asked) -> Doing:
    return partial(_async_get_schedules, asked)


async def _async_get_schedules(asked: Asked) -> JsonObjectType:
    await async_refresh(asked, PARTS)
    return {
        "charge_schedules": [
            _row(one) | {"start_time": _clock(one.start), "end_time": _clock(one.end)}
            for one in asked.state.get(schedules.CHARGE_SCHEDULES) or ()
        ],
        "precondition_schedules": [
            _row(one) | {"precondition_time": _clock(one.start)}
            for one in asked.state.get(schedules.PRECONDITION_SCHEDULES) or ()
        ],
    }


def _row(schedule: Schedule) -> dict[str, Any]:
    where = schedule.place
    return {
        "id": schedule.number,
        "name": schedule.name,
        "enabled": schedule.enabled,
        "days_of_week": [day for bit, day in enumerate(DAYS) if schedule.days & 1 << bit],
        "one_time": schedule.once,
        "latitude": None if where is None else where.latitude,
        "longitude": None if where is None else where.longitude,
    }


def _clock(minutes: int | None) -> str | None:
    """Return minutes after midnight as a wall clock shows them; the end of the day is 24:00."""
    return None if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}:00"


def _need(asked: Asked, name: str) -> None:
    if asked[name] is None:
        raise Wrong("parameter_missing", parameter=name)


def _days(asked: Asked) -> str:
    return ",".join(DAYS[day] for day in asked["days_of_week"])


@callback
def _number(asked: Asked) -> int:
    """Return the id of a schedule, a new one if none was given.

    New ones are numbered by the second, as Tesla does it; but here, so that sending one twice adds one, and
    such that two of the same second are two.
    """
    number: int | None = asked["id"]
    if number is None:
        number = max(int(asked.now), asked.hass.data.get(NEWEST_ID, 0) + 1)
        asked.hass.data[NEWEST_ID] = number
    return number


def _where(asked: Asked) -> Location:
    """Return where a schedule counts: where it was said, or at home, or else where the car is."""
    where: Location | None = asked["location"] or _home(asked.hass) or asked.state.get(places.LOCATION)
    if where is None:
        raise Wrong("parameter_missing", parameter="location")
    return where


def _home(hass: HomeAssistant) -> Location | None:
    """Return where Home Assistant is, None as long as nobody has told it."""
    here = Location(hass.config.latitude, hass.config.longitude)
    return None if here == Location(0, 0) else here


ID = Parameter(Whole(1, LARGEST_ID))
SCHEDULE: Mapping[str, Parameter] = {
    "days_of_week": Parameter(Several(tuple(DAYS)), default=tuple(DAYS)),
    "location": Parameter(place),
    "one_time": Parameter(flag, default=False),
    "enabled": Parameter(flag, default=True),
    "id": ID,
}

ACTIONS = (
    Action(
        name="set_scheduled_charging",
        parameters={"enable": Parameter(flag, required=True), "time": Parameter(time_of_day)},
        prepare=sends(_set_scheduled_charging),
    ),
    Action(
        name="set_scheduled_departure",
        parameters={
            "enable": Parameter(flag, required=True),
            "departure_time": Parameter(time_of_day),
            "preconditioning_enabled": Parameter(flag, default=False),
            PRECONDITIONING_DAYS: Parameter(flag, default=False),
            "off_peak_charging_enabled": Parameter(flag, default=False),
            OFF_PEAK_DAYS: Parameter(flag, default=False),
            "end_off_peak_time": Parameter(time_of_day),
        },
        prepare=sends(_set_scheduled_departure),
    ),
    Action(
        name="add_charge_schedule",
        parameters={
            "start_time": Parameter(time_of_day),
            "end_time": Parameter(time_of_day),
            **SCHEDULE,
        },
        prepare=_add_charge_schedule,
        response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="remove_charge_schedule",
        parameters={"id": Parameter(ID.kind, required=True)},
        prepare=sends(lambda asked: (ask.remove_charge_schedule(asked["id"]),)),
    ),
    Action(
        name="add_precondition_schedule",
        parameters={"precondition_time": Parameter(time_of_day, required=True), **SCHEDULE},
        prepare=_add_precondition_schedule,
        response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="remove_precondition_schedule",
        parameters={"id": Parameter(ID.kind, required=True)},
        prepare=sends(lambda asked: (ask.remove_precondition_schedule(asked["id"]),)),
    ),
    Action(
        name="remove_all_schedules",
        parameters={
            "kinds": Parameter(Several(tuple(BATCHES)), default=tuple(BATCHES)),
            "places": Parameter(Several(PLACES), default=PLACES),
        },
        prepare=sends(_remove_all_schedules),
    ),
    Action(
        name="get_schedules",
        parameters={ATTR_MAX_AGE: MAX_AGE},
        prepare=_get_schedules,
        response=SupportsResponse.ONLY,
    ),
)
