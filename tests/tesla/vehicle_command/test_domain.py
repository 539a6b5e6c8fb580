from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain


def test_the_numbers_are_teslas() -> None:
    assert {domain.name: domain.value for domain in Domain} == {
        "VEHICLE_SECURITY": um.DOMAIN_VEHICLE_SECURITY,
        "INFOTAINMENT": um.DOMAIN_INFOTAINMENT,
    }
