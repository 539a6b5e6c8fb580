"""A car and everything that can happen to it."""

from .verbs.cables import Cables
from .verbs.computers import Computers
from .verbs.keys import Keys
from .verbs.network import Network
from .verbs.people import People
from .verbs.reports import Reports


class Car(People, Cables, Network, Reports, Keys, Computers):
    """A car and its verbs; one subject of them in each base."""
