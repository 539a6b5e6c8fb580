"""The names under which refusals are counted: diagnostics show them, so that they stay and are told apart."""

from custom_components.tesla_direct.tesla.served import refusals


def test_each_has_a_name_of_its_own() -> None:
    names = {key: value for key, value in vars(refusals).items() if key.isupper()}

    assert {key.lower() for key in names} == set(names.values())
    assert len(names) == 11
