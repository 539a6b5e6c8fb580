"""Cases of the group commands that concern our side: keys, sessions, signing, replies, Bluetooth."""

from collections.abc import Callable
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CarBusy,
    CarError,
    CarUnreachable,
    Fault,
    KeychainRefused,
    KeyNotPaired,
    OutcomeOpen,
    PublicKeyChanged,
    PublicKeyInvalid,
    ReplyUnreadable,
    SessionLost,
    SignatureUnsupported,
    StatusUnknown,
    TagWrong,
    TeslaError,
    WireError,
)
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.response import Answer
from custom_components.tesla_direct.tesla.fleet_api.response import read as read_answer
from custom_components.tesla_direct.tesla.fleet_telemetry import jws
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command import (
    ble,
    exchange,
    message,
    metadata,
    results,
    signing,
)
from custom_components.tesla_direct.tesla.vehicle_command import session as sessions
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.faults import FAULTS
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from custom_components.tesla_direct.tesla.vehicle_command.message import Pending, Reply, Request
from custom_components.tesla_direct.tesla.vehicle_command.metadata import Signature
from custom_components.tesla_direct.tesla.vehicle_command.session import Session
from custom_components.tesla_direct.tesla.vehicle_command.window import Window
from tests.conformance.expect import equal, refused

type Case = dict[str, Any]

ADDRESS, UUID = bytes(16), bytes(range(16))
# How the vectors call an error; the first that fits counts.
ERRORS: dict[type[TeslaError], str] = {
    KeychainRefused: "keychain_error",
    ActionRefused: "nominal_error",
    KeyNotPaired: "key_not_paired",
    StatusUnknown: "unknown_status",
    ReplyUnreadable: "bad_response",
    WireError: "bad_response",
    CarUnreachable: "vehicle_not_awake",
    SignatureUnsupported: "protocol_not_supported",
}
# Kinds of errors that need not be told apart.
SAME = {"command_error": "bad_response", "vcsec_nominal_error": "nominal_error"}
CATEGORIES = {SessionLost: "session_recoverable", CarBusy: "retry_busy"}
REQUESTS = {"rke": results.Kind.ACTION, "whitelist": results.Kind.KEYS, "info": results.Kind.INFORMATION}


def _key(scalar_hex: str) -> PrivateKey:
    return PrivateKey(ec.derive_private_key(int(scalar_hex, 16), ec.SECP256R1()))


def check_key_agreement(case: Case) -> None:
    """Agree from both sides, and compare what follows; or refuse the other key."""
    ours, theirs = _key(case["client_private"]), bytes.fromhex(case["vehicle_public"])
    if case["expect"] == "invalid_public_key":
        refused(PublicKeyInvalid, lambda: ours.agree(theirs))
        return
    car = _key(case["vehicle_private"])
    equal("our public key", ours.public.hex(), case["client_public"])
    equal("the car's public key", car.public, theirs)
    for side, shared in (("ours", ours.agree(theirs)), ("the car's", car.agree(ours.public))):
        equal(f"K, {side}", shared.secret.hex(), case["shared_key"])
        equal(f"K_s, {side}", shared.session_info.hex(), case["session_info_key"])
        equal(f"K_m, {side}", shared.command.hex(), case["authenticated_command_key"])


def _with_info(info: str, tag: str) -> Reply:
    return Reply(
        sender=Domain.INFOTAINMENT,
        address=ADDRESS,
        request_uuid=b"",
        flags=0,
        fault=0,
        status=0,
        payload=None,
        session_info=bytes.fromhex(info),
        tag=bytes.fromhex(tag),
        seal=None,
    )


def _asked(uuid: str) -> Pending:
    return Pending(domain=Domain.INFOTAINMENT, address=ADDRESS, uuid=bytes.fromhex(uuid), message=b"")


def _known(session: Session) -> dict[str, Any]:
    return {"epoch": session.epoch.hex(), "counter": session.counter, "clock_time": session.clock_time}


def check_session_info(case: Case) -> None:
    """Take in the answer to a handshake."""
    expect = case["expect"]
    session = Session(_key(case["client_private"]), case["vin"], Domain.INFOTAINMENT)
    reply, pending = _with_info(case["session_info"], case["tag"]), _asked(case["request_uuid"])
    if "metadata" in case:
        got = metadata.session_info(case["vin"], pending.uuid)
        equal("metadata", got.hex(), case["metadata"])
    try:
        session.adopt(reply, pending, 10_000.0, fresh_start=True)
    except PublicKeyInvalid:
        result = "invalid_public_key"
    except TagWrong:
        result = "invalid_signature"
    except WireError:
        result = "decoding_error"
    else:
        result = "ok"
    equal("result", result, expect["result"])
    equal("ready", session.ready, result == "ok")
    if result == "ok":
        public = {"vehicle_public": session.to_dict(0.0, 0.0)["car"]}
        equal("session", _known(session) | public | {"result": result}, expect)
        equal("the car's clock", session.car_time(10_001.5), expect["clock_time"] + 1.5)


def check_session_update(case: Case) -> None:
    """Take in session info that came with something else."""
    ours, car = _key(case["client_private"]), bytes.fromhex(case["vehicle_public"])
    session, initial = Session(ours, case["vin"], Domain.INFOTAINMENT), case["initial"]
    stored = {
        "key": ours.fingerprint,
        "car": car.hex(),
        "epoch": initial["epoch"],
        "counter": initial["counter"],
        "clock_time": initial["clock_time"],
        "clock": float(initial["clock_time"]),
        "at": 0.0,
    }
    session.restore(stored, 0.0, 0.0, margin=0)
    equal("initial", _known(session), initial)
    for place, step in enumerate(case["steps"]):
        name = f"step {place} ({step['note']})"
        before, received = session.epoch, sessions.parse(bytes.fromhex(step["session_info"]))
        try:
            applied = session.adopt(
                _with_info(step["session_info"], step["tag"]), _asked(step["request_uuid"]), 1.0
            )
        except PublicKeyChanged:
            result = "rejected_public_key_changed"
        except TagWrong:
            result = "rejected_bad_tag"
        else:
            result = "applied" if applied else "ignored_stale"
        expect = dict(step["expect"])
        if result == "applied" and received.epoch != before:
            # A new epoch begins with the counter that came; keeping a larger one is as right.
            equal(name, session.counter in {received.counter, expect["counter"]}, True)  # noqa: FBT003
            expect["counter"] = session.counter
        equal(name, _known(session) | {"result": result}, expect)


def check_sign_request(case: Case) -> None:
    """Sign with everything given, and compare each part; then have a session sign it."""
    key, domain = _key(case["client_private"]), Domain(case["domain_number"])
    shared = key.agree(bytes.fromhex(case["vehicle_public"]))
    equal("K", shared.secret.hex(), case["shared_key"])
    signature = {"hmac": Signature.HMAC, "gcm": Signature.AES_GCM}[case["method"]]
    request = Request(
        domain=domain,
        address=bytes.fromhex(case["routing_address"]),
        uuid=bytes.fromhex(case["uuid"]),
        epoch=bytes.fromhex(case["session"]["epoch"]),
        counter=case["counter"],
        expires_at=case["expires_at"],
        flags=case["flags"],
        payload=bytes.fromhex(case["payload"]),
    )
    head = metadata.request_head(signature, domain, case["vin"], request.epoch)
    whole = metadata.request(head, request.expires_at, request.counter, request.flags)
    equal("metadata", whole.hex(), case["metadata"])
    if signature is Signature.HMAC:
        tag = signing.hmac_tag(shared, head, request)
        got = message.with_hmac(request, key.public, tag)
    else:
        nonce = bytes.fromhex(case["nonce"])
        ciphertext, tag = signing.gcm_seal(shared, head, request, nonce)
        equal("ciphertext", ciphertext.hex(), case["ciphertext"])
        got = message.with_gcm(request, key.public, nonce, ciphertext, tag)
    equal("tag", tag.hex(), case["tag"])
    equal("hash", signing.request_hash(signature, domain, tag).hex(), case["request_hash"])
    _same_message(got, case)
    if signature is Signature.HMAC and request.flags == message.ENCRYPT_RESPONSE and request.expires_at:
        _same_message(_signed_by_session(key, case, request), case)


def _signed_by_session(key: PrivateKey, case: Case, request: Request) -> bytes:
    state = case["session"]
    session = Session(key, case["vin"], request.domain)
    stored = {
        "key": key.fingerprint,
        "car": case["vehicle_public"],
        "epoch": state["epoch"],
        "counter": state["counter"],
        "clock_time": state["clock_time"],
        "clock": float(state["clock_time"]),
        "at": 0.0,
    }
    session.restore(stored, 500.0, 0.0, margin=request.counter - state["counter"] - 1)
    drawn = iter((request.address, request.uuid))
    pending = session.sign(
        request.payload,
        now=500.0,
        lifetime=request.expires_at - state["clock_time"],
        random=lambda _length: next(drawn),
    )
    equal("hash by the session", pending.hash.hex(), case["request_hash"])
    return pending.message


def _same_message(got: bytes, case: Case) -> None:
    """Compare fields: their order may differ."""
    expected = RoutableMessage.FromString(bytes.fromhex(case["message"]))
    equal("message", RoutableMessage.FromString(got), expected)


def _opener(case: Case) -> tuple[Session, Pending]:
    """Return a session as after the request of a case, and that request."""
    request = RoutableMessage.FromString(bytes.fromhex(case["request"]))
    key, domain = _key(case["client_private"]), Domain(case["domain_number"])
    session = Session(key, case["vin"], domain)
    stored = {
        "key": key.fingerprint,
        "car": case["vehicle_public"],
        "epoch": bytes(16).hex(),
        "counter": 1,
        "clock_time": 1,
        "clock": 1.0,
        "at": 0.0,
    }
    session.restore(stored, 0.0, 0.0)
    data = request.signature_data
    signature, tag = {
        "hmac": (Signature.HMAC, data.HMAC_Personalized_data.tag),
        "gcm": (Signature.AES_GCM, data.AES_GCM_Personalized_data.tag),
    }[case["request_method"]]
    hashed = signing.request_hash(signature, domain, tag)
    equal("hash", hashed.hex(), case["request_hash"])
    pending = Pending(
        domain=domain,
        address=request.from_destination.routing_address,
        uuid=request.uuid,
        message=b"",
        hash=hashed,
    )
    return session, pending


def check_encrypted_response(case: Case) -> None:
    """Open an encrypted reply, or not."""
    session, pending = _opener(case)
    reply, expect = message.read(bytes.fromhex(case["response"])), case["expect"]
    if expect["result"] == "undecryptable":
        refused(TagWrong, lambda: session.open(reply, pending))
        equal("counters used up by a forgery", pending.window.state, (None, 0))
        return
    fields = case["response_fields"]
    whole = metadata.response(
        fields["from_domain"],
        case["vin"],
        counter=fields["counter"],
        flags=fields["flags"],
        request_hash=pending.hash,
        fault=fields["fault"],
    )
    equal("metadata", whole.hex(), case["metadata"])
    equal("payload", (session.open(reply, pending) or b"").hex(), expect["payload"])


def check_encrypted_response_sequence(case: Case) -> None:
    """Open several replies to one request; none is taken twice."""
    session, pending = _opener(case)
    for place, step in enumerate(case["steps"]):
        reply, expect = message.read(bytes.fromhex(step["response"])), step["expect"]
        try:
            got = {"result": "ok", "payload": (session.open(reply, pending) or b"").hex()}
        except WireError:
            got = {"result": "replayed_dropped"}
        equal(f"step {place}", got["result"], expect["result"])
        if "payload" in expect:
            equal(f"payload of step {place}", got["payload"], expect["payload"])


def _flags(error: TeslaError | None) -> dict[str, Any]:
    """Return an error as a vector writes it down."""
    if error is None:
        return {"error": None, "may_have_succeeded": False, "temporary": False, "should_retry": False}
    name = next((name for kind, name in ERRORS.items() if isinstance(error, kind)), None)
    if name is None:
        name = "message_fault" if isinstance(error, CarError) and error.fault else "busy"
    return {
        "error": name,
        "may_have_succeeded": error.may_have_succeeded,
        "temporary": error.temporary,
        "should_retry": error.temporary and not error.may_have_succeeded,
    }


def _compare(error: TeslaError | None, expect: dict[str, Any]) -> None:
    got = _flags(error)
    wanted = {name: expect[name] for name in got}
    wanted["error"] = SAME.get(wanted["error"], wanted["error"])
    equal("outcome", got, wanted)


def check_protocol_fault(case: Case) -> None:
    """Say what a reply means on the level of the protocol."""
    reply = message.read(bytes.fromhex(case["response"]))
    error: TeslaError | None = None
    try:
        results.check_handshake(reply)
    except TeslaError as raised:
        error = raised
    _compare(error, case["expect"])
    if "fault" in case:
        equal("fault", reply.fault, case["fault"])
        category = "none" if error is None else "permanent"
        for kind, name in CATEGORIES.items():
            if isinstance(error, kind):
                category = name
        equal("category", category, case["category"])
        _check_fault_name(error, case["fault"], case["fault_name"])


def _check_fault_name(error: TeslaError | None, fault: int, name: str) -> None:
    if fault in FAULTS:
        equal("name", f"MESSAGEFAULT_ERROR_{FAULTS[fault].name}", name)
    if isinstance(error, Fault | OutcomeOpen | CarBusy | SessionLost):
        equal("number", (error.fault, str(fault) in str(error)), (fault, True))


def check_application_result(case: Case) -> None:
    """Say what the car has made of a command."""
    reply, asked, expect = message.read(bytes.fromhex(case["response"])), case["request_kind"], case["expect"]
    final, error = True, None
    try:
        results.check(reply)
        if reply.session_info is not None:
            results.read(reply, None, b"", Domain(case["domain_number"]))
        elif asked == "infotainment":
            results.infotainment(reply.payload or b"")
        else:
            _, final = results.vehicle_security(reply.payload or b"", REQUESTS[asked])
    except TeslaError as raised:
        error = raised
    _compare(error, expect)
    equal("final", final, expect["final"])
    if isinstance(error, ActionRefused):
        reason = error.reason or "unspecified error"
        equal("reason", reason.lower() in expect["text"].lower(), True)  # noqa: FBT003


def check_response_routing(case: Case) -> None:
    """Say whether a message is the answer to a request."""
    asked = case["request"]
    domain = Domain(asked["domain_number"])
    pending = Pending(
        domain=domain,
        address=bytes.fromhex(asked["routing_address"]),
        uuid=bytes.fromhex(asked["uuid"]),
        message=b"",
    )
    reply = message.read(bytes.fromhex(case["response"]))
    delivered = message.why_not(reply, pending) is None
    if delivered:
        session = Session(PrivateKey.generate(), "5YJ30123456789ABC", domain)
        try:
            session.open(reply, pending)
        except WireError:
            delivered = False
    equal("routing", "delivered" if delivered else "dropped", case["expect"])


def check_http_status(case: Case) -> None:
    """Say what a status means for a signed command.

    Tesla's own client calls fewer errors temporary than we do: what it sends again by itself, and 504.
    """
    answer, expect = Answer(case["status"], {}, case["body"].encode()), case["expect"]
    try:
        read_answer(answer, endpoints.SIGNED_COMMAND, lambda _address: None)
    except TeslaError as raised:
        error = raised
    same_again = isinstance(error, exchange.SAME_AGAIN)
    got = {
        "error": "http_error"
        if same_again
        else next((name for kind, name in ERRORS.items() if isinstance(error, kind)), "http_error"),
        "may_have_succeeded": error.may_have_succeeded and not same_again,
        "temporary": same_again or (error.temporary and case["status"] == 504),
        "should_retry": same_again,
    }
    equal("outcome", got, {name: expect[name] for name in got})


def check_jws(case: Case) -> None:
    """Sign a configuration's token, or refuse one."""
    issuer = jws.issuer(bytes.fromhex(case["public_key"]))
    if case["expect"] == "invalid_signature":
        refused(WireError, lambda: _verified(case["token"], issuer))
        return
    key, audience = _key(case["private_key"]).key, case["audience"]
    equal("audience", jws.audience(case["app"], case.get("vin")), audience)
    equal("token", jws.sign_token(key, case["header_json"], case["payload_json"]), case["token"])
    _verified(case["token"], issuer)
    _verified(jws.sign_claims(key, json.loads(case["config"]), audience), issuer)


def _verified(token: str, issuer: str) -> None:
    if jws.verify_token(token)["iss"] != issuer:
        raise WireError("a token of somebody else")


def check_counter_window(case: Case) -> None:
    """Accept a counter, or not."""
    window = Window(case["counter"], int(case["window"]))
    accepted = window.accept(case["new"])
    counter, seen = window.state
    equal("window", {"ok": accepted, "counter": counter, "window": str(seen)}, case["expect"])


def check_ble_name(case: Case) -> None:
    """Compare the advertised name."""
    equal("name", ble.local_name(case["vin"]), case["local_name"])


def check_ble_receive(case: Case) -> None:
    """Put messages together from notifications."""
    now = 100.0
    receiver = ble.Receiver(lambda: now)
    for place, step in enumerate(case["steps"]):
        now += step["gap_ms"] / 1000
        messages = [one.hex() for one in receiver.receive(bytes.fromhex(step["chunk"]))]
        equal(f"messages of step {place}", messages, step["messages"])
        equal(f"rest of step {place}", receiver.buffered, step["buffered_bytes"])


def check_ble_send(case: Case) -> None:
    """Cut a message into what can be written."""
    writes = [block.hex() for block in ble.blocks(bytes.fromhex(case["message"]), case["block_length"])]
    equal("writes", writes, case["writes"])


KINDS: dict[str, Callable[[Case], None]] = {
    "key_agreement": check_key_agreement,
    "session_info": check_session_info,
    "session_update": check_session_update,
    "sign_request": check_sign_request,
    "encrypted_response": check_encrypted_response,
    "encrypted_response_sequence": check_encrypted_response_sequence,
    "protocol_fault": check_protocol_fault,
    "application_result": check_application_result,
    "response_routing": check_response_routing,
    "http_status": check_http_status,
    "jws": check_jws,
    "counter_window": check_counter_window,
    "ble_name": check_ble_name,
    "ble_receive": check_ble_receive,
    "ble_send": check_ble_send,
}
