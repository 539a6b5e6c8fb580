import json

import pytest

from custom_components.tesla_direct.tesla.vehicle.signals import ALL, battery, charge, drive
from custom_components.tesla_direct.tesla.vehicle.streamed import STREAMED_FOR, Streamed

NOW = 1_791_360_000.0


def told(**sources: float) -> Streamed:
    """Return what is known when each source was told the charge, so many seconds ago."""
    streamed = Streamed()
    for source, ago in sources.items():
        streamed.take(source, [battery.LEVEL], NOW - ago)
    return streamed


def test_what_was_never_told_is_not_streamed() -> None:
    assert not Streamed().to(["receiver"], battery.LEVEL, NOW)


def test_what_a_source_is_told_counts_for_a_week() -> None:
    assert told(receiver=STREAMED_FOR).to(["receiver"], battery.LEVEL, NOW)
    assert not told(receiver=STREAMED_FOR + 1).to(["receiver"], battery.LEVEL, NOW)
    assert not told(receiver=0).to(["receiver"], drive.SPEED, NOW)


def test_only_what_those_are_told_counts_that_are_connected() -> None:
    streamed = told(receiver=0)
    streamed.take("mqtt", [drive.SPEED], NOW)

    assert not streamed.to(["mqtt"], battery.LEVEL, NOW)
    assert streamed.to(["mqtt"], drive.SPEED, NOW)
    assert streamed.to(["mqtt", "receiver"], battery.LEVEL, NOW)
    assert not streamed.to([], battery.LEVEL, NOW)


def test_a_fact_that_says_the_same_is_enough() -> None:
    asked = next(signal for signal in ALL if signal.pushed_as)
    streamed = Streamed()
    streamed.take("sse", [asked.pushed_as[0]], NOW)

    assert streamed.to(["sse"], asked, NOW)


def test_it_outlives_a_restart() -> None:
    kept = json.loads(json.dumps(told(receiver=5, mqtt=0).to_json()))
    again = Streamed.from_json(kept, NOW)

    assert again.to(["mqtt"], battery.LEVEL, NOW)
    assert again.to(["receiver"], battery.LEVEL, NOW)
    assert not again.to(["sse"], battery.LEVEL, NOW)


def test_what_was_kept_before_there_were_several_sources_is_the_receivers() -> None:
    again = Streamed.from_json({battery.LEVEL.name: NOW, charge.LIMIT.name: NOW - STREAMED_FOR - 1}, NOW)

    assert again.to(["receiver"], battery.LEVEL, NOW)
    assert not again.to(["mqtt"], battery.LEVEL, NOW)
    assert not again.to(["receiver"], charge.LIMIT, NOW)


def test_a_time_that_lies_ahead_is_now() -> None:
    again = Streamed.from_json({"mqtt": {battery.LEVEL.name: NOW + 10 * STREAMED_FOR}}, NOW)

    assert not again.to(["mqtt"], battery.LEVEL, NOW + STREAMED_FOR + 1)


@pytest.mark.parametrize("kept", [{"battery_level": "then"}, {"mqtt": {"battery_level": []}}])
def test_what_makes_no_sense_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Streamed.from_json(kept, NOW)
