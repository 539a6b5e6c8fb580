"""A car and everything that can happen to it."""

from .verbs.cables import Cables
from .verbs.network import Network
from .verbs.people import People
from .verbs.reports import Reports


class Car(People, Cables, Network, Reports):
    """A car and its verbs; one subject of them in each base."""
