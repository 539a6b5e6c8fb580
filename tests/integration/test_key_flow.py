"""The pages about the key: the same under reconfigure and under configure."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.key import FROM_FILE, MADE, TAKEN_OVER, KeyStore
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from simulator.world import World
from tests.simulator.wall import Wall

from . import key_files
from .account import Account
from .dialogue import TEXTS, Dialogue
from .disk import full_disk, write
from .key_files import PKCS8, SEC1, new_key, public_bytes, write_key

KEY = "binary_sensor.key_paired"
DOMAIN_NAME = "tesla.example.com"

type Answer = Callable[..., Awaitable[None]]


@pytest.fixture
async def keys(account: Account) -> KeyStore:
    return (await account.shared()).key


@pytest.fixture(params=["reconfigure", "options"])
async def answer(request: pytest.FixtureRequest, account: Account, car: Car, dialogue: Dialogue) -> Answer:
    """A user at the first page about the key, in either dialogue; the key was just made."""
    await account.set_up(car, paired=False)
    if request.param == "reconfigure":
        await dialogue.reconfigure(account.entry, "key")
        return dialogue.answer
    await dialogue.begin_options(account.entry, "key")
    return dialogue.answer_options


@pytest.fixture
async def paired(account: Account, car: Car) -> Account:
    """An account whose car knows the key."""
    await account.set_up(car)
    return account


async def begin(account: Account, dialogue: Dialogue, part: str) -> None:
    await dialogue.begin_options(account.entry, "key")
    assert part in dialogue.step["menu_options"]
    await dialogue.answer_options(next_step_id=part)


def test_both_dialogues_say_the_same() -> None:
    config, options = TEXTS["config"], TEXTS["options"]
    for step in [name for name in options["step"] if name.startswith("key")]:
        assert config["step"][step] == options["step"][step]
    for part in ("error", "abort"):
        ours = {key for key in options[part] if key.startswith(("key_", "domain_"))}
        assert ours
        assert {key: config[part][key] for key in ours} == {key: options[part][key] for key in ours}


async def test_the_public_half_is_shown_with_where_it_has_to_be(
    answer: Answer, dialogue: Dialogue, keys: KeyStore
) -> None:
    assert keys.key is not None
    assert dialogue.step["description_placeholders"] == {"fingerprint": keys.fingerprint}
    assert dialogue.step["menu_options"] == ["key_show", "key_make", "key_file", "key_domain"]
    await answer(next_step_id="key_show")
    told = dialogue.step["description_placeholders"]
    assert told["public_key"] == keys.key.public_pem.decode()
    assert "PRIVATE" not in str(dialogue.step)
    assert told["address"] == "https://…/.well-known/appspecific/com.tesla.3p.public-key.pem"

    await answer()
    assert dialogue.step["reason"] == "key_ready"


async def test_the_domain_of_the_application_is_kept_for_all_its_accounts(
    answer: Answer, dialogue: Dialogue, keys: KeyStore, world: World
) -> None:
    await answer(next_step_id="key_domain")
    await answer(key_domain=f" https://{DOMAIN_NAME.upper()}/page ")

    assert dialogue.step["step_id"] == "key_show"
    assert dialogue.step["description_placeholders"]["address"].startswith(
        f"https://{DOMAIN_NAME}/.well-known/"
    )
    assert keys.domain_of(world.cloud.books.application.client_id) == DOMAIN_NAME


@pytest.mark.parametrize(
    "entered",
    [
        ("", "domain_invalid"),
        ("localhost", "domain_private"),
        ("127.0.0.1", "domain_is_address"),
        ("ha.example.com:8123", "domain_with_port"),
    ],
)
async def test_what_is_no_domain_is_refused(
    answer: Answer, dialogue: Dialogue, keys: KeyStore, world: World, entered: tuple[str, str]
) -> None:
    text, reason = entered
    await answer(next_step_id="key_domain")
    await answer(key_domain=text)

    assert dialogue.errors == {"key_domain": reason}
    assert keys.domain_of(world.cloud.books.application.client_id) is None


async def test_a_domain_that_cannot_be_saved_is_entered_again(
    answer: Answer, dialogue: Dialogue, keys: KeyStore
) -> None:
    await answer(next_step_id="key_domain")
    with full_disk():
        await answer(key_domain=DOMAIN_NAME)
    assert dialogue.errors == {"base": "key_not_saved"}

    await answer(key_domain="bücher.example")
    assert dialogue.step["description_placeholders"]["address"].startswith("https://xn--bcher-kva.example/")


@pytest.mark.parametrize("form", [SEC1, PKCS8])
async def test_a_key_is_taken_from_a_file(
    answer: Answer, dialogue: Dialogue, account: Account, tmp_path: Path, form: Any
) -> None:
    keys = (await account.shared()).key
    theirs = new_key()
    file = write_key(tmp_path / "key.pem", theirs, form)
    await answer(next_step_id="key_file")
    await answer(key_file=file)

    # Nobody can know one that we have just made, so nobody is asked.
    assert dialogue.step["step_id"] == "key_show"
    assert keys.key is not None
    assert keys.key.public == public_bytes(theirs)
    assert keys.origin == FROM_FILE
    assert not keys.is_new
    await account.quiet()
    assert account.loaded


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (key_files.encrypted_sec1, "key_encrypted"),
        (key_files.encrypted_pkcs8, "key_encrypted"),
        (key_files.of_another_curve, "key_of_other_curve"),
        (key_files.of_another_kind, "key_of_other_curve"),
        (key_files.public_half, "key_not_private"),
        (key_files.damaged, "key_unreadable"),
        (key_files.empty, "key_unreadable"),
        (key_files.far_too_long, "key_unreadable"),
        (key_files.missing, "key_file_unreadable"),
        (key_files.a_folder, "key_file_unreadable"),
        (key_files.no_path, "key_file_unreadable"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
async def test_a_file_that_is_no_key_is_refused_with_the_reason(
    paired: Account, dialogue: Dialogue, tmp_path: Path, make: Callable[[Path], str], error: str
) -> None:
    keys = (await paired.shared()).key
    before = keys.fingerprint
    file = await paired.hass.async_add_executor_job(make, tmp_path)
    await begin(paired, dialogue, "key_file")
    await dialogue.answer_options(key_file=file)

    assert dialogue.errors == {"key_file": error}
    assert keys.fingerprint == before


async def test_a_key_that_may_not_be_read_is_refused(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore
) -> None:
    await account.set_up(car)
    await begin(account, dialogue, "key_file")
    await dialogue.answer_options(
        key_file="/proc/self/mem"
    )  # looks like a file, and nobody can read its start

    assert dialogue.errors == {"key_file": "key_file_unreadable"}


async def test_a_key_that_cars_may_know_is_replaced_only_after_a_yes(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore, world: World
) -> None:
    await account.set_up(car)
    before = keys.fingerprint
    assert account.shows(car, KEY) == "off"  # no problem
    await begin(account, dialogue, "key_make")
    told = dialogue.step["description_placeholders"]
    assert dialogue.step["step_id"] == "key_replace"
    assert told["fingerprint"] == before
    await dialogue.answer_options(confirm=False)
    assert dialogue.errors == {"base": "not_confirmed"}
    assert keys.fingerprint == before

    await dialogue.answer_options(confirm=True)
    assert dialogue.step["step_id"] == "key_show"
    assert keys.fingerprint == told["new_fingerprint"] != before
    assert keys.origin == MADE
    await account.quiet()
    # The cloud still speaks of the old one.
    assert account.shows(car, KEY) == "on"


async def test_a_key_that_comes_back_is_known_to_the_cars_that_know_it(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore, tmp_path: Path
) -> None:
    await account.set_up(car)
    assert keys.key is not None
    file = write_key(tmp_path / "key.pem", keys.key.key)
    await begin(account, dialogue, "key_make")
    await dialogue.answer_options(confirm=True)
    await account.quiet()
    assert account.shows(car, KEY) == "on"
    await begin(account, dialogue, "key_file")
    await dialogue.answer_options(key_file=file)
    await account.quiet()

    assert account.shows(car, KEY) == "off"


async def test_a_key_that_is_here_already_replaces_nothing(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore, tmp_path: Path
) -> None:
    await account.set_up(car)
    assert keys.key is not None
    before = account.runtime
    file = write_key(tmp_path / "key.pem", keys.key.key)
    await begin(account, dialogue, "key_file")
    await dialogue.answer_options(key_file=file)

    assert dialogue.step["step_id"] == "key_show"
    assert account.runtime is before


async def test_a_key_that_cannot_be_saved_is_not_used(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore
) -> None:
    await account.set_up(car)
    before = keys.fingerprint
    await begin(account, dialogue, "key_make")
    with full_disk():
        await dialogue.answer_options(confirm=True)

    assert dialogue.step["reason"] == "key_not_saved"
    assert keys.fingerprint == before


async def test_the_key_of_home_assistants_own_integration_is_offered_where_there_is_one(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore, hass: HomeAssistant
) -> None:
    await account.set_up(car, paired=False)
    await dialogue.begin_options(account.entry, "key")
    assert "key_take_over" not in dialogue.step["menu_options"]
    file = Path(hass.config.path("tesla_fleet.key"))
    theirs = new_key()
    await hass.async_add_executor_job(write_key, file, theirs)
    await begin(account, dialogue, "key_take_over")
    assert dialogue.step["description_placeholders"] == {"file": str(file)}
    await dialogue.answer_options()

    assert dialogue.step["step_id"] == "key_show"
    assert keys.key is not None
    assert keys.key.public == public_bytes(theirs)
    assert keys.origin == TAKEN_OVER
    assert file.is_file()  # noqa: ASYNC240  # a look, in a test


async def test_a_spoilt_key_of_theirs_is_not_taken_over(
    account: Account, car: Car, dialogue: Dialogue, keys: KeyStore, hass: HomeAssistant
) -> None:
    await account.set_up(car, paired=False)
    before = keys.fingerprint
    file = Path(hass.config.path("tesla_fleet.key"))
    await hass.async_add_executor_job(file.write_text, "nonsense")
    await begin(account, dialogue, "key_take_over")
    await dialogue.answer_options()
    assert dialogue.errors == {"base": "key_unreadable"}

    await hass.async_add_executor_job(file.unlink)
    await dialogue.answer_options()
    assert dialogue.errors == {"base": "key_file_unreadable"}
    assert keys.fingerprint == before


async def test_an_unreadable_key_is_written_over_only_after_a_yes(
    account: Account, car: Car, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    await hass.async_add_executor_job(write, hass, "key", {"private_key": "gibberish"})
    keys = (await account.shared()).key
    await account.set_up(car, paired=False)
    await dialogue.begin_options(account.entry, "key")
    assert dialogue.step["menu_options"] == ["key_make", "key_file", "key_domain"]
    await dialogue.answer_options(next_step_id="key_domain")
    await dialogue.answer_options(key_domain=DOMAIN_NAME)
    assert dialogue.errors == {"base": "key_not_saved"}
    await begin(account, dialogue, "key_make")
    assert dialogue.step["step_id"] == "key_replace"
    await dialogue.answer_options(confirm=True)

    assert keys.fingerprint is not None
    await account.quiet()


async def test_who_has_no_key_can_name_the_domain_all_the_same(
    account: Account, world: World, dialogue: Dialogue, keys: KeyStore
) -> None:
    await account.set_up(world.add_car("old"))
    assert isinstance(keys.key, PrivateKey)  # made for the test's other cars
    await begin(account, dialogue, "key_domain")
    await dialogue.answer_options(key_domain=DOMAIN_NAME)

    assert dialogue.step["step_id"] == "key_show"


async def test_all_accounts_go_on_with_the_new_key(
    account: Account, world: World, wall: Wall, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    partner = world.cloud.add_account(email="partner@example.org")
    theirs = world.add_car("untyped", account=partner)
    other = Account(hass, world, wall, partner)
    await account.set_up(world.add_car("typed"))
    await other.set_up(theirs)
    assert other.shows(theirs, KEY) == "off"
    await begin(account, dialogue, "key_make")
    await dialogue.answer_options(confirm=True)
    await account.quiet()
    await other.quiet()

    assert account.loaded
    assert other.shows(theirs, KEY) == "on"
