"""What the car's computers tell when they are asked."""

import pytest

from custom_components.tesla_direct.tesla.proto import vcsec_pb2
from simulator.car.car import Car

from ...signer import INFOTAINMENT, SECURITY, Signer, action, paired

PING = action("ping", ping_id=7)


@pytest.fixture
def signer(car: Car) -> Signer:
    return paired(car)


async def test_the_state_of_the_body_can_be_asked_for(car: Car, signer: Signer) -> None:
    car.open_door("trunk")
    question = vcsec_pb2.UnsignedMessage()
    question.InformationRequest.SetInParent()

    status = signer.command(SECURITY, question.SerializeToString()).security.vehicleStatus

    assert status.closureStatuses.rearTrunk == vcsec_pb2.CLOSURESTATE_OPEN
    assert status.vehicleLockState == vcsec_pb2.VEHICLELOCKSTATE_LOCKED
    car.get_in()
    status = signer.command(SECURITY, question.SerializeToString()).security.vehicleStatus
    assert status.userPresence == vcsec_pb2.VEHICLE_USER_PRESENCE_PRESENT
    assert status.vehicleLockState == vcsec_pb2.VEHICLELOCKSTATE_UNLOCKED


ALL = (
    "getChargeState",
    "getClimateState",
    "getDriveState",
    "getLocationState",
    "getClosuresState",
    "getChargeScheduleState",
    "getPreconditioningScheduleState",
    "getTirePressureState",
    "getMediaState",
    "getMediaDetailState",
    "getSoftwareUpdateState",
    "getParentalControlsState",
)


async def test_infotainment_tells_the_same_truth(car: Car, signer: Signer) -> None:
    car.change(parental=True, update_status="available", update_version="2026.40", battery_percent=61.4)
    car.execute("add_charge_schedule", {"id": 5, "days_of_week": 1, "latitude": 1.5, "longitude": 2.5})
    car.execute("add_precondition_schedule", {"id": 6, "days_of_week": 2, "precondition_time": 9})
    car.get_in()
    car.execute("media_next_track", {})
    reply = signer.command(INFOTAINMENT, action("getVehicleData", **{name: {} for name in ALL}))
    data = reply.response.vehicleData

    assert (data.charge_state.battery_level, data.charge_state.charge_limit_soc) == (61, 80)
    assert data.charge_state.charging_state.WhichOneof("type") == "Disconnected"
    assert data.climate_state.is_climate_on
    assert data.climate_state.inside_temp_celsius == pytest.approx(18.6)
    assert data.drive_state.shift_state.WhichOneof("type") == "P"
    assert data.location_state.latitude == pytest.approx(51.4779)
    assert not data.closures_state.locked
    assert data.closures_state.sentry_mode_state.WhichOneof("type") == "Off"
    assert [row.id for row in data.charge_schedule_state.charge_schedules] == [5]
    assert data.preconditioning_schedule_state.precondition_schedules[0].precondition_time == 9
    assert data.tire_pressure_state.tpms_pressure_fl == pytest.approx(2.9)
    assert data.media_state.now_playing_title == "Lorem"
    assert data.media_detail_state.now_playing_album == "Sit Amet"
    assert data.software_update_state.status.WhichOneof("type") == "Available"
    assert data.parental_controls_state.parental_controls_active
    assert car.times_executed("get_vehicle_data") == 1


async def test_only_what_was_asked_for_is_told(signer: Signer) -> None:
    data = signer.command(INFOTAINMENT, action("getVehicleData", getChargeState={})).response.vehicleData

    assert [field.name for field, _ in data.ListFields()] == ["charge_state"]


async def test_chargers_nearby_can_be_asked_for(signer: Signer) -> None:
    reply = signer.act("getNearbyChargingSites", count=10)

    assert reply.response.getNearbyChargingSites.superchargers[0].total_stalls == 12


async def test_a_question_can_be_refused(car: Car, signer: Signer) -> None:
    car.refuse("ping", "could_not_wake_buses")

    assert signer.command(INFOTAINMENT, PING).reason == "could_not_wake_buses"
