"""A real MQTT broker: Debian's mosquitto on a loopback port, for as long as somebody needs it."""

import asyncio
import base64
from getpass import getuser
import hashlib
import os
from pathlib import Path
from random import SystemRandom
import shutil
from tempfile import TemporaryDirectory
from typing import Self

from .ports import free_port

PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # where Debian has servers
START_LIMIT = 60.0  # real seconds until it listens
STOP_LIMIT = 20.0  # real seconds until it has gone after being asked to
LOOK = 0.02  # real seconds between two looks whether it listens
READY = " running\n"  # how the line ends that it writes when its listeners are open
ITERATIONS = 101  # of mosquitto's own way to keep a password


class BrokerFailed(RuntimeError):
    """The broker did not come up; the message has the end of what it said."""


class Broker:
    """A mosquitto of its own; an asynchronous context manager that leaves nothing behind.

    username, password: who may connect; without them anybody may
    program:            its name or path
    """

    def __init__(
        self, *, username: str = "", password: str = "", port: int = 0, program: str = "mosquitto"
    ) -> None:
        """Prepare one; port 0 takes a free one, which it then keeps."""
        self.host, self.port = "127.0.0.1", port
        self._program = program
        self.username, self.password = username, password
        self._folder = TemporaryDirectory(prefix="broker-")
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it, and forget what it kept."""
        await self.stop()
        self._folder.cleanup()

    @property
    def running(self) -> bool:
        """Tell whether it listens."""
        return self._process is not None

    @property
    def address(self) -> str:
        """Return where it listens, as HOST:PORT."""
        return f"{self.host}:{self.port}"

    async def start(self) -> None:
        """Start it on its port; retained messages of before are gone.

        Raises: BrokerFailed
        """
        if self._process is not None:
            return
        self.port = self.port or free_port()
        config = self._configure()
        # A file takes what it says: a pipe that nobody reads would stop it one day.
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._found(), "-c", str(config), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            async with asyncio.timeout(START_LIMIT):
                await self._listening()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop it: every connection drops, and nobody listens at its port."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(STOP_LIMIT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def restart(self) -> None:
        """Stop it and start it again on the same port."""
        await self.stop()
        await self.start()

    @property
    def _log(self) -> Path:
        return Path(self._folder.name) / "log"

    def _found(self) -> str:
        found = shutil.which(self._program, path=PATH)
        if found is None:
            raise BrokerFailed(f"{self._program} is not installed; script/debian-packages does that")
        return found

    def _configure(self) -> Path:
        folder = Path(self._folder.name)
        lines = [
            f"listener {self.port} {self.host}",
            f"user {getuser()}",  # else it becomes somebody who may not read this folder
            "persistence false",
            "set_tcp_nodelay true",
            # With a window, mosquitto 2.0.11 confirms what exceeds it of quality 2, and loses it.
            "max_inflight_messages 0",
        ]
        if self.username:
            users = folder / "users"
            users.touch(mode=0o600)
            users.write_text(f"{self.username}:{_kept(self.password)}\n")
            lines += ["allow_anonymous false", f"password_file {users}"]
        else:
            lines.append("allow_anonymous true")
        config = folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return config

    async def _listening(self) -> None:
        """Return once it says that it runs; somebody else might listen at its port."""
        while READY not in (said := self._log.read_text(errors="replace")):
            if self._process is not None and self._process.returncode is not None:
                raise BrokerFailed(said[-1000:])
            await asyncio.sleep(LOOK)


def _kept(password: str) -> str:
    """Write a password as mosquitto's file has it: $7$iterations$salt$hash."""
    salt = SystemRandom().randbytes(12)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"
