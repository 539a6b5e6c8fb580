from custom_components.tesla_direct.tesla.command.catalogue import charge, security
from custom_components.tesla_direct.tesla.command.command import Command
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
