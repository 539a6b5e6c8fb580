"""A car that can be told what to do: signed, by its two computers, or plainly."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, override

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import OPERATIONSTATUS_ERROR, Response
from custom_components.tesla_direct.tesla.proto.keys_pb2 import ROLE_SERVICE

from ..clock import Clock
from ..tasks import Tasks
from . import keychain
from .actions.refused import NOT_SUPPORTED, Refused, refuse_if
from .actions.table import ACTIONS, act
from .computer import Computer
from .firmware import version
from .keychain import Key
from .machine import CONFIG_ERROR, Machine, Report
from .messages import asked, infotainment, keys, security, status
from .messages.ask import Ask
from .messages.questions import QUESTIONS
from .model import Model
from .permissions import ENCRYPTS_SINCE, READS, SINCE, may
from .stream import StreamConfig
from .verifier import INFOTAINMENT, SECURITY, Fault, Verifier

DOMAINS = {"security": SECURITY, "infotainment": INFOTAINMENT}
# A technician needs to be let in from afar, which no car of ours is set up for.
FORBIDDEN: dict[int, int] = {ROLE_SERVICE: um.MESSAGEFAULT_ERROR_REMOTE_SERVICE_ACCESS_DISABLED}
UNKNOWN_ISSUER = "error loading config file: InvalidSignature: unknown issuer"
UPTIMES_S = {SECURITY: 431_000.0, INFOTAINMENT: 93_000.0}  # so that nobody takes their clocks for one


class Executed(NamedTuple):
    """Something the car did because it was told to; `at` is real time."""

    name: str
    at: float
    arguments: Mapping[str, Any]


class Declined(NamedTuple):
    """Something the car was told to do, and did not; `at` is real time."""

    name: str
    at: float
    arguments: Mapping[str, Any]
    reason: str


class Heard(NamedTuple):
    """A signed message that reached the car, and the fault in its answer; 0 is none.

    kind: "handshake" or "command"
    """

    domain: str
    kind: str
    name: str
    fault: int
    at: float


class Commanded(Machine):
    """Takes commands, and remembers which.

    executed:  what it did, oldest first
    declined:  what it understood and did not do
    heard:     every signed message that reached it, whatever became of it
    refusals:  what it was told to refuse: reason, and how often, by the name of the command
    settle_s:  simulated seconds after waking in which infotainment carries nothing out
    hardlocked: refuses plain commands itself, instead of leaving that to the cloud
    cloud_saw_paired: what the cloud believes of an application's key, where it is behind the times
    """

    def __init__(self, model: Model, clock: Clock, tasks: Tasks, credential: Path, random: Random) -> None:
        """Give it computers, and the keys of its family."""
        super().__init__(model, clock, tasks, credential, random)
        # One of the keys that a model counts is the application's, which has to be paired first.
        self.keychain = keychain.family(model.vin, model.keys - 1)
        applications = {SECURITY: self._security, INFOTAINMENT: self._infotainment}
        self.computers: dict[int, Computer] = {
            domain: Computer(
                Verifier(
                    model.vin,
                    domain,
                    self.keychain,
                    clock.now,
                    key=keychain.made_up_key(model.vin, domain),
                    uptime=UPTIMES_S[domain],
                ),
                self.keychain,
                application,
            )
            for domain, application in applications.items()
        }
        for computer in self.computers.values():
            computer.encrypts = version(model.firmware) >= ENCRYPTS_SINCE
        self.executed: list[Executed] = []
        self.declined: list[Declined] = []
        self.heard: list[Heard] = []
        self.refusals: dict[str, tuple[str, int | None]] = {}
        self.settle_s = 0.0
        self.hardlocked = False
        self.cloud_saw_paired: bool | None = None
        self._was_up = True

    def knows_key(self, public: bytes | None) -> bool:
        """Tell whether the cloud takes an application's key for paired; of an unknown one any will do."""
        if self.cloud_saw_paired is not None:
            return self.cloud_saw_paired
        if public is None:
            return bool(self.keychain.virtual())
        return self.keychain.get(public) is not None

    def times_executed(self, name: str) -> int:
        """Count how often it did something."""
        return sum(1 for one in self.executed if one.name == name)

    def receive(self, data: bytes) -> bytes:
        """Take a signed message; return the answer.

        Raises: DecodeError for what is no message, which the cloud does not pass on
        """
        message = um.RoutableMessage.FromString(data)
        self.power.stir()
        domain = message.to_destination.domain
        computer = self.computers.get(domain)
        if computer is None:
            answer = um.RoutableMessage(
                to_destination=message.from_destination,
                from_destination=message.to_destination,
                request_uuid=message.uuid,
                signedMessageStatus=um.MessageStatus(
                    operation_status=um.OPERATIONSTATUS_ERROR,
                    signed_message_fault=um.MESSAGEFAULT_ERROR_INVALID_DOMAINS,
                ),
            )
        else:
            answer = computer.receive(message)
        self._note(message, answer)
        return answer.SerializeToString()

    def execute(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Do what a command says, and remember it.

        Raises: Refused
        """
        self.power.stir()
        try:
            self._forbidden(name)
            known = name in ACTIONS and version(self.body.firmware) >= SINCE.get(name, ())
            refuse_if(not known, NOT_SUPPORTED)
            act(self, name, arguments)
        except Refused as refused:
            self.declined.append(Declined(name, self._clock.now(), dict(arguments), refused.reason))
            raise
        self.executed.append(Executed(name, self._clock.now(), dict(arguments)))

    def greet(self, public: bytes, domain: int) -> None:
        """Answer the handshake of a key, for the simulator's own proxy.

        Raises: Fault
        """
        self.power.stir()
        self.computers[domain].admit(public)

    def obey(self, public: bytes, domain: int, ask: Ask) -> None:
        """Carry out what a key asks for as if it had signed it, for the simulator's own proxy.

        Raises: Fault, Busy, Refused
        """

        def carry_out(key: Key) -> None:
            self._authorized(key, [ask])
            self.execute(ask.name, ask.arguments)

        self.computers[domain].obey(public, carry_out)

    @override
    def follow(self) -> None:
        woke = self.power.awake and not self._was_up
        self._was_up = self.power.awake
        if woke and self.settle_s > 0:
            computer = self.computers[INFOTAINMENT]
            computer.settling = True
            self.later("settling", self.settle_s, lambda: setattr(computer, "settling", False))
        super().follow()

    @override
    def known(self) -> dict[str, Any]:
        names: dict[int, str] = {number: name for name, number in DOMAINS.items()}
        return super().known() | {
            "executed": [one._asdict() for one in self.executed],
            "declined": [one._asdict() for one in self.declined],
            "heard": [one._asdict() for one in self.heard],
            "keys": [
                {"public_key": key.public.hex(), "role": key.role, "virtual": key.virtual, "slot": key.slot}
                for key in self.keychain
            ],
            "computers": {
                names[domain]: {
                    "epoch": computer.verifier.epoch.hex(),
                    "clock": computer.verifier.clock,
                }
                for domain, computer in self.computers.items()
            },
        }

    @override
    def _adopt(self, config: StreamConfig | None) -> bool:
        """Take on a configuration, or tell the cloud that it is signed with a key from elsewhere."""
        if config is not None and config.issuer and not self._trusts(config.issuer):
            self.reports.append(Report(name=CONFIG_ERROR, text=UNKNOWN_ISSUER, at=self.now))
            return False
        return super()._adopt(config)

    def _trusts(self, issuer: bytes) -> bool:
        """Tell whether a key may sign configurations; cars with a switch ask that instead."""
        if self.model.streaming_switch is not None:
            return self.model.streaming_switch
        key = self.keychain.get(issuer)
        return key is not None and key.active

    def _forbidden(self, name: str) -> None:
        """Refuse what it was told to refuse."""
        if name not in self.refusals:
            return
        reason, times = self.refusals[name]
        if times is not None:
            self.refusals[name] = (reason, times - 1)
            if times <= 1:
                del self.refusals[name]
        raise Refused(reason)

    def _infotainment(self, payload: bytes, key: Key) -> bytes:
        """Carry out what the infotainment computer is asked for."""
        response = Response()
        try:
            member, asks = infotainment.read(payload)
            self._authorized(key, asks)
            if asks and asks[0].name in READS:
                self._answered(asks[0])
                QUESTIONS[member](self.truth, payload, response)
            else:
                for ask in asks:
                    self.execute(ask.name, ask.arguments)
        except Refused as refused:
            response.actionStatus.result = OPERATIONSTATUS_ERROR
            response.actionStatus.result_reason.plain_text = refused.reason
            return response.SerializeToString()
        response.actionStatus.SetInParent()
        return response.SerializeToString()

    def _security(self, payload: bytes, key: Key) -> bytes:
        """Carry out what the vehicle security computer is asked for; done is said by saying nothing."""
        try:
            message, asks = security.read(payload)
            self._authorized(key, asks)
            for ask in asks:
                match ask.name:
                    case "get_status":
                        self._answered(ask)
                        return status.vehicle_status(self.body)
                    case "get_whitelist_info":
                        self._answered(ask)
                        return keys.listed(self.keychain)
                    case "get_whitelist_entry_info":
                        self._answered(ask)
                        return keys.entry(self.keychain, message.InformationRequest)
                    case "whitelist_operation":
                        self._answered(ask)
                        return keys.operate(self.keychain, key, message.WhitelistOperation)
                self.execute(ask.name, ask.arguments)
        except Refused as refused:
            return security.refusal(refused.reason)
        return b""

    def _authorized(self, key: Key, asks: list[Ask]) -> None:
        """Refuse what a key may not do, what the owner lets nobody do, what this firmware does not know."""
        if not self.body.mobile_access:
            raise Fault(um.MESSAGEFAULT_ERROR_REMOTE_ACCESS_DISABLED)
        for ask in asks:
            if not may(key.role, ask.name):
                raise Fault(FORBIDDEN.get(key.role, um.MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES))
            if version(self.body.firmware) < SINCE.get(ask.name, ()):
                raise Fault(um.MESSAGEFAULT_ERROR_INVALID_COMMAND)

    def _answered(self, ask: Ask) -> None:
        """Remember a question, which changes nothing."""
        self._forbidden(ask.name)
        self.executed.append(Executed(ask.name, self._clock.now(), dict(ask.arguments)))

    def _note(self, message: um.RoutableMessage, answer: um.RoutableMessage) -> None:
        names: dict[int, str] = {number: name for name, number in DOMAINS.items()}
        domain = message.to_destination.domain
        kind = "handshake" if message.HasField("session_info_request") else "command"
        self.heard.append(
            Heard(
                domain=names.get(domain, str(domain)),
                kind=kind,
                name=", ".join(asked.names(message)),
                fault=answer.signedMessageStatus.signed_message_fault,
                at=self._clock.now(),
            )
        )
