"""What can be done to the stream, to the customers and to the bill."""

from collections.abc import Mapping
from typing import Any

from ..cloud.answers import Answer
from ..cloud.faults import EVERYTHING
from ..service.mischief import AnswerMischief
from .accounts import Customer, Site
from .events import SITE_TOPICS, Event, of_car
from .front import Front
from .office import Office
from .routes import ROUTES, STREAMS
from .sign_in import Approval, SignIn
from .words import REFUSALS

FAULTY = {name: (name,) for name in (*ROUTES, EVERYTHING)} | {"sse": STREAMS}
STRANGER = "5YJ3E7EB0SF999999"


class StreamMischief:
    """What goes wrong with the stream, and what is said there that no car has said."""

    office: Office
    front: Front

    def stall_streams(self, new: int = 0) -> None:
        """Let every open stream fall silent without a word, comments included, and so many new ones."""
        for stream in self.office.streams:
            stream.stall()
        self.front.stalling = new

    def end_streams(self) -> None:
        """End every open stream in good order."""
        for stream in tuple(self.office.streams):
            stream.end("clean")

    def break_streams(self) -> None:
        """End every open stream in the middle of a message."""
        for stream in tuple(self.office.streams):
            stream.end("half")

    def reset_streams(self) -> None:
        """End every open stream with a reset."""
        for stream in tuple(self.office.streams):
            stream.end("reset")

    def set_keep_alive(self, seconds: float = 15.0) -> None:
        """Give a sign of life on new streams after so many real seconds of silence."""
        self.front.keep_alive = seconds

    def write_plainly(self, *, on: bool = True) -> None:
        """Write the stream as everybody expects it, or again with all that the standard allows."""
        if on:
            self.office.dialect.plain()
        else:
            self.office.dialect.odd()

    def write(self, **how: Any) -> None:
        """Settle how the stream is written: newline, digits, zulu, spread, named, largest, capitals.

        Raises: AttributeError for what is no such thing
        """
        for name, value in how.items():
            if not hasattr(self.office.dialect, name):
                raise AttributeError(name)
            setattr(self.office.dialect, name, value)

    def shift_times(self, seconds: float = 0.0) -> None:
        """Date everything wrong; plus lies in the future."""
        self.office.dialect.shift = seconds

    def quote_numbers(self, *, on: bool = True) -> None:
        """Write the numbers among a car's values as texts."""
        self.office.dialect.quoted = on

    def say(self, vin: str, **values: Any) -> None:
        """Say values of a car, just as they are given, as if it had sent them now."""
        self.office.publish(of_car("data", vin, self.office.clock.now(), {"data": values}))

    def say_of_stranger(self, vin: str = STRANGER, **values: Any) -> None:
        """Say values of a car that is not the customer's."""
        event = of_car("data", vin, self.office.clock.now(), {"data": values or {"Soc": 5.0}})
        for stream in self.office.streams:
            stream.tell(event)

    def say_event(self, document: Mapping[str, Any]) -> None:
        """Say any JSON on every stream."""
        for stream in self.office.streams:
            stream.say(self.office.dialect.event(document))

    def say_text(self, text: str) -> None:
        """Say any text on every stream, whether it is an event or not."""
        for stream in self.office.streams:
            stream.say(text)

    def say_of_site(self, topic: str, site: int, said: Any) -> None:
        """Say something of an energy site: a document, or totals of a day.

        Raises: KeyError for what is no topic of sites
        """
        if topic not in SITE_TOPICS:
            raise KeyError(topic)
        now = self.office.clock.now()
        if topic.endswith("_totals"):
            date = self.office.dialect.stamp(now)[:10]
            event = Event(topic=topic, whom={"id": site}, said={"date": date, "totals": said}, at=now)
        else:
            event = Event(topic=topic, whom={"site_id": site}, said={topic: said}, at=now)
        self.office.publish(event)


class CustomerMischief:
    """Subscriptions, credits, tokens and what `metadata` says."""

    office: Office
    sign_in: SignIn
    customer: Customer

    def approve(self) -> None:
        """Let the page answer yes by itself, as it does from the start."""
        self.sign_in.approval = Approval()

    def decline(self) -> None:
        """Let the page answer no by itself."""
        self.sign_in.approval = Approval(refuse=True)

    def ask_by_hand(self) -> None:
        """Have a person answer the page."""
        self.sign_in.approval = Approval(by_hand=True)

    def sign_in_as(self, uid: str) -> None:
        """Let the page answer yes as one of the customers.

        Raises: KeyError
        """
        self.sign_in.approval = Approval(customer=self._customer(uid))

    def paste_token(self, uid: str | None = None) -> str:
        """Give a token to paste, of one of the customers."""
        return self.office.tokens.paste(self._customer(uid))

    def revoke_tokens(self, uid: str | None = None) -> None:
        """Take every token back; streams end, and whoever comes again is told 401."""
        customer = self._customer(uid)
        self.office.tokens.revoke(customer)
        self._end_streams(customer)

    def expire_tokens(self, uid: str | None = None) -> None:
        """Let access tokens be over; streams end, and refresh tokens stay good."""
        customer = self._customer(uid)
        self.office.tokens.expire(customer)
        self._end_streams(customer)

    def set_token_lifetime(self, seconds: float = 28_800.0) -> None:
        """Let access tokens issued from now on live so long."""
        self.office.tokens.lifetime = seconds

    def drop_subscription(self, vin: str | None = None) -> None:
        """Pay no longer for the account, or for one car."""
        if vin is None:
            self.customer.subscribed = False
            self._end_streams(self.customer)
            return
        self.customer.dropped.add(vin)
        if (car := self.customer.car(vin)) is not None:
            self.office.feed(car).order(None)

    def subscribe(self) -> None:
        """Pay again for everything."""
        self.customer.subscribed = True
        self.customer.dropped.clear()

    def set_credits(self, balance: int = 0) -> None:
        """Have so many credits left."""
        self.customer.credits.balance = balance

    def set_issue(self, vin: str, issue: str | None = None) -> None:
        """Have `metadata` name an issue whatever is so, or none; without it, what is so."""
        if issue is None:
            self.customer.issues.pop(vin, None)
        else:
            self.customer.issues[vin] = issue

    def revoke_scope(self, *scopes: str) -> None:
        """Take back what Tesla's sign-in granted to the service."""
        self.customer.scopes -= set(scopes)

    def restore_scope(self, *scopes: str) -> None:
        """Grant it again."""
        self.customer.scopes |= set(scopes)

    def add_site(self, site: int = 3_120_000_001, name: str = "Example home") -> None:
        """Have an energy site."""
        self.customer.sites[site] = Site(id=site, name=name)

    def name_cars_in_credits(self, *, on: bool | None = None) -> None:
        """Say in each credits event which car it is about, or in none; None leaves that to chance."""
        self.office.anonymous = None if on is None else not on

    def _customer(self, uid: str | None) -> Customer:
        if uid is None:
            return self.customer
        found = next((one for one in self.office.customers if one.uid == uid), None)
        if found is None:
            raise KeyError(uid)
        return found

    def _end_streams(self, customer: Customer) -> None:
        for stream in tuple(self.office.streams):
            if stream.customer is customer:
                stream.end("clean")


class TeslemetryAnswers(AnswerMischief):
    """What goes wrong with answers, Tesla's among them."""

    office: Office
    refusals = REFUSALS
    faulty = FAULTY

    def unlearn(self, *fields: str) -> None:
        """Have the service not know some fields, as before an update of it; without them, know all again."""
        self.office.unknown = set(fields)

    def have_tesla_answer(self, status: int = 503, times: int = 1, retry_after: int | None = None) -> None:
        """Let Tesla answer the next plain commands that are passed on with a status."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        answer = Answer(status=status, body={"response": None, "error": "upstream"}, headers=headers)
        self.office.setbacks += [answer] * times
