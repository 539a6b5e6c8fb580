"""A car that streams to the service: one more application beside the owner's."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..car.car import Car
from ..car.firmware import ATOM_STREAMS_SINCE, STREAMS_SINCE, version
from ..car.stream import StreamConfig, read_config
from ..car.subscription import APPLICATIONS, Subscription


class Feed:
    """What the service has told one car to stream, and whether the car has heard it.

    subscription: the configuration at Tesla; a car that sleeps fetches it when it is online
    """

    def __init__(self, car: Car, key: bytes, name: str) -> None:
        """Stream nothing yet; `key` is the service's, `name` what the car knows it by."""
        self.car = car
        self._name = name
        self.subscription = Subscription(self._adopt)
        self._key = key
        self.follow()

    @property
    def config(self) -> StreamConfig | None:
        """Return what the car is told to stream."""
        return self.subscription.config

    @property
    def paired(self) -> bool:
        """Tell whether the service's key is on the keychain, and good."""
        key = self.car.keychain.get(self._key)
        return key is not None and key.active

    @property
    def unfit(self) -> str:
        """Say why the car cannot stream, in Tesla's words; nothing if it can."""
        model, switch = self.car.model, self.car.model.streaming_switch
        if not model.streams:
            return "unsupported_hardware"
        oldest = STREAMS_SINCE if switch is None else ATOM_STREAMS_SINCE
        if version(self.car.body.firmware) < oldest:
            return "unsupported_firmware"
        if not (self.paired if switch is None else switch):
            return "missing_key"
        full = self.config is None and self._others >= APPLICATIONS
        return "max_configs" if full else ""

    def order(self, claims: Mapping[str, Any] | None) -> None:
        """Tell the car what to stream; None ends it."""
        self.subscription.order(None if claims is None else read_config(claims, self._key))
        self.follow()

    def step(self, dt: float) -> None:
        """Let simulated time pass."""
        self.subscription.step(dt)
        self.follow()

    def follow(self) -> None:
        """Have the car take up what waits for it; without the key, or the switch, it is taken away."""
        if self.config is not None and self.unfit == "missing_key":
            self.subscription.order(None)
        self.subscription.follow(online=self.car.state == "online" and self.car.model.streams)

    @property
    def _others(self) -> int:
        return self.car.subscription.others + (self.car.told is not None)

    def _adopt(self, config: StreamConfig | None) -> bool:
        """Take a configuration on; one for which there is no room any more comes to nothing."""
        if config is None:
            self.car.stop_streaming_to(self._name)
        else:
            with suppress(ValueError):
                self.car.stream_to(self._name, **config.raw)
        return True
