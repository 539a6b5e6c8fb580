"""All telemetry fields that we can read: how fast each of them moves, what is noise, and who says so.

The rates are counts of changes in an hour of driving, of charging at home and of standing awake, noise
included, that pass the field's delta; a car sends as many of them as its interval lets through. Tesla
publishes none. Where each comes from stands with it:

REPORTED:  owners have written down what their cars send: teslamotors/fleet-telemetry, issues 266, 271,
           322, 332, 337 and 412 (the energy left goes back and forth by 0.02 kWh, the pack's voltage by
           0.05 V, the charger's by a volt with nothing plugged in; heading, position and temperatures never
           rest)
SIMULATED: counted in the simulated car, noise as reported laid over it: `script/bench profiles`
ESTIMATED: ours, from what people do with a car in a day; `script/bench profiles` cannot show it

A delta is as large as it may be without being missed in what is shown, and larger than the noise.
Fields that are no data, or that no car but a truck has, stand in `signals.NOT_TAKEN`.
Source: telemetry protocol, sections 15 and 16; tests/vectors/telemetry-fields.csv
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from ..vehicle.signal import AnySignal
from ..vehicle.signals import BY_FIELD


class Category(StrEnum):
    """Tesla's own grouping of fields."""

    DRIVING = "Driving"
    CHARGING = "Charging"
    DEFAULT = "Default"


class Note(StrEnum):
    """Where the rates of a field come from."""

    REPORTED = "reported"
    SIMULATED = "simulated"
    ESTIMATED = "estimated"


class Tempo(Enum):
    """How a field moves, which decides how often it is worth its price.

    URGENT:  what somebody waits for: a lock, a door, the gear
    EVENT:   what people and computers switch now and then
    SETTING: what stays for days
    MEDIA:   what plays
    MOTION:  where the car is and how fast
    FORCE:   what changes many times in a second of driving, or is nearly all noise
    MACHINE: motors, inverters, the inside of the pack
    FLOW:    what a charger gives
    LEVEL:   what fills and empties
    SLOW:    temperatures, tyres, what counts for life
    """

    URGENT = "urgent"
    EVENT = "event"
    SETTING = "setting"
    MEDIA = "media"
    MOTION = "motion"
    FORCE = "force"
    MACHINE = "machine"
    FLOW = "flow"
    LEVEL = "level"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Rates:
    """How many changes pass the delta in an hour of each kind."""

    driving: float
    charging: float
    parked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that a car can be asked for.

    numeric:   it is a number, or a place, so that a delta can be asked for
    delta:     by how much it has to change to be worth sending; metres for places; None takes any change
    note:      where the rates come from
    since:     the firmware that brought it
    scope:     what the user has to have granted for it
    hardware4: only cars with that computer have it
    silent:    documented, but no car was ever seen to send it
    """

    name: str
    category: Category
    tempo: Tempo
    numeric: bool
    rates: Rates
    delta: float | None
    note: Note
    since: str | None
    scope: str | None
    hardware4: bool
    silent: bool


@dataclass(frozen=True, slots=True)
class _Row:
    tempo: Tempo
    rates: tuple[float, float, float]
    delta: float | None = None
    note: Note = Note.ESTIMATED


_URGENT, _EVENT, _SETTING, _MEDIA, _MOTION, _FORCE, _MACHINE, _FLOW, _LEVEL, _SLOW = Tempo
_REPORTED, _SIMULATED = Note.REPORTED, Note.SIMULATED

_NEVER = (0.0, 0.0, 0.0)  # but once whenever the car wakes


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _alike(names: str, row: _Row) -> dict[str, _Row]:
    """Return the same row for several fields."""
    return dict.fromkeys(_names(names), row)


def _motor(end: str) -> dict[str, _Row]:
    """Return the fields of a motor."""
    return {
        f"DiState{end}": _Row(_MACHINE, (4, 0, 0)),
        f"DiAxleSpeed{end}": _Row(_MACHINE, (3000, 0, 0), 50),
        f"DiTorqueActual{end}": _Row(_MACHINE, (3000, 0, 0), 20),
        f"DiMotorCurrent{end}": _Row(_MACHINE, (3000, 0, 0), 10),
        f"DiVBat{end}": _Row(_MACHINE, (1500, 20, 5), 2),
        f"DiHeatsinkT{end}": _Row(_MACHINE, (400, 6, 2), 2),
        f"DiStatorTemp{end}": _Row(_MACHINE, (400, 6, 2), 2),
        f"DiInverterT{end}": _Row(_MACHINE, (400, 6, 2), 2),
    }


_ROWS: Mapping[str, _Row] = {
    # Driving
    "Gear": _Row(_URGENT, (14, 0, 0.5)),
    "VehicleSpeed": _Row(_MOTION, (1200, 0, 0), 1),
    "Location": _Row(_MOTION, (2660, 0, 1), 10, _SIMULATED),
    "GpsHeading": _Row(_FORCE, (1400, 2, 2), 5, _REPORTED),
    "GpsState": _Row(_EVENT, (2, 0, 0)),
    "GpsAccuracyMeters": _Row(_SLOW, (60, 1, 1), 5),
    "Odometer": _Row(_LEVEL, (280, 0, 0), 0.1, _SIMULATED),
    "LateralAcceleration": _Row(_FORCE, (2500, 0, 0), 0.5),
    "LongitudinalAcceleration": _Row(_FORCE, (2500, 0, 0), 0.5),
    "PedalPosition": _Row(_FORCE, (2500, 0, 0), 5),
    "BrakePedalPos": _Row(_FORCE, (900, 0, 0), 1),
    "BrakePedal": _Row(_FORCE, (150, 1, 1)),
    "CruiseSetSpeed": _Row(_EVENT, (20, 0, 0), 1),
    "CruiseFollowDistance": _Row(_SETTING, (0.5, 0, 0)),
    "DriveRail": _Row(_EVENT, (7, 0.1, 1)),
    "GradeEstimatePercent": _Row(_FORCE, (1500, 0, 0), 1),
    "MilesSinceReset": _Row(_SLOW, (28, 0, 0), 1, _SIMULATED),
    "SelfDrivingMilesSinceReset": _Row(_SLOW, (17, 0, 0), 1, _SIMULATED),
    # Navigation
    "MilesToArrival": _Row(_LEVEL, (290, 0, 1), 0.1, _SIMULATED),
    "MinutesToArrival": _Row(_LEVEL, (85, 0, 1), 1, _SIMULATED),
    "RouteTrafficMinutesDelay": _Row(_LEVEL, (25, 0, 1), 1),
    "ExpectedEnergyPercentAtTripArrival": _Row(_LEVEL, (22, 0, 1), 1),
    "MaxSpeedToReachDestinationMph": _Row(_LEVEL, (10, 0, 0), 5),
    "DestinationName": _Row(_EVENT, (7, 0, 0.5)),
    "DestinationLocation": _Row(_EVENT, (7, 0, 0.5), 10),
    "OriginLocation": _Row(_EVENT, (7, 0, 0.5), 10),
    "RouteLine": _Row(_SLOW, (30, 0, 0)),
    "RouteLastUpdated": _Row(_SETTING, _NEVER),
    # Where it is known
    "LocatedAtHome": _Row(_URGENT, (4, 0, 0)),
    "LocatedAtWork": _Row(_EVENT, (3, 0, 0)),
    "LocatedAtFavorite": _Row(_EVENT, (2, 0, 0)),
    "HomelinkNearby": _Row(_EVENT, (4, 0, 0)),
    "HomelinkDeviceCount": _Row(_SETTING, (2, 0, 0)),
    # Battery
    "BatteryLevel": _Row(_LEVEL, (16, 17, 1.5), 0.5, _SIMULATED),
    "Soc": _Row(_LEVEL, (16, 17, 1.5), 0.5, _SIMULATED),
    "EnergyRemaining": _Row(_LEVEL, (60, 60, 5), 0.1, _REPORTED),
    "RatedRange": _Row(_LEVEL, (25, 27, 1.5), 1, _SIMULATED),
    "EstBatteryRange": _Row(_LEVEL, (22, 24, 1.5), 1, _SIMULATED),
    "IdealBatteryRange": _Row(_LEVEL, (25, 27, 1.5), 1, _SIMULATED),
    "PackVoltage": _Row(_MACHINE, (1000, 10, 5), 1, _REPORTED),
    "PackCurrent": _Row(_MACHINE, (2000, 40, 45), 1, _REPORTED),
    "BrickVoltageMax": _Row(_MACHINE, (1000, 10, 5), 0.01, _REPORTED),
    "BrickVoltageMin": _Row(_MACHINE, (1000, 10, 5), 0.01, _REPORTED),
    "ModuleTempMax": _Row(_SLOW, (6, 6, 1), 0.5),
    "ModuleTempMin": _Row(_SLOW, (6, 6, 1), 0.5),
    **_alike("NumBrickVoltageMax NumBrickVoltageMin", _Row(_MACHINE, (60, 10, 4))),
    **_alike("NumModuleTempMax NumModuleTempMin", _Row(_MACHINE, (6, 3, 1))),
    "BrickSocMinPercent": _Row(_LEVEL, (16, 17, 1.5), 0.5, _SIMULATED),
    "NominalFullPackEnergyKwh": _Row(_SLOW, (1, 1, 0.2), 0.1),
    "IsolationResistance": _Row(_SLOW, (60, 10, 10), 50),
    "BMSState": _Row(_EVENT, (14, 1, 1.5)),
    "Hvil": _Row(_EVENT, _NEVER),
    "DCDCEnable": _Row(_EVENT, (1, 0.2, 0.5)),
    "BatteryHeaterOn": _Row(_EVENT, (1, 0.5, 0.1)),
    "NotEnoughPowerToHeat": _Row(_EVENT, (0.1, 0.1, 0.1)),
    "LifetimeEnergyUsed": _Row(_SLOW, (7, 0, 0.5), 1, _SIMULATED),
    "LifetimeEnergyGainedRegen": _Row(_SLOW, (2, 0, 0), 1),
    "LifetimeEnergyChargedKwh": _Row(_SLOW, (0, 130, 0), 0.05, _SIMULATED),
    # Charging
    "DetailedChargeState": _Row(_URGENT, (0.5, 1.5, 0.5)),
    "BmsFullchargecomplete": _Row(_EVENT, (0.2, 0.3, 0.1)),
    "ACChargingPower": _Row(_FLOW, (0, 30, 0.5), 0.1),
    "DCChargingPower": _Row(_FLOW, (0, 30, 0.5), 0.1),
    "ChargerVoltage": _Row(_FLOW, (2, 100, 4), 3, _REPORTED),
    "ChargeAmps": _Row(_FLOW, (0, 12, 0.5), 0.5),
    "ChargerPhases": _Row(_FLOW, (0.5, 0.5, 0)),
    "ChargeRateMilePerHour": _Row(_FLOW, (0, 12, 0.5), 1),
    "DCChargingEnergyIn": _Row(_LEVEL, (0, 600, 0), 0.01, _SIMULATED),
    "ACChargingEnergyIn": _Row(_LEVEL, (0, 720, 0), 0.01, _SIMULATED),
    "TimeToFullCharge": _Row(_LEVEL, (0.5, 90, 0.5), 0.03, _SIMULATED),
    "EstimatedHoursToChargeTermination": _Row(_LEVEL, (0.5, 90, 0.5), 0.03, _SIMULATED),
    "ChargeLimitSoc": _Row(_EVENT, (0, 0.2, 0.1), 1),
    "ChargeCurrentRequest": _Row(_EVENT, (0.5, 2, 0.1), 1),
    "ChargeCurrentRequestMax": _Row(_EVENT, (0.5, 0.5, 0.1), 1),
    "ChargeEnableRequest": _Row(_EVENT, (0, 1, 0.1)),
    "ChargePortDoorOpen": _Row(_URGENT, (0.5, 0.5, 0.5)),
    "ChargePortLatch": _Row(_URGENT, (0.5, 0.5, 0.5)),
    "ChargingCableType": _Row(_URGENT, (0.5, 0.5, 0.2)),
    "FastChargerPresent": _Row(_EVENT, (0.2, 0, 0)),
    "FastChargerType": _Row(_EVENT, (0.2, 0, 0)),
    "ChargePortColdWeatherMode": _Row(_SETTING, (0.1, 0.1, 0.1)),
    "SuperchargerSessionTripPlanner": _Row(_EVENT, (0.2, 0, 0)),
    "ScheduledChargingMode": _Row(_SETTING, (0, 0.1, 0.1)),
    "ScheduledChargingPending": _Row(_EVENT, (0.2, 0.5, 0.1)),
    "ScheduledChargingStartTime": _Row(_SETTING, (0.5, 0.5, 0.1)),
    "ScheduledDepartureTime": _Row(_SETTING, (0.5, 0.1, 0.1)),
    "PreconditioningEnabled": _Row(_SETTING, (0, 0.1, 0.1)),
    "PowershareStatus": _Row(_EVENT, (0, 0.2, 0.2)),
    "PowershareType": _Row(_EVENT, (0, 0.1, 0.1)),
    "PowershareStopReason": _Row(_EVENT, (0, 0.1, 0.1)),
    "PowershareInstantaneousPowerKW": _Row(_FLOW, (0, 0, 20), 0.1),
    "PowershareHoursLeft": _Row(_LEVEL, (0, 0, 1), 1),
    # Climate
    "InsideTemp": _Row(_SLOW, (6, 10, 17), 0.5, _REPORTED),
    "OutsideTemp": _Row(_SLOW, (6, 1, 1), 0.5, _REPORTED),
    "HvacPower": _Row(_EVENT, (7, 0.5, 1)),
    "HvacACEnabled": _Row(_EVENT, (10, 0.5, 1)),
    "HvacAutoMode": _Row(_EVENT, (1, 0.1, 0.2)),
    **_alike("HvacFanSpeed HvacFanStatus", _Row(_EVENT, (30, 2, 6))),
    **_alike("HvacLeftTemperatureRequest HvacRightTemperatureRequest", _Row(_EVENT, (1, 0.1, 0.3), 0.25)),
    "ClimateKeeperMode": _Row(_EVENT, (0.1, 0.1, 0.3)),
    "DefrostMode": _Row(_EVENT, (0.3, 0.1, 0.2)),
    "DefrostForPreconditioning": _Row(_EVENT, (0.3, 0.1, 0.2)),
    "RearDefrostEnabled": _Row(_EVENT, (0.3, 0.1, 0.2)),
    "WiperHeatEnabled": _Row(_EVENT, (0.3, 0.1, 0.2)),
    "CabinOverheatProtectionMode": _Row(_SETTING, (0, 0, 0.1)),
    "CabinOverheatProtectionTemperatureLimit": _Row(_SETTING, (0, 0, 0.1)),
    "RearDisplayHvacEnabled": _Row(_SETTING, (0.1, 0, 0)),
    # Seats
    **_alike("SeatHeaterLeft SeatHeaterRight", _Row(_EVENT, (4, 0.2, 0.5))),
    **_alike("SeatHeaterRearLeft SeatHeaterRearCenter SeatHeaterRearRight", _Row(_EVENT, (1, 0, 0.1))),
    **_alike("ClimateSeatCoolingFrontLeft ClimateSeatCoolingFrontRight", _Row(_EVENT, (3, 0.1, 0.3))),
    **_alike("AutoSeatClimateLeft AutoSeatClimateRight", _Row(_EVENT, (0.3, 0, 0.1))),
    "SeatVentEnabled": _Row(_EVENT, (1, 0, 0.1)),
    "HvacSteeringWheelHeatAuto": _Row(_EVENT, (0.3, 0, 0.1)),
    "HvacSteeringWheelHeatLevel": _Row(_EVENT, (3, 0.1, 0.3)),
    "DriverSeatOccupied": _Row(_URGENT, (7, 0.1, 1)),
    **_alike("DriverSeatBelt PassengerSeatBelt", _Row(_EVENT, (7, 0, 0.5))),
    # Closures, security
    "DoorState": _Row(_URGENT, (14, 0.5, 4)),
    "Locked": _Row(_URGENT, (7, 0.5, 2)),
    **_alike("FdWindow FpWindow RdWindow RpWindow", _Row(_URGENT, (2, 0, 0.2))),
    "SentryMode": _Row(_URGENT, (7, 1, 2)),
    "TonneauPosition": _Row(_URGENT, (1, 0, 0.5)),
    "TonneauOpenPercent": _Row(_EVENT, (2, 0, 0.5), 1),
    "TonneauTentMode": _Row(_SETTING, (0, 0, 0.1)),
    "ValetModeEnabled": _Row(_SETTING, (0.1, 0, 0)),
    "GuestModeEnabled": _Row(_SETTING, (0.1, 0, 0)),
    "GuestModeMobileAccessState": _Row(_SETTING, (0.1, 0, 0)),
    "PinToDriveEnabled": _Row(_SETTING, (0.1, 0, 0)),
    "SpeedLimitMode": _Row(_SETTING, (0.1, 0, 0)),
    "CurrentLimitMph": _Row(_SETTING, (0.1, 0, 0), 0.5),
    "RemoteStartEnabled": _Row(_EVENT, (0.2, 0, 0.1)),
    "RemoteStartActive": _Row(_EVENT, (0.2, 0, 0.1)),
    "PairedPhoneKeyAndKeyFobQty": _Row(_SETTING, _NEVER),
    "ServiceMode": _Row(_EVENT, _NEVER),
    # Media, lights, display
    "MediaPlaybackStatus": _Row(_MEDIA, (8, 0.2, 0.5)),
    "MediaPlaybackSource": _Row(_MEDIA, (2, 0.1, 0.2)),
    "MediaAudioVolume": _Row(_MEDIA, (15, 0.1, 0.3), 0.1),
    "MediaNowPlayingElapsed": _Row(_MEDIA, (2900, 0, 2), 1000, _SIMULATED),
    **_alike(
        "MediaNowPlayingTitle MediaNowPlayingArtist MediaNowPlayingAlbum MediaNowPlayingDuration",
        _Row(_MEDIA, (17, 0.1, 0.3)),
    ),
    "MediaNowPlayingStation": _Row(_MEDIA, (2, 0, 0.1)),
    **_alike("MediaAudioVolumeIncrement MediaAudioVolumeMax", _Row(_SETTING, _NEVER, 0.01)),
    "LightsHazardsActive": _Row(_EVENT, (0.5, 0.1, 0.1)),
    "LightsTurnSignal": _Row(_EVENT, (120, 0, 0)),
    "LightsHighBeams": _Row(_EVENT, (30, 0, 0)),
    "CenterDisplay": _Row(_EVENT, (10, 0.3, 2)),
    # Tyres
    **_alike("TpmsPressureFl TpmsPressureFr TpmsPressureRl TpmsPressureRr", _Row(_SLOW, (4, 0.5, 0.5), 0.05)),
    **_alike(
        "TpmsLastSeenPressureTimeFl TpmsLastSeenPressureTimeFr TpmsLastSeenPressureTimeRl"
        " TpmsLastSeenPressureTimeRr",
        _Row(_SLOW, (62, 0, 0), None, _SIMULATED),
    ),
    **_alike("TpmsSoftWarnings TpmsHardWarnings", _Row(_EVENT, (0.1, 0, 0))),
    # Software
    "Version": _Row(_SETTING, (0, 0, 0.01)),
    "SoftwareUpdateVersion": _Row(_SETTING, (0, 0.01, 0.02)),
    "SoftwareUpdateAvailable": _Row(_SETTING, (0, 0.01, 0.02)),
    "SoftwareUpdateInProgress": _Row(_EVENT, (0, 0.01, 0.02)),
    "SoftwareUpdateDownloadPercentComplete": _Row(_SLOW, (0.2, 1, 1), 5),
    "SoftwareUpdateInstallationPercentComplete": _Row(_SLOW, (0, 0, 0.3), 5),
    "SoftwareUpdateExpectedDurationMinutes": _Row(_SETTING, (0, 0.01, 0.02), 1),
    "SoftwareUpdateScheduledStartTime": _Row(_SETTING, (0, 0.01, 0.02)),
    # What helps the driver
    **_alike(
        "AutomaticBlindSpotCamera BlindSpotCollisionWarningChime SpeedLimitWarning ForwardCollisionWarning"
        " LaneDepartureAvoidance EmergencyLaneDepartureAvoidance AutomaticEmergencyBrakingOff",
        _Row(_SETTING, (0.05, 0, 0)),
    ),
    # What it was built with, how it is set up
    **_alike(
        "CarType Trim ExteriorColor RoofColor WheelType EfficiencyPackage EuropeVehicle RightHandDrive"
        " ChargePort RearSeatHeaters SunroofInstalled OffroadLightbarPresent VehicleName"
        " SettingDistanceUnit SettingTemperatureUnit SettingTirePressureUnit SettingChargeUnit"
        " Setting24HourTime",
        _Row(_SETTING, _NEVER),
    ),
    # Motors
    "DiTorquemotor": _Row(_MACHINE, (3000, 0, 0), 20),
    "DiSlaveTorqueCmd": _Row(_MACHINE, (3000, 0, 0), 20),
    **_motor("F"),
    **_motor("R"),
    **_motor("REL"),
    **_motor("RER"),
}

_DRIVING = _names(
    "BrakePedal BrakePedalPos Gear GpsHeading GpsState LateralAcceleration Location LongitudinalAcceleration"
    " Odometer PedalPosition VehicleSpeed"
)
_CHARGING = _names(
    "ACChargingEnergyIn ACChargingPower BmsFullchargecomplete ChargeAmps ChargerPhases DCChargingEnergyIn"
    " DCChargingPower TimeToFullCharge"
)
# Numbers that only ever take a few values, so that no delta is needed.
_STEPS = _names(
    "ChargerPhases HomelinkDeviceCount HvacFanSpeed HvacFanStatus HvacSteeringWheelHeatLevel"
    " ClimateSeatCoolingFrontLeft ClimateSeatCoolingFrontRight MediaNowPlayingDuration NumBrickVoltageMax"
    " NumBrickVoltageMin NumModuleTempMax NumModuleTempMin PairedPhoneKeyAndKeyFobQty SeatHeaterLeft"
    " SeatHeaterRearCenter SeatHeaterRearLeft SeatHeaterRearRight SeatHeaterRight"
)
_HARDWARE_4 = frozenset({"MilesSinceReset", "SelfDrivingMilesSinceReset"})
_SILENT = frozenset({"RouteLastUpdated"})


def base(field: str) -> str:
    """Return the field that a part belongs to: `DoorState` of `DoorState.DriverFront`."""
    return field.partition(".")[0]


def _signals() -> dict[str, AnySignal]:
    """Return for each field one of its signals; those of one field share its firmware and its scope."""
    return {base(name): signal for name, (signal,) in BY_FIELD.items()}


def _category(name: str) -> Category:
    if name in _DRIVING:
        return Category.DRIVING
    return Category.CHARGING if name in _CHARGING else Category.DEFAULT


FIELDS: Mapping[str, Field] = {
    name: Field(
        name=name,
        category=_category(name),
        tempo=row.tempo,
        numeric=row.delta is not None or name in _STEPS,
        rates=Rates(*row.rates),
        delta=row.delta,
        note=row.note,
        since=signal.since,
        scope=signal.scope,
        hardware4=name in _HARDWARE_4,
        silent=name in _SILENT,
    )
    for name, signal in _signals().items()
    for row in (_ROWS[name],)
}
