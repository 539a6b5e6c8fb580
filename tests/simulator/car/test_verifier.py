"""What a car's computer checks, beyond the cases of the vectors."""

from collections.abc import Iterator
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from simulator.car.keychain import Keychain, made_up_key
from simulator.car.verifier import INFOTAINMENT, LATEST, SECURITY, Fault, Verifier
from tests.conformance.vehicle_side import KINDS

from ..signer import LOCK, Signer, action
from ..vectors import TESTS
from ..wall import Wall

VIN = "5YJ3E7EB0SF000001"
PING = action("ping", ping_id=1)


def vectors() -> Iterator[Any]:
    for file in ("vehicle", "window", "signing"):
        for case in json.loads((TESTS / "vectors" / "commands" / f"{file}.json").read_text())["cases"]:
            yield pytest.param(case, id=case["id"])


@pytest.mark.parametrize("case", vectors())
def test_the_published_cases_hold(case: dict[str, Any]) -> None:
    KINDS[case["kind"]](case)


class Bench:
    """A verifier on the table, and somebody who signs for it."""

    def __init__(self, domain: int = INFOTAINMENT) -> None:
        self.wall, self.domain = Wall(), domain
        self.keychain = Keychain()
        self.verifier = Verifier(
            VIN, domain, self.keychain, self.wall, key=made_up_key("bench"), uptime=500.0
        )
        self.signer = Signer(VIN, lambda sent: sent)
        self.keychain.add(self.signer.public)
        self.meet()

    def meet(self) -> None:
        hello = self.signer.hello(self.domain)
        answer = self.signer.hello(self.domain)
        answer.session_info, tag = self.verifier.session_info(self.signer.public, hello.uuid)
        answer.signature_data.session_info_tag.tag = tag
        self.signer.learn(self.domain, hello, answer)

    def fault(self, payload: bytes = PING, **changes: Any) -> int:
        """Return the fault of a command, 0 where it is taken."""
        try:
            self.verifier.verify(self.signer.sign(self.domain, payload, **changes))
        except Fault as fault:
            return fault.code
        return 0


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_clock_of_an_epoch_runs_whatever_the_car_does(bench: Bench) -> None:
    assert bench.verifier.clock == 500

    bench.wall.move(3600)

    assert bench.verifier.clock == 4100
    assert bench.fault() == 17


def test_vehicle_security_wants_rising_counters() -> None:
    bench = Bench(SECURITY)

    assert bench.fault(LOCK, counter=5) == 0
    assert bench.fault(LOCK, counter=4) == 6
    assert bench.fault(LOCK, counter=5) == 6
    assert bench.fault(LOCK, counter=6) == 0

    bench.verifier.windowed = True
    assert bench.fault(LOCK, counter=4) == 0


def test_infotainment_takes_a_late_counter_once(bench: Bench) -> None:
    assert [bench.fault(counter=counter) for counter in (5, 4, 4)] == [0, 0, 6]


def test_a_forged_command_does_not_use_up_its_counter(bench: Bench) -> None:
    forged = bench.signer.sign(INFOTAINMENT, PING, counter=9)
    forged.protobuf_message_as_bytes = LOCK
    with pytest.raises(Fault) as fault:
        bench.verifier.verify(forged)

    assert (fault.value.code, fault.value.explained) == (5, True)
    assert bench.fault(counter=9) == 0


def test_a_key_that_is_not_on_the_chain_is_not_listened_to(bench: Bench) -> None:
    bench.keychain.remove(bench.signer.public)

    assert bench.fault() == 3


def test_a_key_that_is_switched_off_is_not_listened_to(bench: Bench) -> None:
    bench.keychain.activate(bench.signer.public, active=False)

    assert bench.fault() == 4


def test_nobody_is_known_by_a_number(bench: Bench) -> None:
    message = bench.signer.sign(INFOTAINMENT, PING)
    message.signature_data.signer_identity.handle = 1
    with pytest.raises(Fault) as fault:
        bench.verifier.verify(message)

    assert fault.value.code == 27


def test_a_nonce_of_another_length_is_refused_before_anything_is_decrypted(bench: Bench) -> None:
    message = bench.signer.sign(INFOTAINMENT, PING, encrypted=True)
    message.signature_data.AES_GCM_Personalized_data.nonce = bytes(16)
    with pytest.raises(Fault) as fault:
        bench.verifier.verify(message)

    assert fault.value.code == 16


def test_an_encrypted_command_is_opened(bench: Bench) -> None:
    verified = bench.verifier.verify(bench.signer.sign(INFOTAINMENT, PING, encrypted=True))

    assert (verified.payload, len(verified.hash)) == (PING, 17)


@pytest.mark.parametrize(("domain", "length"), [(SECURITY, 17), (INFOTAINMENT, 33)])
def test_a_request_hash_is_cut_in_vehicle_security_alone(domain: int, length: int) -> None:
    bench = Bench(domain)

    verified = bench.verifier.verify(bench.signer.sign(domain, PING))

    assert len(verified.hash) == length


def test_a_new_epoch_forgets_counters_and_starts_its_clock(bench: Bench) -> None:
    bench.fault(counter=70)
    bench.verifier.boot()

    assert bench.verifier.clock == 0
    assert bench.fault() == 15
    bench.meet()
    assert bench.signer.sessions[INFOTAINMENT].counter == 0
    assert bench.fault() == 0


def test_the_last_counter_ends_the_epoch(bench: Bench) -> None:
    epoch = bench.verifier.epoch
    assert bench.fault(counter=0xFFFFFFFF) == 0

    assert bench.fault(counter=1) == 15
    assert bench.verifier.epoch != epoch


def test_the_end_of_time_ends_the_epoch(bench: Bench) -> None:
    epoch = bench.verifier.epoch
    bench.verifier.jump(LATEST + 1)

    assert bench.fault() == 15
    assert bench.verifier.epoch != epoch


def test_a_clock_that_jumps_back_makes_no_command_expire(bench: Bench) -> None:
    bench.verifier.jump(-10_000)

    assert bench.verifier.clock == 0
    assert bench.fault() == 0


def test_another_computer_does_not_understand_what_was_signed_for_the_old_one(bench: Bench) -> None:
    bench.verifier.replace(ec.generate_private_key(ec.SECP256R1()))

    assert bench.fault() == 15
    assert bench.fault(epoch=bench.verifier.epoch) == 5


def test_a_fault_tells_its_name() -> None:
    assert str(Fault(6)) == "MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER"
    assert str(Fault(99)) == "99"
