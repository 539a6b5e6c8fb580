"""Every check that a request has to pass, and then the call; the stream passes the same ones."""

from collections.abc import Mapping

from ..cloud.answers import Answer, ok
from ..cloud.asked import Asked
from ..cloud.limits import Bucket
from .accounts import Customer
from .fields import described
from .office import Call, Office
from .routes import PUBLIC, ROUTES, STREAMS, find
from .sign_in import SignIn
from .words import REFUSALS, too_many

A_MINUTE = 60  # requests from one address
A_SITE_A_MINUTE = 30  # whatever call, user or address


class Desk:
    """Who answers at the service's address.

    lifted: requests are not counted against the limits
    """

    def __init__(self, office: Office, sign_in: SignIn) -> None:
        """Serve from the office."""
        self.lifted = False
        self._office, self._sign_in = office, sign_in
        self._buckets: dict[str, Bucket] = {}

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return what a path is for."""
        return find(method, path)

    async def respond(self, asked: Asked) -> Answer:
        """Answer a request."""
        refused = self.too_many(asked)
        if refused is not None:
            return refused
        if asked.name in {"unknown", "other method"}:
            return REFUSALS["not_found" if asked.name == "unknown" else "method_not_allowed"]
        if asked.name in PUBLIC:
            return self._public(asked)
        call = self.admit(asked)
        if isinstance(call, Answer):
            return call
        serve = ROUTES[asked.name].serve
        if serve is None:
            return REFUSALS["not_found"]
        answer = serve(call)
        answer = answer if isinstance(answer, Answer) else await answer
        return answer.with_headers({"x-region": call.customer.region})

    def too_many(self, asked: Asked) -> Answer | None:
        """Count a request from an address, and against a site."""
        if self.lifted:
            return None
        address = asked.headers.get("X-Forwarded-For", "here")
        wait = self._take(f"address {address}", A_MINUTE)
        if wait == 0 and (site := asked.values.get("site")):
            wait = self._take(f"site {site}", A_SITE_A_MINUTE)
        return too_many(wait) if wait else None

    def admit(self, asked: Asked) -> Answer | Call:
        """Return a request as a call of somebody who may make it, or why it is none."""
        text = asked.bearer or asked.query.get("token", "")
        if not text:
            return REFUSALS["missing_token"]
        token = self._office.tokens.read(text)
        if token is None:
            return REFUSALS["invalid_token"]
        customer = token.customer
        if not customer.subscribed and not (asked.name not in STREAMS and ROUTES[asked.name].unpaid):
            return REFUSALS["subscription_required"]
        vin, refused = _car_named(asked, customer)
        if refused is None and (site := asked.values.get("site")) is not None:
            refused = _site_refused(site, customer)
        return refused or Call(asked=asked, office=self._office, customer=customer, vin=vin)

    def _public(self, asked: Asked) -> Answer:
        match asked.name:
            case "connect":
                return self._sign_in.connect(asked)
            case "register":
                return self._sign_in.register(asked)
            case "token":
                return self._sign_in.token(asked)
            case "ping":
                return ok("pong")
        return Answer(body=described(self._office.unknown))

    def _take(self, whom: str, size: int) -> float:
        """Count one request; return the seconds to wait if it is one too many."""
        bucket = self._buckets.setdefault(whom, Bucket(size, 60.0))
        wait = bucket.free_in(self._office.clock.now())
        if wait == 0:
            bucket.take()
        return wait


def _car_named(asked: Asked, customer: Customer) -> tuple[str, Answer | None]:
    """Return the VIN of the car in a path, and why that car is not answered for."""
    tag = asked.values.get("vin")
    if tag is None or (asked.name == "sse_vehicle" and tag.isdigit() and int(tag) in customer.sites):
        return "", None
    car = customer.car(tag)
    if car is None:
        return "", REFUSALS["not_found"]
    return car.vin, None if customer.pays_for(car.vin) else REFUSALS["vehicle_subscription_required"]


def _site_refused(site: str, customer: Customer) -> Answer | None:
    """Say why a site is not answered for."""
    if not site.isdigit() or int(site) not in customer.sites:
        return REFUSALS["not_found"]
    return None if customer.sites[int(site)].access else REFUSALS["subscription_required"]
