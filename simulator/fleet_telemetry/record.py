"""A car's record: taken out of its frame, corrected as Tesla's server does, ready to be handed on.

Source: telemetry protocol, sections 5, 6 and 9
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
import re
import struct
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_connectivity_pb2 as connectivity_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_error_pb2 as error_pb,
)

from . import frames

DATA, ALERTS, ERRORS, CONNECTIVITY = TOPICS = ("V", "alerts", "errors", "connectivity")
MESSAGES: Mapping[str, Any] = {
    DATA: data_pb.Payload,
    ALERTS: alert_pb.VehicleAlerts,
    ERRORS: error_pb.VehicleErrors,
    CONNECTIVITY: connectivity_pb.VehicleConnectivity,
}
PLACE = re.compile(r"\([ \t]*(\S+)[ \t]+([NS]),[ \t]+(\S+)[ \t]+([EW])\)")
EXPONENT = re.compile(r"[+-]?(\d*\.\d+|\d+\.\d*)[eE][+-]?\d+")
MILLISECONDS_FROM = 315_576_000_000  # as seconds that would be the year 11970
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who is at the other end of a socket, by its certificate and its headers."""

    vin: str
    connection: str = ""
    interface: str = ""
    client: str = ""
    kind: str = "vehicle_device"

    @property
    def senders(self) -> frozenset[str]:
        """Return what a record may call its sender."""
        return frozenset({self.vin, f"{self.kind}.{self.vin}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a car.

    message:     the corrected protobuf; None for a topic that has none of the four
    payload:     the bytes of such a topic
    received_at: real time, seconds since 1970
    """

    topic: str
    txid: str
    vin: str
    message: Any = None
    payload: bytes = b""
    client: str = ""
    received_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a frame: the record, if there is one to hand on, and the answer."""

    record: Record | None
    answer: bytes


def take(data: bytes, peer: Peer, now: float, topics: Collection[str] = TOPICS) -> Taken:
    """Take a frame apart.

    topics: record types that are configured; what is on another is acknowledged and goes nowhere
    """
    try:
        frame = frames.read(data)
    except frames.Unreadable:
        return Taken(None, frames.refusal())
    except frames.Unknown as unknown:
        # Tesla's sends it twice, which is an accident of its code.
        return Taken(None, frames.acknowledgement(unknown.txid, ""))
    if frame.topic not in topics and frame.sender not in peer.senders:
        return Taken(None, frames.refusal(frame.txid))
    try:
        message = read_message(frame.topic, frame.payload, peer.vin)
    except DecodeError:
        return Taken(None, frames.refusal(frame.txid))
    record = Record(
        topic=frame.topic,
        txid=frame.txid,
        vin=peer.vin,
        message=message,
        payload=frame.payload,
        client=peer.client,
        received_at=now,
    )
    answer = frames.acknowledgement(frame.txid, frame.topic)
    return Taken(record if frame.topic in topics else None, answer)


def connectivity(peer: Peer, now: float, *, connected: bool) -> Record:
    """Make the record of a socket that came or went."""
    status = connectivity_pb.CONNECTED if connected else connectivity_pb.DISCONNECTED
    whole = int(now)
    message = connectivity_pb.VehicleConnectivity(
        vin=peer.vin,
        connection_id=peer.connection,
        status=status,
        created_at=Timestamp(seconds=whole, nanos=int((now - whole) * NANOSECONDS)),
        network_interface=peer.interface,
    )
    return Record(
        topic=CONNECTIVITY,
        txid=peer.connection,
        vin=peer.vin,
        message=message,
        client=peer.client,
        received_at=now,
    )


def read_message(topic: str, payload: bytes, vin: str) -> Any:
    """Decode a payload and correct it; None for a topic without a message.

    Raises: DecodeError
    """
    if topic not in MESSAGES:
        return None
    message = MESSAGES[topic].FromString(payload)
    message.vin = vin
    if topic == DATA:
        _correct_place(message)
        for datum in message.data:
            _correct_exponent(datum.value)
    if topic == ALERTS:
        for alert in message.alerts:
            for name in ("started_at", "ended_at"):
                if alert.HasField(name):
                    _correct_milliseconds(getattr(alert, name))
    return message


def _correct_place(message: Any) -> None:
    """Read the text of old firmware, in the first place of a record only."""
    for datum in message.data:
        if datum.key != data_pb.Location:
            continue
        found = PLACE.match(datum.value.string_value)
        if found:
            try:
                latitude, longitude = float(found[1]), float(found[3])
            except ValueError:
                return
            place = datum.value.location_value
            place.latitude = -latitude if found[2] == "S" else latitude
            place.longitude = -longitude if found[4] == "W" else longitude
        return


def _correct_exponent(value: Any) -> None:
    """Write a text such as 1.5e-05 with five decimals, by way of a 32-bit number."""
    text = value.string_value
    if EXPONENT.fullmatch(text):
        try:
            (number,) = struct.unpack("<f", struct.pack("<f", float(text)))
        except OverflowError:
            return
        value.string_value = f"{number:.5f}"


def _correct_milliseconds(moment: Timestamp) -> None:
    if moment.seconds >= MILLISECONDS_FROM:
        seconds, milliseconds = divmod(moment.seconds, 1000)
        moment.seconds, moment.nanos = seconds, milliseconds * 1_000_000
