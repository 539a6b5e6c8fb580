"""The dialogue in front of a real proxy: not set up yet, set up wrongly, set up as the docs say."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
import pytest

from simulator.car.car import Car
from simulator.certificates import Credential, server_certificate, stranger
from simulator.ports import free_port
from tests.integration.account import HOST, Account
from tests.integration.dialogue import Dialogue
from tests.integration.test_receiver_flow import bundle_file, to_this_machine, wanted

from .nginx import Nginx
from .test_forwarding import CORE, SECRET

__all__ = ["bundle_file"]

PASSING = "2 Core, or a Debian machine of its own"


@dataclass(slots=True)
class House:
    """A user in front of the dialogue, and a proxy of theirs."""

    account: Account
    dialogue: Dialogue
    nginx: Nginx
    issuer: Credential
    port: int

    async def start(self, change: Callable[[str], str] = str, *, names: str = HOST) -> None:
        """Start the proxy with the example of the docs, changed."""
        shown = server_certificate(self.issuer, names)

        def start() -> None:
            self.nginx.start(CORE, self.port, shown=shown, secret=SECRET, change=change)

        await self.account.hass.async_add_executor_job(start)

    async def set_up(self, bundle: str, *, peers: str = "127.0.0.1") -> str:
        """Go through the dialogue; return the page it ends on."""
        ca = await self.account.hass.async_add_executor_job(
            self.nginx.file, "public_ca.pem", self.issuer.certificate_pem()
        )
        await self.dialogue.reconfigure(self.account.entry, "receiver")
        await self.dialogue.answer(**wanted(self.port, way="proxy", public_port=self.nginx.port))
        await self.dialogue.answer(secret=SECRET, peers=[peers], ca_file=str(ca))
        await self.dialogue.answer(authorities_file=bundle)
        await self.dialogue.progress()
        return str(self.dialogue.step["step_id"])

    @property
    def told(self) -> str:
        assert self.dialogue.step["step_id"] == "receiver_failed"
        return str(self.dialogue.step["description_placeholders"]["problem"])

    @property
    def ca(self) -> str:
        assert self.account.runtime.port is not None
        return self.account.runtime.port.ca_for_cars


@pytest.fixture
async def house(account: Account, car: Car, dialogue: Dialogue, nginx: Nginx, hass: HomeAssistant) -> House:
    await account.set_up(car, receiver="later")
    (await account.shared()).ports.resolve = to_this_machine
    issuer = await hass.async_add_executor_job(stranger, "Public CA")
    return House(account, dialogue, nginx, issuer, free_port())


async def test_a_proxy_that_is_set_up_as_the_docs_say_lets_cars_in(
    house: House, car: Car, bundle_file: str
) -> None:
    await house.start()
    assert await house.set_up(bundle_file) == "receiver_done"
    told = house.dialogue.step["description_placeholders"]
    assert (told["host"], told["public_port"]) == (HOST, str(house.nginx.port))
    assert house.ca == house.issuer.certificate_pem()
    await house.dialogue.answer()
    assert house.dialogue.step["reason"] == "receiver_ready"

    await house.account.connect(car, port=house.nginx.port, ca=house.ca)
    assert house.account.shows(car, "binary_sensor.telemetry_connected") == "on"


async def test_a_proxy_can_be_set_up_after_its_page(house: House, bundle_file: str) -> None:
    assert await house.set_up(bundle_file) == "receiver_failed"
    assert house.told.startswith("The proxy does not answer")
    await house.start()
    await house.dialogue.answer(next_step_id="receiver_check")
    await house.dialogue.progress()

    assert house.dialogue.step["step_id"] == "receiver_done"


def without_verification(text: str) -> str:
    return text.replace("ssl_verify_client   optional_no_ca;", "")


def with_another_secret(text: str) -> str:
    return text.replace(SECRET, "another-secret-of-16")


def with_the_client_s_word(text: str) -> str:
    return text.replace("Client-Cert $ssl_client_escaped_cert;", "Client-Cert $ssl_client_verify;")


def with_a_page_of_its_own(text: str) -> str:
    return text.replace("location / {", "location / {\nreturn 200 hello;")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without_verification, "The proxy reaches Home Assistant, but it does not ask for a certificate"),
        (with_another_secret, "The proxy reaches Home Assistant, but with another secret"),
        (with_the_client_s_word, "The proxy hands on something that is no certificate"),
        (with_a_page_of_its_own, "A server answers there, but it does not lead to this Home Assistant"),
    ],
)
async def test_what_is_wrong_with_a_proxy_is_told(
    house: House, bundle_file: str, change: Callable[[str], str], says: str
) -> None:
    await house.start(change)
    await house.set_up(bundle_file)

    assert house.told.startswith(says)
    assert "nginx" in house.dialogue.step["description_placeholders"]["looks"]
    assert house.account.runtime.port is not None


async def test_a_proxy_that_calls_from_elsewhere_is_told(house: House, bundle_file: str) -> None:
    await house.start()
    await house.set_up(bundle_file, peers="192.168.1.5")

    assert house.told.startswith("The proxy reaches Home Assistant from an address that you have not named")


async def test_a_proxy_that_cars_would_not_believe_is_told(house: House, bundle_file: str) -> None:
    await house.start(names="other.example.com")
    await house.set_up(bundle_file)

    assert house.told.startswith("Cars would not believe the certificate of the proxy")
    assert house.dialogue.step["description_placeholders"]["detail"]


async def test_a_name_that_leads_nowhere_is_told(house: House, bundle_file: str) -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError

    (await house.account.shared()).ports.resolve = nowhere
    await house.set_up(bundle_file)

    assert house.told.startswith("This name is not known in the internet")


async def test_passing_through_needs_nothing_of_the_dialogue(
    house: House, car: Car, bundle_file: str
) -> None:
    hass = house.account.hass
    await hass.async_add_executor_job(house.nginx.start, PASSING, house.port)
    await house.dialogue.reconfigure(house.account.entry, "receiver")
    await house.dialogue.answer(**wanted(house.port, public_port=house.nginx.port))
    await house.dialogue.answer(authorities_file=bundle_file)
    await house.dialogue.progress()

    assert house.dialogue.step["step_id"] == "receiver_done"
    await house.account.connect(car, port=house.nginx.port, ca=house.ca)
