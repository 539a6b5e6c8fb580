"""What can be done to messages on their way to a car and back."""

from .books import Books
from .leg import LOST, Mishap
from .middle import TRICKS


class Mischief:
    """Verbs of the leg between server and car; signed and plain commands take the same way.

    Of all of them:
        times:      how often; None until taken back
        vin:        of the one car concerned
        command:    the one command concerned, by its name in Fleet API
        handshakes: concern handshakes and nothing else; None: both
    """

    books: Books

    def lose_answer(  # noqa: PLR0913  # what may be concerned
        self,
        how: str = "504",
        *,
        after: bool = True,
        times: int | None = 1,
        vin: str | None = None,
        command: str | None = None,
        handshakes: bool | None = False,
    ) -> None:
        """Lose an answer, or without `after` the message itself; `how` is what the client hears of it.

        how: a status of "408", "500", "502", "503", "504", "540"; or "drop" or "hang", on the client's side
        """
        if how not in LOST:
            raise KeyError(how)
        self.books.leg.add(
            Mishap(
                kind="lose",
                how=how,
                after=after,
                times=times,
                vin=vin,
                command=command,
                handshakes=handshakes,
            )
        )

    def deliver_twice(
        self,
        *,
        times: int | None = 1,
        vin: str | None = None,
        command: str | None = None,
        handshakes: bool | None = False,
    ) -> None:
        """Give the car the same message twice; the client hears the second answer."""
        self.books.leg.add(Mishap(kind="twice", times=times, vin=vin, command=command, handshakes=handshakes))

    def deliver_late(
        self,
        seconds: float = 5.0,
        *,
        times: int | None = 1,
        vin: str | None = None,
        command: str | None = None,
        handshakes: bool | None = False,
    ) -> None:
        """Give up with 504, and give the car the message after so many simulated seconds."""
        self.books.leg.add(
            Mishap(kind="late", seconds=seconds, times=times, vin=vin, command=command, handshakes=handshakes)
        )

    def tamper(
        self,
        how: str = "flip",
        *,
        times: int | None = 1,
        vin: str | None = None,
        command: str | None = None,
        handshakes: bool | None = None,
    ) -> None:
        """Let a man in the middle change signed answers; those that a trick does not fit are let through.

        how: flip, truncate, garbage, empty, replay, replay_verbatim, forge_success, forge_refusal,
             forge_fault, wrong_uuid, wrong_address, wrong_domain, bad_session_tag, stale_session_info,
             swap_key, drop_session_info
        """
        if how not in TRICKS:
            raise KeyError(how)
        self.books.leg.add(
            Mishap(kind="tamper", how=how, times=times, vin=vin, command=command, handshakes=handshakes)
        )

    def straighten(self) -> None:
        """Take all of these back."""
        self.books.leg.straighten()
