"""A service at the loopback, asked at one address of it."""

from abc import ABC, abstractmethod
import ssl

from aiohttp import web


class LocalService(ABC):
    """Runs from `start` to `stop`; `base` is its address, before the path."""

    def __init__(self, scheme: str, path: str) -> None:
        self.base = ""
        self._scheme, self._path = scheme, path
        self._runner: web.AppRunner | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        app = web.Application()
        app.router.add_get(self._path, self.serve)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        scheme = f"{self._scheme}s" if tls else self._scheme
        self.base = f"{scheme}://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @abstractmethod
    async def serve(self, request: web.Request) -> web.StreamResponse: ...
