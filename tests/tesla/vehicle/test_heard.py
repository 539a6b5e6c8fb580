from custom_components.tesla_direct.tesla.vehicle.heard import Heard

MINUTE = 60.0
START = 1_791_360_000.0  # the begin of a minute


def test_who_has_said_nothing_has_no_last_word() -> None:
    heard = Heard()

    assert heard.to_dict(START) == {"last_word": None, "signals_per_minute": 0.0}


def test_the_last_word_is_when_something_was_told_last() -> None:
    heard = Heard()
    heard.take(3, START)
    heard.take(1, START + 17)

    assert heard.last_at == START + 17


def test_in_the_first_minute_what_was_told_is_the_rate() -> None:
    heard = Heard()
    heard.take(3, START + 50)
    heard.take(3, START + 59)

    assert heard.per_minute(START + 59) == 6.0


def test_the_rate_is_that_of_five_minutes() -> None:
    heard = Heard()
    for minute in range(60):
        for second in range(0, 60, 10):
            heard.take(2, START + minute * MINUTE + second)

    assert heard.per_minute(START + 60 * MINUTE - 1) == 12.0


def test_whoever_falls_silent_has_no_rate_after_five_minutes() -> None:
    heard = Heard()
    for minute in range(5):
        heard.take(10, START + minute * MINUTE)
    rates = [heard.per_minute(START + minute * MINUTE) for minute in range(5, 11)]

    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 0
    assert rates[-1] == 0.0
    assert heard.last_at == START + 4 * MINUTE


def test_a_source_that_is_back_has_the_rate_of_since_then() -> None:
    heard = Heard()
    heard.take(1_000, START)
    heard.per_minute(START + 3_600)
    heard.take(4, START + 3_600)
    heard.take(4, START + 3_660)

    assert heard.per_minute(START + 3_720) == 4.0


def test_a_clock_that_is_set_back_begins_anew() -> None:
    heard = Heard()
    heard.take(1_000, START + 3_600)
    heard.take(2, START)

    assert heard.per_minute(START + 1) == 2.0
    assert heard.last_at == START


def test_what_is_kept_does_not_grow() -> None:
    heard = Heard()
    for minute in range(10_000):
        heard.take(1, START + minute * MINUTE)

    assert len(heard._counts) <= 5
