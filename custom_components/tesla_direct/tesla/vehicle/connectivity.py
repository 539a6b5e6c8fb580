"""How reachable a car is: a table of transitions.

Two witnesses are fused: the cloud's free state read, and the car's own telemetry connection. Where nobody
asks a cloud, the end of the connection has to do.
"""

from enum import Enum


class Power(Enum):
    """How reachable a car is, in the words of Tesla's `state`."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"


class Event(Enum):
    """What was seen of a car."""

    SAID_ONLINE = "the cloud says online"
    SAID_ASLEEP = "the cloud says asleep"
    SAID_OFFLINE = "the cloud says offline"
    CONNECTED = "the car has opened a telemetry connection, or sent a record on it"
    NOT_LISTED = "the cloud does not list it among the account's cars"
    SILENT = "its last telemetry connection has ended, and there is no cloud that could say more"
    UNREACHABLE = "the cloud could not reach it for a request (408)"


# An open telemetry connection proves that the car is awake; the cloud's word lags behind by minutes.
# So what the cloud says counts only while no connection is open (`while_connected` below).
TRANSITIONS: dict[Event, dict[Power, Power]] = {
    Event.SAID_ONLINE: dict.fromkeys(Power, Power.ONLINE),
    Event.SAID_ASLEEP: dict.fromkeys(Power, Power.ASLEEP),
    Event.SAID_OFFLINE: dict.fromkeys(Power, Power.OFFLINE),
    Event.CONNECTED: dict.fromkeys(Power, Power.ONLINE),
    # Asleep or without a signal: that looks the same from here, unless somebody who knows has said so.
    Event.SILENT: dict.fromkeys(Power, Power.OFFLINE) | {Power.ASLEEP: Power.ASLEEP},
    Event.NOT_LISTED: dict.fromkeys(Power, Power.UNKNOWN),
    # 408 says "offline or asleep"; a car already known as one of them stays it.
    Event.UNREACHABLE: {Power.UNKNOWN: Power.ASLEEP, Power.ONLINE: Power.ASLEEP},
}


def after(power: Power, event: Event, *, connected: bool) -> Power:
    """Return how reachable the car is once `event` was seen.

    connected: whether a telemetry connection of this car is open
    """
    if connected:
        return Power.ONLINE
    return TRANSITIONS[event].get(power, power)
