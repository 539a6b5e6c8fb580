"""What is known of a configuration, and kept over a restart."""

import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.source.config_state import NOTHING, STOPPED, ConfigState, Phase


@pytest.mark.parametrize(
    ("target", "wanted"), [(None, False), (NOTHING, False), (STOPPED, False), ("1f", True)]
)
def test_only_a_configuration_is_one_that_is_to_be_there(target: str | None, *, wanted: bool) -> None:
    assert ConfigState(target=target).wanted is wanted


def test_what_is_kept_is_read_again() -> None:
    state = ConfigState(
        phase=Phase.REFUSED,
        reason="unknown_field",
        named=("Soc", "Gear"),
        since=1_791_360_000.5,
        target="one",
        sent_at=1_791_350_000.0,
        fields=("Location", "Soc"),
        pushes=2,
        held=True,
    )

    assert ConfigState.from_json(json.loads(json.dumps(state.to_json()))) == state
    assert ConfigState.from_json({}) == ConfigState()
    assert ConfigState.from_json({"some": "day", "pushes": 3}).pushes == 3


@pytest.mark.parametrize(
    "raw",
    [
        {"phase": "dancing"},
        {"phase": None},
        {"pushes": "3"},
        {"sent": 5},
        {"named": "Soc"},
        {"since": float("nan")},
        {"expires": float("inf")},
        {"held": None},
        {"asked_at": "yesterday"},
    ],
)
def test_what_makes_no_sense_is_not_read(raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"kind|valid"):
        ConfigState.from_json(raw)
