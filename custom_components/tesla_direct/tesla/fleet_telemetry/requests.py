"""[I/O] What is asked on a connection that got in: one request, with headers that may be anything."""

from collections.abc import Awaitable, Callable
import logging
from typing import Any, override
from uuid import UUID, uuid4

from aiohttp import web

_LOGGER = logging.getLogger(__name__)

HEADER_LIMIT = 100  # characters of a header that are kept


class Quiet(logging.LoggerAdapter[logging.Logger]):
    """What aiohttp has to say of a request is a stranger's doing; our own errors are told by ourselves."""

    @override
    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.debug(msg, *args, **kwargs)


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
