"""What a user's questions are answered with: unwrapped, and handed on under Tesla's own names.

Members that no document tells of are kept, for they are Tesla's word and not ours. What is no object, or
lacks what was asked for, raises AnswerUnreadable.
"""

from collections.abc import Mapping
from typing import Any

from ..errors import AnswerUnreadable

DEEPEST = 2  # some answers are wrapped twice
ENVELOPE = "response"


def nearby_charging_sites(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return Superchargers and other chargers around a car.

    Shape: {"response": {"superchargers": [{…}], "destination_charging": [{…}], "timestamp": ms, …}}
    """
    found = _object(document, "superchargers")
    return found | {
        "superchargers": _rows(found, "superchargers"),
        "destination_charging": _rows(found, "destination_charging"),
    }


def recent_alerts(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a car has lately warned of.

    Shape: {"response": {"recent_alerts": [{"name", "time", "audience": [], "user_text"}]}}
    """
    return _rows(_object(document, "recent_alerts"), "recent_alerts")


def release_notes(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is new in a car's software, or in what is staged.

    Shape: {"response": {"response": {"release_notes": [{"title", "description", …}], "deployed_version", …}}}
    """
    found = _object(document, "release_notes")
    return found | {"release_notes": _rows(found, "release_notes")}


def charging_history(document: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of charges at Superchargers, and how many there are on all pages, if it says.

    Shape: {"data": [{"sessionId", "invoices": [{"contentId"}], …}], "totalResults": 1}, also wrapped
    """
    found = _object(document, "data")
    total = found.get("totalResults")
    return _rows(found, "data"), total if isinstance(total, int) else None


def options(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a car was ordered with.

    Shape: {"codes": [{"code", "displayName", "isActive", …}]}, also wrapped
    """
    return _rows(_object(document, "codes"), "codes")


def telemetry_config(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the telemetry configuration that the cloud keeps for a car.

    Shape: {"response": {"synced": true, "config": {…}, "key_paired": true, "limit_reached": false}}
    """
    return _object(document, "config")


def updated_vehicles(document: Mapping[str, Any]) -> int:
    """Return for how many cars something was changed.

    Shape: {"response": {"updated_vehicles": 1}}
    """
    updated = _object(document, "updated_vehicles")["updated_vehicles"]
    if not isinstance(updated, int):
        raise AnswerUnreadable("an answer without the number of its cars")
    return updated


def _object(document: Mapping[str, Any], member: str) -> dict[str, Any]:
    """Return the object that has a member, out of its envelopes."""
    found: Any = document
    for _ in range(DEEPEST + 1):
        if not isinstance(found, Mapping):
            break
        if member in found:
            return dict(found)
        found = found.get(ENVELOPE)
    raise AnswerUnreadable(f"an answer without {member}")


def _rows(found: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
    """Return the objects of a list; none are sent as null or not at all."""
    rows = found.get(member)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise AnswerUnreadable(f"an answer in which {member} is no list")
    return [row for row in rows if isinstance(row, dict)]
