"""What can be asked: a table of Tesla's endpoints.

`GET …/specs` is left out on purpose: it costs ten cents a time.
Prices are those of Tesla's price list; where no document says, `UNKNOWN`.
Scopes that the list of scopes does not settle are our reading of it.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from urllib.parse import quote


class Price(Enum):
    """What an answer is billed as.

    UNKNOWN: no document says; reckoned as data where the most it may have cost is shown
    """

    FREE = "free"
    DATA = "data"
    COMMAND = "command"
    WAKE = "wake"
    UNKNOWN = "unknown"


class Token(Enum):
    """Who has to ask: the user, or the application itself."""

    USER = "user"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row.

    name:   ours, for logs and errors; Tesla's own where it has one
    path:   `{vin}` is filled in
    scopes: any one of them will do; none means that any token will
    accepts: what it is asked to answer with
    """

    name: str
    method: str
    path: str
    price: Price
    scopes: tuple[str, ...] = ("vehicle_device_data",)
    token: Token = Token.USER
    accepts: str = "application/json"


class Part(StrEnum):
    """A sub-document of `vehicle_data`, as its parameter `endpoints` names it."""

    CHARGE_STATE = "charge_state"
    CLIMATE_STATE = "climate_state"
    CLOSURES_STATE = "closures_state"
    DRIVE_STATE = "drive_state"
    GUI_SETTINGS = "gui_settings"
    LOCATION_DATA = "location_data"
    CHARGE_SCHEDULE_DATA = "charge_schedule_data"
    PRECONDITIONING_SCHEDULE_DATA = "preconditioning_schedule_data"
    VEHICLE_CONFIG = "vehicle_config"
    VEHICLE_STATE = "vehicle_state"
    VEHICLE_DATA_COMBO = "vehicle_data_combo"


LOCATION_SCOPE = "vehicle_location"
# Coordinates need the scope and, since firmware 2023.38, this part; asking shows an icon in the car.
LOCATION_PARTS = frozenset({Part.LOCATION_DATA})

_USER = "/api/1/users"
_CARS = "/api/1/vehicles"
_CAR = "/api/1/vehicles/{vin}"
_DX = "/api/1/dx"
_PARTNER = "/api/1/partner_accounts"

# What belongs to the account (section 4 of Tesla's documentation of the Fleet API).
ME = Endpoint(name="users/me", method="GET", path=f"{_USER}/me", price=Price.FREE, scopes=("user_data",))
REGION = Endpoint(name="users/region", method="GET", path=f"{_USER}/region", price=Price.FREE, scopes=())
ORDERS = Endpoint(
    name="users/orders", method="GET", path=f"{_USER}/orders", price=Price.FREE, scopes=("user_data",)
)
FEATURE_CONFIG = Endpoint(
    name="users/feature_config", method="GET", path=f"{_USER}/feature_config", price=Price.FREE, scopes=()
)
PRODUCTS = Endpoint(
    name="products",
    method="GET",
    path="/api/1/products",
    price=Price.FREE,
    scopes=("vehicle_device_data", "energy_device_data"),
)

# What is asked about a car, free or not.
VEHICLES = Endpoint(name="vehicles", method="GET", path=_CARS, price=Price.FREE)
VEHICLE = Endpoint(name="vehicle", method="GET", path=_CAR, price=Price.FREE)
VEHICLE_DATA = Endpoint(name="vehicle_data", method="GET", path=f"{_CAR}/vehicle_data", price=Price.DATA)
MOBILE_ENABLED = Endpoint(
    name="mobile_enabled", method="GET", path=f"{_CAR}/mobile_enabled", price=Price.UNKNOWN
)
NEARBY_CHARGING_SITES = Endpoint(
    name="nearby_charging_sites", method="GET", path=f"{_CAR}/nearby_charging_sites", price=Price.DATA
)
RECENT_ALERTS = Endpoint(name="recent_alerts", method="GET", path=f"{_CAR}/recent_alerts", price=Price.DATA)
RELEASE_NOTES = Endpoint(name="release_notes", method="GET", path=f"{_CAR}/release_notes", price=Price.DATA)
SERVICE_DATA = Endpoint(name="service_data", method="GET", path=f"{_CAR}/service_data", price=Price.DATA)
DRIVERS = Endpoint(name="drivers", method="GET", path=f"{_CAR}/drivers", price=Price.UNKNOWN)
INVITATIONS = Endpoint(name="invitations", method="GET", path=f"{_CAR}/invitations", price=Price.UNKNOWN)
OPTIONS = Endpoint(
    name="options", method="GET", path=f"{_DX}/vehicles/options?vin={{vin}}", price=Price.UNKNOWN
)
SUBSCRIPTIONS = Endpoint(
    name="subscriptions/eligibility",
    method="GET",
    path=f"{_DX}/vehicles/subscriptions/eligibility?vin={{vin}}",
    price=Price.UNKNOWN,
)
UPGRADES = Endpoint(
    name="upgrades/eligibility",
    method="GET",
    path=f"{_DX}/vehicles/upgrades/eligibility?vin={{vin}}",
    price=Price.UNKNOWN,
)
WARRANTY = Endpoint(
    name="warranty/details", method="GET", path=f"{_DX}/warranty/details?vin={{vin}}", price=Price.UNKNOWN
)
CHARGING_HISTORY = Endpoint(
    name="charging/history",
    method="GET",
    path=f"{_DX}/charging/history",
    price=Price.UNKNOWN,
    scopes=("vehicle_charging_cmds",),
)

# What readies a car for us.
FLEET_STATUS = Endpoint(
    name="fleet_status", method="POST", path=f"{_CARS}/fleet_status", price=Price.FREE, scopes=()
)
TELEMETRY_CONFIG_CREATE = Endpoint(
    name="fleet_telemetry_config", method="POST", path=f"{_CARS}/fleet_telemetry_config", price=Price.FREE
)
TELEMETRY_CONFIG_CREATE_JWS = Endpoint(
    name="fleet_telemetry_config_jws",
    method="POST",
    path=f"{_CARS}/fleet_telemetry_config_jws",
    price=Price.FREE,
)
TELEMETRY_CONFIG_GET = Endpoint(
    name="fleet_telemetry_config_get",
    method="GET",
    path=f"{_CAR}/fleet_telemetry_config",
    price=Price.FREE,
)
TELEMETRY_CONFIG_DELETE = Endpoint(
    name="fleet_telemetry_config_delete",
    method="DELETE",
    path=f"{_CAR}/fleet_telemetry_config",
    price=Price.FREE,
)
TELEMETRY_ERRORS = Endpoint(
    name="fleet_telemetry_errors", method="GET", path=f"{_CAR}/fleet_telemetry_errors", price=Price.FREE
)

# What acts.
WAKE_UP = Endpoint(
    name="wake_up", method="POST", path=f"{_CAR}/wake_up", price=Price.WAKE, scopes=("vehicle_cmds",)
)
SIGNED_COMMAND = Endpoint(
    name="signed_command",
    method="POST",
    path=f"{_CAR}/signed_command",
    price=Price.COMMAND,
    scopes=("vehicle_cmds", "vehicle_charging_cmds"),
)

# What the application asks for itself, with a token of its own.
PARTNER_REGISTER = Endpoint(
    name="partner_accounts", method="POST", path=_PARTNER, price=Price.FREE, scopes=(), token=Token.PARTNER
)
PARTNER_PUBLIC_KEY = Endpoint(
    name="partner_accounts/public_key",
    method="GET",
    path=f"{_PARTNER}/public_key",
    price=Price.FREE,
    scopes=(),
    token=Token.PARTNER,
)
PARTNER_ERROR_VINS = Endpoint(
    name="partner_accounts/fleet_telemetry_error_vins",
    method="GET",
    path=f"{_PARTNER}/fleet_telemetry_error_vins",
    price=Price.FREE,
    scopes=(),
    token=Token.PARTNER,
)
PARTNER_ERRORS = Endpoint(
    name="partner_accounts/fleet_telemetry_errors",
    method="GET",
    path=f"{_PARTNER}/fleet_telemetry_errors",
    price=Price.FREE,
    scopes=(),
    token=Token.PARTNER,
)

# Teslemetry's own, free all of them; what it answers is mostly bare, without a `response` around it.
TESLEMETRY_PING = Endpoint(
    name="teslemetry/ping", method="GET", path="/api/ping", price=Price.FREE, scopes=()
)
TESLEMETRY_TEST = Endpoint(
    name="teslemetry/test", method="GET", path="/api/test", price=Price.FREE, scopes=()
)
TESLEMETRY_METADATA = Endpoint(
    name="teslemetry/metadata", method="GET", path="/api/metadata", price=Price.FREE, scopes=()
)
TESLEMETRY_CONFIG = Endpoint(
    name="teslemetry/config", method="GET", path="/api/config/{vin}", price=Price.FREE
)
TESLEMETRY_CONFIG_PATCH = Endpoint(
    name="teslemetry/config_patch", method="PATCH", path="/api/config/{vin}", price=Price.FREE
)
TESLEMETRY_CONFIG_REPLACE = Endpoint(
    name="teslemetry/config_replace", method="POST", path="/api/config/{vin}", price=Price.FREE
)
TESLEMETRY_CONFIG_DELETE = Endpoint(
    name="teslemetry/config_delete", method="DELETE", path="/api/config/{vin}", price=Price.FREE
)
TESLEMETRY_FIELDS = Endpoint(
    name="teslemetry/fields", method="GET", path="/fields.json", price=Price.FREE, scopes=()
)
TESLEMETRY_STREAM = Endpoint(
    name="teslemetry/sse",
    method="GET",
    path="/sse",
    price=Price.FREE,
    accepts="text/event-stream",
)

TABLE = {row.name: row for row in tuple(globals().values()) if isinstance(row, Endpoint)}


def command(name: str) -> Endpoint:
    """Return the row of a plain command, by Tesla's name for it."""
    return Endpoint(
        name=f"command/{name}",
        method="POST",
        path=f"{_CAR}/command/{name}",
        price=Price.COMMAND,
        scopes=("vehicle_cmds", "vehicle_charging_cmds"),
    )


def invoice(content_id: str) -> Endpoint:
    """Return the row of an invoice, by the id that the charging history names."""
    return Endpoint(
        name="charging/invoice",
        method="GET",
        path=f"{_DX}/charging/invoice/{quote(content_id, safe='')}",
        price=Price.UNKNOWN,
        scopes=CHARGING_HISTORY.scopes,
        accepts="application/pdf",
    )
