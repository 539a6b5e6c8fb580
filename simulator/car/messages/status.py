"""The truth as the vehicle security computer tells it."""

from custom_components.tesla_direct.tesla.proto import vcsec_pb2

from ..body import Body

OPEN, CLOSED = vcsec_pb2.CLOSURESTATE_OPEN, vcsec_pb2.CLOSURESTATE_CLOSED
TONNEAUS = {"Closed": CLOSED, "PartiallyOpen": vcsec_pb2.CLOSURESTATE_AJAR, "FullyOpen": OPEN}


def vehicle_status(body: Body) -> bytes:
    """Tell about closures, locks and people."""

    def state(*, is_open: bool) -> vcsec_pb2.ClosureState_E:
        return OPEN if is_open else CLOSED

    closures = vcsec_pb2.ClosureStatuses(
        frontDriverDoor=state(is_open=body.door_driver_front_open),
        frontPassengerDoor=state(is_open=body.door_passenger_front_open),
        rearDriverDoor=state(is_open=body.door_driver_rear_open),
        rearPassengerDoor=state(is_open=body.door_passenger_rear_open),
        rearTrunk=state(is_open=body.trunk_rear_open),
        frontTrunk=state(is_open=body.trunk_front_open),
        chargePort=state(is_open=body.charge_port_open),
        tonneau=TONNEAUS.get(body.tonneau or "", CLOSED),
    )
    status = vcsec_pb2.VehicleStatus(
        closureStatuses=closures,
        vehicleLockState="VEHICLELOCKSTATE_LOCKED" if body.locked else "VEHICLELOCKSTATE_UNLOCKED",
        vehicleSleepStatus=vcsec_pb2.VEHICLE_SLEEP_STATUS_AWAKE,
        userPresence=(
            "VEHICLE_USER_PRESENCE_PRESENT" if body.user_present else "VEHICLE_USER_PRESENCE_NOT_PRESENT"
        ),
        detailedClosureStatus=vcsec_pb2.DetailedClosureStatus(
            tonneauPercentOpen=round(body.tonneau_percent_open or 0)
        ),
    )
    return vcsec_pb2.FromVCSECMessage(vehicleStatus=status).SerializeToString()
