"""Every entity of every platform, for each situation of which there is a snapshot."""

from collections import Counter
from collections.abc import Callable
import json
import logging
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.tesla_direct.const import DANGEROUS
from custom_components.tesla_direct.tesla.decode.vehicle_data import decode
from tests.tesla.vehicle.states import NOW

from .cars import MODULES, Account

FIXTURES = Path(__file__).parents[1] / "fixtures"
MOMENT = "2026-10-07T08:00:01+00:00"
SITUATIONS = ("charging", "driving", "supercharging", "nulls_no_location_scope", "rare_keys")


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_all_that_a_poll_shows(
    open_account: Callable[..., Account],
    freezer: FrozenDateTimeFactory,
    snapshot: SnapshotAssertion,
    caplog: pytest.LogCaptureFixture,
    situation: str,
) -> None:
    freezer.move_to(MOMENT)
    account = open_account(dangerous=DANGEROUS)
    answer = json.loads((FIXTURES / f"vehicle_data_{situation}.json").read_text(encoding="utf-8"))
    for report in decode(answer["response"], NOW + 1, Counter()):
        account.coordinator.async_apply(report)
    for platform, module in MODULES.items():
        account.enable(platform, *(row.key for row in module.VEHICLE))
        await account.add(platform)

    shown = {
        f"{platform}.{row.key}": account.state(platform, row.key).state
        for platform, module in MODULES.items()
        for row in module.VEHICLE
        if account.entity_id(platform, row.key) is not None
    }

    assert {key: state for key, state in shown.items() if state not in ("unknown", "unavailable")} == snapshot
    # What Home Assistant finds wrong with an entity it says in its log.
    worried = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [record for record in worried if record.name != "homeassistant.loader"]
