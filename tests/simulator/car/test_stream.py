"""A configuration as the car takes it."""

from typing import Any

import pytest

from simulator.car.stream import Pace, read_config

from ..vectors import fixture


def test_a_configuration_is_read() -> None:
    raw = fixture("fleet_telemetry_config_get")["response"]["config"]

    config = read_config(raw)

    assert (config.hostname, config.port) == ("telemetry.example.org", 8443)
    assert config.fields["BatteryLevel"] == Pace(interval=60.0, minimum_delta=0.5)
    assert config.fields["TpmsPressureFl"].resend == 3600
    assert config.alert_types == {"service"}
    assert config.resends
    assert config.prefer_typed
    assert config.expires == 1_822_896_000
    assert config.raw is raw


def test_what_is_left_out_has_a_usual_value() -> None:
    config = read_config({"hostname": "h", "fields": {"Soc": {"interval_seconds": 1}}})

    assert config.port == 443
    assert not config.resends
    assert config.expires is None


@pytest.mark.parametrize("raw", [{}, {"hostname": "h", "fields": {"Soc": {}}}])
def test_what_is_needed_must_be_there(raw: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        read_config(raw)
