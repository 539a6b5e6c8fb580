"""[I/O] TLS contexts of the telemetry port, made from texts and files; to be called in the executor."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import secrets
import ssl
from tempfile import TemporaryDirectory
import time

from cryptography.hazmat.primitives.serialization import Encoding

from ..errors import (
    CertificateError,
    CertificateExpired,
    ChainIncomplete,
    FileUnreadable,
    NameMismatch,
)
from .authority import Authority, trusted_pem
from .certificate import Pair, encrypted_key, read_chain

FILE_LIMIT = 1_000_000  # bytes of a certificate or key file
# OpenSSL's X509_V_ERR_* codes that say more than "not trusted".
EXPIRY_CODES = (9, 10)
NAME_CODES = (62, 64)
# asyncio turns the car's first flight into two or three steps; more in memory means that it hangs.
STEPS = 10


def server_context(
    server: Pair, authorities: list[Authority], now: float, *, optional: bool = False
) -> ssl.SSLContext:
    """Return a context that shows `server` and takes clients that one of the authorities vouches for.

    now:      seconds since 1970; what has expired by then vouches for nobody
    optional: takes clients without any certificate, too, who have to prove otherwise who they are

    Raises: CertificateError if the pair cannot serve, CertificateExpired if no authority is left
    Source: telemetry protocol, sections 2.1, 2.5
    """
    # Not `create_default_context`: its strict mode refuses certificates without authority key identifier,
    # and it would load the system's authorities.
    anchors = trusted_pem(authorities, now)
    if not anchors:
        raise CertificateExpired("no authority that is still valid")
    context = _showing(server)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_TICKET  # nobody needs to come back quickly, and tickets cost a car traffic
    context.num_tickets = 0
    with _private_folder() as folder:
        file = folder / "anchors.pem"
        file.write_text(anchors)
        context.load_verify_locations(cafile=file)
    return context


def read_files(certificate: str, key: str) -> Pair:
    """Read a certificate chain and its private key from the user's files.

    Raises: FileUnreadable, KeyMismatch, CertificateError
    """
    pair = Pair(read_file(certificate), read_file(key))
    read_chain(pair.certificate.encode())
    _showing(pair)
    return pair


def verify_server(server: Pair, host: str, ca: str | None) -> str:
    """Verify a server certificate as a car will: by a handshake, in memory, for the public host name.

    ca: the authority cars will be given; None takes the machine's own, for a public certificate
    Returns: what cars have to be given as `ca`: the verified chain above the leaf
    Raises: CertificateExpired, NameMismatch, ChainIncomplete, CertificateError
    """
    client = verifying(ca)
    try:
        chain = _handshake(client, _showing(server), host)
    except ssl.SSLCertVerificationError as error:
        raise verification_error(error) from error
    except (ssl.SSLError, ValueError, TypeError) as error:  # the last two: no host could have that name
        raise CertificateError(str(error)) from error
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain[1:]) or (ca or "")


def verifying(ca: str | None, client: Pair | None = None) -> ssl.SSLContext:
    """Return what verifies servers with the authorities of a PEM text, or with this machine's own if None.

    client: what is shown to them, if anything

    Raises: FileUnreadable if there is no authority in the text
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        for authority in read_chain(ca.encode()):
            context.load_verify_locations(cadata=authority.public_bytes(Encoding.DER))
    if client is not None:
        _show(context, client)
    return context


def verification_error(error: ssl.SSLCertVerificationError) -> CertificateError:
    """Return what a certificate that was not believed is told as."""
    if error.verify_code in EXPIRY_CODES:
        return CertificateExpired(error.verify_message)
    if error.verify_code in NAME_CODES:
        return NameMismatch(error.verify_message)
    return ChainIncomplete(error.verify_message)


def handshake_cost(server: Pair) -> float:
    """Measure what a handshake costs our side on this machine, in seconds of processor time."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    serving = _showing(server)
    costs = []
    for _ in range(3):
        started = time.thread_time()
        _handshake(client, serving, "localhost")
        costs.append(time.thread_time() - started)
    # Both sides were measured together; verifying a client's chain makes up for the client's half.
    return min(costs)


def _showing(server: Pair) -> ssl.SSLContext:
    """Return a context that shows a certificate and asks for none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _show(context, server)
    return context


def _show(context: ssl.SSLContext, pair: Pair) -> None:
    with _private_folder() as folder:
        password = secrets.token_bytes(32).hex()
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_text(pair.certificate)
        key.write_bytes(encrypted_key(pair, password.encode()))
        _load_chain(context, chain, key, password)


def _handshake(client: ssl.SSLContext, serving: ssl.SSLContext, host: str) -> list[bytes]:
    """Shake hands in memory; return the chain as the client has verified it (DER, leaf first)."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname=host)
    other = serving.wrap_bio(to_server, to_client, server_side=True)
    done = set[ssl.SSLObject]()
    for _ in range(STEPS):
        for side in (one, other):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
        if done == {one, other}:
            return [bytes(der) for der in one.get_verified_chain()] if client.verify_mode else []
    raise ssl.SSLError("the handshake does not come to an end")


def _load_chain(context: ssl.SSLContext, chain: Path, key: Path, password: str) -> None:
    try:
        context.load_cert_chain(chain, key, password=password)
    except ssl.SSLError as error:
        raise CertificateError(f"the certificate cannot serve: {error.reason}") from error


def read_file(path: str) -> str:
    """Read a text file of the user's.

    Raises: FileUnreadable
    """
    try:
        file = Path(path)
        if not file.is_file():  # a device or a pipe could keep us reading for ever
            raise FileUnreadable(f"{path} is no file")
        if file.stat().st_size > FILE_LIMIT:
            raise FileUnreadable(f"{path} is larger than {FILE_LIMIT} bytes")
        return file.read_text()
    except (OSError, ValueError) as error:  # ValueError: not text, or a path with a zero byte
        raise FileUnreadable(path) from error


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Give a folder that only we can read, and that is gone afterwards: OpenSSL reads from files."""
    with TemporaryDirectory(prefix="tesla_direct_") as folder:
        yield Path(folder)
