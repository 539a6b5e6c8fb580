"""Who said no, may it be sent again, may it have happened: what callers ask of an error."""

import inspect
import re

import pytest

from custom_components.tesla_direct.tesla import errors
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    AnswerUnreadable,
    ApplicationTooNew,
    AuthorityUnknown,
    CarBusy,
    CarError,
    CarSilent,
    CarTrouble,
    CarUnreachable,
    CertificateUnexpected,
    CloudError,
    CloudTrouble,
    HandshakeUnanswered,
    InService,
    KeychainRefused,
    KeyUnfetched,
    NoAnswer,
    NotSent,
    OriginNotAllowed,
    OutcomeOpen,
    OutcomeUnknown,
    ProviderInvalid,
    RateLimited,
    ReplyUnreadable,
    SessionLost,
    SettingsInvalid,
    TeslaError,
    TokenUnavailable,
    TransportError,
    WakeFailed,
    WrongRegion,
)

ALL = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, TeslaError)]
LEAVES = [each for each in ALL if not each.__subclasses__()]
BRANCH = re.compile(r"^(?P<depth>[│ ]*(?:├── |└── )?)(?P<name>[A-Z]\w+)", re.MULTILINE)


def drawn() -> dict[str, str | None]:
    """Return the tree as the file draws it: each error and what it is drawn under."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    tree = (errors.__doc__ or "").partition("\n\n")[2]
    for found in BRANCH.finditer(tree):
        depth = len(found["depth"]) // 4
        path[depth:] = [found["name"]]
        parents[found["name"]] = path[depth - 1] if depth else None
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    actual = {each.__name__: each.__base__.__name__ for each in ALL if each.__base__ is not None}

    assert drawn() == {**actual, "TeslaError": None}


def test_what_may_have_happened_is_told() -> None:
    told = {each for each in ALL if each.may_have_succeeded}

    assert told == {
        AnswerUnreadable,
        CarSilent,
        CarTrouble,
        NoAnswer,
        OutcomeOpen,
        OutcomeUnknown,
        ReplyUnreadable,
    }


def test_what_may_be_better_later_is_told() -> None:
    told = {each for each in ALL if each.temporary}

    assert told == {
        AnswerUnreadable,
        ApplicationTooNew,
        CarBusy,
        CarSilent,
        CarUnreachable,
        CertificateUnexpected,
        CloudTrouble,
        HandshakeUnanswered,
        InService,
        KeyUnfetched,
        NoAnswer,
        NotSent,
        OriginNotAllowed,
        OutcomeUnknown,
        RateLimited,
        SessionLost,
        TokenUnavailable,
        TransportError,
        WakeFailed,
    }


def test_what_never_left_has_not_happened() -> None:
    assert not NotSent.may_have_succeeded
    assert not TokenUnavailable.may_have_succeeded


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_a_leaf_is_a_statement_and_says_so_in_a_sentence(leaf: type[TeslaError]) -> None:
    assert not leaf.__name__.endswith("Error")
    assert (leaf.__doc__ or "").strip()


@pytest.mark.parametrize(
    "kind", [each for each in ALL if issubclass(each, CloudError) and each is not RateLimited]
)
def test_what_the_cloud_said_keeps_its_status(kind: type[CloudError]) -> None:
    error = kind("vehicle_data: no", status=418)

    assert (str(error), error.status) == ("vehicle_data: no", 418)
    assert kind("nobody was asked").status == 0


@pytest.mark.parametrize("kind", [each for each in ALL if issubclass(each, CarError)])
def test_what_the_car_said_keeps_its_number(kind: type[CarError]) -> None:
    error = kind("no", fault=21)

    assert (str(error), error.fault) == ("no", 21)
    assert kind("said without a number").fault == 0


@pytest.mark.parametrize("kind", [ActionRefused, KeychainRefused])
def test_a_refusal_of_the_car_keeps_the_cars_words(kind: type[ActionRefused]) -> None:
    assert kind("the car refuses: already_set", reason="already_set").reason == "already_set"
    assert kind("the car refuses").reason == ""


def test_a_refusal_for_a_while_says_how_long() -> None:
    assert RateLimited("busy", status=429, retry_after=12.5).retry_after == 12.5
    assert TokenUnavailable("not now", retry_after=60.0).retry_after == 60.0


def test_a_wrong_region_says_where_to_go_if_that_can_be_trusted() -> None:
    assert WrongRegion("elsewhere", base="https://eu.example.com").base == "https://eu.example.com"
    assert WrongRegion("elsewhere").base is None


def test_an_address_that_cannot_serve_is_named() -> None:
    error = ProviderInvalid("token_url", "no HTTPS")

    assert (error.field, str(error)) == ("token_url", "token_url: no HTTPS")


def test_a_setting_that_cannot_serve_is_named_with_a_word() -> None:
    error = SettingsInvalid("TESLA_API_HOST", "owner_api")

    assert (error.field, error.reason) == ("TESLA_API_HOST", "owner_api")
    assert str(error) == "TESLA_API_HOST: owner_api"
    assert (SettingsInvalid("", "nothing").field, str(SettingsInvalid("", "nothing"))) == (
        "",
        "settings: nothing",
    )


def test_unknown_authorities_are_named_with_what_tells_them_apart() -> None:
    unknown = {"ab" * 32: "CN=Tesla Root CA", "cd" * 32: "CN=Tesla Root CA"}

    error = AuthorityUnknown(unknown)

    assert error.unknown == unknown
    assert str(error) == "CN=Tesla Root CA (abababababababab…), CN=Tesla Root CA (cdcdcdcdcdcdcdcd…)"
