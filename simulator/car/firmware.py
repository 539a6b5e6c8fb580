"""Which telemetry field, form and option a car knows: a matter of its firmware and its client."""

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb

from .fields import battery, cabin, driving, settings
from .model import Model
from .spelling import ALWAYS_TYPED_FROM, Row, Rows, number_of

type Version = tuple[int, ...]

ROWS: Rows = {**battery.ROWS, **cabin.ROWS, **driving.ROWS, **settings.ROWS}

# Oldest firmware by field number, the first range that holds it; the rest of the fields is older still.
SINCE: tuple[tuple[range, Version], ...] = (
    (range(107, 113), (2024, 26)),
    (range(163, 164), (2024, 26)),
    (range(179, 180), (2024, 38)),
    (range(184, 185), (2024, 44, 32)),
    (range(180, 229), (2024, 44, 25)),
    (range(229, 239), (2024, 44, 32)),
    (range(239, 258), (2025, 2, 6)),
    (range(258, 260), (2025, 44, 25, 5)),
    (range(260, 270), (2026, 32)),
)
# The telemetry client that comes with a firmware; between two of these the older one.
CLIENTS: tuple[tuple[Version, str], ...] = (
    ((2026, 32), "1.3.0"),
    ((2025, 44, 25, 5), "1.2.0"),
    ((2025, 32), "1.1.0"),
    ((2024, 45, 32, 20), "1.0.0"),
)
STREAMS_SINCE = (2024, 26)
ATOM_STREAMS_SINCE = (2025, 20)  # Model S and X with the Intel computer
HARDWARE4_ONLY = frozenset({"MilesSinceReset", "SelfDrivingMilesSinceReset"})
# Documented, and rejected by many cars; those with the newest client take it here.
OFTEN_REJECTED = {"LifetimeEnergyGainedRegen": (1, 3, 0)}
# Documented as broken: taken without a word, and nothing ever comes.
SILENT = frozenset({"RouteLastUpdated"})
# Needs the scope vehicle_location besides the data scope.
LOCATED = frozenset(
    {
        "DestinationLocation",
        "DestinationName",
        "GpsHeading",
        "GpsState",
        "Location",
        "OriginLocation",
        "RouteLine",
    }
)
# The slowest pace the car insists on; which fields real cars do this for is not public.
SLOWEST_S = {"MilesSinceReset": 60.0, "SelfDrivingMilesSinceReset": 60.0}

TYPING_HEEDED = (2024, 38)
DELTAS_KNOWN = (2024, 44, 32)
METRES_KNOWN = (2025, 2, 6)
ALL_TYPED_CLIENT = (1, 1, 0)
POLICY_CLIENT = (1, 0, 0)
INCLUDE_CLIENT = (1, 3, 0)
DEFAULT_DELTAS = {"ChargerVoltage": 0.3, "Odometer": 0.1}


def version(text: str | None) -> Version:
    """Take a version apart; none is older than all."""
    return tuple(map(int, text.split("."))) if text else ()


def client_of(firmware: str) -> str | None:
    """Return the version of the telemetry client that comes with a firmware; None before it told one."""
    return next((client for since, client in CLIENTS if version(firmware) >= since), None)


class Firmware:
    """What one car's software knows."""

    def __init__(self, model: Model) -> None:
        """Read the model's versions."""
        self._model = model
        self._version = version(model.firmware)
        self._client = version(model.client)

    def row(self, field: str) -> Row | None:
        """Return how to read a field, None if this car does not know it."""
        row = ROWS.get(field)
        if row is None or self._version < self._since(number_of(field)):
            return None
        if field in HARDWARE4_ONLY and not self._model.hardware4:
            return None
        if self._client < OFTEN_REJECTED.get(field, ()):
            return None
        return row

    def typed(self, field: str, *, preferred: bool) -> bool:
        """Tell whether a field's value is sent typed or as text."""
        if self._client >= ALL_TYPED_CLIENT or number_of(field) >= ALWAYS_TYPED_FROM:
            return True
        return preferred and self._model.takes_typing and self._version >= TYPING_HEEDED

    @property
    def knows_deltas(self) -> bool:
        """Tell whether minimum deltas and resend intervals are heeded."""
        return self._version >= DELTAS_KNOWN

    @property
    def knows_metres(self) -> bool:
        """Tell whether a place's minimum delta is in metres, and the built-in ones hold."""
        return self._version >= METRES_KNOWN

    @property
    def knows_policy(self) -> bool:
        """Tell whether un-acknowledged data may be sent again."""
        return self._client >= POLICY_CLIENT

    @property
    def knows_include(self) -> bool:
        """Tell whether fields may be sent along with others."""
        return self._client >= INCLUDE_CLIENT

    @staticmethod
    def exists(field: str) -> bool:
        """Tell whether Tesla has a field of this name at all."""
        return field in pb.Field.keys() and field != "Unknown"  # noqa: SIM118  # an enum, not a mapping

    @staticmethod
    def _since(number: int) -> Version:
        return next((since for numbers, since in SINCE if number in numbers), ())
