"""The bill of the check: our ledger against the cloud's own books, and who has spent most."""

from typing import Any

from .cars import settled
from .home import Home
from .setup_flow import DOMAIN
from .world import SimulatedWorld

CALLS = ("data", "command", "wake")


async def check_bill(home: Home, world: SimulatedWorld) -> None:
    """Compare what we think was spent with what the cloud has billed, and print both."""
    (entry,) = await home.command("config_entries/get", domain=DOMAIN)
    ledger: dict[str, Any] = {}
    books: dict[str, Any] = {}

    async def look() -> str:
        nonlocal ledger, books
        diagnostics = await home.get(f"/api/diagnostics/config_entry/{entry['entry_id']}")
        ledger, books = diagnostics["data"]["ledger"], await world.get("/cloud/billed")
        for name in CALLS:
            if ledger["calls"][name] != books[name]:
                return f"{name}: our ledger has {ledger['calls']}, the cloud {books}"
        ours, theirs = ledger["gross"], books["dollars"]["gross"]
        # What was on its way when a connection ended is sent again, and billed again; only Tesla knows.
        if ledger["currency"] != "USD" or not 0.98 * theirs <= ours <= theirs + 0.0005:
            return f"our ledger says {ours} {ledger['currency']}, the cloud {theirs} USD"
        return ""

    await settled(look)
    print("  the bill                by our ledger   by the cloud's")
    for name in CALLS:
        print(f"    {name:16} {ledger['calls'][name]:18,} {books[name]:16,}")
    print(f"    {'signal':16} {ledger['signals']:18,} {books['signal']:16,}")
    print(f"    {ledger['currency']:16} {ledger['gross']:18.4f} {books['dollars']['gross']:16.4f}")
    print("  top spenders")
    for spender in ledger["top_spenders"]:
        print(f"    {_named(spender):44} {spender['count']:9,} {spender['cost']:10.4f}")


def _named(spender: dict[str, Any]) -> str:
    cause = spender["cause"] or "streaming"
    return " ".join(str(part) for part in (cause, spender["what"], spender["by"], spender["car"]) if part)
