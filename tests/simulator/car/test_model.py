"""What cars are."""

from simulator.car.configuration import configuration
from simulator.car.model import KINDS, MODEL_3, MODEL_S_2017

from ..vectors import fixture


def test_only_cars_from_before_2021_are_old() -> None:
    assert MODEL_S_2017.old
    assert [kind for kind, model in KINDS.items() if model.old] == ["old", "atom"]


def test_no_two_kinds_are_the_same_car() -> None:
    assert len({model.vin for model in KINDS.values()}) == len(KINDS)
    assert MODEL_3.number == 1


def test_a_configuration_has_tesla_s_keys_and_values() -> None:
    tesla = fixture("vehicle_data_charging")["response"]["vehicle_config"]
    del tesla["timestamp"], tesla["utc_offset"]

    assert configuration(MODEL_3) == tesla
    assert configuration(MODEL_S_2017)["sun_roof_installed"] == 1
