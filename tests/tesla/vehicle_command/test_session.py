"""Sessions: begun as in the published example, kept in step and over a restart, changed by nobody else."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import (
    PublicKeyChanged,
    PublicKeyInvalid,
    SessionLost,
    TagWrong,
    WireError,
)
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from custom_components.tesla_direct.tesla.vehicle_command.message import Pending, read
from custom_components.tesla_direct.tesla.vehicle_command.session import (
    LAST_COUNTER,
    LATEST,
    MARGIN,
    Session,
    parse,
)

from .car import CLIMATE_ON, EPOCH, OTHER, UNLOCK, VIN, Car, our_key

NOW = 5000.0


def bytes_in_turn() -> Iterator[bytes]:
    """Yield ids that can be told apart."""
    for number in range(1, 256):
        yield bytes((number,)) * 16


class Draw:
    """Random bytes that a test can foretell."""

    def __init__(self, *drawn: bytes) -> None:
        self._drawn = iter(drawn) if drawn else bytes_in_turn()

    def __call__(self, length: int) -> bytes:
        drawn = next(self._drawn)
        assert len(drawn) == length
        return drawn


def begun(car: Car, now: float = NOW) -> Session:
    """Return a session with a car, as after a handshake."""
    session = Session(our_key(), VIN, car.domain)
    pending = session.hello(Draw())
    assert session.adopt(read(car.greet(pending.message)), pending, now, fresh_start=True)
    return session


def known(session: Session) -> dict[str, Any]:
    """Return all that a session knows."""
    return session.to_dict(0.0, 0.0) | {"revision": session.revision}


def signed(session: Session, payload: bytes = CLIMATE_ON, now: float = NOW) -> Pending:
    return session.sign(payload, now=now, lifetime=10.0, random=Draw())


def test_the_worked_example_step_by_step() -> None:
    address = bytes.fromhex("2c907bd76c640d360b3027dc7404efde")
    uuid = bytes.fromhex("1588d5a30eabc6f8fc9a951b11f6fd11")
    session = Session(our_key(), VIN, Domain.INFOTAINMENT)

    pending = session.hello(Draw(address, uuid))
    assert (pending.address, pending.uuid, pending.counter) == (address, uuid, None)
    answer = RoutableMessage()
    answer.to_destination.routing_address = address
    answer.from_destination.domain = 3  # type: ignore[assignment]  # infotainment
    answer.request_uuid = uuid
    answer.session_info = bytes.fromhex(
        "0806124104c7a1f47138486aa4729971494878d33b1a24e39571f748a6e16c5955b3d877d3"
        "a6aaa0e955166474af5d32c410f439a2234137ad1bb085fd4e8813c958f11d97"
        "1a104c463f9cc0d3d26906e982ed224adde6255a0a0000"
    )
    answer.signature_data.session_info_tag.tag = bytes.fromhex(
        "996c1fe38331be138f8039c194b14db2198846ed7d8251e6749284d7b32ea002"
    )
    assert session.adopt(read(answer.SerializeToString()), pending, NOW, fresh_start=True)
    assert session.ready
    assert (session.counter, session.epoch, session.clock_time) == (6, EPOCH, 2650)

    command = session.sign(
        CLIMATE_ON, now=NOW, lifetime=5.0, random=Draw(bytes.fromhex("58406580528b6a5301391800b4fe9b99"))
    )
    built = RoutableMessage.FromString(command.message)
    data = built.signature_data.HMAC_Personalized_data
    assert (data.counter, data.expires_at, data.epoch, built.flags) == (7, 2655, EPOCH, 2)
    assert data.tag.hex() == "f3c24554a00e42160e6acef6dd4f1c8ef9c30ed6391ec818d75663bee00a47f0"
    assert command.hash == b"\x08" + data.tag
    assert (command.counter, command.expires_at, command.address) == (7, 2655, address)


def test_each_command_takes_the_next_counter_and_a_new_uuid() -> None:
    session = begun(Car())

    first, second = (session.sign(CLIMATE_ON, now=NOW, lifetime=5.0, random=draw) for draw in [Draw()] * 2)

    assert (first.counter, second.counter) == (7, 8)
    assert first.uuid != second.uuid


@pytest.mark.parametrize(("domain", "same"), [(Domain.INFOTAINMENT, True), (Domain.VEHICLE_SECURITY, False)])
def test_only_vehicle_security_gets_a_new_address_each_time(domain: Domain, same: bool) -> None:  # noqa: FBT001
    session, draw = begun(Car(domain)), Draw()

    first, second = (session.sign(UNLOCK, now=NOW, lifetime=5.0, random=draw) for _ in range(2))

    assert (first.address == second.address) is same
    assert first.uuid != second.uuid


def test_each_change_worth_storing_is_counted() -> None:
    session, car = Session(our_key(), VIN, Domain.INFOTAINMENT), Car()
    seen = [session.revision]

    pending = session.hello(Draw())
    assert session.revision == seen[-1]
    session.adopt(read(car.greet(pending.message)), pending, NOW, fresh_start=True)
    seen.append(session.revision)
    command = signed(session)
    seen.append(session.revision)
    session.adopt(read(car.greet(command.message, clock_time=2660)), command, NOW)
    seen.append(session.revision)

    assert seen == sorted(set(seen))


def test_a_command_expires_by_the_cars_clock() -> None:
    session = begun(Car())

    assert session.car_time(NOW + 100) == 2750
    assert signed(session, now=NOW + 100.9).expires_at == 2760


def test_no_command_lives_for_ever_though_the_car_has_just_started() -> None:
    car = Car()
    car.clock = 0
    session = begun(car)

    assert session.sign(UNLOCK, now=NOW, lifetime=0.5, random=Draw()).expires_at == 1


def test_what_cannot_be_signed_is_refused() -> None:
    with pytest.raises(SessionLost):
        signed(Session(our_key(), VIN, Domain.INFOTAINMENT))
    car = Car()
    car.counter = LAST_COUNTER
    with pytest.raises(SessionLost):
        signed(begun(car))
    session = begun(Car())
    with pytest.raises(SessionLost):
        signed(session, now=NOW + LATEST)
    assert session.counter == 6


def test_the_last_counter_but_one_is_good() -> None:
    car = Car()
    car.counter = LAST_COUNTER - 1

    assert signed(begun(car)).counter == LAST_COUNTER


def test_newer_session_info_is_taken_in_and_the_counter_never_goes_back() -> None:
    session, car = begun(Car()), Car()
    commands = [signed(session) for _ in range(3)]
    car.clock = 2700

    assert session.adopt(read(car.greet(commands[-1].message)), commands[-1], NOW + 20)
    assert (session.counter, session.clock_time, session.car_time(NOW + 20)) == (9, 2700, 2700)

    assert session.adopt(read(car.greet(commands[-1].message, counter=40)), commands[-1], NOW + 20)
    assert session.counter == 40


def test_older_session_info_is_ignored() -> None:
    session, car = begun(Car()), Car()
    command = signed(session)
    before = known(session)

    assert not session.adopt(read(car.greet(command.message, clock_time=2649)), command, NOW)

    assert known(session) == before


def test_a_new_epoch_begins_with_the_cars_counter_and_clock() -> None:
    car = Car()
    car.counter = LAST_COUNTER
    session = begun(car)
    pending = session.hello(Draw())
    car.epoch, car.counter, car.clock = bytes(range(16)), 0, 0

    assert session.adopt(read(car.greet(pending.message)), pending, NOW)

    assert (session.counter, session.clock_time, session.epoch) == (0, 0, bytes(range(16)))
    command = signed(session)
    assert (command.counter, command.expires_at) == (1, 10)
    data = RoutableMessage.FromString(command.message).signature_data.HMAC_Personalized_data
    assert data.epoch == bytes(range(16))


def spoilt_tag(answer: RoutableMessage) -> None:
    tag = answer.signature_data.session_info_tag.tag
    answer.signature_data.session_info_tag.tag = tag[:-1] + bytes((tag[-1] ^ 1,))


def no_tag(answer: RoutableMessage) -> None:
    answer.ClearField("signature_data")


def no_info(answer: RoutableMessage) -> None:
    answer.protobuf_message_as_bytes = b""


def garbage(answer: RoutableMessage) -> None:
    answer.session_info = b"\xff\xff"


def of_another_request(answer: RoutableMessage) -> None:
    answer.request_uuid = bytes(16)


@pytest.mark.parametrize("fresh_start", [True, False])
@pytest.mark.parametrize(
    ("change", "info", "error"),
    [
        (spoilt_tag, {}, TagWrong),
        (no_tag, {}, TagWrong),
        (no_info, {}, WireError),
        (garbage, {}, WireError),
        (of_another_request, {}, WireError),
        (None, {"epoch": b"short"}, WireError),
        (None, {"epoch": bytes(300)}, WireError),
        (None, {"epoch": b""}, WireError),
        (None, {"status": 1}, WireError),
    ],
)
def test_session_info_that_is_not_the_cars_changes_nothing(
    change: Any, info: dict[str, Any], error: type[WireError], *, fresh_start: bool
) -> None:
    session, car = begun(Car()), Car()
    car.clock = 9000
    command = signed(session)
    before = known(session)

    with pytest.raises(error):
        session.adopt(
            read(car.greet(command.message, change=change, **info)), command, NOW, fresh_start=fresh_start
        )

    assert known(session) == before


@pytest.mark.parametrize("public", [b"", b"\x04" + bytes(64), bytes(65)])
def test_a_handshake_without_a_public_key_begins_nothing(public: bytes) -> None:
    session, car = Session(our_key(), VIN, Domain.INFOTAINMENT), Car()
    pending = session.hello(Draw())

    with pytest.raises(PublicKeyInvalid):
        session.adopt(read(car.greet(pending.message, publicKey=public)), pending, NOW, fresh_start=True)

    assert not session.ready


def test_another_computer_is_believed_after_a_handshake_only() -> None:
    session, other = begun(Car()), Car(scalar=OTHER)
    other.epoch, other.counter, other.clock = bytes(16), 1, 5
    command = signed(session)
    before = known(session)

    with pytest.raises(TagWrong):
        session.adopt(read(other.greet(command.message)), command, NOW)
    # Signed with the key of the computer we know, naming another one.
    with pytest.raises(PublicKeyChanged):
        session.adopt(read(Car().greet(command.message, publicKey=other.public)), command, NOW)
    assert known(session) == before

    pending = session.hello(Draw())
    assert session.adopt(read(other.greet(pending.message)), pending, NOW, fresh_start=True)
    assert (session.counter, session.clock_time) == (1, 5)
    answer = other.answer(signed(session).message, b"\x0a\x00", encrypted=True)
    assert read(answer).seal


def test_a_handshake_with_the_same_computer_does_not_turn_back_the_counter() -> None:
    session, car = begun(Car()), Car()
    signed(session)
    pending = session.hello(Draw())

    session.adopt(read(car.greet(pending.message)), pending, NOW, fresh_start=True)

    assert session.counter == 7


@pytest.mark.parametrize("domain", Domain)
def test_an_encrypted_answer_is_opened_once(domain: Domain) -> None:
    car = Car(domain)
    session = begun(car)
    command = signed(session)
    answer = read(car.answer(command.message, b"\x0a\x00", encrypted=True))
    before = session.encrypts

    assert session.open(answer, command) == b"\x0a\x00"

    assert (before, session.encrypts) == (False, True)
    with pytest.raises(WireError, match="second time"):
        session.open(answer, command)


def test_answers_to_one_request_may_overtake_each_other() -> None:
    session, car = begun(Car()), Car()
    command = signed(session)

    for counter in (3, 1, 2):
        answer = read(car.answer(command.message, bytes((counter,)), encrypted=True, nth=counter))
        assert session.open(answer, command) == bytes((counter,))


def test_the_answer_to_another_request_is_not_opened_and_uses_up_nothing() -> None:
    session, car = begun(Car()), Car()
    first, second = signed(session), signed(session, UNLOCK)
    answer = read(car.answer(first.message, b"\x0a\x00", encrypted=True))

    with pytest.raises(TagWrong):
        session.open(answer, second)

    assert not session.encrypts
    assert second.window.state == (None, 0)
    assert session.open(answer, first) == b"\x0a\x00"


def test_an_answer_in_clear_is_handed_on_and_an_encrypted_one_before_a_session_is_not() -> None:
    session, car = begun(Car()), Car()
    command = signed(session)
    assert session.open(read(car.answer(command.message, b"\x0a\x00")), command) == b"\x0a\x00"
    assert session.open(read(car.answer(command.message, None)), command) is None

    with pytest.raises(WireError, match="before there is a session"):
        Session(our_key(), VIN, Domain.INFOTAINMENT).open(
            read(car.answer(command.message, encrypted=True)), command
        )


def test_that_a_car_encrypts_is_known_until_it_starts_anew() -> None:
    session, car = begun(Car()), Car()
    command = signed(session)
    session.open(read(car.answer(command.message, b"", encrypted=True)), command)
    car.clock = 2700
    session.adopt(read(car.greet(command.message)), command, NOW)
    seen = [session.encrypts]

    car.epoch = bytes(16)
    session.adopt(read(car.greet(command.message)), command, NOW)

    assert [*seen, session.encrypts] == [True, False]


def stored(**changes: Any) -> dict[str, Any]:
    return begun(Car()).to_dict(NOW + 50, 1e9) | changes


def test_a_session_outlives_a_restart() -> None:
    session = Session(our_key(), VIN, Domain.INFOTAINMENT)

    # The machine was off for 1,000 seconds, and its other clock began anew.
    session.restore(stored(), 3.0, 1e9 + 1000)

    assert session.ready
    assert session.counter == 6 + MARGIN
    assert session.car_time(3.0) == 2650 + 50 + 1000
    assert (session.clock_time, session.epoch, session.encrypts) == (2650, EPOCH, False)
    command = signed(session, now=3.0)
    assert (command.counter, command.expires_at) == (7 + MARGIN, 3710)
    answer = read(Car().answer(command.message, b"\x0a\x00", encrypted=True))
    assert session.open(answer, command) == b"\x0a\x00"


def test_a_clock_that_was_set_back_while_we_were_away_has_not_run() -> None:
    session = Session(our_key(), VIN, Domain.INFOTAINMENT)

    session.restore(stored(encrypts=True), 3.0, 1e9 - 5000)

    assert session.car_time(3.0) == 2700
    assert session.encrypts


def test_no_margin_is_needed_where_each_counter_was_stored_before_it_was_used() -> None:
    session = Session(our_key(), VIN, Domain.INFOTAINMENT)

    session.restore(stored(), 3.0, 1e9, margin=0)

    assert session.counter == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "0" * 16},
        {"car": "no hex"},
        {"car": "04" + "00" * 64},
        {"car": None},
        {"epoch": "00"},
        {"counter": -1},
        {"counter": LAST_COUNTER + 1},
        {"counter": LAST_COUNTER - 5},  # with the margin there is nothing left to sign with
        {"clock_time": 2**30},  # later than the clock ever was
        {"clock_time": -1},
        {"counter": "many"},
        {"clock": float("nan")},
        {"clock": -1.0},
        {"clock": float(LATEST) + 1},
        {"clock_time": None},
        {"clock_time": float("inf")},
        {"at": "yesterday"},
        {"at": float("-inf")},
    ],
)
def test_a_stored_session_that_makes_no_sense_is_refused_and_changes_nothing(changes: dict[str, Any]) -> None:
    session = Session(our_key(), VIN, Domain.INFOTAINMENT)

    with pytest.raises(WireError):
        session.restore(stored(**changes), 3.0, 1e9)

    assert not session.ready


def test_a_session_of_another_key_is_refused() -> None:
    with pytest.raises(WireError, match="another key"):
        Session(PrivateKey.generate(), VIN, Domain.INFOTAINMENT).restore(stored(), 3.0, 1e9)
    for missing in stored():
        left = {name: value for name, value in stored().items() if name != missing}
        if missing != "encrypts":
            with pytest.raises(WireError):
                Session(our_key(), VIN, Domain.INFOTAINMENT).restore(left, 3.0, 1e9)


def test_what_is_stored_is_no_secret() -> None:
    session, key = begun(Car()), our_key()

    shown = f"{session!r} {session.to_dict(NOW, 1e9)} {signed(session)!r}"

    assert key.agree(Car().public).secret.hex() not in shown
    assert f"{key.key.private_numbers().private_value:064x}" not in shown
    assert VIN not in shown


@given(st.binary(max_size=120))
def test_any_bytes_are_a_session_info_or_are_refused(data: bytes) -> None:
    with suppress(WireError):
        parse(data)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_nobody_without_the_key_moves_a_session(info: bytes, tag: bytes) -> None:
    session, car = begun(Car()), Car()
    command = signed(session)
    before = known(session)

    def forge(answer: RoutableMessage) -> None:
        answer.session_info = info
        answer.signature_data.session_info_tag.tag = tag

    with pytest.raises(WireError):
        session.adopt(read(car.greet(command.message, change=forge)), command, NOW)

    assert known(session) == before
