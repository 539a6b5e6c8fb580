"""One account for each test, taken down after it."""

from collections.abc import AsyncIterator, Callable, Iterable

from homeassistant.core import HomeAssistant
import pytest

from .cars import ALL_SCOPES, VIN, Account


@pytest.fixture
async def open_account(
    hass: HomeAssistant, enable_custom_integrations: None
) -> AsyncIterator[Callable[..., Account]]:
    """Return what opens an account; all are closed when the test is over."""
    opened: list[Account] = []

    def open_one(
        *, vin: str = VIN, scopes: frozenset[str] = ALL_SCOPES, dangerous: Iterable[str] = ()
    ) -> Account:
        opened.append(Account(hass, vin=vin, scopes=scopes, dangerous=dangerous))
        return opened[-1]

    yield open_one
    for account in opened:
        await account.close()


@pytest.fixture
def account(open_account: Callable[..., Account]) -> Account:
    return open_account()
