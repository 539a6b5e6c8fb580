"""Cases of the group commands that concern the car: what the simulator's verifier takes and refuses."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import MessageFault_E, RoutableMessage
from simulator.car.keychain import Keychain
from simulator.car.verifier import Fault, Verifier
from simulator.car.window import Window
from tests.conformance.expect import equal

type Case = dict[str, Any]


def _verifier(case: Case, state: dict[str, Any], clock: int) -> Verifier:
    """Make a computer that is in the state of a case, and takes late messages as the recorded one does."""
    keychain = Keychain()
    client = bytes.fromhex(case["client_public"])
    keychain.add(client)
    key = ec.derive_private_key(int(case["vehicle_private"], 16), ec.SECP256R1())
    verifier = Verifier(
        case["vin"], case["domain_number"], keychain, lambda: float(clock), key=key, uptime=clock
    )
    verifier.windowed = True
    verifier.epoch = bytes.fromhex(state["epoch"])
    window = verifier.window(client)
    window.counter, window.seen = state["counter"], int(state.get("window", "0"))
    return verifier


def check_vehicle_verify(case: Case) -> None:
    """Present the messages of a case in turn: what is taken, why not, and the counters afterwards."""
    initial = case["initial"]
    verifier = _verifier(case, initial, initial["clock"])
    client = bytes.fromhex(case["client_public"])
    for place, step in enumerate(case["steps"]):
        name, expect = f"step {place} ({step.get('note', '')})", step["expect"]
        message = RoutableMessage.FromString(bytes.fromhex(step["message"]))
        try:
            got: dict[str, Any] = {"result": "ok", "payload": verifier.verify(message).payload.hex()}
        except Fault as fault:
            got = _refused(verifier, client, message, fault)
        window = verifier.window(client)
        got |= {"counter_after": window.counter, "window_after": str(window.seen)}
        equal(name, got, expect)


def _refused(verifier: Verifier, client: bytes, message: RoutableMessage, fault: Fault) -> dict[str, Any]:
    got: dict[str, Any] = {
        "result": "fault",
        "fault": fault.code,
        "fault_name": MessageFault_E.Name(fault.code),
        "session_info_attached": fault.explained,
    }
    if fault.explained:
        info, tag = verifier.session_info(client, message.uuid)
        got |= {"session_info": info.hex(), "tag": tag.hex()}
    return got


def check_counter_window(case: Case) -> None:
    """Use up one counter."""
    window = Window(case["counter"], int(case["window"]))
    taken = window.take(case["new"])
    got = {"ok": taken, "counter": window.counter, "window": str(window.seen)}
    equal("window", got, case["expect"])


def check_signed_request(case: Case) -> None:
    """Take a signed request, as a car has to that is in the state for which it was signed."""
    state = case["session"]
    verifier = _verifier(case, state, state["clock_time"])
    message = RoutableMessage.FromString(bytes.fromhex(case["message"]))
    verified = verifier.verify(message)
    equal("payload", verified.payload.hex(), case["payload"])
    equal("request hash", verified.hash.hex(), case["request_hash"])
    equal("flags", verified.flags, case["flags"])


KINDS: dict[str, Callable[[Case], None]] = {
    "vehicle_verify": check_vehicle_verify,
    "counter_window": check_counter_window,
    "sign_request": check_signed_request,
}
