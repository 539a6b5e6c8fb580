"""The cloud's hosts: opened, closed, moved."""

from collections.abc import Iterable, Mapping
import ssl

from .accounts import REGIONS
from .answers import Answer
from .asked import Asked
from .books import Books
from .host import Host
from .oauth import AUTHORIZE, TOKEN, SignIn
from .region import Region

AUTH = "auth"


class Servers:
    """Sign-in and one host for each region, on loopback ports."""

    def __init__(self, books: Books, ports: Mapping[str, int], tls: ssl.SSLContext | None) -> None:
        """Prepare them; `ports` names those that must not be just any free one."""
        self.books = books
        self._tls = tls
        self._regions = {name: Region(name, books) for name in REGIONS}
        self._sign_in = Host(AUTH, SignIn(books), books, port=ports.get(AUTH, 0), tls=tls)
        self._hosts = {
            name: Host(name, region, books, port=ports.get(name, 0), tls=tls)
            for name, region in self._regions.items()
        }
        self._left: list[Host] = []

    @property
    def bases(self) -> dict[str, str]:
        """Return the address of each region."""
        return dict(self.books.bases)

    @property
    def authorize_url(self) -> str:
        """Return the address of the sign-in page."""
        return self._sign_in.base + AUTHORIZE

    @property
    def token_url(self) -> str:
        """Return the address of the token endpoint."""
        return self._sign_in.base + TOKEN

    async def open(self) -> None:
        """Open every host for the first time."""
        await self.up()
        self.books.bases |= {name: host.base for name, host in self._hosts.items()}

    async def up(self, host: str | None = None) -> None:
        """Open all hosts, or one (na, eu, cn, auth), on the ports they had."""
        for one in self._named(host):
            await one.open()

    async def down(self, host: str | None = None) -> None:
        """Close all hosts, or one: nobody listens, connections drop."""
        for one in self._named(host):
            await one.close()

    async def close(self) -> None:
        """Close everything, old addresses too; whoever waits for an answer is let go."""
        self.books.faults.off()
        await self.down()
        for host in self._left:
            await host.close()

    async def carry(self, base: str, asked: Asked) -> Answer | None:
        """Take a request of the simulator's own proxy at one of the bases; None if there is no answer.

        Raises: OSError where nobody listens
        """
        for host in (*self._hosts.values(), *self._left):
            if host.base == base and host.listening:
                asked.host = host.name
                return await host.take(asked)
        raise ConnectionRefusedError(f"dial tcp {base}: connect: connection refused")

    async def move_region(self, region: str, *, leave_word: bool = True) -> None:
        """Move a region to another address; without word at the old one nobody listens there."""
        old = self._hosts[region]
        if leave_word:
            self._regions[region].moved = True
            self._left.append(old)
        else:
            await old.close()
        self._regions[region] = Region(region, self.books)
        new = Host(region, self._regions[region], self.books, tls=self._tls)
        await new.open()
        self._hosts[region] = new
        self.books.bases[region] = new.base

    def _named(self, name: str | None) -> Iterable[Host]:
        every = {**self._hosts, AUTH: self._sign_in}
        return every.values() if name is None else (every[name],)
