"""Frames as a car sends them: twenty signals of a drive, each changed from frame to frame."""

import time

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field, Payload, ShiftState
from simulator.car.envelope import Stream, write

NUMBERS = (
    "VehicleSpeed",
    "Odometer",
    "PackVoltage",
    "PackCurrent",
    "Soc",
    "GpsHeading",
    "RatedRange",
    "EstBatteryRange",
    "IdealBatteryRange",
    "BatteryLevel",
    "EnergyRemaining",
    "InsideTemp",
    "OutsideTemp",
    "PedalPosition",
    "TpmsPressureFl",
    "TpmsPressureFr",
    "TpmsPressureRl",
    "LateralAcceleration",
)
SIGNALS = 20  # the numbers, the gear and the brake
GEARS = (ShiftState.ShiftStateD, ShiftState.ShiftStateR)
AHEAD = 3600.0  # seconds


def vin(number: int) -> str:
    """Return the VIN of one of the cars."""
    return f"5YJ3E7EB0SF{number:06}"


def frame(of: str, number: int, at: float) -> bytes:
    """Return a frame of a car in which every value differs from that of the frame before."""
    message = Payload(vin=of)
    message.created_at.FromNanoseconds(int(at * 1e9))
    for offset, name in enumerate(NUMBERS):
        datum = message.data.add(key=Field.Value(name))
        datum.value.double_value = 10.0 + offset + number % 1000 * 0.01
    message.data.add(key=Field.Gear).value.shift_state_value = GEARS[number % 2]
    message.data.add(key=Field.BrakePedal).value.boolean_value = bool(number % 2)
    return write(
        Stream(
            txid=f"6f1c3a5b7d9e0f2143a5b7-{number:09}",
            topic="V",
            payload=message.SerializeToString(),
            device_id=of,
            created_at=int(at),
            sender_id=f"vehicle_device.{of}",
        )
    )


def frames(of: str, count: int) -> list[bytes]:
    """Return frames that can be sent over and over.

    Their time lies ahead, so a receiver dates each by its arrival, and each is the newest.
    """
    ahead = time.time() + AHEAD
    return [frame(of, number, ahead) for number in range(count)]
