"""The owner's phone: what Tesla's app does with a pairing link."""

from urllib.parse import urlsplit

from ..car.car import Car
from ..car.keychain import KeychainIsFull
from .accounts import Account
from .books import Books
from .domains import NotFetched

PATH = "/_ak/"
HOSTS = frozenset({"tesla.com", "www.tesla.com"})


class Phone:
    """A verb for a person with the app."""

    books: Books

    async def follow_pairing_link(self, link: str, vin: str, email: str | None = None) -> str:
        """Open a pairing link, or a domain, in the app of a user, and say yes; return what the app says.

        email: who is signed in there; without it whoever has the car
        Returns: "paired", "not granted access", "not registered", "key not reachable", "key list full",
                 "old car" or "invalid link"
        """
        domain = _domain(link)
        if domain is None:
            return "invalid link"
        account = self._user(vin, email)
        car = account.car(vin) if account else None
        if account is None or car is None:
            return "not granted access"
        try:
            return self._refusal(account, car, domain) or await self._paired(account, car, domain)
        except NotFetched:
            return "key not reachable"
        except KeychainIsFull:
            return "key list full"

    def slow_pairing(self, seconds: float = 30.0) -> None:
        """Let the cloud know of a key only so many simulated seconds after it was put on a car."""
        self.books.pairing_s = seconds

    def _refusal(self, account: Account, car: Car, domain: str) -> str:
        """Say why the app does not go on."""
        if domain in self.books.services:
            return "old car" if car.model.old else ""
        application = self.books.application
        registration = application.registrations.get(account.region)
        if not account.consents.get(application.client_id):
            return "not granted access"
        if registration is None or registration.domain not in {"", domain}:
            return "not registered"
        return "old car" if car.model.old else ""

    async def _paired(self, account: Account, car: Car, domain: str) -> str:
        """Put the key on the car that the domain serves now, which is why it has to go on serving it.

        Raises: NotFetched, KeychainIsFull
        """
        if domain in self.books.services:
            car.pair_key(self.books.services[domain])
            return "paired"
        registration = self.books.application.registrations[account.region]
        key = registration.public_key
        if registration.domain or key is None or self.books.domains.knows(domain):
            key = await self.books.domains.key(domain)
        known = car.knows_key(key)
        car.pair_key(key)
        if self.books.pairing_s > 0 and not known:
            car.cloud_saw_paired = False
            alarm = self.books.clock.alarm(self.books.pairing_s)
            alarm.add_done_callback(lambda _: setattr(car, "cloud_saw_paired", None))
        return "paired"

    def _user(self, vin: str, email: str | None) -> Account | None:
        """Find who is signed in to the app."""
        accounts = self.books.accounts
        if email is not None:
            return next((account for account in accounts if account.email == email), None)
        return next((account for account in accounts if account.car(vin) is not None), None)


def _domain(link: str) -> str | None:
    """Read the domain out of a pairing link, or take it for one."""
    if "://" not in link:
        return link.strip("/") or None
    parts = urlsplit(link)
    if parts.hostname not in HOSTS or not parts.path.startswith(PATH):
        return None
    return parts.path.removeprefix(PATH).strip("/") or None
