"""Downloading a key from where it is served."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import ssl

from aiohttp import web
import pytest

from simulator.certificates import Credential, server_certificate, stranger
from simulator.cloud.domains import KEY_PATH, Domains, NotFetched, Page

from .developer import DOMAIN, Developer, other_curve

URL = f"https://{DOMAIN}{KEY_PATH}"


class Site:
    """A web server of the developer's."""

    def __init__(self) -> None:
        self.body = Developer().pem.encode()
        self.status, self.headers = 200, dict[str, str]()
        self.hosts: list[str] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self._runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=0.05)

    async def open(self, credential: Credential | None = None, folder: Path = Path()) -> str:
        """Serve; return where."""
        tls = None
        if credential is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(credential.write(folder / "site.pem"))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        return f"{'https' if tls else 'http'}://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.hosts.append(request.host)
        await self.answering.wait()
        if request.path != KEY_PATH:
            return web.Response(status=404)
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@pytest.fixture
async def site(socket_enabled: None) -> AsyncIterator[Site]:
    site = Site()
    yield site
    await site.close()


async def failure(domains: Domains) -> str:
    """Return what Tesla says of a download that fails."""
    with pytest.raises(NotFetched) as failed:
        await domains.key(DOMAIN)
    return str(failed.value)


async def test_a_key_is_fetched_from_where_the_domain_is(site: Site) -> None:
    domains = Domains()
    domains.host(DOMAIN, f"{await site.open()}/")

    assert await domains.key(DOMAIN) == Developer().public
    assert site.hosts == [DOMAIN]
    assert [one.public() for one in domains.fetched] == [{"url": URL, "error": ""}]


async def test_a_domain_may_be_nowhere(site: Site) -> None:
    domains = Domains()
    assert not domains.knows(DOMAIN)
    assert await failure(domains) == f"Public key download failed for {URL}, error: no such host"

    domains.host(DOMAIN, await site.open())
    assert domains.knows(DOMAIN)
    domains.host(DOMAIN, None)
    assert "no such host" in await failure(domains)
    assert [one.error for one in domains.fetched] == ["no such host"] * 2


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, "", "status 404"),
        (302, "", "status 302"),
        (200, "<!doctype html><title>Sign in</title>", "not a public key"),
        (200, "x" * 513, "too large"),
        (200, other_curve(), "not a key of the curve prime256v1"),
        (200, "", "not a public key"),
        (200, "\ufffd", "not a public key"),
    ],
    ids=["missing", "moved", "page", "long", "other curve", "empty", "odd"],
)
async def test_what_is_served_may_be_no_key(site: Site, status: int, body: str, reason: str) -> None:
    domains = Domains()
    site.status, site.body, site.headers = status, body.encode(), {"Location": "https://example.org"}
    domains.host(DOMAIN, await site.open())

    assert (await failure(domains)).endswith(f"error: {reason}")


async def test_nobody_may_answer(site: Site) -> None:
    domains = Domains()
    domains.host(DOMAIN, await site.open())
    await site.close()

    assert "Cannot connect" in await failure(domains)


async def test_somebody_may_take_too_long(site: Site) -> None:
    domains = Domains(limit_s=0.05)
    domains.host(DOMAIN, await site.open())
    site.answering.clear()

    assert "timeout" in await failure(domains)
    site.answering.set()


async def test_a_certificate_is_looked_at_where_its_authority_is_told(site: Site, tmp_path: Path) -> None:
    authority, other = stranger("Web CA"), stranger("Other CA")
    base = await site.open(server_certificate(authority, DOMAIN), tmp_path)
    domains = Domains()

    domains.host(DOMAIN, base, authority.certificate_pem())
    assert await domains.key(DOMAIN)
    domains.host(DOMAIN, base)
    assert await domains.key(DOMAIN)
    domains.host(DOMAIN, base, other.certificate_pem())
    assert "certificate" in await failure(domains)


async def test_a_domain_can_answer_by_itself() -> None:
    domains = Domains()
    domains.serve(DOMAIN, Page(Developer().pem))
    assert domains.knows(DOMAIN)
    assert await domains.key(DOMAIN) == Developer().public

    domains.serve(DOMAIN, Page("busy", 503))
    assert "status 503" in await failure(domains)
    domains.serve(DOMAIN, None)
    assert "no such host" in await failure(domains)
