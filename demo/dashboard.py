"""The dashboard that we ship, one page for each car."""

from typing import Any

from homeassistant.util.yaml import parse_yaml

from .home import PROJECT

FILE = PROJECT / "docs" / "dashboard.yaml"
NAME = "Marmalade"  # the car in the file


def dashboard(names: list[str]) -> dict[str, Any]:
    """Return a dashboard with a page for each car."""
    page = FILE.read_text()
    pages = [page.replace(NAME, name).replace(NAME.lower(), name.lower()) for name in names]
    return {"views": [parse_yaml(text) for text in pages]}
