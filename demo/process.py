"""How processes of the demo end [I/O]."""

import asyncio
import signal


async def end(process: asyncio.subprocess.Process | None, limit: float) -> None:
    """Ask a process to end, as a service manager does; after so many seconds it is not asked any more."""
    if process is None or process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(limit):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
