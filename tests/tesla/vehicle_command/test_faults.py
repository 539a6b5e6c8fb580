"""The table of fault codes: complete, classed as documented, and each says what the user can do with."""

import pytest

from custom_components.tesla_direct.tesla.errors import CarBusy, Fault, SessionLost
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import MessageFault_E
from custom_components.tesla_direct.tesla.vehicle_command.faults import (
    FAULTS,
    OF_SECOND_COPY,
    PERHAPS_RUN,
    error_named,
    error_of,
)


def test_every_fault_of_teslas_is_there_under_its_name() -> None:
    ours = {f"MESSAGEFAULT_ERROR_{row.name}": code for code, row in FAULTS.items()}

    assert ours == {name: number for name, number in MessageFault_E.items() if number}


def test_the_classes_are_those_of_the_document() -> None:
    def of(kind: type[Exception]) -> set[int]:
        return {code for code, row in FAULTS.items() if row.error is kind}

    assert of(SessionLost) == {5, 6, 15, 17, 20}
    assert of(CarBusy) == {1, 2, 11}
    assert {code for code, row in FAULTS.items() if row.error.may_have_succeeded} == {25}
    assert {code for code, row in FAULTS.items() if row.error.temporary} == of(SessionLost) | of(CarBusy)


def test_the_exceptions_are_of_their_class() -> None:
    assert all(FAULTS[code].error is CarBusy for code in PERHAPS_RUN)
    assert all(FAULTS[code].error is SessionLost for code in OF_SECOND_COPY)


@pytest.mark.parametrize("code", FAULTS)
def test_an_error_says_what_it_is_and_its_number(code: int) -> None:
    error = error_of(code)

    assert type(error) is FAULTS[code].error
    assert error.fault == code
    assert str(error) == f"the car refuses: {FAULTS[code].says} (fault {code}, {FAULTS[code].name})"


@pytest.mark.parametrize("code", [29, 99, -1, 2**31 - 1])
def test_a_fault_that_we_do_not_know_is_final_and_shows_its_number(code: int) -> None:
    error = error_of(code)

    assert type(error) is Fault
    assert (error.fault, str(code) in str(error)) == (code, True)
    assert not error.temporary
    assert not error.may_have_succeeded


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_found_by_its_name_too(code: int) -> None:
    error = error_named(FAULTS[code].name)

    assert type(error) is FAULTS[code].error
    assert error.fault == code
    assert error_named(f"{FAULTS[code].name}_AND_MORE") is None
