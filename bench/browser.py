"""A child: one browser that has subscribed to all states, as the frontend does."""

import asyncio
from typing import Any

from aiohttp import ClientSession

from .child import options, tell


async def main(asked: dict[str, Any]) -> None:
    """Subscribe, and read on until the parent goes."""
    async with (
        ClientSession() as session,
        session.ws_connect(f"http://127.0.0.1:{asked['web']}/api/websocket", max_msg_size=0) as socket,
    ):
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": asked["token"]})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise RuntimeError("the browser was not let in")
        await socket.send_json({"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}})
        await socket.receive_json()
        await socket.send_json({"id": 2, "type": "subscribe_entities"})
        await socket.receive_json()
        tell(subscribed=True)
        async for _message in socket:
            pass


if __name__ == "__main__":
    asyncio.run(main(options()))
