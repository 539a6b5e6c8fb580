"""What each telemetry field tells, in a few words."""

from custom_components.tesla_direct.tesla.fleet_telemetry.fields import FIELDS
from custom_components.tesla_direct.tesla.fleet_telemetry.meanings import MEANINGS


def test_every_field_has_a_meaning_that_fits_into_a_list() -> None:
    assert MEANINGS.keys() == FIELDS.keys()
    assert not [name for name, meaning in MEANINGS.items() if not 3 < len(meaning) < 70]


def test_no_two_fields_say_they_are_the_same() -> None:
    assert len(set(MEANINGS.values())) == len(MEANINGS)
