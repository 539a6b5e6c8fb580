"""Roads of the demo, around Greenwich: where one can go, and by which way."""

from .body import HOME, WORK
from .geometry import Place
from .journey import Leg

CHARGER: Place = (51.5083, 0.0710)

TO_WORK = (
    Leg(end=(51.4790, 0.0035), limit_mph=20),
    Leg(end=(51.4832, 0.0060), limit_mph=30, stop_s=25),
    Leg(end=(51.4880, 0.0135), limit_mph=40),
    Leg(end=(51.4975, 0.0075), limit_mph=50),
    Leg(end=(51.5080, -0.0050), limit_mph=50, stop_s=15),
    Leg(end=(51.5085, -0.0170), limit_mph=30),
    Leg(end=WORK, limit_mph=20),
)
TO_CHARGER = (
    Leg(end=(51.4790, 0.0035), limit_mph=20),
    Leg(end=(51.4832, 0.0060), limit_mph=30, stop_s=25),
    Leg(end=(51.4880, 0.0350), limit_mph=50),
    Leg(end=(51.4930, 0.0620), limit_mph=60),
    Leg(end=(51.5030, 0.0700), limit_mph=40, stop_s=20),
    Leg(end=CHARGER, limit_mph=20),
)


def back(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Return the way home over the same road."""
    ends = [leg.end for leg in legs[-2::-1]] + [HOME]
    limits = [leg.limit_mph for leg in legs[::-1]]
    stops = [leg.stop_s for leg in legs[-2::-1]] + [0.0]
    return tuple(
        Leg(end=end, limit_mph=limit, stop_s=stop)
        for end, limit, stop in zip(ends, limits, stops, strict=True)
    )


# Destination, and the legs that lead there from where one would come from.
ROADS: dict[str, tuple[str, tuple[Leg, ...]]] = {
    "work": ("Canary Wharf car park", TO_WORK),
    "charger": ("Supercharger Gallions Reach", TO_CHARGER),
    "home": ("Home", back(TO_WORK)),
    "home from charger": ("Home", back(TO_CHARGER)),
}
