"""What a home has in front of it: a public name, and a web server there that ends TLS and hands on [I/O]."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
import ssl

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "home.example.com"  # nobody's, by RFC 2606
CHUNK = 65_536  # bytes


class Front:
    """A proxy on 127.0.0.1 whose certificate is good for a name.

    base:   where it listens
    ca:     what verifies it, PEM
    bundle: file with that and with all that the web is verified by
    """

    def __init__(self, folder: Path, port: int, behind: int) -> None:
        """Stand in front of a port of this machine; keep the certificate in a folder."""
        self.base = f"https://127.0.0.1:{port}"
        self.ca = ""
        self.bundle = folder / "bundle.pem"
        self.port = port
        self._folder = folder
        self._behind = behind
        self._server: asyncio.Server | None = None
        self._open = set[asyncio.Task[None]]()

    async def start(self) -> None:
        """Begin to answer."""
        context = await asyncio.to_thread(self._prepare)
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self.port, ssl=context)

    async def stop(self) -> None:
        """End, with all connections."""
        if self._server:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _prepare(self) -> ssl.SSLContext:
        self._folder.mkdir(parents=True, exist_ok=True)
        certificate, key = _certificate(NAME)
        self.ca = certificate.decode()
        self.bundle.write_text(Path(certifi.where()).read_text(encoding="utf-8") + self.ca, encoding="utf-8")
        file = self._folder / "front.pem"
        file.touch(mode=0o600)
        file.write_bytes(key + certificate)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101  # asyncio runs this in one
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._behind)
            async with asyncio.TaskGroup() as group:
                group.create_task(_hand_on(reader, inner_writer))
                group.create_task(_hand_on(inner_reader, writer))
        except* OSError:  # Home Assistant restarts, or somebody went away
            pass
        finally:
            writer.close()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


def _certificate(name: str) -> tuple[bytes, bytes]:
    """Make a certificate that vouches for itself; return it and its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return (
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
