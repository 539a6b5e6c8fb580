from custom_components.tesla_direct.tesla.command.catalogue import form
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import HvacAutoAction, VehicleAction
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain


def test_infotainment_takes_an_action() -> None:
    payload = form.action(VehicleAction(hvacAutoAction=HvacAutoAction(power_on=True)))

    assert payload.hex() == "120452020801"  # as in Tesla's worked example


def test_each_computer_has_its_commands() -> None:
    assert form.infotainment(name="one").domain is Domain.INFOTAINMENT
    assert form.vehicle_security(name="two").domain is Domain.VEHICLE_SECURITY
    assert form.plain(name="three").domain is None


def test_a_car_that_says_it_is_so_already_has_done_it() -> None:
    for made in (form.infotainment, form.vehicle_security, form.plain):
        assert made(name="one").holds == ("already_set", "requested", "already off")
