"""The service: opened beside the cloud, with a verb for all that can be done to it."""

import base64
from collections import Counter
from collections.abc import Mapping
import json
from pathlib import Path
from random import Random
from typing import Any

from multidict import CIMultiDict

from ..certificates import Authorities, Credential
from ..clock import Clock
from ..cloud.accounts import Account
from ..cloud.answers import Answer
from ..cloud.asked import Asked
from ..cloud.books import Books
from ..cloud.cloud import Cloud
from ..cloud.host import Host
from ..cloud.region import TABLE
from ..fleet_telemetry.pubsub import PubSub
from ..fleet_telemetry.server import FleetTelemetry
from .desk import Desk
from .mischief import CertificateMischief, MemberMischief, StreamMischief
from .office import DOMAIN, FIELDS, Member, MemberTokens, Office
from .shown import Shown
from .streaming import StreamingServer

HOSTNAME = "telemetry.myteslamate.example"
PAIRING = "https://app.myteslamate.com/fleet"
CHECK = "fleet_telemetry_config"


class MyTeslaMate(StreamMischief, CertificateMischief, MemberMischief):
    """The service for the users of one cloud.

    token:         a pasted one that is good
    refresh_token: for a client that renews its tokens
    member:        of a world that has only one; its cars are those of the cloud's first account
    """

    def __init__(  # noqa: PLR0913  # where it stands in its world
        self,
        cloud: Cloud,
        clock: Clock,
        *,
        authorities: Authorities,
        folder: Path,
        ports: tuple[int, int] = (0, 0),
        ca: Credential | None = None,
        tags: tuple[str, ...] = ("vin",),
    ) -> None:
        """Prepare it.

        folder: takes certificates
        ports:  of the API and of the stream; 0 takes any free one
        ca:     who vouches for its certificates; without one it speaks plainly
        tags:   what cars are called on the stream: "vin", "id"
        """
        random = Random(28)  # noqa: S311  # chance, not secrets; its own, so that no car is another for it
        self.books = Books(clock=clock, random=random)
        tokens = MemberTokens(clock.now, random)
        self.office = Office(random=random, books=self.books, tesla=cloud.books, tokens=tokens)
        cloud.books.services[DOMAIN] = self.office.public_key
        self.member = self.add_member(cloud.account)
        self.token = self.paste_token()
        self.refresh_token: str = tokens.grant(self.member, "", "page")["refresh_token"]
        self.folder, self.ca = folder, ca
        self.shown = Shown("good", folder, ca) if ca else None
        self.desk = Desk(self.office)
        self.front = Host(
            "myteslamate",
            self.desk,
            self.books,
            port=ports[0],
            tls=self.shown.context if self.shown else None,
        )
        self.streaming = StreamingServer(port=ports[1], shown=self.shown, check=self._check)
        self.tell_by(*tags)
        self.server = FleetTelemetry(authorities, clock, folder, hostname=HOSTNAME)
        self.pubsub = PubSub(self.streaming.take)
        self.server.dispatchers.append(self.pubsub)

    @property
    def address(self) -> str:
        """Return the address of its API, without a slash at the end."""
        return self.front.base

    @property
    def stream_address(self) -> str:
        """Return the address of its stream, to which clients append /streaming/."""
        return self.streaming.address

    @property
    def public_key(self) -> bytes:
        """Return the virtual key that has to be on a car's keychain for commands and streaming."""
        return self.office.public_key

    async def open(self) -> None:
        """Begin to listen, to clients and to cars."""
        await self.server.open()
        await self.front.open()
        await self.streaming.open()
        where = self.server
        self.office.claims = {"hostname": where.hostname, "port": where.port, "ca": where.ca}

    async def close(self) -> None:
        """End everything; whoever waits for an answer is let go."""
        self.books.faults.off()
        await self.streaming.close()
        await self.front.close()
        await self.server.close()

    async def up(self) -> None:
        """Let the API answer again, at the same address."""
        await self.front.open()

    async def down(self) -> None:
        """Let nobody answer at the API's address."""
        await self.front.close()

    def add_member(self, owner: Account) -> Member:
        """Have one more member, with a Tesla account of its own."""
        member = Member(owner=owner)
        self.office.members.append(member)
        return member

    def paste_token(self, *, jwt: bool = False) -> str:
        """Give a token to paste, in the service's form or as Tesla's are, which say whose they are."""
        return self._pasted(self.member, jwt=jwt)

    def strangers_token(self, *, jwt: bool = False) -> str:
        """Give a token of somebody else, who has no cars."""
        sub = f"myteslamate-member-{len(self.office.members) + 1}"
        owner = Account(sub=sub, name="Robin Example", email="robin@example.org")
        return self._pasted(self.add_member(owner), jwt=jwt)

    def pair(self, vin: str, link: str = PAIRING, *, streams: bool = True) -> str:
        """Have a car's owner pair it on the service's page; return what is said there.

        streams: the service has the car stream from then on, as it does
        Raises: KeyError for a car that no member has, ValueError where the keychain is full
        """
        if link.partition("?")[0].rstrip("/") != PAIRING:
            return "invalid link"
        car = self.car(vin)
        if car.model.old:
            return "old car"
        car.pair_key(self.public_key)
        if streams and not self.office.feed(car).unfit:
            self.office.order(car, FIELDS)
        return "paired"

    def stream(self, vin: str, **fields: Any) -> None:
        """Have a car stream these fields, or without them everything; a number is an interval."""
        self.office.order(self.car(vin), fields or None)

    def lift_limits(self, *, on: bool = True) -> None:
        """Count no request against Tesla's limits."""
        self.desk.lifted = on

    def requests(self, name: str | None = None) -> list[Asked]:
        """Return what was asked, oldest first; of one call only if it is named.

        What the streaming server asked for its clients has the host "stream".
        """
        return [asked for asked in self.books.asked if name in {None, asked.name}]

    def counted(self) -> dict[str, Any]:
        """Return what was asked how often, what Tesla bills of it, and what happened on the stream."""
        asked = [one for one in self.books.asked if one.host != "stream"]
        counts = self.streaming.counts
        return {
            "requests": dict(Counter(one.name for one in asked)),
            "billed": dict(Counter(_category(one) for one in asked if _billed(one))),
            "validations": len(self.books.asked) - len(asked),
            "connects": counts["sockets"],
            "open": len(self.streaming.listeners),
            "subscribes": counts["data:subscribe_oauth"] + counts["data:subscribe_all"],
            "refused": counts["refused"],
            "pushed": counts["pushed"],
            "told": counts["told"],
            "lost": counts["lost"],
        }

    def step(self, seconds: float) -> None:
        """Let simulated time pass."""
        for car in self.office.cars():
            self.office.feed(car).step(seconds)

    def _pasted(self, member: Member, *, jwt: bool) -> str:
        token = self.office.tokens.paste(member)
        if jwt:
            token = _jwt(member.owner.sub, token)
            self.office.tokens.take(member, token)
        return token

    async def _check(self, tag: str, token: str) -> Answer | None:
        """Ask the API as the streaming server does, which is one more request."""
        asked = Asked(
            name=CHECK,
            host="stream",
            method="GET",
            path=f"/api/1/vehicles/{tag}/{CHECK}",
            query={"token": token},
            headers=CIMultiDict(),
            body="",
            at=self.books.clock.now(),
            values={"vin": tag},
        )
        return await self.front.take(asked)


def _category(asked: Asked) -> str:
    return TABLE[asked.name].category if asked.name in TABLE.names() else "free"


def _billed(asked: Asked) -> bool:
    return _category(asked) != "free" and asked.status is not None and asked.status < 500


def _jwt(sub: str, secret: str) -> str:
    """Make what a JWT looks like, of which only the subject is true."""
    parts: tuple[Mapping[str, str], ...] = ({"alg": "RS256", "typ": "JWT"}, {"sub": sub, "jti": secret})
    texts = [json.dumps(part).encode() for part in parts]
    return ".".join(base64.urlsafe_b64encode(text).decode().rstrip("=") for text in (*texts, secret.encode()))
