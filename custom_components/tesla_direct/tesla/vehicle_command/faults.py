"""The car's fault codes: what each means, and what may be done about it.

Source: teslamotors/vehicle-command, universal_message.proto; tests/vectors/commands/faults.json
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import (
    CarBusy,
    CarError,
    CommandUnknown,
    Fault,
    KeyInactive,
    KeyNotPaired,
    OutcomeOpen,
    PrivilegeMissing,
    RemoteAccessOff,
    SessionLost,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One code.

    name:  Tesla's, without its MESSAGEFAULT_ERROR_
    error: SessionLost where a new session heals it, CarBusy where waiting does; nothing heals the others
    says:  in our words, for the user
    """

    name: str
    error: type[CarError]
    says: str


FAULTS: Mapping[int, Row] = {
    1: Row("BUSY", CarBusy, "busy"),
    2: Row("TIMEOUT", CarBusy, "a part of the car did not answer in time"),
    3: Row("UNKNOWN_KEY_ID", KeyNotPaired, "our key is not on its keychain"),
    4: Row("INACTIVE_KEY", KeyInactive, "our key is switched off"),
    5: Row("INVALID_SIGNATURE", SessionLost, "the signature does not fit"),
    6: Row("INVALID_TOKEN_OR_COUNTER", SessionLost, "the counter was used already"),
    7: Row("INSUFFICIENT_PRIVILEGES", PrivilegeMissing, "our key's role or the car's state forbids it"),
    8: Row("INVALID_DOMAINS", Fault, "it has no such computer"),
    9: Row("INVALID_COMMAND", CommandUnknown, "its firmware does not know this command"),
    10: Row("DECODING", Fault, "it cannot read the command"),
    11: Row("INTERNAL", CarBusy, "starting, or in trouble"),
    12: Row("WRONG_PERSONALIZATION", Fault, "this was meant for another car"),
    13: Row("BAD_PARAMETER", Fault, "a field is wrong or no longer used"),
    14: Row("KEYCHAIN_IS_FULL", Fault, "its keychain is full"),
    15: Row("INCORRECT_EPOCH", SessionLost, "it has started anew"),
    16: Row("IV_INCORRECT_LENGTH", Fault, "the nonce has the wrong length"),
    17: Row("TIME_EXPIRED", SessionLost, "the command came too late, or the clocks differ"),
    18: Row("NOT_PROVISIONED_WITH_IDENTITY", Fault, "it has no VIN and needs service"),
    19: Row("COULD_NOT_HASH_METADATA", Fault, "it failed at checking the signature"),
    20: Row("TIME_TO_LIVE_TOO_LONG", SessionLost, "the command would live too long, or the clocks differ"),
    21: Row("REMOTE_ACCESS_DISABLED", RemoteAccessOff, "Mobile Access is switched off"),
    22: Row("REMOTE_SERVICE_ACCESS_DISABLED", Fault, "remote service is not permitted"),
    23: Row("COMMAND_REQUIRES_ACCOUNT_CREDENTIALS", Fault, "this works over the Internet only"),
    24: Row("REQUEST_MTU_EXCEEDED", Fault, "a field of the command is too long"),
    25: Row("RESPONSE_MTU_EXCEEDED", OutcomeOpen, "it has acted, but its answer was too long"),
    26: Row("REPEATED_COUNTER", Fault, "the counter is repeated"),
    27: Row("INVALID_KEY_HANDLE", Fault, "it does not know our key's handle"),
    28: Row("REQUIRES_RESPONSE_ENCRYPTION", Fault, "it answers encrypted only"),
}

# That the car has not acted after these is Tesla's assumption; no document promises it.
PERHAPS_RUN = frozenset({2, 11})
# What a second copy of the same bytes is answered if the first one has run: the counter was used, or the
# time is over.
OF_SECOND_COPY = frozenset({6, 17})


def error_of(code: int) -> CarError:
    """Return the error that a fault code other than 0 means."""
    row = FAULTS.get(code)
    if row is None:
        return Fault(f"the car refuses with the unknown fault {code}", fault=code)
    return row.error(f"the car refuses: {row.says} (fault {code}, {row.name})", fault=code)


def error_named(name: str) -> CarError | None:
    """Return the error that a fault means, by Tesla's name without its prefix; None for an unknown one."""
    return next((error_of(code) for code, row in FAULTS.items() if row.name == name), None)
