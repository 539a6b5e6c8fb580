"""TeslaMate as somebody's client: the read calls that it makes, and the stream that it follows.

Written against the protocol alone; it is what whoever serves TeslaMate is tried with.
Source: providers, sections 4 and 5
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
import json
from typing import Any

import aiohttp

COLUMNS = "speed,odometer,soc,elevation,est_heading,est_lat,est_lng,power,shift_state,range,est_range,heading"
NAMES = ("time", *COLUMNS.split(","))
ENDPOINTS = (
    "charge_state;climate_state;closures_state;drive_state;gui_settings;location_data;vehicle_config;"
    "vehicle_state;vehicle_data_combo"
)
ANSWER_LIMIT = 35.0  # real seconds
SILENCE = 30.0  # real seconds without any frame after which it gives a connection up
WHOLE = ("speed", "soc", "elevation", "est_heading", "power", "range", "est_range", "heading")


class Refused(Exception):
    """An answer that is no yes.

    status: of HTTP
    """

    def __init__(self, status: int, error: str) -> None:
        """Say what the server says."""
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error


class StreamEnded(Exception):
    """The stream is over; the text is what the server has said of it."""


@dataclass(slots=True)
class Reader:
    """One TeslaMate.

    hellos: how many it has got
    errors: what the stream has said went wrong, with its kind
    """

    session: aiohttp.ClientSession
    api: str
    stream: str
    token: str
    hellos: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    async def products(self) -> list[dict[str, Any]]:
        """Return the cars: of products those that have a number of a vehicle."""
        rows = await self.get("/api/1/products")
        return [row for row in rows if row.get("vehicle_id") is not None]

    async def vehicle(self, number: int) -> dict[str, Any]:
        """Return the row of a car."""
        row: dict[str, Any] = await self.get(f"/api/1/vehicles/{number}")
        return row

    async def vehicle_data(self, number: int) -> dict[str, Any]:
        """Return the data of a car."""
        data: dict[str, Any] = await self.get(
            f"/api/1/vehicles/{number}/vehicle_data", {"endpoints": ENDPOINTS}
        )
        return data

    async def renew(self, path: str = "/oauth2/v3", **fields: Any) -> dict[str, Any]:
        """Renew the token, and go on with the new one.

        path: of the sign-in service
        """
        body = {
            "grant_type": "refresh_token",
            "scope": "openid email offline_access",
            "client_id": "ownerapi",
            "refresh_token": self.token,
        } | fields
        async with self.session.post(f"{self.api}{path}/token", json=body) as response:
            if response.status != 200:
                raise Refused(response.status, await response.text())
            document: dict[str, Any] = await response.json()
        self.token = document["access_token"]
        return document

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return what is in the answer to a question.

        Raises: Refused
        """
        async with self.session.get(
            self.api + path,
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=aiohttp.ClientTimeout(total=ANSWER_LIMIT),
        ) as response:
            document = await response.json(content_type=None)
            if response.status != 200:
                raise Refused(response.status, str(document.get("error")))
            return document["response"]

    async def follow(self, tag: str, silence: float = SILENCE) -> AsyncIterator[dict[str, Any]]:
        """Yield what the stream tells of a car, by column; what is empty is None.

        tag:     its VIN, or the number by which the stream knows it
        silence: real seconds without any frame after which it is given up
        Raises: StreamEnded
        """
        async with self.session.ws_connect(f"{self.stream}/streaming/") as socket:
            await socket.send_json(
                {"msg_type": "data:subscribe_oauth", "token": self.token, "value": COLUMNS, "tag": tag}
            )
            try:
                while True:
                    async with asyncio.timeout(silence):
                        message = await socket.receive()
                    if message.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                        raise StreamEnded(str(self.errors[-1:] or message.data))
                    frame = json.loads(message.data)
                    if (told := self._take(frame, tag)) is not None:
                        yield told
            except TimeoutError:
                raise StreamEnded("silent") from None
            finally:
                if not socket.closed:
                    await socket.send_json({"msg_type": "data:unsubscribe", "tag": tag})

    def _take(self, frame: Mapping[str, Any], tag: str) -> dict[str, Any] | None:
        kind = frame["msg_type"]
        if kind == "control:hello":
            self.hellos += 1
        elif kind == "data:error":
            self.errors.append((frame["error_type"], str(frame.get("value", ""))))
        elif kind == "data:update" and frame["tag"] == tag:
            return _columns(frame["value"])
        return None


def _columns(value: str) -> dict[str, Any]:
    texts = dict(zip(NAMES, value.split(","), strict=True))
    return {name: _read(name, text) for name, text in texts.items()}


def _read(name: str, text: str) -> Any:
    if not text:
        return None
    if name == "shift_state":
        return text
    if name in WHOLE or name == "time":
        return int(text)
    return float(text)
