"""Chromium without a window, driven over its debugging protocol [I/O]."""

import asyncio
import base64
from contextlib import suppress
from pathlib import Path
import shutil
import tempfile
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from ..process import end

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # there is no other user to be kept apart from, and root may not have one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--force-color-profile=srgb",
    "--lang=en",
    # Nothing leaves this machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
PORT_FILE = "DevToolsActivePort"  # where it writes down how it can be driven
LOOK = 0.05  # seconds between looks for that
START_LIMIT = 180.0  # seconds
STOP_LIMIT = 10.0
ANSWER_LIMIT = 180.0
PAGE = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")


class BrowserError(Exception):
    """The browser is not there, or does not do what it is told."""


class Tab:
    """One page."""

    def __init__(self, chromium: Chromium, session: str, target: str) -> None:
        """Speak over a session of the browser's socket."""
        self.target = target
        self._chromium = chromium
        self._session = session

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the answer to one command of the protocol."""
        return await self._chromium.ask(method, self._session, **params)

    async def prepare(self, script: str, width: int, height: int) -> None:
        """Set the size, and what each document of it begins with; then let it begin."""
        await self.ask("Page.enable")
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)
        await self.ask("Runtime.runIfWaitingForDebugger")

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.ask("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """Return what an expression is worth in the page.

        Raises: BrowserError
        """
        answer = await self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def move(self, x: float, y: float) -> None:
        """Put the mouse somewhere."""
        await self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    async def click(self, x: float, y: float) -> None:
        """Press and release the mouse."""
        await self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def replace(self, text: str) -> None:
        """Write into the field that has the cursor, in the place of what is there."""
        await self.ask("Input.dispatchKeyEvent", type="rawKeyDown", key="a", commands=["selectAll"])
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key="a")
        await self.ask("Input.insertText", text=text)

    async def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    async def picture(self) -> bytes:
        """Return what is to be seen, as PNG."""
        answer = await self.ask("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        return base64.b64decode(answer["data"])


class Chromium:
    """The process, and the socket over which all its tabs are driven."""

    def __init__(self, *, width: int = 1000, height: int = 900, script: str = "") -> None:
        """Give each page a size, and a script that each of its documents begins with."""
        self.tabs: list[Tab] = []
        self._size = width, height
        self._script = script + PAGE
        self._process: asyncio.subprocess.Process | None = None
        self._folder = ""
        self._session: ClientSession | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._preparing = set[asyncio.Task[None]]()
        self._number = 0
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def start(self) -> Tab:
        """Start it; return its first tab.

        Raises: BrowserError
        """
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise BrowserError(f"none of {', '.join(NAMES)} is installed")
        self._folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="chromium-")
        self._process = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            f"--user-data-dir={self._folder}",
            "--remote-debugging-port=0",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        url = await self._address()
        self._session = ClientSession()
        self._socket = await self._session.ws_connect(url, max_msg_size=0)
        self._reader = asyncio.create_task(self._read(self._socket), name="browser")
        await self.ask("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        await self.count_of_tabs(1)
        return self.tabs[0]

    async def stop(self) -> None:
        """End it, and leave nothing behind."""
        if self._socket:
            await self._socket.close()
        for task in (*self._preparing, *([self._reader] if self._reader else [])):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._session:
            await self._session.close()
        await end(self._process, STOP_LIMIT)
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Return the answer to one command of the protocol.

        Raises: BrowserError
        """
        assert self._socket  # noqa: S101  # it was started
        self._number += 1
        number = self._number
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        try:
            await self._socket.send_json(message | ({"sessionId": session} if session else {}))
            async with asyncio.timeout(ANSWER_LIMIT):
                answer = await asked
        finally:
            del self._asked[number]
        if error := answer.get("error"):
            raise BrowserError(f"{method}: {error}")
        result: dict[str, Any] = answer["result"]
        return result

    async def count_of_tabs(self, wanted: int) -> None:
        """Return once there are so many.

        Raises: TimeoutError
        """
        async with asyncio.timeout(START_LIMIT), self._changed:
            await self._changed.wait_for(lambda: len(self.tabs) == wanted)

    async def _address(self) -> str:
        """Return where it can be driven, which it writes down at its start."""
        assert self._process  # noqa: S101  # it was started
        written = Path(self._folder) / PORT_FILE
        async with asyncio.timeout(START_LIMIT):
            while self._process.returncode is None:
                # The port, and what it is asked for there; both are there, or nothing is.
                port, found, path = (await asyncio.to_thread(_read_if_there, written)).partition("\n")
                if found:
                    return f"ws://127.0.0.1:{port}{path.strip()}"
                await asyncio.sleep(LOOK)
        raise BrowserError("the browser has ended at once")

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            told = message.json()
            if asked := self._asked.get(told.get("id", 0)):
                if not asked.done():
                    asked.set_result(told)
            elif told.get("method") == "Target.attachedToTarget":
                self._attached(told["params"])
            elif told.get("method") == "Target.detachedFromTarget":
                await self._show([tab for tab in self.tabs if tab.target != told["params"].get("targetId")])

    def _attached(self, told: dict[str, Any]) -> None:
        tab = Tab(self, told["sessionId"], told["targetInfo"]["targetId"])
        kind = told["targetInfo"]["type"]
        task = asyncio.create_task(self._begin(tab, is_page=kind == "page"), name="new tab")
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def _begin(self, tab: Tab, *, is_page: bool) -> None:
        if not is_page:  # a worker waits, too
            with suppress(BrowserError):
                await tab.ask("Runtime.runIfWaitingForDebugger")
            return
        await tab.prepare(self._script, *self._size)
        await self._show([*self.tabs, tab])

    async def _show(self, tabs: list[Tab]) -> None:
        async with self._changed:
            self.tabs = tabs
            self._changed.notify_all()


def _read_if_there(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
