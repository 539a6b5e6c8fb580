"""What belongs to no part of a car."""

from ...proto.car_server_pb2 import (
    BoomboxAction,
    Ping,
    TakeDrivenoteAction,
    UiSetUpcomingCalendarEntries,
    VehicleAction,
)
from ...vehicle import model
from ..command import Command
from . import check
from .form import action, infotainment

MOST_SOUNDS = 2**32 - 1
LONGEST_NOTE = 80  # characters


def ping() -> Command:
    """Do nothing: a car that answers is online, and takes our key; only signed."""
    return infotainment(name="ping", payload=action(VehicleAction(ping=Ping(ping_id=1))), body=None)


def remote_boombox(sound: float = 0) -> Command:
    """Play a sound outside.

    sound: 0 some sound, 2000 the one by which a car is found
    """
    number = check.whole(sound, "sound", 0, MOST_SOUNDS)
    return infotainment(
        name="remote_boombox",
        payload=action(VehicleAction(boomboxAction=BoomboxAction(sound=number))),
        body={"sound": number},
        unpublished=True,
        repeatable=False,
        holds=(),
        exists=model.PEDESTRIAN_WARNING_SPEAKER,
    )


def upcoming_calendar_entries(calendar_data: str) -> Command:
    """Show what is in somebody's calendar."""
    asked = UiSetUpcomingCalendarEntries(calendar_data=check.text(calendar_data, "calendar_data"))
    return infotainment(
        name="upcoming_calendar_entries",
        payload=action(VehicleAction(uiSetUpcomingCalendarEntries=asked)),
        body={"calendar_data": calendar_data},
        unpublished=True,
    )


def take_drivenote(note: str) -> Command:
    """Keep a remark about the drive, with at most 80 characters."""
    asked = TakeDrivenoteAction(note=check.text(note, "note", LONGEST_NOTE))
    return infotainment(
        name="take_drivenote",
        payload=action(VehicleAction(takeDrivenoteAction=asked)),
        body={"note": note},
        unpublished=True,
        repeatable=False,
        holds=(),
    )
