"""The truth as the infotainment computer tells it when asked by a signed message."""

from collections.abc import Callable, Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import car_server_pb2 as pb
from custom_components.tesla_direct.tesla.proto import vehicle_pb2

from ..truth import Truth
from .documents import DOCUMENTS

CHARGER = (51.5083, 0.0710)


def _pong(truth: Truth, payload: bytes, response: pb.Response) -> None:
    response.ping.ping_id = pb.Action.FromString(payload).vehicleAction.ping.ping_id
    response.ping.local_timestamp.CopyFrom(_moment(truth))


def _vehicle_data(truth: Truth, payload: bytes, response: pb.Response) -> None:
    wanted = pb.Action.FromString(payload).vehicleAction.getVehicleData
    response.vehicleData.CopyFrom(vehicle_pb2.VehicleData())
    for field, _ in wanted.ListFields():
        DOCUMENTS[field.name](truth, response.vehicleData, _moment(truth))


def _chargers(truth: Truth, _payload: bytes, response: pb.Response) -> None:
    sites = response.getNearbyChargingSites
    sites.timestamp.CopyFrom(_moment(truth))
    sites.congestion_sync_time_utc_secs = int(truth.now) - 120
    site = sites.superchargers.add()
    site.id, site.name, site.country = 7001, "Gallions Reach, GB", "GB"
    site.available_stalls, site.total_stalls, site.max_power_kw = 7, 12, 250
    site.distance_miles, site.within_range = 5.4, True
    site.location.latitude, site.location.longitude = CHARGER


def _moment(truth: Truth) -> Timestamp:
    moment = Timestamp()
    moment.FromMilliseconds(int(truth.now * 1000))
    return moment


QUESTIONS: Mapping[str, Callable[[Truth, bytes, pb.Response], None]] = {
    "ping": _pong,
    "getVehicleData": _vehicle_data,
    "getNearbyChargingSites": _chargers,
}
