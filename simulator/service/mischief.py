"""What can be done to a service's answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..cloud.answers import Answer
from ..cloud.books import Books
from ..cloud.faults import EVERYTHING, SPOILED, Fault


class AnswerMischief:
    """What goes wrong with answers.

    books:    what was asked, and what goes wrong
    refusals: how the service says no, by name
    faulty:   what can go wrong, and which calls that is
    """

    books: Books
    refusals: Mapping[str, Answer]
    faulty: Mapping[str, Iterable[str]]

    def refuse(  # noqa: PLR0913  # each is one way in which an answer can be wrong
        self,
        endpoint: str,
        error: str | int = "service_unavailable",
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        after: bool = False,
        times: int | None = None,
    ) -> None:
        """Answer a call with an error by name, or with a status and any body.

        after: the request is carried out first
        times: how often; until taken back without it
        """
        if isinstance(error, str):
            answer = self.refusals[error]
        else:
            answer = Answer(status=error, body=body, headers=headers or {})
        self._fault(endpoint, answer=answer, after=after, times=times)

    def spoil(self, endpoint: str, how: str = "html", times: int | None = None) -> None:
        """Spoil true answers: "truncated", "empty", "list", "html" or "not json"."""
        self._fault(endpoint, spoil=SPOILED[how], after=True, times=times)

    def delay(self, endpoint: str, seconds: float, times: int | None = None) -> None:
        """Answer late, by real seconds."""

        def unspoilt(answer: Answer) -> Answer:
            return answer

        self._fault(endpoint, spoil=unspoilt, after=True, delay=seconds, times=times)

    def hang(self, endpoint: str, *, after: bool = False, times: int | None = None) -> None:
        """Never answer."""
        self._fault(endpoint, after=after, times=times)

    def drop(self, endpoint: str, *, after: bool = False, times: int | None = None) -> None:
        """Hang up without an answer."""
        self._fault(endpoint, drop=True, after=after, times=times)

    def accept(self, endpoint: str = EVERYTHING) -> None:
        """Take back what goes wrong with a call, without its name with every one."""
        for name in self.faulty.get(endpoint, (endpoint,)):
            self.books.faults.off(name)

    def _fault(self, endpoint: str, **how: Any) -> None:
        for name in self.faulty[endpoint]:
            self.books.faults.on(Fault(endpoint=name, **how))
