"""Key files as users have them, right and wrong. Writing them blocks."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

SEC1, PKCS8 = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8


def write_key(
    file: Path, key: ec.EllipticCurvePrivateKey, form: PrivateFormat = SEC1, passphrase: bytes | None = None
) -> str:
    """Write a key as OpenSSL does, and return its path."""
    seal = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    file.write_bytes(key.private_bytes(Encoding.PEM, form, seal))
    return str(file)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as cars know it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as it is hosted."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def encrypted_sec1(folder: Path) -> str:
    return write_key(folder / "encrypted.pem", new_key(), SEC1, b"open sesame")


def encrypted_pkcs8(folder: Path) -> str:
    return write_key(folder / "encrypted.pem", new_key(), PKCS8, b"open sesame")


def of_another_curve(folder: Path) -> str:
    return write_key(folder / "p384.pem", ec.generate_private_key(ec.SECP384R1()))


def of_another_kind(folder: Path) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = folder / "rsa.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PKCS8, NoEncryption()))
    return str(file)


def public_half(folder: Path) -> str:
    file = folder / "public.pem"
    file.write_bytes(public_pem(new_key()))
    return str(file)


def damaged(folder: Path) -> str:
    file = folder / "damaged.pem"
    file.write_text("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")
    return str(file)


def empty(folder: Path) -> str:
    file = folder / "empty.pem"
    file.touch()
    return str(file)


def far_too_long(folder: Path) -> str:
    file = folder / "disk.img"
    file.write_bytes(b"\0" * 1_000_000)
    return str(file)


def missing(folder: Path) -> str:
    return str(folder / "nothing.pem")


def a_folder(folder: Path) -> str:
    return str(folder)


def no_path(folder: Path) -> str:
    return "\0"
