"""Somebody in front of the browser: reads, clicks and types, and counts what of it was work [I/O]."""

import asyncio
import json
from pathlib import Path
import time
from typing import Any

from .chromium import BrowserError, Chromium, Tab

PATIENCE = 240.0  # seconds until somebody gives up looking: a page may follow a car for a minute
LOOK = 0.1  # seconds between two looks
REST = 0.25  # seconds in which nothing may have moved
LOOKS = 12


class NotSeen(Exception):
    """What somebody looks for is not on the page; the text says what is."""


class Person:
    """Looks at the newest tab.

    clicks:   how often the mouse was pressed, but for putting the cursor into a field
    typed:    the labels of the fields that were written into
    patience: seconds until it gives up looking
    """

    def __init__(self, chromium: Chromium) -> None:
        """Sit down in front of it."""
        self.clicks = 0
        self.typed: list[str] = []
        self.patience = PATIENCE
        self._chromium = chromium

    @property
    def tab(self) -> Tab:
        """The tab in front."""
        return self._chromium.tabs[-1]

    async def click(self, text: str, *, part: bool = False) -> None:
        """Click what reads like this; with `part`, what contains it."""
        expression = f"eyes.find({json.dumps(text)}, {json.dumps(part)})"
        where = await self._at_rest(expression, f"{text!r} to click")
        await self.tab.click(where["x"], where["y"])
        self.clicks += 1

    async def write(self, label: str, text: str, number: int = 0) -> None:
        """Write into the field of this label; the number counts those of the same label."""
        expression = f"eyes.field({json.dumps(label)}, {number})"
        where = await self._at_rest(expression, f"a field {label!r}")
        await self.tab.click(where["x"], where["y"])
        await self.tab.replace(text)
        self.typed.append(label)

    async def reads(self, *texts: str, patience: float | None = None) -> str:
        """Wait until one of the texts is to be seen, and return which."""
        wanted = json.dumps(texts)
        found: str = await self._look(
            f"{wanted}.find((text) => eyes.sees(text)) ?? null", " or ".join(map(repr, texts)), patience
        )
        return found

    async def waits(self, expression: str, what: str, patience: float | None = None) -> Any:
        """Wait until an expression is worth something in the page, and return that.

        what: it is, for whoever reads that it does not come
        """
        return await self._look(expression, what, patience)

    async def texts(self) -> list[str]:
        """Return what is to be seen and not covered, in the order of the page."""
        found: list[str] = await self.tab.evaluate("eyes.texts()")
        return found

    async def value(self, label: str, number: int = 0) -> str:
        """Return what stands in the field of this label."""
        where = await self._look(f"eyes.field({json.dumps(label)}, {number})", f"a field {label!r}")
        return str(where["value"])

    async def new_tab(self) -> None:
        """Wait until another tab has opened."""
        await self._chromium.count_of_tabs(2)

    async def back_in_one_tab(self) -> None:
        """Wait until the page that was opened has closed itself."""
        await self._chromium.count_of_tabs(1)

    async def picture(self, file: Path) -> None:
        """Keep what is to be seen, once nothing moves any more; a cursor may blink, so not for ever."""
        await self.tab.move(1, 1)  # from what it would light up
        before = b""
        for _ in range(LOOKS):
            content = await self.tab.picture()
            if content == before:
                break
            before = content
            await asyncio.sleep(REST)
        await asyncio.to_thread(file.write_bytes, content)

    async def _look(self, expression: str, what: str, patience: float | None = None) -> Any:
        """Return what an expression finds; look again until it does, or patience ends."""
        end = time.monotonic() + (patience or self.patience)
        while True:
            found = await self._glance(expression)
            if found is not None:
                return found
            if time.monotonic() > end:
                raise NotSeen(f"{what} is not on the page, which reads: {' | '.join(await self.texts())}")
            await asyncio.sleep(LOOK)

    async def _at_rest(self, expression: str, what: str) -> dict[str, Any]:
        """Return where something is, once it does not move any more."""
        before = None
        while (where := await self._look(expression, what)) != before:
            before = where
            await asyncio.sleep(LOOK)
        found: dict[str, Any] = where
        return found

    async def _glance(self, expression: str) -> Any:
        """Return what an expression finds now; a page that is just being replaced has nothing."""
        try:
            return await self.tab.evaluate(expression)
        except BrowserError, IndexError:
            return None
