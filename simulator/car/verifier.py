"""What one computer of a car checks of a signed message, in Tesla's order, before it listens to it."""

from collections.abc import Callable
from dataclasses import dataclass
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.proto import signatures_pb2 as sig
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from .authentication import (
    NONCE,
    command_tag,
    decrypt,
    metadata,
    number,
    public_bytes,
    session_info_tag,
    shared_key,
)
from .keychain import Key, Keychain
from .window import Window

SECURITY = um.DOMAIN_VEHICLE_SECURITY
INFOTAINMENT = um.DOMAIN_INFOTAINMENT

EPOCH = 16  # bytes
LATEST = 1 << 30  # seconds; neither an expiry nor the clock goes beyond
OUT_OF_ORDER_S = 30  # how long a message may still live whose counter does not rise
LAST_COUNTER = 0xFFFFFFFF
HASH_OF_SECURITY = 17  # bytes of a request hash there

HMAC = "HMAC_Personalized_data"
GCM = "AES_GCM_Personalized_data"
KINDS = {HMAC: sig.SIGNATURE_TYPE_HMAC_PERSONALIZED, GCM: sig.SIGNATURE_TYPE_AES_GCM_PERSONALIZED}

type Signed = sig.HMAC_Personalized_Signature_Data | sig.AES_GCM_Personalized_Signature_Data


class Fault(Exception):
    """The computer will not have this message.

    code:      Tesla's number of the fault
    explained: the answer carries signed session info, so that the client can catch up
    """

    def __init__(self, code: int, *, explained: bool = False) -> None:
        """Name the fault."""
        super().__init__(um.MessageFault_E.Name(code) if code in um.MessageFault_E.values() else str(code))
        self.code, self.explained = code, explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A message that passed.

    shared: the key that an encrypted answer needs
    hash:   names the request inside an encrypted answer
    """

    key: Key
    payload: bytes
    shared: bytes
    hash: bytes
    flags: int


class Verifier:
    """One computer's own key, epoch and clock, and the counters of each client key.

    windowed: late messages are taken, once each; otherwise counters have to rise
    """

    def __init__(  # noqa: PLR0913  # what a computer is born with
        self,
        vin: str,
        domain: int,
        keychain: Keychain,
        wall: Callable[[], float],
        *,
        key: ec.EllipticCurvePrivateKey,
        uptime: float = 0.0,
    ) -> None:
        """Begin an epoch that is `uptime` seconds old; `wall` is a clock that sleep does not stop."""
        self.vin, self.domain = vin, domain
        self.windowed = domain != SECURITY
        self.key = key
        self.epoch = secrets.token_bytes(EPOCH)
        self._windows: dict[bytes, Window] = {}
        self._shared: dict[bytes, bytes] = {}
        self._keychain, self._wall = keychain, wall
        self._booted = wall() - uptime

    @property
    def clock(self) -> int:
        """Return the seconds of this epoch."""
        return max(int(self._wall() - self._booted), 0)

    def boot(self) -> None:
        """Begin a new epoch: clock and counters start at zero."""
        self.epoch = secrets.token_bytes(EPOCH)
        self._windows.clear()
        self._booted = self._wall()

    def jump(self, seconds: float) -> None:
        """Move the clock."""
        self._booted -= seconds

    def replace(self, key: ec.EllipticCurvePrivateKey) -> None:
        """Become another computer, with a key of its own."""
        self.key = key
        self._shared.clear()
        self.boot()

    def window(self, client: bytes) -> Window:
        """Return the counters of a client key in this epoch."""
        return self._windows.setdefault(client, Window())

    def session_info(self, client: bytes, challenge: bytes) -> tuple[bytes, bytes]:
        """Return signed session info for a key on the chain, serialized, and its tag."""
        self._roll_over()
        info = sig.SessionInfo(
            counter=self.window(client).counter,
            publicKey=public_bytes(self.key),
            epoch=self.epoch,
            clock_time=self.clock,
        ).SerializeToString()
        return info, session_info_tag(self._agreed(client), self.vin, challenge, info)

    def verify(self, message: um.RoutableMessage) -> Verified:
        """Pass a message through every check, in Tesla's order.

        Raises: Fault
        """
        self._roll_over()
        signature = message.signature_data
        method = signature.WhichOneof("sig_type")
        if method is None or method not in KINDS:
            raise Fault(um.MESSAGEFAULT_ERROR_BAD_PARAMETER)
        key = self._signer(signature.signer_identity)
        if message.to_destination.domain != self.domain:
            raise Fault(um.MESSAGEFAULT_ERROR_INVALID_DOMAINS)
        if not key.active:
            raise Fault(um.MESSAGEFAULT_ERROR_INACTIVE_KEY)
        data = signature.HMAC_Personalized_data if method == HMAC else signature.AES_GCM_Personalized_data
        window = self.window(key.public)
        self._timely(data, window)
        shared = self._agreed(key.public)
        payload = self._authentic(message, shared)
        if data.counter and not (window.take if self.windowed else window.rise)(data.counter):
            raise Fault(um.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER, explained=True)
        kind = (
            sig.SIGNATURE_TYPE_HMAC_PERSONALIZED
            if method == HMAC
            else sig.SIGNATURE_TYPE_AES_GCM_PERSONALIZED
        )
        named = bytes([kind]) + data.tag
        return Verified(
            key=key,
            payload=payload,
            shared=shared,
            hash=named[:HASH_OF_SECURITY] if self.domain == SECURITY else named,
            flags=message.flags,
        )

    def _agreed(self, client: bytes) -> bytes:
        """Return the key shared with a client, which is costly to agree on and never changes."""
        if client not in self._shared:
            self._shared[client] = shared_key(self.key, client)
        return self._shared[client]

    def _signer(self, identity: sig.KeyIdentity) -> Key:
        if identity.WhichOneof("identity_type") == "handle":
            raise Fault(um.MESSAGEFAULT_ERROR_INVALID_KEY_HANDLE)
        key = self._keychain.get(identity.public_key)
        if key is None:
            raise Fault(um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID)
        return key

    def _timely(self, data: Signed, window: Window) -> None:
        """Check epoch, expiry and order; anybody can provoke these, so they change nothing."""
        if data.epoch and data.epoch != self.epoch:
            raise Fault(um.MESSAGEFAULT_ERROR_INCORRECT_EPOCH, explained=True)
        if data.expires_at and data.expires_at < self.clock:
            raise Fault(um.MESSAGEFAULT_ERROR_TIME_EXPIRED, explained=True)
        if data.expires_at > LATEST:
            raise Fault(um.MESSAGEFAULT_ERROR_BAD_PARAMETER, explained=True)
        lasting = not data.expires_at or data.expires_at > self.clock + OUT_OF_ORDER_S
        if lasting and (not data.counter or data.counter < window.counter):
            raise Fault(um.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG, explained=True)

    def _authentic(self, message: um.RoutableMessage, shared: bytes) -> bytes:
        """Return the payload in clear, once its tag is proved."""
        signature, payload = message.signature_data, message.protobuf_message_as_bytes
        if signature.WhichOneof("sig_type") == HMAC:
            plain = signature.HMAC_Personalized_data
            authenticated = self._metadata(HMAC, plain, message.flags)
            if not hmac.compare_digest(command_tag(shared, authenticated, payload), plain.tag):
                raise Fault(um.MESSAGEFAULT_ERROR_INVALID_SIGNATURE, explained=True)
            return payload
        sealed = signature.AES_GCM_Personalized_data
        if len(sealed.nonce) != NONCE:
            raise Fault(um.MESSAGEFAULT_ERROR_IV_INCORRECT_LENGTH)
        authenticated = self._metadata(GCM, sealed, message.flags)
        try:
            return decrypt(shared, sealed.nonce, authenticated, payload, sealed.tag)
        except InvalidTag:
            raise Fault(um.MESSAGEFAULT_ERROR_INVALID_SIGNATURE, explained=True) from None

    def _metadata(self, method: str, data: Signed, flags: int) -> bytes:
        items: dict[int, bytes] = {
            sig.TAG_SIGNATURE_TYPE: bytes([KINDS[method]]),
            sig.TAG_DOMAIN: bytes([self.domain]),
            sig.TAG_PERSONALIZATION: self.vin.encode(),
            sig.TAG_EPOCH: self.epoch,
            sig.TAG_EXPIRES_AT: number(data.expires_at),
            sig.TAG_COUNTER: number(data.counter),
        }
        if flags:  # only here; an answer's flags are there even when they are zero
            items[sig.TAG_FLAGS] = number(flags)
        return metadata(items)

    def _roll_over(self) -> None:
        """Begin a new epoch where counters or clock have come to their end."""
        used_up = any(window.counter >= LAST_COUNTER for window in self._windows.values())
        if used_up or self.clock > LATEST:
            self.boot()
