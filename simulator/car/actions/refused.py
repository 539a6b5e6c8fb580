"""The answer no."""


class Refused(Exception):
    """Understood, and not done; `reason` is what the car says."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason


def refuse_if(condition: object, reason: str) -> None:
    """Refuse where something stands against it."""
    if condition:
        raise Refused(reason)


# What the vehicle security computer can say, as its numbers are named.
CLOSURES_OPEN = "closures_open"
ALREADY_ON = "already_on"
DISABLED = "disabled_for_user_command"
NOT_IN_PARK = "vehicle_not_in_park"
UNKNOWN = "unknown"

ALREADY_SET = "already_set"
CAR_WASH = "car_wash"
CLIMATE_IS_OFF = "cabin comfort remote settings not enabled"
INVALID_PIN = "invalid_pin"
INVALID_VALUE = "invalid_value"
NOT_SUPPORTED = "not_supported"
