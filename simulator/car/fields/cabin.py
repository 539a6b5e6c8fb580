"""Telemetry fields of climate, tyres, closures and media."""

from collections.abc import Sequence

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from ..body import VOLUME_MAX, VOLUME_STEP, Body
from ..spelling import DOORS, FLAG, MOMENT, NUMBER, TEXT, TYRES, WHOLE, LocalTime, Row, Rows, always, choice
from ..truth import Truth

COP = choice(
    "cabin_overheat_protection_mode_value",
    pb.CabinOverheatProtectionModeState,
    "CabinOverheatProtectionModeState",
)
COP_LIMIT = choice(
    "cabin_overheat_protection_temperature_limit_value",
    pb.ClimateOverheatProtectionTempLimit,
    "ClimateOverheatProtectionTempLimit",
)
DEFROST = choice("defrost_mode_value", pb.DefrostModeState, "DefrostModeState")
HVAC = choice("hvac_power_value", pb.HvacPowerState, "HvacPowerState")
HVAC_AUTO = choice("hvac_auto_mode_value", pb.HvacAutoModeState, "HvacAutoModeState")
KEEPER = choice("climate_keeper_mode_value", pb.ClimateKeeperModeState, "ClimateKeeperModeState")
MEDIA = choice("media_status_value", pb.MediaStatus, "MediaStatus")
TENT = choice("tonneau_tent_mode_value", pb.TonneauTentModeState, "TonneauTentModeState")
TONNEAU = choice("tonneau_position_value", pb.TonneauPositionState, "TonneauPositionState")
WINDOW = choice("window_state_value", pb.WindowState, "WindowState")

RADIO_MS = 18_000_000
SWAPPED_BEFORE = (2024, 44, 32)  # firmware that mixed up two doors


def _hvac(body: Body) -> str:
    if body.overheat_cooling:
        return "OverheatProtect"
    if body.climate_on:
        return "Precondition" if body.preconditioning else "On"
    return "Off"


def _doors(truth: Truth) -> dict[str, bool]:
    body = truth.body
    driver_rear, passenger_front = body.door_driver_rear_open, body.door_passenger_front_open
    if tuple(map(int, truth.model.firmware.split("."))) < SWAPPED_BEFORE:
        driver_rear, passenger_front = passenger_front, driver_rear
    return {
        "DriverFront": body.door_driver_front_open,
        "DriverRear": driver_rear,
        "PassengerFront": passenger_front,
        "PassengerRear": body.door_passenger_rear_open,
        "TrunkFront": body.trunk_front_open,
        "TrunkRear": body.trunk_rear_open,
    }


def _wheels(warnings: Sequence[bool]) -> dict[str, bool]:
    return dict(zip(("front_left", "front_right", "rear_left", "rear_right"), warnings, strict=True))


def _seen(truth: Truth, wheel: int) -> LocalTime | None:
    at = truth.body.tyre_seen[wheel]
    return None if at is None else truth.local(at)


def _side(truth: Truth, *, left: bool) -> float:
    """Return the wish for one side of the car, which is the driver's where the wheel is."""
    wheel_right = dict(truth.model.vehicle_config).get("rhd", True)
    body = truth.body
    return body.passenger_temp_c if wheel_right is left else body.driver_temp_c


ROWS: Rows = {
    "AutoSeatClimateLeft": Row(FLAG, lambda car: car.body.auto_seats[0]),
    "AutoSeatClimateRight": Row(FLAG, lambda car: car.body.auto_seats[1]),
    "CabinOverheatProtectionMode": Row(COP, lambda car: car.body.overheat_protection),
    "CabinOverheatProtectionTemperatureLimit": Row(COP_LIMIT, lambda car: car.body.overheat_limit),
    "ClimateKeeperMode": Row(KEEPER, lambda car: car.body.climate_keeper),
    "ClimateSeatCoolingFrontLeft": Row(WHOLE, lambda car: car.body.seat_fans[0]),
    "ClimateSeatCoolingFrontRight": Row(WHOLE, lambda car: car.body.seat_fans[1]),
    "DefrostForPreconditioning": Row(
        FLAG, lambda car: car.body.preconditioning and car.body.defrost != "Off"
    ),
    "DefrostMode": Row(DEFROST, lambda car: car.body.defrost),
    "DoorState": Row(DOORS, _doors),
    "FdWindow": Row(WINDOW, lambda car: car.body.window_driver_front),
    "FpWindow": Row(WINDOW, lambda car: car.body.window_passenger_front),
    "HvacACEnabled": Row(FLAG, lambda car: car.body.compressor_on),
    "HvacAutoMode": Row(HVAC_AUTO, lambda car: "On" if car.body.climate_auto else "Override"),
    "HvacFanSpeed": Row(WHOLE, lambda car: car.body.fan_level),
    "HvacFanStatus": Row(WHOLE, lambda car: car.body.fan_level),
    "HvacLeftTemperatureRequest": Row(NUMBER, lambda car: _side(car, left=True)),
    "HvacPower": Row(HVAC, lambda car: _hvac(car.body)),
    "HvacRightTemperatureRequest": Row(NUMBER, lambda car: _side(car, left=False)),
    "HvacSteeringWheelHeatAuto": Row(FLAG, lambda car: car.body.wheel_heat_auto),
    "HvacSteeringWheelHeatLevel": Row(WHOLE, lambda car: car.body.wheel_heat),
    "InsideTemp": Row(NUMBER, lambda car: car.body.inside_c),
    "MediaAudioVolume": Row(NUMBER, lambda car: car.body.volume),
    "MediaAudioVolumeIncrement": Row(NUMBER, always(VOLUME_STEP)),
    "MediaAudioVolumeMax": Row(NUMBER, always(VOLUME_MAX)),
    "MediaNowPlayingAlbum": Row(TEXT, lambda car: car.body.media_album),
    "MediaNowPlayingArtist": Row(TEXT, lambda car: car.body.media_artist),
    "MediaNowPlayingDuration": Row(
        WHOLE, lambda car: RADIO_MS if car.body.media_source == "Radio" else car.body.media_ms
    ),
    "MediaNowPlayingElapsed": Row(WHOLE, lambda car: car.body.media_elapsed_ms),
    "MediaNowPlayingStation": Row(TEXT, lambda car: car.body.media_station),
    "MediaNowPlayingTitle": Row(TEXT, lambda car: car.body.media_title),
    "MediaPlaybackSource": Row(TEXT, lambda car: car.body.media_source),
    "MediaPlaybackStatus": Row(MEDIA, lambda car: car.body.media),
    "OutsideTemp": Row(NUMBER, lambda car: car.body.outside_c),
    "RdWindow": Row(WINDOW, lambda car: car.body.window_driver_rear),
    "RearDefrostEnabled": Row(FLAG, lambda car: car.body.rear_defrost),
    "RearDisplayHvacEnabled": Row(FLAG, lambda car: car.body.rear_display_climate),
    "RpWindow": Row(WINDOW, lambda car: car.body.window_passenger_rear),
    "SeatHeaterLeft": Row(WHOLE, lambda car: car.body.seat_heaters[0]),
    "SeatHeaterRearCenter": Row(WHOLE, lambda car: car.body.seat_heaters[3]),
    "SeatHeaterRearLeft": Row(WHOLE, lambda car: car.body.seat_heaters[2]),
    "SeatHeaterRearRight": Row(WHOLE, lambda car: car.body.seat_heaters[4]),
    "SeatHeaterRight": Row(WHOLE, lambda car: car.body.seat_heaters[1]),
    "SeatVentEnabled": Row(FLAG, lambda car: any(car.body.seat_fans)),
    "TonneauOpenPercent": Row(NUMBER, lambda car: car.body.tonneau_percent_open),
    "TonneauPosition": Row(TONNEAU, lambda car: car.body.tonneau),
    "TonneauTentMode": Row(TENT, lambda car: "Inactive" if car.body.tonneau else None),
    "TpmsHardWarnings": Row(TYRES, lambda car: _wheels(car.body.tyre_hard)),
    "TpmsLastSeenPressureTimeFl": Row(MOMENT, lambda car: _seen(car, 0)),
    "TpmsLastSeenPressureTimeFr": Row(MOMENT, lambda car: _seen(car, 1)),
    "TpmsLastSeenPressureTimeRl": Row(MOMENT, lambda car: _seen(car, 2)),
    "TpmsLastSeenPressureTimeRr": Row(MOMENT, lambda car: _seen(car, 3)),
    "TpmsPressureFl": Row(NUMBER, lambda car: car.body.tyre_bar[0]),
    "TpmsPressureFr": Row(NUMBER, lambda car: car.body.tyre_bar[1]),
    "TpmsPressureRl": Row(NUMBER, lambda car: car.body.tyre_bar[2]),
    "TpmsPressureRr": Row(NUMBER, lambda car: car.body.tyre_bar[3]),
    "TpmsSoftWarnings": Row(TYRES, lambda car: _wheels(car.body.tyre_soft)),
    "WiperHeatEnabled": Row(FLAG, lambda car: car.body.wiper_heater),
}
