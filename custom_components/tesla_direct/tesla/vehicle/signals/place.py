"""Where the car is, which way it looks, and whether that is a place it knows."""

from ..kind import flag, number
from ..location import car_location, location
from ..signal import LOCATION_SCOPE, Signal

LOCATION = Signal(
    name="location",
    kind=car_location,
    path="drive_state",
    members=("latitude", "longitude"),
    field="Location",
    field_kind=location,
    scope=LOCATION_SCOPE,
    private=True,
)
HEADING = Signal(
    name="heading", kind=number, path="drive_state.heading", field="GpsHeading", scope=LOCATION_SCOPE
)
GPS_FIX = Signal(name="gps_state", kind=flag, field="GpsState", scope=LOCATION_SCOPE)
GPS_ACCURACY = Signal(name="gps_accuracy", kind=number, field="GpsAccuracyMeters", since="2026.32")

# Places that are set in the car, for the active profile.
AT_HOME = Signal(name="located_at_home", kind=flag, field="LocatedAtHome", since="2024.44.32")
AT_WORK = Signal(name="located_at_work", kind=flag, field="LocatedAtWork", since="2024.44.32")
AT_FAVORITE = Signal(name="located_at_favorite", kind=flag, field="LocatedAtFavorite", since="2024.44.32")

HOMELINK_NEARBY = Signal(
    name="homelink_nearby",
    kind=flag,
    path="vehicle_state.homelink_nearby",
    field="HomelinkNearby",
    since="2024.44.25",
)
HOMELINK_DEVICES = Signal(
    name="homelink_devices",
    kind=number,
    path="vehicle_state.homelink_device_count",
    field="HomelinkDeviceCount",
    since="2024.44.25",
)
