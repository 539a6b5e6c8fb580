import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
import socket
import ssl
from typing import Any

from aiohttp import ClientSession, TCPConnector, ThreadedResolver, web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
import pytest

from custom_components.tesla_direct.tesla.fleet_api.hosted_key import (
    KEY_PATH,
    LONGEST,
    HostedKey,
    Hosting,
    address_of,
    look,
)
from simulator.certificates import Credential, server_certificate, stranger

from .host import Host, Reply

OURS = ec.generate_private_key(ec.SECP256R1())
PUBLIC = OURS.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Nothing here</body></html>"
LOGIN = b"""<!DOCTYPE html><html><form action="/session"><input name=p type="password"></form></html>"""
LONGER = b"\n" * LONGEST


def shown(value: object) -> str:
    return str(value)[:29]  # up to where keys and certificates begin, which differ in each run


def public_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey | rsa.RSAPrivateKey = OURS) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(form: PrivateFormat) -> bytes:
    return OURS.private_bytes(Encoding.PEM, form, NoEncryption())


def page(body: bytes, status: int = 200) -> Reply:
    return Reply(status=status, body=body, headers={"Content-Type": "text/html", "Server": "nginx/1.26.3"})


def led_to(target: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": target})


async def seen(session: ClientSession, host: Host, reply: Reply) -> HostedKey:
    host.answers.append(replace(reply, headers={"Server": "", **reply.headers}))
    found = await look(session, host.url + KEY_PATH, PUBLIC)
    assert [request.path for request in host.requests] == [KEY_PATH]  # and nothing else was followed
    return found


def test_the_address_is_the_one_that_tesla_fetches() -> None:
    path = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
    assert address_of("tesla.example.com") == f"https://tesla.example.com{path}"


@pytest.mark.parametrize(
    ("body", "state", "detail"),
    [
        (public_pem(), Hosting.RIGHT, ""),
        (public_pem().replace(b"\n", b"\r\n"), Hosting.RIGHT, ""),
        (b"The key of the application\n" + public_pem(), Hosting.RIGHT, ""),
        (public_pem(ec.generate_private_key(ec.SECP256R1())), Hosting.OTHER_KEY, ""),
        (public_pem(ec.generate_private_key(ec.SECP384R1())), Hosting.OTHER_KEY, "not of the curve P-256"),
        (public_pem(Ed25519PrivateKey.generate()), Hosting.OTHER_KEY, "not of the curve P-256"),
        (private_pem(PrivateFormat.PKCS8), Hosting.PRIVATE_KEY, ""),
        (private_pem(PrivateFormat.TraditionalOpenSSL), Hosting.PRIVATE_KEY, ""),
        (public_pem() + private_pem(PrivateFormat.PKCS8), Hosting.PRIVATE_KEY, ""),
        (stranger().certificate_pem().encode(), Hosting.NO_KEY, "certificate"),
        (public_pem()[:60] + b"\n-----END PUBLIC KEY-----\n", Hosting.NO_KEY, "damaged"),
        (b"", Hosting.NO_KEY, "no PEM file"),
        pytest.param(PUBLIC, Hosting.NO_KEY, "no PEM file", id="bytes"),  # other ones in each run
        (PAGE, Hosting.NO_KEY, "a web page"),
        (LOGIN, Hosting.LOGIN_PAGE, "200"),
        (LONGER + public_pem(), Hosting.NO_KEY, "no PEM file"),
    ],
    ids=shown,
)
async def test_what_is_served_is_told_apart(  # one row each
    host: Host, session: ClientSession, body: bytes, state: Hosting, detail: str
) -> None:
    found = await seen(session, host, Reply(body=body))

    assert (found.state, found.detail) == (state, detail)
    assert found.url == host.url + KEY_PATH


@pytest.mark.parametrize(
    ("reply", "state", "detail"),
    [
        (page(PAGE, 404), Hosting.NO_KEY, "404, nginx"),
        (Reply(status=404, body=b"404: Not Found"), Hosting.NO_KEY, "404"),
        (Reply(status=410), Hosting.NO_KEY, "410"),
        (led_to("https://www.example.com" + KEY_PATH, 301), Hosting.REDIRECT, "www.example.com"),
        (led_to(KEY_PATH + "/", 308), Hosting.REDIRECT, ""),
        (Reply(status=302), Hosting.REDIRECT, ""),
        (led_to("https://auth.example.com/?rd=https://x"), Hosting.LOGIN_PAGE, "auth.example.com"),
        (led_to("/login?next=/.well-known"), Hosting.LOGIN_PAGE, ""),
        (
            led_to("https://team.cloudflareaccess.com/cdn-cgi/access/login/x"),
            Hosting.LOGIN_PAGE,
            "team.cloudflareaccess.com",
        ),
        (led_to("https://[broken"), Hosting.REDIRECT, ""),
        (Reply(status=401), Hosting.LOGIN_PAGE, "401"),
        (page(LOGIN, 403), Hosting.LOGIN_PAGE, "403, nginx"),
        (Reply(status=400, body=b"400: Bad Request"), Hosting.PROXY_UNTRUSTED, "400"),
        (page(b"<html><center>nginx</center></html>", 400), Hosting.ANSWER, "400, nginx"),
        (page(PAGE, 403), Hosting.ANSWER, "403, nginx"),
        (Reply(status=530, headers={"Server": "cloudflare"}), Hosting.ANSWER, "530, cloudflare"),
        (Reply(status=500, headers={"Server": "<b>odd</b>"}), Hosting.ANSWER, "500"),
        (page(PAGE, 502), Hosting.ANSWER, "502, nginx"),
        (Reply(status=206, body=public_pem()), Hosting.ANSWER, "206"),
        (Reply(body=public_pem(), short=9), Hosting.REFUSED, "ClientPayloadError"),
    ],
    ids=shown,
)
async def test_what_is_answered_instead_is_told_apart(  # one row each
    host: Host, session: ClientSession, reply: Reply, state: Hosting, detail: str
) -> None:
    found = await seen(session, host, reply)

    assert (found.state, found.detail) == (state, detail)


async def test_a_connection_that_is_cut_is_as_good_as_refused(host: Host, session: ClientSession) -> None:
    host.otherwise = lambda _: Reply(drop=True)

    found = await look(session, host.url + KEY_PATH, PUBLIC)

    assert (found.state, found.detail) == (Hosting.REFUSED, "ServerDisconnectedError")


class NoNames(ThreadedResolver):
    """Knows no name, and says it as resolvers do."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


async def test_a_name_without_an_address_is_no_name(socket_enabled: None) -> None:
    url = address_of("tesla.example.com")
    async with ClientSession(connector=TCPConnector(resolver=NoNames())) as session:
        assert await look(session, url, PUBLIC) == HostedKey(state=Hosting.NO_DNS, url=url)


async def test_where_nobody_listens_a_connection_is_refused(session: ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        found = await look(session, f"https://127.0.0.1:{taken.getsockname()[1]}{KEY_PATH}", PUBLIC)

    assert found.state is Hosting.REFUSED
    assert "refused" in found.detail.lower()


async def test_what_is_no_address_is_not_asked(session: ClientSession) -> None:
    found = await look(session, "https:///nowhere", PUBLIC)

    assert found.state is Hosting.REFUSED


@pytest.mark.parametrize("greets", [True, False], ids=["no answer", "no handshake"])
async def test_silence_is_told_after_the_limit(host: Host, session: ClientSession, *, greets: bool) -> None:
    never = asyncio.Event()
    host.answers.append(Reply(hold=never))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = host.url if greets else f"https://127.0.0.1:{mute.getsockname()[1]}"

        found = await look(session, url + KEY_PATH, PUBLIC, limit=0.2)

    assert found.state is Hosting.TIMEOUT


@pytest.fixture(scope="module")
def authority() -> Credential:
    return stranger("An authority")


@pytest.fixture
async def trusting(authority: Credential) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.certificate_pem())


@pytest.fixture
async def serve(
    socket_enabled: None, tmp_path: Path
) -> AsyncIterator[Callable[[Credential], Awaitable[str]]]:
    """Serve our key under the name localhost, with a certificate."""
    runners = list[web.AppRunner]()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=public_pem())

    async def start(shown: Credential) -> str:
        app = web.Application()
        app.router.add_get(KEY_PATH, answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown.write(tmp_path / "server.pem"))
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return f"https://localhost:{runner.addresses[0][1]}{KEY_PATH}"

    yield start
    for runner in runners:
        await runner.cleanup()


type Serve = Callable[[Credential], Awaitable[str]]


async def test_a_certificate_that_is_right_is_no_matter(
    serve: Serve, session: ClientSession, authority: Credential, trusting: ssl.SSLContext
) -> None:
    url = await serve(server_certificate(authority, "localhost"))

    assert await look(session, url, PUBLIC, ssl=trusting) == HostedKey(state=Hosting.RIGHT, url=url)


@pytest.mark.parametrize(
    ("names", "days", "wrong"),
    [
        (("localhost",), (90.0, -1.0), "expired"),
        (("localhost",), (-1.0, 90.0), "not yet valid"),
        (("other.example.com",), (1.0, 90.0), "mismatch"),
    ],
    ids=["expired", "to come", "for another name"],
)
async def test_what_is_wrong_with_a_certificate_is_said(  # noqa: PLR0913, PLR0917  # what serves, and what is wrong
    serve: Serve,
    session: ClientSession,
    authority: Credential,
    trusting: ssl.SSLContext,
    names: tuple[str, ...],
    days: tuple[float, float],
    wrong: str,
) -> None:
    url = await serve(server_certificate(authority, *names, days=days))

    found = await look(session, url, PUBLIC, ssl=trusting)

    assert found.state is Hosting.CERTIFICATE
    assert wrong in found.detail.lower()


async def test_nobody_has_to_believe_a_stranger(
    serve: Serve, session: ClientSession, trusting: ssl.SSLContext
) -> None:
    url = await serve(server_certificate(stranger("Nobody"), "localhost"))

    for ssl_context in (trusting, None):  # None: the public authorities
        found = await look(session, url, PUBLIC, ssl=ssl_context)

        assert found.state is Hosting.CERTIFICATE
        assert "issuer" in found.detail


async def test_what_speaks_no_tls_has_no_certificate(host: Host, session: ClientSession) -> None:
    found = await look(session, host.url.replace("http://", "https://") + KEY_PATH, PUBLIC)

    assert found.state is Hosting.CERTIFICATE
    assert "version" in found.detail or "record" in found.detail
    assert not host.requests
