from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import other
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain


def test_a_ping_goes_only_signed_and_does_nothing() -> None:
    command = other.ping()

    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == "1205f202020801"
    assert command.body is None
    assert command.repeatable
    assert not command.unpublished


@pytest.mark.parametrize(
    ("command", "payload", "body", "repeatable"),
    [
        (other.remote_boombox(), "1203820400", {"sound": 0}, False),
        (other.remote_boombox(2000), "1206820403 08d00f", {"sound": 2000}, False),
        (other.upcoming_calendar_entries("{}"), "1207c20104 0a027b7d", {"calendar_data": "{}"}, True),
        (other.take_drivenote("hm"), "1207d20304 0a02686d", {"note": "hm"}, False),
    ],
)
def test_some_requests_are_not_among_those_that_teslas_client_signs(
    command: Command,
    payload: str,
    body: dict[str, Any],
    repeatable: bool,  # noqa: FBT001  # a value of the table
) -> None:
    assert command.unpublished
    assert command.payload == bytes.fromhex(payload)
    assert command.body == body
    assert command.repeatable is repeatable


def test_sounds_need_a_speaker_and_notes_are_short() -> None:
    assert other.remote_boombox().exists is model.PEDESTRIAN_WARNING_SPEAKER
    with pytest.raises(CommandInvalid, match="note may have 80 characters"):
        other.take_drivenote("x" * 81)
    with pytest.raises(CommandInvalid, match="sound has to be a whole number"):
        other.remote_boombox(-1)
