"""Telemetry fields of driving, position, navigation and the drive units."""

import base64

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from ..body import Body
from ..geometry import Place, polyline
from ..spelling import EXACT, FLAG, NUMBER, PLACE, TEXT, WHOLE, Row, Rows, always, choice

BUCKLE = choice("buckle_status_value", pb.BuckleStatus, "BuckleStatus")
DISTANCE = choice("follow_distance_value", pb.FollowDistance, "FollowDistance")
GEAR = choice("shift_state_value", pb.ShiftState, "ShiftState")
INVERTER = choice("drive_inverter_state_value", pb.DriveInverterState, "DriveInverterState")
TURN = choice("turn_signal_state_value", pb.TurnSignalState, "TurnSignalState")

MPH_TO_RPM = 13.4  # at the axle
NM_A_KW_MPH = 1680.0  # torque at the axle from power and speed, with the units in between


def _here(body: Body) -> Place | None:
    return (body.latitude, body.longitude) if body.gps_fix else None


def _line(body: Body) -> str | None:
    if body.route is None:
        return None
    return base64.b64encode(polyline(body.route.line).encode()).decode()


def _torque(body: Body) -> float:
    if body.speed_mph < 1.0:
        return 0.0
    return body.drive_power_kw / body.speed_mph * NM_A_KW_MPH


def _inverter(body: Body) -> str:
    return "Standby" if body.parked else "Enable"


def _warm(body: Body, over: float) -> float:
    around = body.outside_c if body.outside_c is not None else 15.0
    return around + over + 0.25 * abs(body.drive_power_kw)


def _motor_rows(end: str, share: float) -> dict[str, Row]:
    """Give the eight fields of a motor that takes `share` of the torque."""
    return {
        f"DiState{end}": Row(INVERTER, lambda car: _inverter(car.body)),
        f"DiAxleSpeed{end}": Row(NUMBER, lambda car: car.body.speed_mph * MPH_TO_RPM),
        f"DiTorqueActual{end}": Row(NUMBER, lambda car: share * _torque(car.body)),
        f"DiMotorCurrent{end}": Row(NUMBER, lambda car: share * abs(car.body.drive_power_kw) * 2.6),
        f"DiVBat{end}": Row(NUMBER, lambda car: car.body.pack_volts),
        f"DiHeatsinkT{end}": Row(NUMBER, lambda car: _warm(car.body, 8.0)),
        f"DiStatorTemp{end}": Row(NUMBER, lambda car: _warm(car.body, 14.0)),
        f"DiInverterT{end}": Row(NUMBER, lambda car: _warm(car.body, 6.0)),
    }


def _missing_motor_rows(end: str) -> dict[str, Row]:
    """Give the fields of a motor that only cars with three of them have."""
    return {name: Row(row.kind, always(None)) for name, row in _motor_rows(end, 0.0).items()}


ROWS: Rows = {
    "BrakePedal": Row(FLAG, lambda car: car.body.brake_pressed),
    "BrakePedalPos": Row(EXACT, lambda car: car.body.brake_bar),
    "CruiseFollowDistance": Row(DISTANCE, lambda car: str(car.body.follow_distance)),
    "CruiseSetSpeed": Row(NUMBER, lambda car: car.body.cruise_set_mph),
    "DestinationLocation": Row(PLACE, lambda car: car.body.route and car.body.route.destination),
    "DestinationName": Row(TEXT, lambda car: car.body.route and car.body.route.name),
    "DiSlaveTorqueCmd": Row(NUMBER, lambda car: 0.4 * _torque(car.body)),
    "DiTorquemotor": Row(NUMBER, lambda car: _torque(car.body)),
    "DriveRail": Row(FLAG, lambda car: not car.body.parked or car.body.user_present),
    # Documented as a boolean that is true while the belt is NOT buckled.
    "DriverSeatBelt": Row(FLAG, lambda car: not car.body.driver_buckled),
    "DriverSeatOccupied": Row(FLAG, lambda car: car.body.driver_seat_occupied),
    "ExpectedEnergyPercentAtTripArrival": Row(
        WHOLE, lambda car: car.body.route and car.body.route.percent_at_arrival
    ),
    "Gear": Row(GEAR, lambda car: car.body.gear),
    "GpsAccuracyMeters": Row(NUMBER, lambda car: car.body.gps_accuracy_m if car.body.gps_fix else None),
    "GpsHeading": Row(NUMBER, lambda car: car.body.heading_degrees if car.body.gps_fix else None),
    "GpsState": Row(FLAG, lambda car: car.body.gps_fix),
    "GradeEstimatePercent": Row(NUMBER, lambda car: None if car.body.parked else car.body.grade_percent),
    "LateralAcceleration": Row(NUMBER, lambda car: car.body.lateral_mps2),
    "LightsHazardsActive": Row(FLAG, lambda car: car.body.hazards),
    "LightsHighBeams": Row(FLAG, lambda car: car.body.high_beams),
    "LightsTurnSignal": Row(TURN, lambda car: car.body.turn_signal),
    "LocatedAtFavorite": Row(FLAG, lambda car: any(map(car.body.near, car.body.favourites))),
    "LocatedAtHome": Row(FLAG, lambda car: car.body.near(car.body.home)),
    "LocatedAtWork": Row(FLAG, lambda car: car.body.near(car.body.work)),
    "Location": Row(PLACE, lambda car: _here(car.body)),
    "LongitudinalAcceleration": Row(NUMBER, lambda car: car.body.acceleration_mps2),
    "MaxSpeedToReachDestinationMph": Row(NUMBER, lambda car: 85.0 if car.body.route else None),
    "MilesSinceReset": Row(NUMBER, lambda car: car.body.miles_since_reset),
    "MilesToArrival": Row(NUMBER, lambda car: car.body.route and car.body.route.miles),
    "MinutesToArrival": Row(NUMBER, lambda car: car.body.route and car.body.route.minutes),
    "Odometer": Row(NUMBER, lambda car: car.body.odometer_miles),
    "OriginLocation": Row(PLACE, lambda car: car.body.route and car.body.route.origin),
    # Faulty in real cars: it follows the belt in the middle of the second row.
    "PassengerSeatBelt": Row(BUCKLE, always("Unlatched")),
    "PedalPosition": Row(NUMBER, lambda car: car.body.pedal_percent),
    "RouteLine": Row(TEXT, lambda car: _line(car.body)),
    "RouteTrafficMinutesDelay": Row(NUMBER, lambda car: car.body.route and car.body.route.delay_minutes),
    "SelfDrivingMilesSinceReset": Row(NUMBER, lambda car: car.body.self_driving_miles),
    "VehicleSpeed": Row(NUMBER, lambda car: None if car.body.parked else car.body.speed_mph),
    **_motor_rows("F", 0.4),
    **_motor_rows("R", 0.6),
    **_missing_motor_rows("REL"),
    **_missing_motor_rows("RER"),
}
