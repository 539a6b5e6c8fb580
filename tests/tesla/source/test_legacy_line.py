"""One connection to a legacy stream: who is asked for when, and whom a refusal is about."""

from collections import Counter
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.source.end import CLOUD_TROUBLE, REFUSED, End
from custom_components.tesla_direct.tesla.source.legacy_car import (
    DOUBTS,
    NO_CONFIGURATION,
    NOT_SYNCED,
    REFUSED_FOR,
    REFUSED_HERE,
    LegacyCar,
)
from custom_components.tesla_direct.tesla.source.legacy_line import HELLO_EVERY, STRANGER, Line
from custom_components.tesla_direct.tesla.vehicle.signals import battery

from .legacy_told import (
    HELLO,
    NOW,
    OTHER_VIN,
    VIN,
    error,
    frame,
    hello,
    record,
    refusal,
    update,
)
from .legacy_told import (
    STRANGER as STRANGERS_VIN,
)
from .told import Told


class Talk:
    """A connection for two cars, and all that is said on it."""

    def __init__(self, *, raw: bool = False, tags: tuple[str, str] = (VIN, OTHER_VIN)) -> None:
        self.now = NOW
        self.open_for = 0.0
        self.troubles: list[tuple[str, str]] = []
        self.strangers: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.told = {vin: Told("legacy_stream") for vin in (VIN, OTHER_VIN)}
        self.cars = {
            vin: LegacyCar(
                told,
                tag,
                NOW,
                on_trouble=lambda trouble, vin=vin: self.troubles.append((vin, trouble)),  # type: ignore[misc]
            )
            for (vin, told), tag in zip(self.told.items(), tags, strict=True)
        }
        self.raw = raw
        self.connect()

    def connect(self) -> None:
        for car in self.cars.values():
            car.lost()
        self.open_for = 0.0
        self.line = Line(
            self.cars,
            "secret",
            self.now,
            raw=self.raw,
            skipped=self.skipped,
            on_stranger=self.strangers.append,
        )

    @property
    def asks(self) -> list[str]:
        """Whom it asks for, since the last look."""
        return [json.loads(text)["tag"] for text in self.line.data_to_send()]

    def hear(self, said: Any) -> None:
        for _ in self.line.take(frame(said), self.now, self.open_for):
            pass

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.open_for += seconds
        self.line.tend(self.now)


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_cars_are_asked_for_one_after_the_other() -> None:
    talk = Talk(tags=("1", "2"))

    assert talk.asks == ["1"]
    talk.hear(HELLO)
    assert talk.asks == ["2"]
    talk.hear(HELLO)
    assert talk.asks == []
    assert talk.line.end is None


def test_a_hello_that_may_come_by_itself_is_no_answer(talk: Talk) -> None:
    talk.wait(HELLO_EVERY)
    assert talk.asks == [VIN]
    talk.hear(HELLO)
    assert talk.asks == []
    talk.hear(HELLO)

    assert talk.asks == [OTHER_VIN]


def test_an_answer_is_waited_for_until_something_comes(talk: Talk) -> None:
    waits = [talk.line.unanswered]
    talk.wait(HELLO_EVERY)
    talk.hear(HELLO)
    waits.append(talk.line.unanswered)

    assert waits == [True, False]


def test_a_hello_that_names_the_car_is_its_answer_whenever_it_comes() -> None:
    talk = Talk(raw=True)
    assert [json.loads(text)["msg_type"] for text in talk.line.data_to_send()] == ["data:subscribe_all"]
    talk.wait(100)
    talk.hear(hello(OTHER_VIN))
    assert talk.asks == []
    talk.hear(hello(VIN))

    assert talk.asks == [OTHER_VIN]


def test_data_are_an_answer_too_in_either_form(talk: Talk) -> None:
    assert talk.asks == [VIN]
    talk.wait(100)
    talk.hear(update(VIN, soc=66))
    assert talk.asks == [OTHER_VIN]
    talk.hear(record(OTHER_VIN, Soc={"doubleValue": 61.5}))

    assert talk.told[VIN].state.get(battery.LEVEL) == 66.0
    assert talk.told[OTHER_VIN].state.get(battery.USABLE_LEVEL) == 61.5
    assert talk.line.heard


def test_what_is_told_by_number_reaches_its_car() -> None:
    talk = Talk(tags=("1234567890", "2345678901"))
    talk.hear(update("1234567890", soc=66))

    assert talk.told[VIN].state.get(battery.LEVEL) == 66.0


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ("Fleet telemetry is not synced", NOT_SYNCED),
        ("No telemetry configuration available", NO_CONFIGURATION),
    ],
)
def test_a_car_that_is_refused_is_left_out_and_the_other_one_is_asked_for_at_once(
    talk: Talk, detail: str, why: str
) -> None:
    assert talk.asks == [VIN]
    talk.hear(refusal(detail))
    assert talk.line.end == End(trouble=why, again=True)
    assert not talk.line.alive
    assert talk.troubles == [(VIN, why)]
    assert talk.asks == []

    talk.connect()

    assert talk.asks == [OTHER_VIN]
    talk.hear(HELLO)
    talk.wait(REFUSED_FOR - 1)
    assert talk.asks == []
    talk.wait(1)
    assert talk.asks == [VIN]


def test_a_refusal_is_about_whoever_was_asked_for_last(talk: Talk) -> None:
    talk.hear(HELLO)
    talk.hear(update(VIN, soc=66))
    assert talk.asks == [VIN, OTHER_VIN]
    talk.hear(refusal("Fleet telemetry is not synced"))

    assert talk.troubles == [(OTHER_VIN, NOT_SYNCED)]
    talk.connect()
    assert talk.asks == [VIN]


def test_a_refusal_nobody_was_asked_for_ends_the_connection_and_nothing_else(talk: Talk) -> None:
    talk.hear(HELLO)
    talk.hear(HELLO)
    talk.hear(refusal("Fleet telemetry is not synced"))

    assert talk.line.end == End(trouble=REFUSED, detail="synced")
    assert talk.troubles == []


@pytest.mark.parametrize(
    "said",
    [refusal("Token invalid (already tried)"), error("client_error", "Can't validate token. ", VIN)],
)
def test_a_token_that_is_refused_is_one_to_be_replaced(talk: Talk, said: Any) -> None:
    talk.hear(said)

    assert talk.line.end == End(trouble=REFUSED, detail="token", of_token=True)
    assert talk.troubles == []


def test_a_token_that_is_good_for_another_car_is_not_replaced(talk: Talk) -> None:
    talk.hear(update(VIN, soc=66))
    assert talk.asks == [VIN, OTHER_VIN]
    talk.hear(refusal("Token invalid (already tried)"))

    assert talk.line.end == End(trouble=REFUSED_HERE, again=True)
    assert talk.troubles == [(OTHER_VIN, REFUSED_HERE)]


def test_a_token_that_was_taken_for_another_car_by_name_is_not_replaced() -> None:
    talk = Talk(raw=True)
    assert talk.asks == [VIN]
    proven = [talk.line.proven]
    talk.hear(hello(VIN))
    proven.append(talk.line.proven)
    talk.hear(refusal("Token invalid (already tried)"))

    assert talk.line.end == End(trouble=REFUSED_HERE, again=True)
    assert talk.troubles == [(OTHER_VIN, REFUSED_HERE)]
    assert proven == [False, True]


def test_a_car_that_was_connected_still_is_on_the_next_connection(talk: Talk) -> None:
    talk.hear(update(VIN, soc=66))
    talk.connect()
    assert talk.told[VIN].links == [1, 0]
    talk.hear(HELLO)

    assert talk.told[VIN].links == [1, 0, 1]
    assert talk.told[OTHER_VIN].links == []


def test_a_hello_alone_proves_no_token(talk: Talk) -> None:
    talk.hear(HELLO)
    assert not talk.line.proven
    talk.hear(refusal("Token invalid (already tried)"))

    assert talk.line.end == End(trouble=REFUSED, detail="token", of_token=True)


def test_a_token_that_is_refused_while_nobody_is_asked_for_is_replaced(talk: Talk) -> None:
    talk.hear(HELLO)
    talk.hear(HELLO)
    talk.hear(update(VIN, soc=66))
    talk.hear(refusal("Token invalid"))

    assert talk.line.end == End(trouble=REFUSED, detail="token", of_token=True)


def test_a_refusal_in_the_words_of_old_may_have_another_reason_than_the_token(talk: Talk) -> None:
    talk.hear(error("client_error", "Can't validate token. Fleet telemetry is not synced"))

    assert talk.troubles == [(VIN, NOT_SYNCED)]


def test_a_refusal_for_no_known_reason_may_pass_and_is_a_no_in_the_end(talk: Talk) -> None:
    ends = []
    for _ in range(DOUBTS):
        talk.connect()
        talk.hear(refusal("Error: connect ETIMEDOUT 5YJ3E7EB0SF000001"))
        ends.append(talk.line.end)

    assert ends == [End(trouble=CLOUD_TROUBLE)] * 2 + [End(trouble=CLOUD_TROUBLE, again=True)]
    assert talk.troubles == [(VIN, REFUSED_HERE)]


def test_what_fails_behind_the_service_takes_another_connection(talk: Talk) -> None:
    talk.hear(error("client_error", "owner_api error: 408 5YJ3E7EB0SF000001"))

    assert talk.line.end == End(trouble=CLOUD_TROUBLE, detail="owner_api")


def test_the_first_reason_to_end_counts(talk: Talk) -> None:
    talk.line.give_up(End(trouble="silent"))
    talk.hear(refusal("Token invalid"))

    assert talk.line.end == End(trouble="silent")


def test_a_line_that_drops_is_asked_for_again_on_the_same_connection(talk: Talk) -> None:
    talk.hear(update(VIN, soc=66, shift_state="P"))
    talk.hear(HELLO)
    assert talk.asks == [VIN, OTHER_VIN]
    talk.hear(error("vehicle_disconnected"))
    talk.wait(1)
    assert talk.asks == []
    talk.wait(0.3)

    assert talk.asks == [VIN]
    assert talk.told[VIN].links == [1, 0]
    assert talk.line.end is None


def test_a_car_that_is_offline_is_not_asked_for_again(talk: Talk) -> None:
    talk.hear(update(VIN, soc=66))
    talk.hear(error("vehicle_error", "Vehicle is offline"))
    talk.hear(HELLO)
    talk.wait(600)

    assert talk.asks == [VIN, OTHER_VIN]
    assert talk.told[VIN].links == [1, 0]


@pytest.mark.parametrize(
    "said",
    [
        update(STRANGERS_VIN, soc=66),
        record(STRANGERS_VIN, Soc={"doubleValue": 61.5}),
        error("vehicle_disconnected", tag=STRANGERS_VIN),
        error("vehicle_error", "Vehicle is offline", STRANGERS_VIN),
    ],
)
def test_another_car_is_counted_and_told_of(talk: Talk, said: Any) -> None:
    talk.hear(said)

    assert talk.skipped == {STRANGER: 1}
    assert talk.strangers == [STRANGERS_VIN]
    assert talk.told[VIN].heard == talk.told[OTHER_VIN].heard == []


def test_what_is_no_vin_is_counted_only(talk: Talk) -> None:
    talk.hear(update("1234567890", soc=66))
    talk.hear(record("someone", Soc={"doubleValue": 61.5}))
    talk.hear({"data": []})

    assert talk.skipped == {STRANGER: 2, "a record": 1}
    assert talk.strangers == []


def test_nonsense_is_no_sign_of_life(talk: Talk) -> None:
    talk.hear(b"\xff")
    talk.hear({"msg_type": "something"})
    assert not talk.line.alive

    talk.hear(HELLO)

    assert talk.line.alive


def test_no_token_is_told_of_anywhere(talk: Talk) -> None:
    talk.hear(refusal("Token secret invalid"))

    assert "secret" not in f"{talk.line.end} {talk.skipped} {talk.troubles}"


SAID = st.sampled_from(
    [
        HELLO,
        hello(VIN),
        update(VIN, soc=66),
        update(OTHER_VIN, shift_state="D"),
        record(VIN, Soc={"doubleValue": 61.5}),
        error("vehicle_disconnected"),
        error("vehicle_error", "Vehicle is offline", OTHER_VIN),
        error("client_error", "owner_api error"),
        refusal("Fleet telemetry is not synced"),
        refusal("Token invalid"),
        refusal("whatever"),
        b"\xff",
    ]
)


@given(st.lists(st.tuples(SAID, st.floats(0, 20_000))))
def test_whatever_is_said_each_car_is_asked_for_by_itself_and_never_after_the_end(
    said: list[tuple[Any, float]],
) -> None:
    talk = Talk()
    assert talk.asks == [VIN]
    for one, seconds in said:
        ended = talk.line.end is not None
        talk.hear(one)
        talk.wait(seconds)
        assert len(talk.asks) <= (0 if ended else 2)
        if talk.line.end is not None:
            talk.connect()
            assert len(talk.asks) <= 1
