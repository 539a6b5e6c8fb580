"""The cars' owner in front of Home Assistant: settings, repairs, and the phone that puts a key on a car."""

from typing import Any

from .dialogue import OPTIONS, REPAIRS, Step, answer, choose, confirm, settled
from .home import Home
from .setup_flow import DOMAIN, follow_link
from .world import SimulatedWorld

NOT_PAIRED = "key_not_paired"


class Owner:
    """Does what only the owner of the cars can do, through Home Assistant's own dialogues."""

    def __init__(self, home: Home, world: SimulatedWorld) -> None:
        """Own all cars of a world."""
        self._home = home
        self._world = world

    async def issues(self, kind: str) -> list[dict[str, Any]]:
        """Return what Home Assistant asks the owner to put right, of one kind."""
        listed = (await self._home.command("repairs/list_issues"))["issues"]
        ours = [one for one in listed if one["domain"] == DOMAIN and one["translation_key"] == kind]
        return sorted(ours, key=lambda issue: str(issue["issue_id"]))

    async def mend(self, issue: dict[str, Any]) -> None:
        """Go through the dialogue of a car that does not know the key, and use its link on the phone."""
        step = await self._home.post(REPAIRS, {"handler": DOMAIN, "issue_id": issue["issue_id"]})
        link = step["description_placeholders"]["link"]
        if link not in str(step["data_schema"]):
            raise RuntimeError("the dialogue shows no code for the phone")
        await follow_link(self._world, link)
        step = await answer(self._home, step, "pair", {}, REPAIRS)
        if step["type"] != "create_entry":
            raise RuntimeError(f"the car is not seen to be paired: {step}")

    async def stream(self, profile: str) -> None:
        """Choose a profile of what cars stream, and have it sent."""
        step = await choose(self._home, await self._options("telemetry"), "profile", OPTIONS)
        async with self._world.time_passes():
            step = await confirm(self._home, step, OPTIONS, profile=profile)
            step = await settled(self._home, step, OPTIONS)
        if step["type"] == "menu":
            step = await choose(self._home, step, "profile_done", OPTIONS)
        if step["type"] != "abort" or step["reason"] not in ("profile_ready", "profile_synced"):
            raise RuntimeError(f"the profile {profile} is not sent: {step}")

    async def allow(self, *dangerous: str) -> None:
        """Switch on dangerous commands, these and no others."""
        step = await self._options("commands")
        values = {"dangerous": list(dangerous), "wake": "always", "amps_floor": 60}
        await self._answer_last(step, "commands", values)

    async def pay_in(self, currency: str) -> None:
        """Tell in which currency Tesla's bill is."""
        step = await self._options("prices")
        values = {"currency": currency.lower(), "month_day": 1, "month_hour": 0}
        await self._answer_last(step, "prices", values)

    async def _options(self, subject: str) -> Step:
        (entry,) = await self._home.command("config_entries/get", domain=DOMAIN)
        step = await self._home.post(OPTIONS, {"handler": entry["entry_id"]})
        return await choose(self._home, step, subject, OPTIONS)

    async def _answer_last(self, step: Step, expected: str, values: dict[str, Any]) -> None:
        step = await answer(self._home, step, expected, values, OPTIONS)
        if step["type"] != "create_entry":
            raise RuntimeError(f"{expected} was not taken: {step}")
