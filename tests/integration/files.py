"""Certificate files as users have them, right and wrong. Writing them blocks."""

from pathlib import Path

from simulator.certificates import Credential, server_certificate, stranger

from .account import HOST


class Files:
    """A certificate for HOST, its key, and the authority that issued it."""

    def __init__(self, folder: Path, *names: str, days: tuple[float, float] = (1.0, 90.0)) -> None:
        self.issuer = stranger("Home CA")
        self.leaf = server_certificate(self.issuer, *(names or (HOST,)), days=days)
        self.certificate = folder / "chain.pem"
        self.key = folder / "key.pem"
        self.ca = folder / "ca.pem"
        self.write(self.leaf)
        self.ca.write_text(self.issuer.certificate_pem())

    def write(self, shown: Credential, key: Credential | None = None) -> None:
        self.certificate.write_text(shown.certificate_pem())
        self.key.write_text((key or shown).key_pem())

    def answers(self, **changes: str) -> dict[str, str]:
        """Return what a user enters for them."""
        entered = {
            "certificate_file": str(self.certificate),
            "key_file": str(self.key),
            "ca_file": str(self.ca),
        }
        return {name: value for name, value in (entered | changes).items() if value}
