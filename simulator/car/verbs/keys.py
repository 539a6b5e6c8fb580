"""Who may command a car, and how it wants to be asked."""

from dataclasses import replace

from ..authentication import public_bytes
from ..commanded import Commanded
from ..keychain import CARD, CLOUD, ROOM, made_up_key, role_of


class Keys(Commanded):
    """Keys on the chain, and signatures."""

    def pair_key(self, public_key: bytes | str, role: str = "OWNER") -> None:
        """Put an application's key on the keychain; text is hexadecimal.

        Raises: ValueError for what is no key, and where there is no room
        """
        self.keychain.add(_read(public_key), role_of(role), CLOUD)
        self.cloud_saw_paired = None

    def forget_key(self, public_key: bytes | str | None = None, *, quietly: bool = False) -> None:
        """Take a key off the keychain, or every application's; quietly, the cloud does not hear of it."""
        self.cloud_saw_paired = bool(self.keychain.virtual()) if quietly else None
        gone = (
            [_read(public_key)] if public_key is not None else [key.public for key in self.keychain.virtual()]
        )
        for key in gone:
            self.keychain.remove(key)
        if not quietly and self.told is not None and self.told.issuer in gone:
            self.tell(None)

    def fill_keychain(self, keys: int = ROOM) -> None:
        """Put other people's keys on the chain until there are so many, all of them by default."""
        while len(self.keychain) < keys:
            key = made_up_key(self.vin, "guest", len(self.keychain))
            self.keychain.add(public_bytes(key), role_of("DRIVER"), CARD)

    def disable_key(self, public_key: bytes | str, *, on: bool = True) -> None:
        """Switch a key off, or on again."""
        self.keychain.activate(_read(public_key), active=not on)

    def demand_signing(self, *, on: bool = True) -> None:
        """Take signed commands only; otherwise plain ones too."""
        self.model = replace(self.model, signs=on)

    def demand_encryption(self, *, on: bool = True) -> None:
        """Take no command that does not ask for an encrypted answer."""
        for computer in self.computers.values():
            computer.demands_encryption = on

    def encrypt_answers(self, *, on: bool = True) -> None:
        """Heed the flag that asks for encrypted answers, or not, as older firmware."""
        for computer in self.computers.values():
            computer.encrypts = on

    def hardlock(self, *, on: bool = True) -> None:
        """Refuse plain commands by itself, instead of leaving that to the cloud."""
        self.hardlocked = on


def _read(key: bytes | str) -> bytes:
    return bytes.fromhex(key) if isinstance(key, str) else key
