"""What all commands to one computer of a car have in common, and the message that infotainment takes."""

from functools import partial

from ...proto.car_server_pb2 import Action, VehicleAction
from ...vehicle_command.domain import Domain
from ..command import CHARGING, COMMANDS, Command

# Refusals that say that what was wanted is so (commands.md, "Refusal reasons"); of what acts anew each time
# they say nothing.
ALREADY_SO = ("already_set", "requested", "already off")

CHARGING_SCOPES = (COMMANDS, CHARGING)

infotainment = partial(Command, domain=Domain.INFOTAINMENT, holds=ALREADY_SO)
vehicle_security = partial(Command, domain=Domain.VEHICLE_SECURITY, holds=ALREADY_SO)
# What nobody can sign.
plain = partial(Command, domain=None, holds=ALREADY_SO)


def action(asked: VehicleAction) -> bytes:
    """Return the payload of a request to infotainment."""
    return Action(vehicleAction=asked).SerializeToString()
