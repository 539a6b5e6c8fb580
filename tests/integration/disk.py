"""The folder in which Home Assistant keeps what is stored, and how it can fail. All of this blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import resource
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.tesla_direct.const import DOMAIN


def path(hass: HomeAssistant, name: str) -> Path:
    return Path(hass.config.path(".storage", f"{DOMAIN}.{name}"))


def stored(hass: HomeAssistant, name: str) -> tuple[str, int]:
    """Return what stands in a file, and who may read it."""
    file = path(hass, name)
    return file.read_text(), file.stat().st_mode & 0o777


def data(hass: HomeAssistant, name: str) -> Any:
    """Return the data of a file."""
    return json.loads(path(hass, name).read_text())["data"]


def write(hass: HomeAssistant, name: str, content: Any, minor_version: int = 1) -> None:
    """Put data into a file, as Home Assistant would have written them."""
    file = path(hass, name)
    file.parent.mkdir(exist_ok=True)
    text = {"version": 1, "minor_version": minor_version, "key": f"{DOMAIN}.{name}", "data": content}
    file.write_text(json.dumps(text))


def spoil_disk(hass: HomeAssistant, name: str) -> None:
    """Have a file neither written nor read from now on: a folder stands in its place."""
    file = path(hass, name)
    if file.exists():
        file.rename(file.with_suffix(".aside"))
    file.mkdir(parents=True)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let nothing be written to any file; what stands there can be read."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def mend_disk(hass: HomeAssistant, name: str) -> None:
    """Take back `spoil_disk`, with what the file held before."""
    file = path(hass, name)
    file.rmdir()
    aside = file.with_suffix(".aside")
    if aside.exists():
        aside.rename(file)
