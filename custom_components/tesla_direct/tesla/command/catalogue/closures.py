"""What opens and locks: doors, trunks, windows, roofs; and what makes itself noticed around the car."""

from ...proto.car_server_pb2 import (
    VehicleAction,
    VehicleControlFlashLightsAction,
    VehicleControlHonkHornAction,
    VehicleControlSunroofOpenCloseAction,
    VehicleControlTriggerHomelinkAction,
    VehicleControlWindowAction,
)
from ...proto.common_pb2 import LatLong, Void
from ...proto.vcsec_pb2 import ClosureMoveRequest, ClosureMoveType_E, RKEAction_E, UnsignedMessage
from ...vehicle import model
from ...vehicle.expectation import Expectation
from ...vehicle.signals import closures, security
from ..command import Command
from . import check
from .form import action, infotainment, plain, vehicle_security
from .obstacle import keyless_driving_off, not_parked

_TRUNKS = {"front": closures.TRUNK_FRONT, "rear": closures.TRUNK_REAR}
_WINDOWS = {
    "vent": (
        VehicleControlWindowAction(vent=Void()),
        tuple(Expectation(window, "partially_open", also=("opened",)) for window in closures.WINDOWS),
    ),
    "close": (
        VehicleControlWindowAction(close=Void()),
        tuple(Expectation(window, "closed") for window in closures.WINDOWS),
    ),
}
_SUNROOF = {
    "vent": (
        VehicleControlSunroofOpenCloseAction(vent=Void()),
        Expectation(closures.SUNROOF_STATE, "vent"),
    ),
    "close": (
        VehicleControlSunroofOpenCloseAction(close=Void()),
        Expectation(closures.SUNROOF_STATE, "closed"),
    ),
    "stop": None,
}


def door_lock() -> Command:
    """Lock."""
    return vehicle_security(
        name="door_lock",
        payload=_rke(RKEAction_E.RKE_ACTION_LOCK),
        expects=(Expectation(security.LOCKED, value=True),),
    )


def door_unlock() -> Command:
    """Unlock."""
    return vehicle_security(
        name="door_unlock",
        payload=_rke(RKEAction_E.RKE_ACTION_UNLOCK),
        expects=(Expectation(security.LOCKED, value=False),),
    )


def remote_start_drive() -> Command:
    """Let anybody in the car drive off, for about two minutes."""
    return vehicle_security(
        name="remote_start_drive",
        payload=_rke(RKEAction_E.RKE_ACTION_REMOTE_DRIVE),
        repeatable=False,
        expects=(Expectation(security.REMOTE_START_ACTIVE, value=True),),
        holds=(),
        exists=model.REMOTE_START,
        obstacle=keyless_driving_off,
    )


def actuate_trunk(which_trunk: str, *, opens: bool | None = None) -> Command:
    """Open the front trunk; move the rear one, which closes again where it has a motor.

    which_trunk: front, rear
    opens:       what the rear one is going to do, None if the caller does not know
    """
    signal = check.one_of(which_trunk, "which_trunk", _TRUNKS)
    move = ClosureMoveType_E.CLOSURE_MOVE_TYPE_MOVE
    front = which_trunk == "front"
    goal = True if front else opens
    return vehicle_security(
        name="actuate_trunk",
        payload=_closure(
            ClosureMoveRequest(frontTrunk=move) if front else ClosureMoveRequest(rearTrunk=move)
        ),
        body={"which_trunk": which_trunk},
        repeatable=False,
        toggles=not front and opens is not None,
        expects=() if goal is None else (Expectation(signal, goal),),
        holds=(),
        exists=model.TRUNKS,
        obstacle=not_parked if front else None,
    )


def close_trunk() -> Command:
    """Close the rear trunk, where it has a motor; only signed."""
    return vehicle_security(
        name="close_trunk",
        payload=_closure(ClosureMoveRequest(rearTrunk=ClosureMoveType_E.CLOSURE_MOVE_TYPE_CLOSE)),
        body=None,
        expects=(Expectation(closures.TRUNK_REAR, value=False),),
        exists=model.POWERED_LIFTGATE,
    )


def open_tonneau() -> Command:
    """Begin to open the cover of the bed."""
    # It takes its time; that it has begun is proof enough.
    opened = Expectation(closures.TONNEAU_POSITION, "fully_open", also=("partially_open",))
    return vehicle_security(
        name="open_tonneau",
        payload=_closure(ClosureMoveRequest(tonneau=ClosureMoveType_E.CLOSURE_MOVE_TYPE_OPEN)),
        body=None,
        expects=(opened,),
        exists=model.CYBERTRUCK,
    )


def close_tonneau() -> Command:
    """Begin to close the cover of the bed."""
    return vehicle_security(
        name="close_tonneau",
        payload=_closure(ClosureMoveRequest(tonneau=ClosureMoveType_E.CLOSURE_MOVE_TYPE_CLOSE)),
        body=None,
        expects=(Expectation(closures.TONNEAU_POSITION, "closed"),),
        exists=model.CYBERTRUCK,
    )


def stop_tonneau() -> Command:
    """Stop the cover of the bed where it is."""
    return vehicle_security(
        name="stop_tonneau",
        payload=_closure(ClosureMoveRequest(tonneau=ClosureMoveType_E.CLOSURE_MOVE_TYPE_STOP)),
        body=None,
        exists=model.CYBERTRUCK,
    )


def window_control(command: str, lat: float | None = None, lon: float | None = None) -> Command:
    """Open all windows a crack, or close them.

    command:  vent, close
    lat, lon: where whoever asks is; old cars close only for somebody who stands by
    """
    asked, expects = check.one_of(command, "command", _WINDOWS)
    body: dict[str, object] = {"command": command}
    if lat is not None:
        body["lat"] = check.latitude(lat)
    if lon is not None:
        body["lon"] = check.longitude(lon)
    return infotainment(
        name="window_control",
        payload=action(VehicleAction(vehicleControlWindowAction=asked)),
        body=body,
        expects=expects,
    )


def sun_roof_control(state: str) -> Command:
    """Move the sunroof.

    state: vent, close, stop; of the last there is no signed form
    """
    move = check.one_of(state, "state", _SUNROOF)
    if move is None:
        return plain(name="sun_roof_control", body={"state": state}, exists=model.SUNROOF)
    asked, expected = move
    return infotainment(
        name="sun_roof_control",
        payload=action(VehicleAction(vehicleControlSunroofOpenCloseAction=asked)),
        body={"state": state},
        unpublished=True,
        expects=(expected,),
        exists=model.SUNROOF,
    )


def trigger_homelink(lat: float, lon: float, token: str | None = None) -> Command:
    """Press the button of the garage door, which opens it or closes it.

    lat, lon: where the car is
    token:    of the plain form alone
    """
    north, east = check.latitude(lat), check.longitude(lon)
    body: dict[str, object] = {"lat": north, "lon": east}
    if token is not None:
        body["token"] = check.text(token, "token")
    place = LatLong(latitude=north, longitude=east)
    return infotainment(
        name="trigger_homelink",
        payload=action(
            VehicleAction(
                vehicleControlTriggerHomelinkAction=VehicleControlTriggerHomelinkAction(location=place)
            )
        ),
        body=body,
        repeatable=False,
        holds=(),
        exists=model.HOMELINK,
    )


def flash_lights() -> Command:
    """Flash the headlights."""
    return infotainment(
        name="flash_lights",
        payload=action(VehicleAction(vehicleControlFlashLightsAction=VehicleControlFlashLightsAction())),
        repeatable=False,
        holds=(),
        obstacle=not_parked,
    )


def honk_horn() -> Command:
    """Honk."""
    return infotainment(
        name="honk_horn",
        payload=action(VehicleAction(vehicleControlHonkHornAction=VehicleControlHonkHornAction())),
        repeatable=False,
        holds=(),
        obstacle=not_parked,
    )


def _rke(key: RKEAction_E) -> bytes:
    """Return the payload that presses a button of the key."""
    return UnsignedMessage(RKEAction=key).SerializeToString()


def _closure(request: ClosureMoveRequest) -> bytes:
    """Return the payload that moves something."""
    return UnsignedMessage(closureMoveRequest=request).SerializeToString()
