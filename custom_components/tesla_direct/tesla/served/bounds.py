"""What those who are served may cost us: every bound, with its unit and its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of one port; nobody but a test needs others. Times are in seconds."""

    places: int = 64  # connections; a TeslaMate holds ten for what it asks, and one for each car
    first_request: float = 10.0  # from the connection to a request that carries the token
    idle: float = 75.0  # of a connection that may be used again; TeslaMate's own limit is 60
    body: int = 8192  # bytes of a request; a token is renewed with a few hundred
    body_time: float = 10.0  # for the body to come
    farewell: float = 1.0  # for the other side to say goodbye when we do

    # Of the stream.
    subscribe: float = 30.0  # without a car: from the upgrade, or since the last one was left
    hello: float = 10.0  # without a word of ours; after 30 TeslaMate gives the connection up
    asleep: float = 60.0  # without a word of ours, as no car is awake, until whoever is still there is not
    write: float = 30.0  # for a client to take a frame
    message: int = 4096  # bytes; a subscription has two hundred, and a token
    cars: int = 32  # that one connection follows
    waiting: int = 20_000  # frames that a client has not taken, about 3 MB: some hours of a drive
