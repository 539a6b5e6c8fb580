"""What goes wrong in a car that is told what to do."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..actions.table import ACTIONS
from ..authentication import CURVE
from ..commanded import DOMAINS, Commanded
from ..computer import Computer, Trouble
from ..permissions import CHARGING, READS
from ..verifier import INFOTAINMENT, SECURITY

BUSY: dict[str, int | None] = {
    "wait": None,
    "busy": um.MESSAGEFAULT_ERROR_BUSY,
    "timeout": um.MESSAGEFAULT_ERROR_TIMEOUT,
}
COMMANDS = frozenset(ACTIONS) | READS | CHARGING | {"whitelist_operation"}


class Computers(Commanded):
    """Computers that are busy, boot, are replaced; commands that are refused; wakes that are not heard."""

    def be_busy(self, times: int = 1, domain: str | None = None, how: str = "wait") -> None:
        """Have no time for so many commands: "wait", or with the fault "busy" or "timeout"."""
        self._trouble(Trouble(fault=BUSY[how], times=times), domain)

    def answer_fault(
        self, fault: int, times: int = 1, domain: str | None = None, *, after: bool = False
    ) -> None:
        """Answer so many commands with a fault by its number; `after` they are carried out first."""
        self._trouble(Trouble(fault=fault, times=times, after=after), domain)

    def overflow(self, times: int = 1) -> None:
        """Carry so many commands out and have too much to say about them."""
        self.answer_fault(um.MESSAGEFAULT_ERROR_RESPONSE_MTU_EXCEEDED, times, after=True)

    def reboot_infotainment(self, seconds: float = 20.0) -> None:
        """Begin a new epoch there; nothing works for so many simulated seconds."""
        self._reboot(INFOTAINMENT, seconds)

    def reboot_security(self, seconds: float = 5.0) -> None:
        """Begin a new epoch there; nothing works for so many simulated seconds."""
        self._reboot(SECURITY, seconds)

    def jump_domain_clock(
        self, seconds: float, domain: str | None = None, *, new_epoch: bool = False
    ) -> None:
        """Move the clock by which commands expire; one that sees it begins a new epoch."""
        for computer in self._of(domain):
            computer.verifier.jump(seconds)
            if new_epoch:
                computer.verifier.boot()

    def replace_computer(self, domain: str = "infotainment") -> None:
        """Put another computer in, with a key of its own."""
        self.computers[DOMAINS[domain]].verifier.replace(ec.generate_private_key(CURVE))

    def use_window(self, *, on: bool = True) -> None:
        """Take late commands in vehicle security too, as the published code does; real cars do not."""
        self.computers[SECURITY].verifier.windowed = on

    def refuse(self, command: str, reason: str = "", times: int | None = None) -> None:
        """Refuse a command for a reason, so many times or until taken back.

        Raises: KeyError for a command that is none
        """
        if command not in COMMANDS:
            raise KeyError(command)
        self.refusals[command] = (reason, times)

    def allow(self, command: str | None = None) -> None:
        """Take a refusal back, or all."""
        if command is None:
            self.refusals.clear()
        else:
            self.refusals.pop(command, None)

    def behave(self) -> None:
        """Be busy no longer, answer no fault any more, refuse nothing without a reason of its own."""
        for computer in self.computers.values():
            computer.troubles.clear()
        self.refusals.clear()

    def need_low_amps_twice(self, *, on: bool = True) -> None:
        """Heed a charging current below 5 A only when it is asked for again."""
        self.wants_low_amps_twice = on

    def slow_wake(self, seconds: float = 60.0) -> None:
        """Take so many simulated seconds to wake, from now on."""
        self.power.wake_s = (seconds, seconds)

    def ignore_wakes(self, *, on: bool = True) -> None:
        """Do not hear that it is called."""
        self.power.deaf = on

    def settle_after_wake(self, seconds: float = 3.0) -> None:
        """Be too busy for anything for so many simulated seconds after each wake."""
        self.settle_s = seconds

    def _reboot(self, domain: int, seconds: float) -> None:
        computer = self.computers[domain]
        computer.verifier.boot()
        computer.booting = seconds > 0
        self.later(f"boot {domain}", seconds, lambda: setattr(computer, "booting", False))

    def _trouble(self, trouble: Trouble, domain: str | None) -> None:
        """Give a trouble to one computer, or to whichever comes first."""
        for computer in self._of(domain):
            computer.troubles.append(trouble)

    def _of(self, domain: str | None) -> Iterable[Computer]:
        return self.computers.values() if domain is None else (self.computers[DOMAINS[domain]],)
