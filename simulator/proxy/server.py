"""The proxy: listens with TLS, signs what it knows, passes on what it does not."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
import hashlib
from http import HTTPStatus
import json
from pathlib import Path
import ssl
from typing import Any, Self
from uuid import uuid4

import aiohttp
from aiohttp import hdrs, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ..car.authentication import CURVE, public_bytes
from ..certificates import SERVER_AUTH, Credential, host_name, name_of
from ..cloud.cloud import Cloud
from .account import Account, account_of, base_in
from .answers import DEADLINE, NO_VIN, REPLY_LIMIT, Wrong, done, refused, wrong
from .carrier import UNPRIVILEGED, Carrier, Declined, read_command
from .signing import token as signed

TIMEOUT_S = 10.0  # real seconds for lock, handshakes and command together
LARGEST_REPLY = 10_000_000  # bytes
DEFAULT_REGION = "na"  # for a token that names none
VIN_LENGTH = 17
UNSUPPORTED = "vehicle does not support protocol"
SHUTDOWN_S = 0.05
HEALTH = "/health"
VEHICLES = "/api/1/vehicles"
CONFIG = f"{VEHICLES}/fleet_telemetry_config"
NOT_PASSED_ON = frozenset({hdrs.HOST, hdrs.CONNECTION, hdrs.CONTENT_LENGTH, hdrs.TRANSFER_ENCODING})
NOT_PASSED_BACK = NOT_PASSED_ON | {hdrs.CONTENT_ENCODING, hdrs.DATE, hdrs.SERVER}


class Proxy:
    """An owner's proxy; an asynchronous context manager.

    key:        its own, which has to be on a car's keychain
    names:      host names in its certificate; Tesla's own instructions put none there
    carrier:    what takes commands to cars
    passes_errors: gives Tesla's refusals back as they are, as older ones of these programs do
    reasons:    how the member with the car's reason is called; there have been versions with "string"
    """

    def __init__(  # noqa: PLR0913  # the knobs of a proxy
        self,
        cloud: Cloud,
        folder: Path,
        *,
        port: int = 0,
        timeout: float = TIMEOUT_S,
        names: tuple[str, ...] = ("localhost", "127.0.0.1"),
        cloud_ca: str | None = None,
    ) -> None:
        """Prepare to listen; port 0 takes a free one, `folder` the certificate."""
        self.port, self.timeout, self.names = port, timeout, names
        self.passes_errors = False
        self.reasons = "reason"
        self.key = ec.generate_private_key(CURVE)
        self.carrier = Carrier(cloud, lambda: public_bytes(self.key))
        self._cloud = cloud
        self._tls = ssl.create_default_context(cadata=cloud_ca) if cloud_ca else True
        self._path = folder / f"proxy-{uuid4().hex}.pem"
        self._credential = self_signed(*names)
        self._bases: dict[str, str] = {}
        self._unsigned: set[str] = set()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._held: set[str] = set()
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self.close()

    @property
    def base(self) -> str:
        """Return its address, without a slash at the end."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def certificate(self) -> str:
        """Return its certificate, which is its own authority, as PEM."""
        return self._credential.certificate_pem()

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of its certificate's DER, hexadecimal."""
        der = self._credential.certificate.public_bytes(serialization.Encoding.DER)
        return hashlib.sha256(der).hexdigest()

    @property
    def public_key(self) -> str:
        """Return the public half of its key, hexadecimal: `car.pair_key(proxy.public_key)`."""
        return public_bytes(self.key).hex()

    async def open(self) -> None:
        """Begin to listen, on the port it had."""
        if self._runner is not None:
            return
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self._credential.write(self._path))
        runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=tls).start()
        self.port = runner.addresses[0][1]
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = runner

    async def close(self) -> None:
        """Stop listening; everything that was cached is forgotten."""
        runner, self._runner = self._runner, None
        session, self._session = self._session, None
        if runner is not None:
            await runner.cleanup()
        if session is not None:
            await session.close()
        self.carrier.forget()
        self._bases.clear()
        self._unsigned.clear()

    async def restart(self) -> None:
        """Start anew: the next command to each car greets it again."""
        await self.close()
        await self.open()

    async def change_certificate(self, *names: str, days: float = 3650.0) -> str:
        """Show another certificate from now on; return its fingerprint.

        names: in it; without any, those of before
        days:  until it ends; a negative number lies in the past
        """
        self._credential = self_signed(*(names or self.names), days=days)
        await self.restart()
        return self.fingerprint

    def change_key(self) -> str:
        """Sign with another key, which no car knows; return its public half."""
        self.passes_errors = False
        self.reasons = "reason"
        self.key = ec.generate_private_key(CURVE)
        self.carrier.forget()
        return self.public_key

    async def hold(self, vin: str, *, on: bool = True) -> None:
        """Have another command hold a car, or let it go."""
        if on and vin not in self._held:
            await self._locks[vin].acquire()
            self._held.add(vin)
        elif not on and vin in self._held:
            self._held.discard(vin)
            self._locks[vin].release()

    def set_timeout(self, seconds: float = TIMEOUT_S) -> None:
        """Give up after so many real seconds, as its option -timeout says."""
        self.timeout = seconds

    def be_older(self, *, on: bool = True, reasons: str = "reason") -> None:
        """Be another version: hand Tesla's refusals back whole, name the car's reasons otherwise."""
        self.passes_errors, self.reasons = on, reasons

    def stall(self, times: int = 1, *, after: bool = False) -> None:
        """Let so many commands run into the time-out; `after` the car has carried them out."""
        self.carrier.stall(times, after=after)

    def answer_fault(self, name: str = UNPRIVILEGED, times: int = 1) -> None:
        """Have so many commands end with a protocol fault by its name.

        Raises: ValueError for a name that is none
        """
        self.carrier.answer_fault(name, times)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == HEALTH:
            return web.Response(text="OK")
        try:
            return await self._answer(request, account_of(request))
        except Wrong as error:
            return wrong(error)

    async def _answer(self, request: web.BaseRequest, account: Account) -> web.Response:
        parts = request.path.split("/")
        if request.path.startswith(f"{VEHICLES}/") and len(parts) == 7 and parts[5] == "command":
            vin, name = parts[4], parts[6]
            if len(vin) != VIN_LENGTH:
                raise Wrong(404, NO_VIN)
            if vin in self._unsigned:
                return await self._forward(request, account)
            return await self._command(request, account, vin, name)
        if request.path == CONFIG:
            return await self._telemetry(request, account)
        return await self._forward(request, account)

    async def _command(self, request: web.BaseRequest, account: Account, vin: str, name: str) -> web.Response:
        locked = False
        try:
            async with asyncio.timeout(self.timeout):
                async with self._locks[vin]:
                    locked = True
                    ask = read_command(name, await _posted(request))
                    if isinstance(ask, str):
                        return refused(ask, 400, self.reasons)
                    await self._carried(account, vin, ask)
        except TimeoutError:
            raise Wrong(500 if locked else 503, DEADLINE) from None
        except Declined as declined:
            return refused(declined.reason, member=self.reasons)
        except Wrong as error:
            if error.status != 422 or UNSUPPORTED not in (error.body or ""):
                raise
            self._unsigned.add(vin)
            return await self._forward(request, account)
        return done()

    async def _carried(self, account: Account, vin: str, ask: Any) -> None:
        """Have it carried to the car, at another base where Tesla says that the account lives there."""
        try:
            await self.carrier.command(self._base(account), account.token, vin, ask)
        except Wrong as error:
            if error.status != 421 or not self._moves(account, error.body or ""):
                raise
            await self.carrier.command(self._base(account), account.token, vin, ask)

    async def _telemetry(self, request: web.BaseRequest, account: Account) -> web.Response:
        """Sign a telemetry configuration and hand it in."""
        posted = await _posted(request)
        try:
            body = json.loads(posted)
            vins, config = list(body["vins"]), dict(body["config"])
        except (ValueError, KeyError, TypeError) as error:
            raise Wrong(400, f"could not parse JSON body: {error}") from error
        text = json.dumps({"vins": vins, "token": signed(self.key, config)})
        return await self._forward(request, account, f"{CONFIG}_jws", text.encode())

    async def _forward(
        self, request: web.BaseRequest, account: Account, path: str | None = None, body: bytes | None = None
    ) -> web.Response:
        """Pass a request on, unchanged but for a header."""
        sent = await request.read() if body is None else body
        response = await self._passed(request, account, path, sent)
        if response.status == 421 and self._moves(account, response.headers.get("Alt-Svc", "")):
            response = await self._passed(request, account, path, sent)
        if response.status == 200 or self.passes_errors:
            return response
        # Of anything else only the status is left, under its own name.
        raise Wrong(response.status, _name_of(response.status))

    async def _passed(
        self, request: web.BaseRequest, account: Account, path: str | None, body: bytes
    ) -> web.Response:
        if self._session is None:
            raise Wrong(502, "shutting down")
        headers = {name: value for name, value in request.headers.items() if name not in NOT_PASSED_ON}
        headers["X-Forwarded-For"] = request.remote or ""
        url = self._base(account) + (path or request.path_qs)
        try:
            async with asyncio.timeout(self.timeout):
                async with self._session.request(
                    request.method, url, data=body, headers=headers, ssl=self._tls, allow_redirects=False
                ) as answer:
                    text = await answer.content.read(LARGEST_REPLY + 1)
                    while len(text) <= LARGEST_REPLY and (more := await answer.content.read(LARGEST_REPLY)):
                        text += more
        except TimeoutError:
            raise Wrong(504, DEADLINE) from None
        except aiohttp.ClientError as error:
            raise Wrong(502, str(error)) from error
        if len(text) > LARGEST_REPLY:
            raise Wrong(502, REPLY_LIMIT)
        back = {name: value for name, value in answer.headers.items() if name not in NOT_PASSED_BACK}
        return web.Response(status=answer.status, body=text, headers=back)

    def _base(self, account: Account) -> str:
        """Return where the account lives: as it was told, else as the token says."""
        bases = self._cloud.bases
        return self._bases.get(account.sub) or bases.get(account.region, bases[DEFAULT_REGION])

    def _moves(self, account: Account, told: str) -> bool:
        """Remember where an account is said to live; tell whether that is new."""
        base = base_in(told)
        if base is None:
            return False
        # The header always says https, also of a cloud that speaks without.
        host = base.partition("://")[2]
        base = next((known for known in self._cloud.bases.values() if known.endswith(f"//{host}")), base)
        if base == self._base(account):
            return False
        self._bases[account.sub] = base
        return True


async def _posted(request: web.BaseRequest) -> bytes:
    """Return the body of what was posted.

    Raises: Wrong
    """
    if request.method != hdrs.METH_POST:
        raise Wrong(405, "Method Not Allowed")
    return await request.read()


def _name_of(status: int) -> str:
    """Return what a status is called; nothing for Tesla's own."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def self_signed(*names: str, days: float = 3650.0) -> Credential:
    """Make a certificate as Tesla's instructions do: its own authority, for a server."""
    key = ec.generate_private_key(ec.SECP384R1())
    now = datetime.now(UTC)
    name = name_of("CN=localhost")
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(4000))
        .not_valid_after(now + timedelta(days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([SERVER_AUTH]), critical=False)
        .add_extension(_usage(), critical=False)
    )
    if names:
        alternatives = [host_name(one) for one in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return Credential(certificate=builder.sign(key, hashes.SHA256()), key=key)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        key_agreement=True,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        encipher_only=False,
        decipher_only=False,
    )
