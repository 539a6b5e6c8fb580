"""A command's way: each row of the table of retries, both for what may be repeated and for what may not."""

import pytest

from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    AnswerUnreadable,
    CarBusy,
    CarError,
    CarSilent,
    CarTrouble,
    CarUnreachable,
    CloudTrouble,
    CommandUnknown,
    HandshakeUnanswered,
    KeyNotPaired,
    NoAnswer,
    NotSent,
    OutcomeOpen,
    OutcomeUnknown,
    PrivilegeMissing,
    RateLimited,
    ReplyUnreadable,
    ScopeMissing,
    SessionLost,
    SignatureUnsupported,
    StatusUnknown,
    TeslaError,
    WrongRegion,
)
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Response
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.exchange import (
    LIFETIME,
    MOST_SESSIONS_LOST,
    MOST_UNKNOWN,
    OLDEST_INFO,
    Post,
    exchange,
    handshake,
)
from custom_components.tesla_direct.tesla.vehicle_command.session import LAST_COUNTER

from .car import CLIMATE_ON, OTHER, Car, refusal
from .stage import Stage

SESSION_FAULTS = (5, 6, 15, 17, 20)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("domain", Domain)
def test_a_command_without_a_session_shakes_hands_first(domain: Domain) -> None:
    stage = Stage(domain, known=False)

    way = stage.send(stage.greets, stage.obeys)

    assert way.result
    assert [post.handshake for post in way.posts] == [True, False]
    assert way.counters == [None, 7]
    assert way.pauses == []


def test_a_command_with_a_session_is_one_message(stage: Stage) -> None:
    way = stage.send(stage.obeys)

    assert way.result
    assert way.counters == [7]


def test_the_counter_is_used_up_before_the_message_goes(stage: Stage) -> None:
    flow = exchange(
        stage.session,
        CLIMATE_ON,
        repeatable=True,
        deadline=5030.0,
        clock=stage.clock,
        random=stage.random,
    )
    revision = stage.session.revision

    post = next(flow)

    assert isinstance(post, Post)
    assert post.counter == stage.session.counter == 7
    assert stage.session.revision > revision


def test_what_the_car_says_is_returned(stage: Stage) -> None:
    pong = bytes.fromhex("0a004a020801")

    way = stage.send(lambda post: stage.car.answer(post.message, pong, encrypted=True))

    assert way.result
    assert way.result.message == Response.FromString(pong)


@pytest.mark.parametrize(("seconds", "lives"), [(30.0, LIFETIME), (4.0, 4.0)])
def test_a_command_does_not_outlive_its_deadline(stage: Stage, seconds: float, lives: float) -> None:
    way = stage.send(stage.obeys, seconds=seconds)

    data = RoutableMessage.FromString(way.posts[0].message).signature_data.HMAC_Personalized_data
    assert data.expires_at == 2650 + lives


def test_nothing_is_sent_when_there_is_no_time_left(stage: Stage) -> None:
    way = stage.send(stage.obeys, seconds=0.0)

    assert type(way.error) is NotSent
    assert way.posts == []
    assert stage.session.counter == 6


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        CarUnreachable("asleep", status=408),
        RateLimited("busy", status=429, retry_after=5.0),
        ScopeMissing("no", status=403),
        SignatureUnsupported("no", status=422),
        WrongRegion("elsewhere", status=421),
        CloudTrouble("not ready", status=424),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("known", [True, False])
def test_what_the_cloud_refuses_is_for_the_sender(
    error: TeslaError, *, repeatable: bool, known: bool
) -> None:
    stage = Stage(known=known)

    way = stage.send(error, repeatable=repeatable)

    assert way.error is error
    assert len(way.posts) == 1
    assert not way.error.may_have_succeeded


def test_a_refusal_of_the_car_is_final_and_has_its_reason(stage: Stage) -> None:
    way = stage.send(lambda post: stage.car.answer(post.message, refusal("not_charging"), encrypted=True))

    assert isinstance(way.error, ActionRefused)
    assert way.error.reason == "not_charging"
    assert len(way.posts) == 1


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(("fault", "error"), [(9, CommandUnknown), (26, TeslaError), (99, TeslaError)])
def test_a_fault_that_nothing_heals_is_final(
    stage: Stage, fault: int, error: type[TeslaError], *, repeatable: bool
) -> None:
    way = stage.send(stage.faults(fault), repeatable=repeatable)

    assert isinstance(way.error, error)
    assert not way.error.may_have_succeeded
    assert len(way.posts) == 1


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_fault_after_the_car_has_acted_is_final_and_says_so(stage: Stage, *, repeatable: bool) -> None:
    way = stage.send(stage.faults(25), repeatable=repeatable)

    assert isinstance(way.error, OutcomeOpen)
    assert len(way.posts) == 1


def test_an_unknown_status_is_final(stage: Stage) -> None:
    way = stage.send(lambda post: stage.car.answer(post.message, None, operation=7))

    assert isinstance(way.error, StatusUnknown)
    assert len(way.posts) == 1


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("fault", SESSION_FAULTS)
def test_a_lost_session_is_mended_with_the_info_that_came_along(
    stage: Stage, fault: int, *, repeatable: bool
) -> None:
    stage.car.counter, stage.car.clock = 90, 3000

    way = stage.send(stage.faults(fault, informed=True), stage.obeys, repeatable=repeatable)

    assert way.result
    assert way.counters == [7, 91]
    assert way.pauses == []
    data = RoutableMessage.FromString(way.posts[1].message).signature_data.HMAC_Personalized_data
    assert data.expires_at == 3015


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("fault", SESSION_FAULTS)
def test_a_lost_session_without_info_is_mended_with_a_handshake(
    stage: Stage, fault: int, *, repeatable: bool
) -> None:
    stage.car.counter = 90

    way = stage.send(stage.faults(fault), stage.greets, stage.obeys, repeatable=repeatable)

    assert way.result
    assert way.counters == [7, None, 91]
    assert way.pauses == []


def test_info_that_is_older_than_ours_is_ignored_and_good(stage: Stage) -> None:
    stage.car.clock -= 1

    way = stage.send(stage.faults(6, informed=True), stage.obeys)

    assert way.result
    assert way.counters == [7, 8]
    assert stage.session.clock_time == 2650


def test_another_computer_is_found_with_a_handshake(stage: Stage) -> None:
    stage.car = Car(scalar=OTHER)
    stage.car.epoch = bytes(16)

    way = stage.send(stage.faults(15, informed=True), stage.greets, stage.obeys)

    assert way.result
    assert way.counters == [7, None, 7]


def test_info_that_took_too_long_tells_a_wrong_time(stage: Stage) -> None:
    stage.took = OLDEST_INFO + 0.1
    stage.car.counter = 90

    way = stage.send(stage.faults(15, informed=True), TimedGreeting(stage), stage.obeys, seconds=60.0)

    assert way.result
    assert way.counters == [7, None, 91]


class TimedGreeting:
    """A handshake that is answered at once, after something that was not."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, post: Post) -> bytes:
        self._stage.clock.now -= self._stage.took
        return self._stage.greets(post)


def test_info_for_another_request_is_not_good(stage: Stage) -> None:
    def of_another(post: Post) -> bytes:
        return stage.car.answer(
            post.message, None, fault=6, informed=True, change=lambda answer: setattr(answer, "uuid", b"")
        )

    security = Stage(Domain.VEHICLE_SECURITY)

    def wrong_uuid(answer: RoutableMessage) -> None:
        answer.request_uuid = bytes(16)

    way = security.send(
        lambda post: security.car.answer(post.message, None, fault=6, informed=True, change=wrong_uuid),
        security.greets,
        security.obeys,
    )

    assert way.result
    assert way.counters == [7, None, 8]
    assert stage.send(of_another, stage.obeys).counters == [7, 8]


def test_two_lost_sessions_are_mended_a_third_is_not(stage: Stage) -> None:
    lost = stage.faults(6, informed=True)

    assert stage.send(*[lost] * MOST_SESSIONS_LOST, stage.obeys).result
    way = stage.send(lost)

    assert isinstance(way.error, SessionLost)
    assert len(way.posts) == MOST_SESSIONS_LOST + 1
    assert not way.error.may_have_succeeded


def test_a_handshake_mends_a_lost_session_once(stage: Stage) -> None:
    way = stage.send(stage.faults(15), stage.greets, stage.faults(15), stage.greets)

    assert isinstance(way.error, SessionLost)
    assert [post.handshake for post in way.posts] == [False, True, False]


def test_a_used_up_counter_is_mended_with_a_handshake_once_the_car_has_started_anew() -> None:
    stage = Stage(known=False)
    stage.car.counter = LAST_COUNTER
    greeting = handshake(stage.session, deadline=5030.0, clock=stage.clock, random=stage.random)
    stage.carry(greeting, [stage.greets])
    stage.car.epoch, stage.car.counter, stage.car.clock = bytes(16), 0, 3

    way = stage.send(stage.greets, stage.obeys)

    assert way.result
    assert way.counters == [None, 1]


def test_a_used_up_counter_ends_where_the_car_goes_on_with_it() -> None:
    stage = Stage(known=False)
    stage.car.counter = LAST_COUNTER

    way = stage.send(stage.greets)

    assert isinstance(way.error, SessionLost)
    assert way.commands == []
    assert len(way.posts) < 10


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_busy_car_is_asked_again_and_again(stage: Stage, *, repeatable: bool) -> None:
    way = stage.send(stage.waits, stage.faults(1), *[stage.waits] * 3, stage.obeys, repeatable=repeatable)

    assert way.result
    assert way.pauses == [1.0, 2.0, 3.0, 4.0, 4.0]
    assert way.counters == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_car_that_stays_busy_ends_the_command_in_time(stage: Stage, *, repeatable: bool) -> None:
    way = stage.send(stage.waits, repeatable=repeatable, seconds=10.0)

    assert isinstance(way.error, CarBusy)
    assert not way.error.may_have_succeeded
    assert way.pauses == [1.0, 2.0, 3.0]


def test_vehicle_security_can_be_busy_too() -> None:
    stage = Stage(Domain.VEHICLE_SECURITY)
    busy = bytes.fromhex("22020801")

    way = stage.send(lambda post: stage.car.answer(post.message, busy, encrypted=True), stage.obeys)

    assert way.result
    assert way.pauses == [1.0]


@pytest.mark.parametrize("fault", [2, 11])
def test_a_fault_after_which_the_car_may_have_acted_ends_what_cannot_be_repeated(
    stage: Stage, fault: int
) -> None:
    way = stage.send(stage.faults(fault), repeatable=False)

    assert isinstance(way.error, OutcomeOpen)
    assert (way.error.fault, len(way.posts)) == (fault, 1)
    assert way.error.may_have_succeeded


@pytest.mark.parametrize("fault", [2, 11])
def test_a_fault_after_which_the_car_may_have_acted_is_tried_again_where_that_does_no_harm(
    stage: Stage, fault: int
) -> None:
    assert stage.send(stage.faults(fault), stage.obeys).result

    way = stage.send(stage.faults(fault), stage.faults(9))

    assert isinstance(way.error, CommandUnknown)
    assert way.error.may_have_succeeded
    assert not CommandUnknown("another one").may_have_succeeded


@pytest.mark.parametrize("repeatable", [True, False])
def test_what_was_not_sent_is_sent_again_as_it_is(stage: Stage, *, repeatable: bool) -> None:
    way = stage.send(NotSent("no connection"), NotSent("no connection"), stage.obeys, repeatable=repeatable)

    assert way.result
    assert way.counters == [7, 7, 7]
    assert len({post.message for post in way.posts}) == 1
    assert way.pauses == [1.0, 2.0]


def test_what_was_not_sent_is_signed_again_once_its_time_is_over(stage: Stage) -> None:
    stage.took = 5.0

    way = stage.send(*[NotSent("no connection")] * 3, stage.obeys, repeatable=False, seconds=60.0)

    # 15 seconds to live: sent at 0, 6 and 13 s; at 21 s they are over.
    assert way.result
    assert way.counters == [7, 7, 7, 8]


def test_what_cannot_be_sent_ends_in_time(stage: Stage) -> None:
    way = stage.send(NotSent("no connection"), seconds=9.0)

    assert type(way.error) is NotSent
    assert not way.error.may_have_succeeded
    assert sum(way.pauses) < 9.0


def test_a_request_that_timed_out_may_go_again_as_it_is_where_that_does_no_harm(stage: Stage) -> None:
    way = stage.send(CarSilent("timeout", status=408), stage.obeys)

    assert way.result
    assert way.counters == [7, 7]
    assert way.pauses == [1.0]


def test_a_request_that_timed_out_is_not_sent_again_otherwise(stage: Stage) -> None:
    way = stage.send(CarSilent("timeout", status=408), repeatable=False)

    assert isinstance(way.error, CarSilent)
    assert way.error.may_have_succeeded
    assert len(way.posts) == 1


@pytest.mark.parametrize("fault", [6, 17])
def test_a_fault_that_a_second_copy_would_get_says_nothing_of_the_first(stage: Stage, fault: int) -> None:
    way = stage.send(NotSent("no connection"), stage.faults(fault, informed=True), repeatable=False)

    assert isinstance(way.error, OutcomeOpen)
    assert (way.error.fault, way.error.may_have_succeeded) == (fault, True)
    assert way.counters == [7, 7]


@pytest.mark.parametrize(("fault", "repeatable"), [(6, True), (17, True), (15, False), (5, False)])
def test_other_faults_and_other_commands_go_on_after_a_second_copy(
    stage: Stage, fault: int, *, repeatable: bool
) -> None:
    way = stage.send(
        NotSent("no connection"), stage.faults(fault, informed=True), stage.obeys, repeatable=repeatable
    )

    assert way.result
    assert way.counters == [7, 7, 8]


def test_a_signature_made_anew_is_no_second_copy(stage: Stage) -> None:
    way = stage.send(
        NotSent("no connection"),
        stage.faults(15, informed=True),
        stage.faults(6, informed=True),
        stage.obeys,
        repeatable=False,
    )

    assert way.result
    assert way.counters == [7, 7, 8, 9]


UNCERTAIN = [
    NoAnswer("cut off"),
    OutcomeUnknown("gateway", status=504),
    AnswerUnreadable("no JSON"),
]
FINAL_UNCERTAIN = [CarTrouble("540", status=540), ReplyUnreadable("no message")]


@pytest.mark.parametrize("error", [*UNCERTAIN, *FINAL_UNCERTAIN], ids=lambda error: type(error).__name__)
def test_what_may_have_run_is_never_sent_again_if_twice_is_not_once(stage: Stage, error: TeslaError) -> None:
    way = stage.send(error, repeatable=False)

    assert way.error is error
    assert way.error.may_have_succeeded
    assert len(way.posts) == 1


@pytest.mark.parametrize("error", UNCERTAIN, ids=lambda error: type(error).__name__)
def test_what_may_have_run_is_signed_again_if_twice_is_once(stage: Stage, error: TeslaError) -> None:
    way = stage.send(error, stage.obeys)
    assert way.result
    assert way.counters == [7, 8]

    way = stage.send(error)
    assert way.error is error
    assert len(way.posts) == MOST_UNKNOWN + 1


@pytest.mark.parametrize("error", FINAL_UNCERTAIN, ids=lambda error: type(error).__name__)
def test_what_will_not_be_better_soon_is_not_sent_again(stage: Stage, error: TeslaError) -> None:
    way = stage.send(error)

    assert way.error is error
    assert len(way.posts) == 1


@pytest.mark.parametrize("last", [RateLimited("busy", retry_after=5.0), NotSent("no connection")])
def test_a_later_failure_does_not_hide_that_an_earlier_copy_may_have_run(
    stage: Stage, last: TeslaError
) -> None:
    way = stage.send(NoAnswer("cut off"), last, seconds=5.0)

    assert way.error is last
    assert way.error.may_have_succeeded


def test_who_gives_up_in_the_middle_leaves_the_session_as_it_is(stage: Stage) -> None:
    flow = exchange(
        stage.session, CLIMATE_ON, repeatable=True, deadline=5030.0, clock=stage.clock, random=stage.random
    )
    next(flow)
    flow.close()

    assert stage.send(stage.obeys).counters == [8]


@pytest.mark.parametrize(
    "error",
    [
        NotSent("no connection"),
        NoAnswer("cut off"),
        CarSilent("timeout", status=408),
        OutcomeUnknown("gateway", status=504),
        CarTrouble("540", status=540),
        AnswerUnreadable("no JSON"),
        ReplyUnreadable("no base64"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("repeatable", [True, False])
def test_a_handshake_without_an_answer_is_repeated_every_second(
    error: TeslaError, *, repeatable: bool
) -> None:
    stage = Stage(known=False)

    way = stage.send(error, error, stage.greets, stage.obeys, repeatable=repeatable)
    assert way.result
    assert way.pauses == [1.0, 1.0]
    assert len({post.message for post in way.posts}) == 4

    way = Stage(known=False).send(error, repeatable=repeatable, seconds=5.0)
    assert isinstance(way.error, HandshakeUnanswered | NotSent)
    assert not way.error.may_have_succeeded
    assert len(way.posts) == 5


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("fault", [1, 2, 11, 17, 25])
def test_a_handshake_that_meets_a_busy_car_is_repeated(fault: int, *, repeatable: bool) -> None:
    stage = Stage(known=False)

    assert stage.send(
        stage.faults(fault), stage.waits, stage.greets, stage.obeys, repeatable=repeatable
    ).result

    way = Stage(known=False).send(stage.faults(fault), repeatable=repeatable, seconds=3.0)
    assert isinstance(way.error, HandshakeUnanswered)
    assert not way.error.may_have_succeeded


def test_a_handshake_with_a_car_that_does_not_know_us_is_final() -> None:
    for answer in (b"\x28\x01", None):
        stage = Stage(known=False)

        def unpaired(post: Post, info: bytes | None = answer, stage: Stage = stage) -> bytes:
            if info is None:
                return stage.car.answer(post.message, None, fault=3)
            return stage.car.answer(
                post.message, None, change=lambda reply: setattr(reply, "session_info", info)
            )

        way = stage.send(unpaired)

        assert isinstance(way.error, KeyNotPaired)
        assert len(way.posts) == 1


@pytest.mark.parametrize(("fault", "error"), [(21, TeslaError), (4, TeslaError)])
def test_a_handshake_that_is_refused_is_final(fault: int, error: type[TeslaError]) -> None:
    stage = Stage(known=False)

    way = stage.send(stage.faults(fault))

    assert isinstance(way.error, error)
    assert len(way.posts) == 1


def test_a_handshake_that_took_too_long_is_repeated() -> None:
    stage = Stage(known=False)
    stage.took = OLDEST_INFO + 0.1

    way = stage.send(stage.greets, TimedGreeting(stage), stage.obeys, seconds=60.0)

    assert way.result
    assert [post.handshake for post in way.posts] == [True, True, False]


def test_a_handshake_alone_shows_that_the_car_knows_us() -> None:
    stage = Stage(known=False)

    flow = handshake(stage.session, deadline=5030.0, clock=stage.clock, random=stage.random)
    way = stage.carry(flow, [NoAnswer("cut off"), stage.greets])

    assert way.error is None
    assert stage.session.ready
    assert way.counters == [None, None]


@pytest.mark.parametrize("informed", [True, False])
@pytest.mark.parametrize("fault", SESSION_FAULTS)
def test_a_fault_that_the_cars_own_counter_belies_is_not_taken_for_a_no(
    stage: Stage, fault: int, *, informed: bool
) -> None:
    """It has taken our message, so the fault is of a second copy, or of somebody in between."""
    stage.car.counter = 7  # the one that our message has

    answers = [stage.faults(fault, informed=informed), stage.greets, stage.obeys]
    way = stage.send(*answers, repeatable=False)

    assert isinstance(way.error, OutcomeOpen)
    assert way.counters == ([7] if informed else [7, None])


@pytest.mark.parametrize("repeatable", [True, False])
def test_another_computer_tells_nothing_of_what_the_last_one_has_done(
    stage: Stage, *, repeatable: bool
) -> None:
    other = Car(scalar=4711)

    def greets(post: Post) -> bytes:
        return other.greet(post.message)

    def refuses(post: Post) -> bytes:
        return other.answer(post.message, None, fault=7)

    way = stage.send(stage.faults(15), greets, refuses, repeatable=repeatable)

    assert way.error is not None
    assert way.error.may_have_succeeded
    assert len(way.posts) == (3 if repeatable else 2)


def test_a_key_that_was_known_is_not_given_up_for_a_fault_that_nobody_authenticates(stage: Stage) -> None:
    way = stage.send(stage.faults(3), stage.greets, stage.obeys, repeatable=False)

    assert way.result
    assert way.counters == [7, None, 8]


def test_a_key_that_was_known_and_is_gone_is_told(stage: Stage) -> None:
    way = stage.send(stage.faults(3), stage.faults(3))

    assert isinstance(way.error, KeyNotPaired)
    assert way.counters == [7, None]


def test_a_command_that_was_carried_out_is_not_denied_by_a_made_up_fault(stage: Stage) -> None:
    stage.car.counter = 7  # the one that our message has
    way = stage.send(stage.faults(3), stage.greets, repeatable=False)

    assert isinstance(way.error, OutcomeOpen)


def test_a_handshake_in_between_does_not_hide_that_an_earlier_attempt_may_have_run(stage: Stage) -> None:
    refuses = stage.faults(7)

    way = stage.send(NoAnswer("cut off"), stage.faults(15), stage.greets, refuses)

    assert way.error is not None
    assert (way.error.fault if isinstance(way.error, CarError) else 0) == 7
    assert way.error.may_have_succeeded


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_fault_in_clear_of_a_car_that_encrypts_is_held_against_its_counter(
    stage: Stage, *, repeatable: bool
) -> None:
    stage.session.encrypts = True
    genuine = stage.send(stage.faults(7), stage.greets, repeatable=repeatable)

    assert isinstance(genuine.error, PrivilegeMissing)
    assert not genuine.error.may_have_succeeded
    assert genuine.counters == [7, None]

    stage.car.counter = 8  # it has taken the next one, whatever somebody says
    forged = stage.send(stage.faults(7), stage.greets, repeatable=repeatable)

    assert forged.error is not None
    assert forged.error.may_have_succeeded
    assert forged.counters == [8, None]


def test_a_busy_car_that_encrypts_is_asked_whether_it_has_acted_before_it_would_act_again(
    stage: Stage,
) -> None:
    stage.session.encrypts = True
    way = stage.send(stage.waits, stage.greets, stage.obeys, repeatable=False)

    assert way.result
    assert way.counters == [7, None, 8]

    stage.car.counter = 9
    way = stage.send(stage.waits, stage.greets, repeatable=False)

    assert isinstance(way.error, OutcomeOpen)
    assert way.counters == [9, None]
