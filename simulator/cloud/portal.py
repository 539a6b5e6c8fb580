"""Tesla's developer portal, the domains of the world, and what the cloud has registered of them."""

from typing import Any

from .accounts import REGIONS, Registration
from .books import Books
from .domains import Page

EDIT_S = 300.0  # simulated seconds until an edit in the portal has come through everywhere


class Portal:
    """Verbs of whoever owns the application, and of those who are in their way."""

    books: Books

    def register(self, region: str | None = None) -> None:
        """Have the application registered in a region, or in all, without asking for its key."""
        books = self.books
        for name in _regions(region):
            key = books.registered_key
            books.application.registrations.setdefault(name, Registration(public_key=key))

    def unregister(self, region: str | None = None) -> None:
        """Forget that the application was registered in a region, or anywhere."""
        for name in _regions(region):
            self.books.application.registrations.pop(name, None)

    def register_key(self, public_key: bytes | str) -> None:
        """Take this for the application's key; cars that know another one are not paired."""
        key = bytes.fromhex(public_key) if isinstance(public_key, str) else public_key
        self.books.registered_key = key
        registrations = self.books.application.registrations
        for region, known in registrations.items():
            registrations[region] = Registration(domain=known.domain, public_key=key, at=known.at)

    def registered(self) -> dict[str, dict[str, str | None]]:
        """Return where the application is registered: domain and key (hexadecimal) by region."""
        return {
            region: {"domain": one.domain, "public_key": one.public_key.hex() if one.public_key else None}
            for region, one in self.books.application.registrations.items()
        }

    def set_origins(self, *origins: str, at_once: bool = False) -> None:
        """Set the application's allowed origins in the portal, as in "https://example.org".

        None at all allows every domain. An edit counts after five minutes, or at once.
        """
        application, passed = self.books.application, self.books.clock.passed
        application.before = application.allowed(passed)
        application.origins = list(origins)
        application.edited = passed if at_once else passed + EDIT_S

    def make_application_new(self, seconds: float = 3600.0) -> None:
        """Let the application be too new to register for so many simulated seconds."""
        self.books.application.mature = self.books.clock.passed + seconds

    def busy_registering(self, times: int | None = 1, retry_after: float | None = None) -> None:
        """Say that another update is in progress, so many times; until told 0 with None.

        retry_after: seconds that are told in a header, none without
        """
        self.books.busy = times
        self.books.busy_for = retry_after

    def occupy_domain(self, domain: str, *, on: bool = True) -> None:
        """Have another application hold a domain, or give it free."""
        (self.books.taken.add if on else self.books.taken.discard)(domain)

    def occupy_key(self, public_key: bytes | str, *, on: bool = True) -> None:
        """Have another application hold a key, or give it free."""
        key = bytes.fromhex(public_key) if isinstance(public_key, str) else public_key
        (self.books.taken_keys.add if on else self.books.taken_keys.discard)(key)

    def register_once(self, *, on: bool = True) -> None:
        """Refuse to register a key again that the application has registered already, as has been seen."""
        self.books.once = on

    def host_domain(self, domain: str, base: str | None, ca: str | None = None) -> None:
        """Say where a domain is to be found, as in "http://127.0.0.1:8123"; None takes it off the net.

        ca: authority behind an HTTPS base, PEM; without it any certificate will do
        """
        self.books.domains.host(domain, base, ca)

    def serve_at(self, domain: str, text: str | None, status: int = 200) -> None:
        """Have a domain answer by itself with this for its key; None ends that."""
        self.books.domains.serve(domain, None if text is None else Page(text, status))

    def fetched(self) -> list[dict[str, Any]]:
        """Return what Tesla and phones have fetched from domains: address and what came of it."""
        return [one.public() for one in self.books.domains.fetched]


def _regions(region: str | None) -> tuple[str, ...]:
    if region is None:
        return REGIONS
    if region not in REGIONS:
        raise KeyError(region)
    return (region,)
