"""What is known of a telemetry configuration after each piece of news."""

from dataclasses import replace

import pytest

from custom_components.tesla_direct.tesla.source import keeper_news as news
from custom_components.tesla_direct.tesla.source.config_state import (
    NOTHING,
    STOPPED,
    ConfigState,
    Phase,
    Reason,
)
from custom_components.tesla_direct.tesla.source.keeper_news import LONGEST, RETRY, UNSEEN, Seen
from custom_components.tesla_direct.tesla.source.keeper_plan import UNDISTURBED, CarView, is_ours

NOW = 1_800_000_000.0
NONE = Seen(there=False, same=False, synced=True, limit_reached=False)
OURS = Seen(
    there=True, same=True, synced=True, limit_reached=False, expires=NOW + 1e6, fields=("Soc",), ca="x"
)
OTHER = Seen(there=True, same=False, synced=True, limit_reached=False)


@pytest.fixture
def wished() -> ConfigState:
    return news.wished(ConfigState(), "one", NOW)


@pytest.fixture
def sent(wished: ConfigState) -> ConfigState:
    return news.sent(news.sending(wished, CarView(circumstances="so"), NOW), ("Soc",), "x", NOW + 1e6, NOW)


@pytest.fixture
def synced(sent: ConfigState) -> ConfigState:
    return news.seen(sent, OURS, NOW + 10)


def test_a_wish_is_dated_when_it_changes_and_not_when_it_is_repeated(wished: ConfigState) -> None:
    assert news.wished(wished, "one", NOW + 5) is wished
    assert news.wished(wished, "two", NOW + 5).target_since == NOW + 5


def test_what_is_sent_is_known_to_be_tried_before_there_is_an_answer(wished: ConfigState) -> None:
    trying = news.sending(wished, CarView(circumstances="so"), NOW)

    assert (trying.tried, trying.tried_at, trying.tried_under) == ("one", NOW, "so")
    assert (trying.phase, trying.sent, trying.pushes, trying.lost) == (Phase.UNKNOWN, None, 1, 1)


def test_what_the_cloud_has_taken_waits_for_the_car(sent: ConfigState) -> None:
    assert (sent.phase, sent.sent, sent.fields, sent.ca) == (Phase.SENT, "one", ("Soc",), "x")
    assert (sent.lost, sent.synced_at) == (0, None)


def test_what_the_wish_has_become_meanwhile_is_not_taken_for_sent(wished: ConfigState) -> None:
    trying = news.wished(news.sending(wished, CarView(), NOW), "two", NOW + 1)

    assert news.sent(trying, ("Soc",), "x", NOW + 1e6, NOW + 2).sent == "one"


def test_what_the_car_has_taken_is_synced_since_it_was_seen_first(synced: ConfigState) -> None:
    assert (synced.phase, synced.synced_at) == (Phase.SYNCED, NOW + 10)
    assert news.seen(synced, OURS, NOW + 99).synced_at == NOW + 10


def test_what_is_there_though_nobody_remembers_is_adopted(wished: ConfigState) -> None:
    adopted = news.seen(wished, OURS, NOW)

    assert (adopted.phase, adopted.sent, adopted.expires) == (Phase.SYNCED, "one", NOW + 1e6)
    assert adopted.pushes == 0


def test_what_has_no_end_is_adopted_without_one(wished: ConfigState) -> None:
    assert news.seen(wished, replace(OURS, expires=None), NOW).expires is None


def test_what_the_cloud_does_not_show_yet_is_not_removed(sent: ConfigState) -> None:
    unseen = replace(NONE, synced=False)

    assert news.seen(sent, unseen, NOW + UNSEEN - 1).phase is Phase.SENT
    assert news.seen(sent, unseen, NOW + UNSEEN).reason == Reason.UNEXPLAINED


def test_what_counts_for_taken_and_is_not_there_had_no_room(sent: ConfigState) -> None:
    removed = news.seen(sent, NONE, NOW + 10)

    assert (removed.phase, removed.reason, removed.sent) == (Phase.REMOVED, Reason.MAX_CONFIGS, None)


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (NONE, Reason.UNEXPLAINED),
        (OTHER, Reason.REPLACED),
        (replace(NONE, reason=Reason.MISSING_KEY), Reason.MISSING_KEY),
        (replace(NONE, reason=Reason.STREAMING_TOGGLE), Reason.STREAMING_TOGGLE),
        (replace(NONE, reason=Reason.MAX_CONFIGS, limit_reached=True), Reason.MAX_CONFIGS),
    ],
)
def test_what_was_there_and_is_not_was_removed_for_a_reason(
    synced: ConfigState, look: Seen, reason: Reason
) -> None:
    removed = news.seen(synced, look, NOW + 99)

    assert (removed.phase, removed.reason, removed.since) == (Phase.REMOVED, reason, NOW + 99)
    assert (removed.sent, removed.synced_at, removed.attempts) == (None, None, 1)
    assert removed.there is look.there


def test_what_vanished_while_the_billing_limit_was_reached_was_removed_for_that(synced: ConfigState) -> None:
    refused = news.failed(synced, 900.0, NOW + 20, limited=True)

    assert news.seen(refused, NONE, NOW + 999).reason == Reason.BILLING_LIMIT
    assert news.seen(refused, OTHER, NOW + 999).reason == Reason.REPLACED
    assert news.seen(news.seen(refused, OURS, NOW + 999), NONE, NOW + 9999).reason == Reason.UNEXPLAINED


def test_a_better_reason_takes_the_place_of_a_worse_one(synced: ConfigState) -> None:
    removed = news.seen(synced, NONE, NOW + 99)
    better = news.seen(removed, replace(NONE, reason=Reason.MISSING_KEY), NOW + 100)

    assert (better.reason, better.attempts) == (Reason.MISSING_KEY, 1)


def test_an_earlier_one_of_ours_stays_what_it_is_until_the_next_is_sent(synced: ConfigState) -> None:
    changed = news.wished(synced, "two", NOW + 50)

    assert news.seen(changed, OTHER, NOW + 60).phase is Phase.SYNCED
    assert news.seen(changed, NONE, NOW + 60).phase is Phase.REMOVED


def test_where_nothing_is_there_yet_the_reason_why_is_kept(wished: ConfigState) -> None:
    look = replace(NONE, reason=Reason.STREAMING_TOGGLE)

    assert news.seen(wished, look, NOW).phase is Phase.ABSENT
    assert news.seen(wished, look, NOW).reason == Reason.STREAMING_TOGGLE
    assert news.seen(wished, OTHER, NOW).reason is None


@pytest.mark.parametrize("reason", [*Reason, "a new word"])
def test_a_car_that_is_skipped_keeps_what_it_has(synced: ConfigState, reason: str) -> None:
    skipped = news.skipped(news.wished(synced, "two", NOW), reason, NOW + 20)
    impossible = reason == Reason.UNSUPPORTED_HARDWARE

    assert skipped.phase is (Phase.IMPOSSIBLE if impossible else Phase.SKIPPED)
    assert (skipped.reason, skipped.sent, skipped.attempts) == (reason, "one", 1)
    assert news.seen(skipped, OTHER, NOW + 30).phase is skipped.phase


def test_what_is_refused_names_its_fields(wished: ConfigState) -> None:
    refused = news.refused(wished, "vehicle_location", ("Location",), NOW)

    assert (refused.phase, refused.reason, refused.named) == (
        Phase.REFUSED,
        "vehicle_location",
        ("Location",),
    )


def test_what_is_taken_away_leaves_nothing_behind(synced: ConfigState) -> None:
    stopped = news.deleted(news.wished(synced, STOPPED, NOW + 50), NOW + 60)
    nothing = news.deleted(news.wished(synced, NOTHING, NOW + 50), NOW + 60)

    assert (stopped.phase, nothing.phase) == (Phase.STOPPED, Phase.ABSENT)
    for gone in (stopped, nothing):
        assert (gone.sent, gone.there, gone.expires, gone.synced_at) == (None, False, None, None)


def test_what_should_not_be_there_and_is_not_is_at_rest(synced: ConfigState) -> None:
    stopped = news.wished(synced, STOPPED, NOW + 50)

    assert news.seen(stopped, NONE, NOW + 60).phase is Phase.STOPPED
    assert news.seen(stopped, OTHER, NOW + 60).phase is Phase.SYNCED


def test_what_the_user_has_deleted_stays_deleted_until_he_sends_one(synced: ConfigState) -> None:
    gone = news.held(synced, NOW + 50)
    assert (gone.held, gone.sent, gone.phase) == (True, None, Phase.ABSENT)

    assert news.hurried(gone).held is False
    again = news.sent(news.sending(gone, CarView(), NOW), ("Soc",), "x", NOW + 1e6, NOW)
    assert again.held is False


def test_failures_in_a_row_make_longer_pauses() -> None:
    state = ConfigState()
    pauses = []
    for _ in range(15):
        state = news.failed(state, None, NOW)
        pauses.append(state.not_before - NOW)

    assert pauses[:3] == [RETRY, 2 * RETRY, 4 * RETRY]
    assert pauses[-1] == LONGEST
    assert news.seen(state, NONE, NOW).failures == 0


def test_a_pause_that_is_told_counts_but_is_never_none() -> None:
    assert news.failed(ConfigState(), 5000.0, NOW).not_before == NOW + 5000.0
    assert news.failed(ConfigState(), 0.0, NOW).not_before == NOW + RETRY


def test_attempts_that_were_lost_make_longer_pauses_though_looks_are_answered(wished: ConfigState) -> None:
    state = wished
    pauses = []
    for _ in range(4):
        state = news.failed(news.sending(state, CarView(), NOW), None, NOW)
        pauses.append(state.not_before - NOW)
        state = news.seen(state, NONE, NOW)

    assert pauses == [RETRY, 2 * RETRY, 4 * RETRY, 8 * RETRY]
    assert news.wished(state, "two", NOW).lost == 1  # the pauses begin anew, but one may have arrived


def test_attempts_are_forgotten_after_an_undisturbed_week(synced: ConfigState) -> None:
    troubled = replace(synced, attempts=3)

    assert news.seen(troubled, OURS, NOW + UNDISTURBED).attempts == 3
    assert news.seen(troubled, OURS, NOW + 10 + UNDISTURBED).attempts == 0


def test_errors_that_were_read_are_dated() -> None:
    assert news.reported(ConfigState(), NOW).errors_at == NOW


def test_times_that_lie_ahead_become_now(synced: ConfigState) -> None:
    sober = news.sobered(replace(synced, not_before=NOW + 1e9), NOW - 1e6)

    assert sober.synced_at == sober.asked_at == sober.since == sober.target_since == NOW - 1e6
    assert sober.not_before == NOW - 1e6 + LONGEST
    assert news.sobered(synced, NOW + 1e6) == synced


def test_what_was_lost_and_is_there_is_not_at_rest_though_nothing_is_wished(wished: ConfigState) -> None:
    lost = news.wished(news.failed(news.sending(wished, CarView(), NOW), None, NOW), NOTHING, NOW)

    assert is_ours(news.seen(lost, OTHER, NOW))
    assert news.seen(lost, OTHER, NOW).phase is not Phase.ABSENT
    assert news.seen(lost, NONE, NOW).lost == 0
    assert news.seen(lost, NONE, NOW).phase is Phase.ABSENT
    assert news.deleted(lost, NOW).lost == 0
    assert news.held(lost, NOW).lost == 0


def test_what_is_known_of_the_car_from_times_that_lie_ahead_is_long_ago() -> None:
    ahead = CarView(online_since=NOW + 1, silent_since=NOW + 1)
    past = CarView(online_since=NOW, silent_since=NOW)

    assert news.sober_view(ahead, NOW) == CarView(online_since=0.0, silent_since=0.0)
    assert news.sober_view(past, NOW) == past
    assert news.sober_view(CarView(), NOW) == CarView()
