"""Print what a Home Assistant with a frontend installs when it starts for the first time.

Its own manifests say so, hence the pin of Home Assistant in pyproject.toml pins all of these.
"""

import json
from pathlib import Path

import homeassistant
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

COMPONENTS = Path(homeassistant.__file__).parent / "components"
# Voice only; without a wheel, so each would have to be compiled. Home Assistant starts without them.
LEFT_OUT = ("pymicro-vad", "pyspeex-noise")


def requirements() -> set[str]:
    """Return the requirements of the default integrations and of all they depend on."""
    seen = set[str]()
    todo = {*DEFAULT_INTEGRATIONS, "frontend", "recorder", "application_credentials", "mqtt"}
    found = set[str]()
    while todo:
        domain = todo.pop()
        seen.add(domain)
        manifest = json.loads((COMPONENTS / domain / "manifest.json").read_text())
        found.update(manifest.get("requirements", ()))
        todo.update(set(manifest.get("dependencies", ())) - seen)
    return {name for name in found if not name.startswith(LEFT_OUT)}


if __name__ == "__main__":
    print("\n".join(sorted(requirements())))
