"""Sleep, and the network that comes and goes."""

from ..machine import Machine


class Network(Machine):
    """Sleep, signal, connections, clocks."""

    def sleep(self, state: str | None = None) -> None:
        """Fall asleep at once; `state` is what the cloud then says, "asleep" or "offline"."""
        if state is not None:
            self.power.sleeps_as = state
        if self.journey is not None:
            self.arrive()
        self.power.sleep()
        self.follow()

    def wake(self) -> None:
        """Call it; waking takes its time."""
        self.power.wake()

    def check_itself(self) -> None:
        """Wake up briefly without anybody's asking."""
        self.power.wake_now(to_check_itself=True)
        self.follow()

    def be_flaky(self, share: float = 0.5) -> None:
        """Let a share of the calls fail although it says online; 0 ends that."""
        self.power.flakiness = share

    def lose_signal(self, *, silently: bool = False) -> None:
        """Drive into a garage; silently, the receiver notices nothing."""
        self.power.signal = False
        for client in self.clients:
            client.connections.lose_signal(silently=silently)

    def regain_signal(self) -> None:
        """Come out again."""
        self.power.signal = True
        for client in self.clients:
            client.connections.regain_signal()
        self.follow()

    def reconnect(self) -> None:
        """Close the telemetry connections in good order and open one anew."""
        for client in self.clients:
            client.connections.close()

    def overlap_sockets(self, interface: str = "cellular") -> None:
        """Open one more telemetry connection, over another network."""
        for client in self.listened_to:
            client.connections.overlap(interface, self._tasks)

    def answer_pings(self, *, on: bool = True) -> None:
        """Answer pings from now on, which real cars were not seen to do."""
        for client in self.clients:
            client.connections.answers_pings = on

    def skew_clock(self, seconds: float) -> None:
        """Set the car's clock wrong; plus is fast."""
        self.clock_error = seconds

    def date_ahead(self, seconds: float = 285.0) -> None:
        """Date the next record ahead, as the first one after waking can be."""
        for client in self.listened_to:
            client.date_ahead(seconds)
