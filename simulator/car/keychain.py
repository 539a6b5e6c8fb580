"""The keys a car knows, and what each may do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.proto import keys_pb2, vcsec_pb2

from .authentication import CURVE, is_public_key, public_bytes

ROOM = 20
PHONE = vcsec_pb2.KEY_FORM_FACTOR_IOS_DEVICE
CARD = vcsec_pb2.KEY_FORM_FACTOR_NFC_CARD
CLOUD = vcsec_pb2.KEY_FORM_FACTOR_CLOUD_KEY
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve


class KeychainIsFull(ValueError):
    """There is no room for another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key on the chain; `slot` is its place there."""

    public: bytes
    role: int
    form: int
    slot: int
    active: bool = True

    @property
    def short(self) -> bytes:
        """Return the id by which lists name it."""
        return hashlib.sha1(self.public, usedforsecurity=False).digest()[:4]

    @property
    def virtual(self) -> bool:
        """Tell whether it belongs to an application rather than to a person."""
        return self.form == CLOUD


class Keychain:
    """At most twenty keys."""

    def __init__(self) -> None:
        """Know nobody."""
        self._keys: dict[bytes, Key] = {}

    def __iter__(self) -> Iterator[Key]:
        """Give the keys by slot."""
        return iter(sorted(self._keys.values(), key=lambda key: key.slot))

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._keys)

    def get(self, public: bytes) -> Key | None:
        """Find a key."""
        return self._keys.get(public)

    def at(self, slot: int) -> Key | None:
        """Find what is in a slot."""
        return next((key for key in self._keys.values() if key.slot == slot), None)

    def add(self, public: bytes, role: int = keys_pb2.ROLE_OWNER, form: int = CLOUD) -> Key:
        """Put a key on the chain, or give one that is there another role.

        Raises: ValueError for what is no key, KeychainIsFull
        """
        if not is_public_key(public):
            raise ValueError("not a public key of this curve")
        there = self._keys.get(public)
        if there is None and len(self._keys) >= ROOM:
            raise KeychainIsFull("the keychain is full")
        slot = there.slot if there else min(set(range(ROOM)) - {key.slot for key in self._keys.values()})
        key = self._keys[public] = Key(public=public, role=role, form=form, slot=slot)
        return key

    def remove(self, public: bytes) -> bool:
        """Take a key off; tell whether it was there."""
        return self._keys.pop(public, None) is not None

    def activate(self, public: bytes, *, active: bool) -> None:
        """Switch a key off, or on again.

        Raises: KeyError
        """
        self._keys[public] = replace(self._keys[public], active=active)

    def virtual(self) -> list[Key]:
        """Return the keys of applications."""
        return [key for key in self if key.virtual]


def made_up_key(*name: object) -> ec.EllipticCurvePrivateKey:
    """Derive a key from a name, so that a car is the same car in each run."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return ec.derive_private_key(1 + int.from_bytes(digest, "big") % (ORDER - 1), CURVE)


def family(vin: str, count: int) -> Keychain:
    """Make the chain of a car with `count` phones and cards on it."""
    chain = Keychain()
    for index in range(count):
        role = keys_pb2.ROLE_OWNER if index == 0 else keys_pb2.ROLE_DRIVER
        chain.add(public_bytes(made_up_key(vin, "person", index)), role, CARD if index % 3 else PHONE)
    return chain


def role_of(name: str) -> int:
    """Return the number of a role named as in "OWNER".

    Raises: ValueError
    """
    return keys_pb2.Role.Value(f"ROLE_{name.upper()}")
