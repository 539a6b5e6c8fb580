"""Who may read: a token in each form in which it comes, and how often somebody may try another one."""

from collections import OrderedDict, deque
from collections.abc import Mapping
import hmac

from ..errors import ProviderInvalid
from ..fleet_api.teslamate_settings import plain_token

ATTEMPTS = 20  # failed ones of an address in `WINDOW`; a TeslaMate with an old token makes about ten
WINDOW = 60.0  # seconds
ADDRESSES = 256  # that are remembered; who tries from more has a network of his own, and no better chance
BEARER = "Bearer "


class Doors:
    """One token, and the addresses from which somebody came with another one."""

    def __init__(self, token: str) -> None:
        """Let in whoever has the token."""
        self.token = token
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def opens(self, token: str) -> bool:
        """Return whether a token is the right one: as it is, or as `?token=x` or `token=x`."""
        try:
            plain = plain_token(token)
        except ProviderInvalid:
            return False
        return hmac.compare_digest(plain.encode(errors="replace"), self.token.encode())

    def admits(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        """Return whether a request carries the token, in its header or its address."""
        header = headers.get("Authorization", "")
        bearer = header.removeprefix(BEARER) if header.startswith(BEARER) else ""
        return any(self.opens(token) for token in (bearer, query.get("token", "")) if token)

    def failed(self, address: str, now: float) -> None:
        """Learn that somebody came with a wrong token, or without one."""
        times = self._failed.setdefault(address, deque(maxlen=ATTEMPTS))
        times.append(now)
        self._failed.move_to_end(address)
        while len(self._failed) > ADDRESSES:
            self._failed.popitem(last=False)

    def shut_for(self, address: str, now: float) -> float:
        """Return for how many seconds nobody is let in from an address, 0 where somebody is."""
        times = self._failed.get(address)
        if times is None or len(times) < ATTEMPTS:
            return 0.0
        return max(times[0] + WINDOW - now, 0.0)
