"""The bytes and JSON that are not ours, for tests to compare with."""

import json
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent


def cases(name: str) -> dict[str, dict[str, Any]]:
    """Return the cases of a telemetry vector file by id."""
    read = json.loads((TESTS / "vectors" / "telemetry" / f"{name}.json").read_text())
    return {case["id"]: case for case in read["cases"]}


def fixture(name: str) -> Any:
    """Return a JSON answer as Tesla gives it."""
    return json.loads((TESTS / "fixtures" / f"{name}.json").read_text())


def shape(value: Any) -> Any:
    """Reduce JSON to its keys, so that two answers can be compared without their values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None
