"""The active route. A poll that leaves these out says that nobody navigates."""

from ..kind import clock, long_text, number, text
from ..location import location, of_members
from ..signal import LOCATION_SCOPE, Signal

DESTINATION = Signal(
    name="route_destination",
    kind=text,
    path="drive_state.active_route_destination",
    field="DestinationName",
    scope=LOCATION_SCOPE,
    clears=True,
    private=True,
)
DESTINATION_LOCATION = Signal(
    name="destination_location",
    kind=of_members("active_route_latitude", "active_route_longitude"),
    path="drive_state",
    members=("active_route_latitude", "active_route_longitude"),
    field="DestinationLocation",
    field_kind=location,
    scope=LOCATION_SCOPE,
    clears=True,
    private=True,
)
ORIGIN_LOCATION = Signal(
    name="origin_location", kind=location, field="OriginLocation", scope=LOCATION_SCOPE, private=True
)
# Base64 of a Google-encoded polyline, precision 6.
LINE = Signal(name="route_line", kind=long_text, field="RouteLine", scope=LOCATION_SCOPE, private=True)
DISTANCE = Signal(
    name="route_distance",
    kind=number,
    path="drive_state.active_route_miles_to_arrival",
    field="MilesToArrival",
    clears=True,
)
MINUTES_TO_ARRIVAL = Signal(
    name="route_minutes_to_arrival",
    kind=number,
    path="drive_state.active_route_minutes_to_arrival",
    field="MinutesToArrival",
    clears=True,
)
TRAFFIC_DELAY = Signal(
    name="route_traffic_delay",
    kind=number,
    path="drive_state.active_route_traffic_minutes_delay",
    field="RouteTrafficMinutesDelay",
    since="2024.44.25",
    clears=True,
)
ENERGY_AT_ARRIVAL = Signal(
    name="route_energy_at_arrival",
    kind=number,
    path="drive_state.active_route_energy_at_arrival",
    field="ExpectedEnergyPercentAtTripArrival",
    since="2024.44.25",
    clears=True,
)
SPEED_TO_DESTINATION = Signal(
    name="speed_to_destination", kind=number, field="MaxSpeedToReachDestinationMph", since="2026.32"
)
# A time of day; documented as broken, no car was seen to send it.
UPDATED = Signal(name="route_updated", kind=clock, field="RouteLastUpdated")
