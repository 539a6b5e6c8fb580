"""The integration set up as a user does it: the real dialogues, over Home Assistant's own interface."""

from dataclasses import dataclass
import re
from typing import Any
from urllib.parse import urljoin

from aiohttp import ClientSession

from .home import Home
from .world import SimulatedWorld

DOMAIN = "tesla_direct"
FLOWS = "/api/config/config_entries/flow"
CA = re.compile(r"-----BEGIN CERTIFICATE-----.+-----END CERTIFICATE-----\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where cars have to deliver, as the last step of the dialogue says."""

    hostname: str
    port: int
    ca: str


async def set_up(home: Home, world: SimulatedWorld, port: int, vins: list[str]) -> Receiver:
    """Enter credentials, sign in, confirm the region, pick the cars, set up the receiver."""
    await home.command(
        "application_credentials/create",
        domain=DOMAIN,
        client_id=world.addresses["client_id"],
        client_secret=world.addresses["client_secret"],
    )
    step = await home.post(FLOWS, {"handler": DOMAIN, "show_advanced_options": False})
    step = await answer(home, step, "user", {"provider": "custom"})
    regions = world.addresses["regions"]
    step = await answer(
        home,
        step,
        "custom",
        {
            "bases": [f"{name}={base}" for name, base in regions.items()],
            "authorize_url": world.addresses["authorize"],
            "token_url": world.addresses["token"],
        },
    )
    if step["type"] != "external":
        raise RuntimeError(f"no sign-in page: {step}")
    await sign_in(step["url"])
    step = await home.get(f"{FLOWS}/{step['flow_id']}")
    step = await answer(home, step, "region", {"region": world.addresses["region"]})
    step = await answer(home, step, "cars", {"vehicles": vins, "receiver": "now"})
    if step["type"] != "create_entry":
        raise RuntimeError(f"no entry: {step}")
    return await set_up_receiver(home, world, step["next_flow"][1], port)


async def set_up_receiver(home: Home, world: SimulatedWorld, flow_id: str, port: int) -> Receiver:
    """Go through the receiver's steps; they follow the entry as a dialogue of their own."""
    step = await home.get(f"{FLOWS}/{flow_id}")
    step = await answer(
        home,
        step,
        "receiver",
        {
            "host": "cars.example.com",
            "public_port": port,
            "port": port,
            "certificate": "own",
            "authorities": "file",
            "addresses": ["127.0.0.1"],
        },
    )
    step = await answer(home, step, "receiver_bundle_file", {"authorities_file": str(world.bundle)})
    told = step["description_placeholders"]
    receiver = Receiver(told["host"], int(told["public_port"]), told["ca"])
    if not CA.fullmatch(receiver.ca):
        raise RuntimeError("the last step shows no certificate authority")
    await answer(home, step, "receiver_done", {})
    return receiver


async def answer(
    home: Home, step: dict[str, Any], expected: str, values: dict[str, Any], flows: str = FLOWS
) -> dict[str, Any]:
    """Answer a form, and return what follows; a form that complains is an error.

    flows: where dialogues of this kind are
    """
    if step.get("step_id") != expected:
        raise RuntimeError(f"expected the step {expected}, got {step}")
    following: dict[str, Any] = await home.post(f"{flows}/{step['flow_id']}", values)
    if following.get("errors"):
        raise RuntimeError(f"{expected}: {following['errors']} {following.get('description_placeholders')}")
    return following


async def sign_in(url: str) -> None:
    """Open the sign-in page, and follow it back; the simulated page says yes by itself."""
    async with ClientSession() as session:
        for _ in range(5):
            async with session.get(url, allow_redirects=False) as response:
                if "Location" not in response.headers:
                    response.raise_for_status()
                    return
                url = urljoin(url, response.headers["Location"])
        raise RuntimeError("the sign-in does not come to an end")
