"""What became of the last commands."""

from custom_components.tesla_direct.tesla.command.record import KEPT, CommandLog, CommandRecord, Outcome
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause


def record(name: str = "door_lock") -> CommandRecord:
    return CommandRecord(name=name, cause=Cause.USER, by=None, at=1.04)


def test_a_record_tells_what_is_known_so_far() -> None:
    one = record()

    assert one.to_json() == {
        "name": "door_lock",
        "cause": "user",
        "by": None,
        "at": 1.0,
        "outcome": None,
        "detail": None,
        "answered": None,
        "confirmed": None,
    }

    one.outcome, one.answered, one.confirmed = Outcome.CONFIRMED, 0.123456, 4.0
    told = one.to_json()
    assert (told["outcome"], told["answered"], told["confirmed"]) == ("confirmed", 0.12, 4.0)


def test_only_the_last_ones_are_remembered() -> None:
    log = CommandLog()
    log.extend(record(str(number)) for number in range(KEPT + 5))

    assert len(log) == KEPT
    assert log[-1].name == str(KEPT + 4)
