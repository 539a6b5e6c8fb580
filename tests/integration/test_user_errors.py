"""What users read when something did not work: each error has its text, which says no more than is known."""

import ast
from collections.abc import Iterator
import inspect
from pathlib import Path
from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla import errors
from custom_components.tesla_direct.user_errors import (
    MESSAGES,
    OBSTACLES,
    REASONS,
    UNPAID,
    key_of,
    refused,
    translated,
)

from .dialogue import PLACEHOLDER, TEXTS

LIBRARY = Path(inspect.getfile(errors)).parent
ALL = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.TeslaError) and cls.__module__ == errors.__name__
]
# What the constructors of some want besides a text.
MORE: dict[str, Any] = {"retry_after": 90.4, "obstacle": "not_parked", "status": 503, "reason": "car_wash"}
UNKNOWN = "outcome_open"


def made(cls: type[errors.TeslaError]) -> errors.TeslaError:
    parameters = inspect.signature(cls.__init__).parameters
    if cls is errors.AuthorityUnknown:
        return errors.AuthorityUnknown({"ab" * 32: "CN=nobody"})
    if cls is errors.ProviderInvalid:
        return errors.ProviderInvalid("token_url", "no https")
    if cls is errors.SettingsInvalid:
        return errors.SettingsInvalid("TESLA_API_HOST", "missing")
    return cls("so it is", **{name: value for name, value in MORE.items() if name in parameters})


def key(error: errors.TeslaError, *, commanded: bool = True) -> str:
    return str(translated(error, commanded=commanded).translation_key)


def uncertain(error: errors.TeslaError) -> errors.TeslaError:
    """Return an error after which an earlier attempt may have run all the same."""
    error.may_have_succeeded = True
    return error


@pytest.mark.parametrize("commanded", [True, False])
@pytest.mark.parametrize("uncertainly", [True, False])
@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_each_error_has_a_text_that_says_all_it_names(
    cls: type[errors.TeslaError], *, uncertainly: bool, commanded: bool
) -> None:
    error = made(cls)
    error.may_have_succeeded = uncertainly

    told = translated(error, commanded=commanded)

    text = TEXTS["exceptions"][told.translation_key]["message"]
    assert set(PLACEHOLDER.findall(text)) <= set(told.translation_placeholders or ())
    assert told.translation_domain == DOMAIN
    assert isinstance(told, ServiceValidationError) == (cls is errors.CommandInvalid)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_what_may_have_been_done_is_never_called_a_failure(cls: type[errors.TeslaError]) -> None:
    said = key(uncertain(made(cls)))

    # A key that is gone is what its owner can do something about.
    assert said in {UNKNOWN, "no_answer"} or issubclass(cls, errors.KeyNotPaired)


def test_a_question_before_a_command_that_was_not_answered_leaves_nothing_open() -> None:
    lost = errors.NoAnswer("a look")
    assert key(lost) == "no_answer"
    lost.may_have_succeeded = False

    assert key(lost) == "cannot_reach"


def test_a_car_that_is_not_reached_for_a_command_was_not_left_asleep_on_purpose() -> None:
    error = errors.CarUnreachable("408")

    assert key(error) == "car_not_reached"
    assert key(error, commanded=False) == "car_unreachable"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.CarBusy("fault 1"), "car_busy"),
        (errors.OverBillingLimit("used up"), "over_billing_limit"),
        (errors.WakeNotAllowed("asleep"), "wake_not_allowed"),
        (errors.HandshakeUnanswered("no session"), "cannot_reach"),
        (errors.StatusUnknown("7"), "car_error"),
        (errors.KeychainRefused("full"), "action_refused"),
        (errors.KeyNotPaired("unknown"), "key_not_paired"),
        (errors.CannotDo("no", obstacle="something new"), "cannot_do"),
        (errors.ActionRefused("no", reason="cabin comfort remote settings not enabled"), None),
    ],
    ids=lambda one: type(one).__name__,
)
def test_the_nearest_words_there_are_are_taken(error: errors.TeslaError, said: str | None) -> None:
    for commanded in (True, False):
        expected = said or "refused_cabin_comfort_remote_settings_not_enabled"
        assert key(error, commanded=commanded) == expected


@pytest.mark.parametrize(
    ("reason", "told"),
    [("", "it does not say why"), ("some_thing new", "some thing new"), ("see 5YJ3E7EB0SF000001", "see …")],
)
def test_a_reason_we_have_no_words_for_is_told_as_far_as_it_harms_nobody(reason: str, told: str) -> None:
    error = translated(errors.ActionRefused("no", reason=reason))

    assert (error.translation_placeholders or {})["reason"] == told


@pytest.mark.parametrize(
    "error", [errors.RateLimited("many", retry_after=90.4), errors.WakeFailed("no", retry_after=90.4)]
)
def test_a_wait_is_told_in_whole_seconds(error: errors.TeslaError) -> None:
    assert (translated(error).translation_placeholders or {})["seconds"] == "90"


@pytest.mark.parametrize(
    ("fields", "scope", "key_", "named"),
    [
        (("Location", "GpsState"), "vehicle_location", "config_scope_missing", "Location, GpsState"),
        ((), "vehicle_location", "config_refused", ""),
        (("Soc",), None, "config_refused", "Soc"),
    ],
)
def test_a_refused_configuration_names_its_fields(
    fields: tuple[str, ...], scope: str | None, key_: str, named: str
) -> None:
    told = translated(errors.ConfigRefused("400", fields=fields, scope=scope))

    assert told.translation_key == key_
    assert (told.translation_placeholders or {})["fields"] == named
    text = TEXTS["exceptions"][key_]["message"]
    assert set(PLACEHOLDER.findall(text)) <= set(told.translation_placeholders or ())


def test_a_wish_that_makes_no_sense_is_the_callers_mistake() -> None:
    told = refused("text_empty", field="name")

    assert isinstance(told, ServiceValidationError)
    assert isinstance(told, HomeAssistantError)
    assert (told.translation_key, told.translation_placeholders) == ("text_empty", {"field": "name"})


def obstacles() -> Iterator[str]:
    """Yield each obstacle that stands in the library's code."""
    for file in sorted((LIBRARY / "command").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="obstacle", value=ast.Constant(value=str(one))):
                    yield one
                case ast.AnnAssign(target=ast.Name(id="misfit"), value=ast.Constant(value=str(one))):
                    yield one
                case ast.Assign(targets=[ast.Name(id="misfit")], value=ast.Constant(value=str(one))):
                    yield one
                case ast.FunctionDef(returns=ast.BinOp(left=ast.Name(id="Obstacle"))):
                    yield from _returned(node)


def _returned(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        match node:
            case ast.Return(value=ast.Constant(value=str(one))):
                yield one
            case ast.Return(value=ast.IfExp(body=ast.Constant(value=str(one)))):
                yield one


def test_each_obstacle_has_words_of_its_own_and_all_words_an_obstacle() -> None:
    shell = {"state_unknown", "nothing_chosen"}  # found where a car's facts are, and the user's choice

    assert {*obstacles(), *shell} == OBSTACLES
    assert {"not_parked", "not_fitted", "keyless_driving_off"} <= set(obstacles())
    assert {f"cannot_{one}" for one in OBSTACLES} <= set(TEXTS["exceptions"])


def test_each_reason_has_words_of_its_own() -> None:
    assert {f"refused_{one}" for one in REASONS} <= set(TEXTS["exceptions"])


@pytest.mark.parametrize("what", sorted(UNPAID))
def test_what_a_service_wants_to_be_paid_has_words_of_its_own(what: str) -> None:
    assert key_of(errors.PaymentRequired("no", key=what)) == f"unpaid_{what}"
    assert key_of(errors.PaymentRequired("no")) == "payment_required"


def test_a_certificate_that_was_not_expected_is_named() -> None:
    told = translated(errors.CertificateUnexpected("no", fingerprint="ab" * 32))
    unseen = translated(errors.CertificateUnexpected("no"))

    assert told.translation_key == "certificate_unexpected"
    assert (told.translation_placeholders or {})["fingerprint"] == "ab" * 32
    assert (unseen.translation_placeholders or {})["fingerprint"] == "?"


def test_each_message_is_of_an_error_that_there_is() -> None:
    assert set(MESSAGES) <= set(ALL)
