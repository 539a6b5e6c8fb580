"""Session: the epoch, the counter and the clock of one domain of a car, as far as our key knows them.

Source: teslamotors/vehicle-command, protocol.md;
        tests/vectors/commands/session_info.json and session_update.json
"""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from ..errors import PublicKeyChanged, SessionLost, WireError
from ..proto.signatures_pb2 import Session_Info_Status, SessionInfo
from . import message, metadata, signing
from .domain import Domain
from .keys import PrivateKey, SharedKey
from .message import ENCRYPT_RESPONSE, ID_LENGTH, Pending, Reply, Request
from .metadata import Signature

EPOCH_LENGTH = 16  # bytes
LAST_COUNTER = 0xFFFFFFFF  # the car starts a new epoch before it would wrap
LATEST = 1 << 30  # seconds of an epoch; a car refuses to think of a later time
# By how much more than the stored counter the first one after a restart is: more than can have been sent
# since it was stored. Any larger counter is good.
MARGIN = 1000


class Session:
    """One domain of one car. What is known of it changes only with what the car has authenticated.

    domain:   who in the car it is with
    revision: rises with each change that is worth storing
    encrypts: it has encrypted an answer in this epoch, so it will encrypt the others too
    """

    def __init__(self, key: PrivateKey, vin: str, domain: Domain) -> None:
        """Start out knowing nothing of the car."""
        self.domain = domain
        self.revision = 0
        self.encrypts = False
        self._key = key
        self._vin = vin
        self._shared: SharedKey | None = None
        self._car = b""  # the public key of its computer
        self._epoch = b""
        self._head = b""  # of each request's metadata
        self._counter = 0
        self._car_counter = 0
        self._clock_time = 0  # seconds by the car's clock, the last that it told
        self._time_zero = 0.0  # when the car's clock was 0, by ours
        self._address = b""

    @property
    def ready(self) -> bool:
        """Return whether a command can be signed without a handshake."""
        return self._shared is not None

    @property
    def counter(self) -> int:
        """Return the counter that was used last, by whomever."""
        return self._counter

    @property
    def epoch(self) -> bytes:
        """Return the car's epoch, empty where it is not known."""
        return self._epoch

    @property
    def car(self) -> bytes:
        """Return the public key of the car's computer, empty where it is not known."""
        return self._car

    @property
    def car_counter(self) -> int:
        """Return the highest counter that the car has accepted from us, as it told last in this epoch."""
        return self._car_counter

    @property
    def clock_time(self) -> int:
        """Return what the car's clock was when it told us last, in seconds."""
        return self._clock_time

    def car_time(self, now: float) -> float:
        """Return what the car's clock should be.

        now: seconds, by the same clock each time, one that does not jump
        """
        return now - self._time_zero

    def hello(self, random: Callable[[int], bytes]) -> Pending:
        """Return a handshake to be sent.

        random: returns so many bytes that nobody can predict
        """
        address, uuid = self._new_address(random), random(ID_LENGTH)
        return Pending(
            domain=self.domain,
            address=address,
            uuid=uuid,
            message=message.hello(self.domain, address, uuid, self._key.public),
        )

    def sign(self, payload: bytes, *, now: float, lifetime: float, random: Callable[[int], bytes]) -> Pending:
        """Return a command to be sent, with the next counter.

        now, lifetime: seconds, as in `car_time`
        Raises: SessionLost where only a handshake helps
        """
        shared = self._shared
        # 0 would mean that it never expires.
        expires_at = max(int(self.car_time(now) + lifetime), 1)
        if shared is None or self._counter >= LAST_COUNTER or expires_at > LATEST:
            raise SessionLost("no session, or one at its end")
        self._counter += 1
        self.revision += 1
        request = Request(
            domain=self.domain,
            address=self._new_address(random),
            uuid=random(ID_LENGTH),
            epoch=self._epoch,
            counter=self._counter,
            expires_at=expires_at,
            flags=ENCRYPT_RESPONSE,
            payload=payload,
        )
        tag = signing.hmac_tag(shared, self._head, request)
        return Pending(
            domain=request.domain,
            address=request.address,
            uuid=request.uuid,
            message=message.with_hmac(request, self._key.public, tag),
            counter=request.counter,
            expires_at=expires_at,
            hash=signing.request_hash(Signature.HMAC, self.domain, tag),
        )

    def open(self, reply: Reply, pending: Pending) -> bytes | None:
        """Return the payload of a reply, decrypted if it is encrypted; None where there is none.

        Raises: WireError if it is not the car's answer to this request, or was seen before
        """
        if reply.seal is None:
            return reply.payload  # firmware before 2024.38 does not encrypt
        if self._shared is None:
            raise WireError("an encrypted reply before there is a session")
        payload = signing.open_response(self._shared, self._vin, reply, pending.hash)
        # Only now, so that a forged reply uses up nothing.
        if not pending.window.accept(reply.seal.counter):
            raise WireError(f"reply {reply.seal.counter} to a request for the second time")
        self.encrypts = True
        return payload

    def adopt(self, reply: Reply, pending: Pending, now: float, *, fresh_start: bool = False) -> bool:
        """Take in the session info of a reply; return False where it is older than what we know.

        now:         when it came, as in `car_time`
        fresh_start: it answers a handshake, so the car's computer may be another one than before
        Raises: PublicKeyInvalid, PublicKeyChanged, TagWrong, WireError; nothing has changed then
        """
        received = reply.session_info
        if received is None:
            raise WireError("a reply without session info")
        if reply.request_uuid not in {b"", pending.uuid}:
            raise WireError("a session info for another request")
        info = parse(received)
        shared = self._shared
        if shared is None or (fresh_start and info.publicKey != self._car):
            shared = self._key.agree(info.publicKey)
        signing.check_session_info(shared, self._vin, pending.uuid, received, reply.tag)
        if shared is self._shared and info.publicKey != self._car:
            raise PublicKeyChanged("another computer than before")
        if info.status != Session_Info_Status.SESSION_INFO_STATUS_OK:
            raise WireError(f"a session info with status {info.status}")
        if len(info.epoch) != EPOCH_LENGTH:
            raise WireError(f"an epoch of {len(info.epoch)} bytes")
        same_epoch = shared is self._shared and info.epoch == self._epoch
        if same_epoch and info.clock_time < self._clock_time:
            self._car_counter = max(info.counter, self._car_counter)  # which only rises
            return False
        # Within an epoch the counter never goes back; a new epoch begins with the car's.
        counter = max(info.counter, self._counter) if same_epoch else info.counter
        self.encrypts &= same_epoch  # other firmware comes with a new epoch
        self._set(shared, info.publicKey, info.epoch, counter)
        self._car_counter = info.counter
        self._clock_time = info.clock_time
        self._time_zero = now - info.clock_time
        return True

    def to_dict(self, now: float, wall: float) -> dict[str, Any]:
        """Return what is to be stored; it is no secret, but tells of the car.

        now:  as in `car_time`
        wall: seconds since 1970, the same moment
        """
        return {
            "key": self._key.fingerprint,
            "car": self._car.hex(),
            "epoch": self._epoch.hex(),
            "counter": self._counter,
            "clock_time": self._clock_time,
            "clock": self.car_time(now),
            "at": wall,
            "encrypts": self.encrypts,
        }

    def restore(self, data: Mapping[str, Any], now: float, wall: float, *, margin: int = MARGIN) -> None:
        """Go on with what `to_dict` described; the counter is set ahead of what may have been used since.

        now, wall: this moment, as in `to_dict`
        margin:    by how much; 0 where each counter was stored before it was used
        Raises: WireError if it was not `to_dict`, or with another key of ours
        """
        try:
            if data["key"] != self._key.fingerprint:
                raise WireError("a stored session of another key")
            car, epoch = bytes.fromhex(data["car"]), bytes.fromhex(data["epoch"])
            counter, clock_time = int(data["counter"]), int(data["clock_time"])
            # A clock that was set back meanwhile has not run at all; the car will tell if that is wrong.
            clock = float(data["clock"]) + max(wall - float(data["at"]), 0.0)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise WireError("a stored session that makes no sense") from error
        # Nothing within an epoch heals a counter at its end, or a clock that no car has told.
        possible = 0 <= counter <= LAST_COUNTER - margin and 0 <= clock_time <= clock + 1 <= LATEST
        if len(epoch) != EPOCH_LENGTH or not possible:
            raise WireError("a stored session with impossible values")
        self._set(self._key.agree(car), car, epoch, counter + margin)
        self._clock_time = clock_time
        self._time_zero = now - clock
        self.encrypts = data.get("encrypts") is True

    def _set(self, shared: SharedKey, car: bytes, epoch: bytes, counter: int) -> None:
        self._shared = shared
        self._car = car
        self._epoch = epoch
        self._counter = counter
        self._head = metadata.request_head(Signature.HMAC, self.domain, self._vin, epoch)
        self.revision += 1

    def _new_address(self, random: Callable[[int], bytes]) -> bytes:
        """Return where an answer goes: infotainment's all to one place, as it names the request itself."""
        if self.domain is Domain.VEHICLE_SECURITY or not self._address:
            self._address = random(ID_LENGTH)
        return self._address


def parse(data: bytes) -> SessionInfo:
    """Read a session info; nothing of it is to be believed yet.

    Raises: WireError if it is none
    """
    try:
        return SessionInfo.FromString(data)
    except DecodeError as error:
        raise WireError(f"{len(data)} bytes that are no session info") from error
