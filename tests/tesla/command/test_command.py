from dataclasses import replace

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import charge, navigation, security, software
from custom_components.tesla_direct.tesla.command.command import Command, Origin
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.model import ANY_CAR
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain


def test_a_command_sets_a_state_of_any_car_unless_it_says_otherwise() -> None:
    command = Command(name="door_lock", domain=Domain.VEHICLE_SECURITY)

    assert command.repeatable
    assert command.scopes == ("vehicle_cmds",)
    assert command.holds == ("already_set",)
    assert command.body == {}
    assert command.exists is ANY_CAR
    assert not command.unpublished
    assert not command.prefers_plain


def test_equal_requests_are_equal() -> None:
    assert charge.set_charge_limit(80) == charge.set_charge_limit(80.0)
    assert charge.set_charge_limit(80) != charge.set_charge_limit(81)


def test_what_is_written_down_of_a_command_holds_no_pin() -> None:
    written = repr(security.set_valet_mode(on=True, password="4729"))

    assert "4729" not in written
    assert b"4729" in security.set_valet_mode(on=True, password="4729").payload


def test_what_is_written_down_of_a_command_holds_nothing_that_it_sets() -> None:
    commands = (
        software.set_vehicle_name("Laura's secret"),
        security.speed_limit_activate("4729"),
        navigation.navigation_gps_request(51.4779, -0.0015),
    )

    for word in ("Laura", "4729", "51.47", "0.0015"):
        assert not any(word in repr(command) for command in commands)


AUTOMATION = Origin(Cause.AUTOMATION, "automation.sun")
PERSON = Origin(Cause.USER, "script.evening")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (AUTOMATION, PERSON, PERSON),
        (PERSON, AUTOMATION, PERSON),
        (PERSON, Origin(Cause.USER), Origin(Cause.USER)),
        (AUTOMATION, Origin(Cause.AUTOMATION), Origin(Cause.AUTOMATION)),
        (AUTOMATION, replace(PERSON, consent=True), replace(PERSON, consent=True)),
        (PERSON, replace(AUTOMATION, consent=True), replace(PERSON, consent=True)),
        (replace(PERSON, consent=True), PERSON, replace(PERSON, consent=True)),
    ],
)
def test_of_two_who_want_the_same_a_person_counts_and_one_consent_is_enough(
    first: Origin, second: Origin, together: Origin
) -> None:
    assert first.together(second) == together
