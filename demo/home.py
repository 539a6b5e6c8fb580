"""A Home Assistant of our own: its folder, its process, its HTTP and WebSocket interface."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import json
import os
from pathlib import Path
import shutil
import sys
import time
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from simulator.ports import free_port

from .front import NAME, Front
from .process import end
from .seeds import Owner, storage

PROJECT = Path(__file__).parent.parent
WITHOUT_VOICE = Path(__file__).parent / "without_voice"
INTERNET = Path(__file__).parent / "internet"
START_LIMIT = 300.0  # seconds until it has to be running, on a machine with much else to do
ANSWER_LIMIT = 120.0  # seconds
STOP_LIMIT = 120.0
ACTION_LIMIT = 240.0  # seconds that a command may take: a car that is slow to wake, and doubts about it after
CONFIGURATION = """\
homeassistant:
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1/32]
      allow_bypass_login: true
    - type: homeassistant
frontend:
config:
history:
logbook:
recorder:
  commit_interval: 1
system_health:
logger:
  default: warning
  logs:
    custom_components.tesla_direct: debug
"""


class NotDone(Exception):
    """Home Assistant has not carried an action out; the text is what a user reads."""


class Home:
    """One Home Assistant, started and stopped as often as one likes."""

    def __init__(self, folder: Path, port: int) -> None:
        """Use a folder and a port of this machine's loopback address."""
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.public_url = f"https://{NAME}"
        self.front = Front(folder.with_name("front"), free_port(), behind=port)
        self.log = folder / "console.log"
        self.token = ""
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self._session: ClientSession | None = None

    def prepare(self, dashboard: dict[str, Any]) -> None:
        """Make the folder anew: an owner, no questions, and the dashboard as its first page."""
        shutil.rmtree(self.folder, ignore_errors=True)
        folder = self.folder / ".storage"
        folder.mkdir(parents=True)
        (self.folder / "configuration.yaml").write_text(CONFIGURATION)
        (self.folder / "custom_components").symlink_to(PROJECT / "custom_components")
        owner = Owner()
        self.token = owner.token()
        for name, content in storage(owner, self._port, self.public_url, dashboard).items():
            (folder / name).write_text(json.dumps(content))

    async def start(self) -> float:
        """Start, and wait until it is running; return how many seconds that took."""
        started = time.monotonic()
        await self.front.start()
        hass = Path(sys.executable).with_name("hass")
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                hass,
                "-c",
                str(self.folder),
                "--skip-pip",
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ
                | {
                    "PYTHONPATH": os.pathsep.join((str(WITHOUT_VOICE), str(INTERNET))),
                    "DEMO_NAMES": json.dumps({NAME: {"443": self.front.port}}),
                    "REQUESTS_CA_BUNDLE": str(self.front.bundle),  # Home Assistant's own setting
                },
            )
        while time.monotonic() - started < START_LIMIT:
            if self._process.returncode is not None:
                raise RuntimeError(f"Home Assistant has ended; see {self.log}")
            with suppress(ClientError, TimeoutError):
                if (await self.get("/api/config"))["state"] == "RUNNING":
                    return time.monotonic() - started
            await asyncio.sleep(0.2)
        raise RuntimeError(f"Home Assistant does not start; see {self.log}")

    async def stop(self) -> None:
        """Stop it as a service manager does."""
        if self._session:
            await self._session.close()
            self._session = None
        await self.front.stop()
        process, self._process = self._process, None
        await end(process, STOP_LIMIT)

    async def get(self, path: str) -> Any:
        """Return the JSON of a GET."""
        async with self._open().get(self.url + path) as response:
            response.raise_for_status()
            return await response.json()

    async def post(self, path: str, body: Any) -> Any:
        """Return the JSON of a POST."""
        # Home Assistant takes the redirect address of a sign-in from this header.
        async with self._open().post(
            self.url + path, json=body, headers={"HA-Frontend-Base": self.url}
        ) as response:
            content = await response.text()
            if response.status >= 400:
                raise RuntimeError(f"{path}: {response.status} {content[:300]}")
            return json.loads(content)

    async def act(self, action: str, entity_id: str, **data: Any) -> None:
        """Call an action for an entity, and return once it is done.

        Raises: NotDone
        """
        async with self._open().post(
            f"{self.url}/api/services/{action.replace('.', '/')}",
            json={"entity_id": entity_id, **data},
            timeout=ClientTimeout(total=ACTION_LIMIT),
        ) as response:
            if response.status >= 400:
                raise NotDone((await response.json())["message"])

    async def command(self, kind: str, **arguments: Any) -> Any:
        """Return the result of a WebSocket command."""
        async with self.socket() as call:
            return await call(kind, **arguments)

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Any]:
        """Open a WebSocket; call what it gives with a command and its arguments."""
        async with self._open().ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as ws:
            await ws.receive_json()
            await ws.send_json({"type": "auth", "access_token": self.token})
            if (await ws.receive_json())["type"] != "auth_ok":
                raise RuntimeError("Home Assistant does not accept the owner's token")
            number = 0

            async def call(kind: str, **arguments: Any) -> Any:
                nonlocal number
                number += 1
                await ws.send_json({"id": number, "type": kind, **arguments})
                while (answer := await ws.receive_json())["id"] != number or answer["type"] != "result":
                    pass
                if not answer["success"]:
                    raise RuntimeError(f"{kind}: {answer['error']}")
                return answer["result"]

            yield call

    async def states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity id."""
        return {state["entity_id"]: state for state in await self.get("/api/states")}

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                headers={"Authorization": f"Bearer {self.token}"}, timeout=ClientTimeout(total=ANSWER_LIMIT)
            )
        return self._session
