"""Who in a car verifies a command."""

from enum import IntEnum


class Domain(IntEnum):
    """A computer of the car with a key, a clock and counters of its own; the numbers are Tesla's."""

    VEHICLE_SECURITY = 2
    INFOTAINMENT = 3
