"""The cars' owner in front of Home Assistant: settings, repairs, and the phone that puts a key on a car."""

from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from .home import Home
from .setup_flow import DOMAIN, answer
from .world import SimulatedWorld

OPTIONS = "/api/config/config_entries/options/flow"
REPAIRS = "/api/repairs/issues/fix"
NOT_PAIRED = "key_not_paired"
KEY_DOMAIN = "demo.invalid"  # of the application; no name server knows it, so that nothing leaves the machine


class Owner:
    """Does what only the owner of the cars can do, through Home Assistant's own dialogues."""

    def __init__(self, home: Home, world: SimulatedWorld) -> None:
        """Own all cars of a world."""
        self._home = home
        self._world = world

    async def pair(self, vins: Iterable[str]) -> None:
        """Register the integration's key for the application, put it on cars, and have that seen."""
        key = await self.public_key()
        await self._world.do("cloud", "register_key", public_key=key)
        for vin in vins:
            await self._world.do(vin, "pair_key", public_key=key)
        issues = await self.issues(NOT_PAIRED)
        if issues:
            # The cloud tells of all cars at once, so one dialogue puts all of them right.
            await self.mend(issues[0])

    async def public_key(self) -> str:
        """Return the public half of the key as the dialogue shows it, hexadecimal and uncompressed."""
        step = await self._options("key")
        step = await answer(self._home, step, "key", {"next_step_id": "key_show"}, OPTIONS)
        pem = step["description_placeholders"]["public_key"]
        await answer(self._home, step, "key_show", {}, OPTIONS)
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise RuntimeError("the dialogue shows a key that no car takes")  # noqa: TRY004  # no bug of a caller
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()

    async def issues(self, kind: str) -> list[dict[str, Any]]:
        """Return what Home Assistant asks the owner to put right, of one kind."""
        listed = (await self._home.command("repairs/list_issues"))["issues"]
        ours = [one for one in listed if one["domain"] == DOMAIN and one["translation_key"] == kind]
        return sorted(ours, key=lambda issue: str(issue["issue_id"]))

    async def mend(self, issue: dict[str, Any]) -> None:
        """Go through the dialogue of a car that does not know the key, after it was put on."""
        step = await self._home.post(REPAIRS, {"handler": DOMAIN, "issue_id": issue["issue_id"]})
        if step.get("step_id") == "domain":
            step = await answer(self._home, step, "domain", {"key_domain": KEY_DOMAIN}, REPAIRS)
        link = step["description_placeholders"]["link"]
        if link not in str(step["data_schema"]):
            raise RuntimeError("the dialogue shows no code for the phone")
        step = await answer(self._home, step, "pair", {}, REPAIRS)
        if step["type"] != "create_entry":
            raise RuntimeError(f"the car is not seen to be paired: {step}")

    async def allow(self, *dangerous: str) -> None:
        """Switch on dangerous commands, these and no others."""
        step = await self._options("commands")
        values = {"dangerous": list(dangerous), "wake": "always", "amps_floor": 60}
        await self._answer_last(step, "commands", values)

    async def pay_in(self, currency: str) -> None:
        """Tell in which currency Tesla's bill is."""
        step = await self._options("prices")
        await self._answer_last(step, "prices", {"currency": currency, "month_day": 1, "month_hour": 0})

    async def _options(self, subject: str) -> dict[str, Any]:
        (entry,) = await self._home.command("config_entries/get", domain=DOMAIN)
        step = await self._home.post(OPTIONS, {"handler": entry["entry_id"]})
        return await answer(self._home, step, "init", {"next_step_id": subject}, OPTIONS)

    async def _answer_last(self, step: dict[str, Any], expected: str, values: dict[str, Any]) -> None:
        step = await answer(self._home, step, expected, values, OPTIONS)
        if step["type"] != "create_entry":
            raise RuntimeError(f"{expected} was not taken: {step}")
