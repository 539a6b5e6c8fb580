"""[I/O] What is asked on a connection that got in: one request, with headers that may be anything."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
import logging
import ssl
import time
from typing import Any, override
from uuid import UUID, uuid4

from aiohttp import web

from .authority import Authority
from .forwarded import CERTIFICATE, CHAIN, SECRET, Forwarding, NotForwarded

_LOGGER = logging.getLogger(__name__)

HEADER_LIMIT = 100  # characters of a header that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxied:
    """A proxy in front of the port that ends TLS, and hands on whose certificate it was shown.

    context:     shows our certificate to it, and takes it without one of its own
    authorities: vouch for cars, whose certificates are verified again
    """

    forwarding: Forwarding
    context: ssl.SSLContext
    authorities: list[Authority]


class Quiet(logging.LoggerAdapter[logging.Logger]):
    """What aiohttp has to say of a request is a stranger's doing; our own errors are told by ourselves.

    What was asked is not repeated: it may have a token in it.
    """

    @override
    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.debug(msg, *args, **kwargs)

    @override
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        error = kwargs.pop("exc_info", None)
        return (f"{msg} ({type(error).__name__})" if isinstance(error, Exception) else msg), kwargs


@web.middleware
async def one_request(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Close the connection after its first answer, and tell of errors of ours."""
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        refusal.force_close()
        raise
    except ConnectionError:
        raise  # the other side has left, which aiohttp can deal with
    except Exception as error:
        _LOGGER.exception("A telemetry connection has failed")
        failure = web.HTTPInternalServerError()
        failure.force_close()
        raise failure from error
    response.force_close()
    return response


def header(request: web.Request, name: str) -> str:
    """Return a header as text that can be stored and shown, whatever bytes came."""
    return request.headers.get(name, "")[:HEADER_LIMIT].encode(errors="replace").decode()


def connection_id(txid: str) -> str:
    """Return the car's own id for the connection if it is one, else a new one."""
    try:
        return str(UUID(txid))
    except ValueError:
        return str(uuid4())


def certificate_of(request: web.Request, transport: asyncio.Transport, proxied: Proxied | None) -> bytes:
    """Return the verified certificate of whoever asks (DER).

    It is the connection's own. Only a proxy that the user has named gets in without, and has to hand on a
    car's; from anybody else such a header is a lie.

    Raises: NotForwarded
    """
    tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
    own = tls.getpeercert(binary_form=True)
    claimed, chains = (request.headers.getall(name, []) for name in (CERTIFICATE, CHAIN))
    if own is not None and not claimed and not chains:
        return own
    if own is not None or proxied is None:
        raise NotForwarded("by_a_stranger")
    return proxied.forwarding.read(
        secrets=request.headers.getall(SECRET, []),
        certificates=claimed,
        chains=chains,
        authorities=proxied.authorities,
        now=time.time(),
    )
