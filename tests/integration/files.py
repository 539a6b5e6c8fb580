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


def expired(folder: Path) -> dict[str, str]:
    return Files(folder, days=(90.0, -1.0)).answers()


def of_another_name(folder: Path) -> dict[str, str]:
    return Files(folder, "other.example.com").answers()


def with_another_key(folder: Path) -> dict[str, str]:
    files = Files(folder)
    files.write(files.leaf, key=server_certificate(files.issuer, HOST))
    return files.answers()


def of_another_authority(folder: Path) -> dict[str, str]:
    files = Files(folder)
    files.ca.write_text(stranger("Other CA").certificate_pem())
    return files.answers()


def of_no_public_authority(folder: Path) -> dict[str, str]:
    return Files(folder).answers(ca_file="")


def missing(folder: Path) -> dict[str, str]:
    return Files(folder).answers(key_file=str(folder / "nothing.pem"))


def a_folder(folder: Path) -> dict[str, str]:
    return Files(folder).answers(certificate_file=str(folder))


def no_certificate(folder: Path) -> dict[str, str]:
    files = Files(folder)
    files.certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    return files.answers()


def without_authority_file(folder: Path) -> dict[str, str]:
    return Files(folder).answers(ca_file=str(folder / "nothing.pem"))
