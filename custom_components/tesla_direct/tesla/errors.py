"""Everything that can go wrong, as one tree.

TeslaError
├── TransportError            the question or the answer was lost on the way
│   ├── NotSent               nothing left this machine
│   │   └── CertificateUnexpected  whoever answers is not believed; `fingerprint` is its certificate's
│   ├── NoAnswer              it left; whether it arrived is unknown
│   └── HandshakeUnanswered   the car's session info did not come; what needed it was not sent
├── CloudError                Tesla's cloud answered, and the answer is no
│   ├── LoginExpired          the user has to sign in again
│   ├── TokenRefused          the access token is not good (any more); a renewal may help
│   ├── TokenUnavailable      no access token just now; `retry_after` seconds
│   ├── ApplicationRefused    the sign-in service does not accept our client id
│   ├── MobileAccessDisabled  the owner has switched Mobile Access off in the car
│   ├── PaymentRequired       billing has to be set up, or a service to be paid; `key` says which
│   ├── AccountLocked         Tesla has to unlock the account
│   ├── ScopeMissing          the user did not grant this
│   ├── PrivacyForbids        the privacy settings of the owner or the car forbid it
│   ├── BillingLimitExceeded  the account's spending limit is reached; everything is refused
│   ├── SignatureRequired     this car takes signed commands only
│   ├── NotFound              unknown car, or access to it was withdrawn
│   ├── InService             the car is at a service centre
│   ├── CarUnreachable        the cloud cannot reach the car just now
│   │   └── CarSilent         reached or not, it did not answer in time; it may have acted
│   ├── CarTrouble            the car answered with an error: it needs a reboot, an update or service
│   ├── NotRegistered         the application is not registered in this region
│   ├── RegistrationRefused   the application cannot be registered in this region
│   │   ├── OriginNotAllowed  its domain is none of the origins that the developer portal holds for it
│   │   ├── KeyUnfetched      Tesla could not fetch the public key from its domain
│   │   ├── DomainTaken       another application holds the domain, or the key
│   │   └── ApplicationTooNew Tesla does not know it as a partner yet
│   ├── WrongRegion           the account lives at another host
│   ├── RateLimited           too many requests; `retry_after` seconds
│   ├── RequestRefused        the request itself is wrong for this car or account
│   │   ├── SignatureUnsupported  this car takes plain commands only
│   │   └── ConfigRefused         a telemetry configuration; `fields`, `category`, `scope` as far as named
│   └── CloudTrouble          the cloud failed; later it may work
│       └── OutcomeUnknown    it failed underway; what was asked may have been carried out
├── Refused                   we say no ourselves: nothing was sent, nothing is billed
│   ├── CommandInvalid        no such command, or a parameter that no car takes; `parameter` names it
│   ├── NoAccount             nobody has signed in, so that there is nobody to ask
│   ├── NotLoaded             the account is being unloaded, or is not loaded yet
│   ├── CannotDo              this car cannot, or not just now; `obstacle` says why
│   ├── NotPaired             our key is not on the car's keychain
│   ├── WakeNotAllowed        the car sleeps, and the user's settings do not allow waking it for this
│   ├── WakeFailed            the car did not wake up; `retry_after` seconds until another try
│   └── OverBudget            the user's budget is used up; `over_budget` lets it through
│       └── OverBillingLimit  Tesla's billing limit is used up, as we reckon; nothing lets it through
├── CarError                  the car answered, and the answer is no; `fault` is its number, if it gave one
│   ├── KeyNotPaired          our public key is not on the car's keychain
│   ├── ActionRefused         understood, but not done; `reason` is the car's
│   │   └── KeychainRefused   a change of the car's keys, the same
│   ├── CarBusy               not now; in a moment it may
│   ├── SessionLost           counter, clock or signature do not fit what the car expects
│   ├── OutcomeOpen           the answer leaves it open whether the car has acted
│   ├── StatusUnknown         an answer of a kind that we do not know
│   └── Fault                 the car cannot take this command, or not from us
│       ├── KeyInactive       our key is on the keychain, but switched off
│       ├── PrivilegeMissing  our key's role, or the state of the car, forbids it
│       ├── CommandUnknown    its firmware does not know this command
│       └── RemoteAccessOff   the owner has switched Mobile Access off in the car
├── WireError                 the bytes make no sense, or are not who they say
│   ├── AnswerUnreadable      an answer of the cloud that is not what it should be
│   ├── ReplyUnreadable       an answer of the car to a command, the same; it may have acted
│   ├── TagWrong              not by who it says, or not about what we asked
│   └── PublicKeyInvalid      no public key of the curve P-256
│       └── PublicKeyChanged  another one than the car had
├── SigningKeyError           a private key we were given cannot sign
│   ├── KeyUnreadable         not PEM, or damaged
│   ├── KeyEncrypted          protected with a passphrase
│   ├── KeyNotPrivate         a public key or a certificate instead
│   └── CurveUnsupported      a private key, but not one of the curve P-256
├── ProviderInvalid           an address that no token may be sent to; `field` names it
│   └── SettingsInvalid       a setting of TeslaMate's that cannot serve; `reason` says why
└── CertificateError          a certificate or key we were given cannot serve
    ├── FileUnreadable        no such file, not allowed, or not PEM
    ├── CertificateExpired    its time is over, or has not begun
    ├── KeyMismatch           the private key belongs to another certificate
    ├── NameMismatch          the certificate is not for the public host name
    ├── ChainIncomplete       the chain does not end in the authority that cars would be given
    └── AuthorityUnknown      a bundle holds a certificate whose fingerprint we do not know
"""


class TeslaError(Exception):
    """Base of every error raised under `tesla/`.

    Two questions decide what a caller may do next, so each class answers both.
    The names are Tesla's own (vehicle-command, pkg/protocol/error.go).
    """

    may_have_succeeded = False
    temporary = False


class TransportError(TeslaError):
    """The question or the answer was lost on the way."""

    temporary = True


class NotSent(TransportError):
    """Nothing left this machine."""


class CertificateUnexpected(NotSent):
    """Whoever answers shows another certificate than is believed; nothing was said to it.

    fingerprint: the SHA-256 of what it shows (DER), 64 hex digits; empty while nobody has looked
    """

    def __init__(self, text: str, *, fingerprint: str = "") -> None:
        """Keep what it shows."""
        super().__init__(text)
        self.fingerprint = fingerprint


class NoAnswer(TransportError):
    """Sent, but unanswered: it may have been carried out."""

    may_have_succeeded = True


class HandshakeUnanswered(TransportError):
    """The car's session info did not come, or none to be believed; the command itself was not sent."""


class CloudError(TeslaError):
    """Tesla's cloud answered, and the answer is no.

    status: the HTTP status, 0 where there was none
    """

    def __init__(self, text: str, *, status: int = 0) -> None:
        """Keep the status beside the text."""
        super().__init__(text)
        self.status = status


class LoginExpired(CloudError):
    """The user has to sign in again."""


class TokenRefused(CloudError):
    """The access token is not good (any more)."""


class TokenUnavailable(CloudError):
    """No access token just now: it could not be renewed, or not be saved. The request itself was not sent.

    retry_after: seconds until asking again makes sense
    """

    temporary = True

    def __init__(self, text: str, *, status: int = 0, retry_after: float = 0.0) -> None:
        """Keep how long to wait."""
        super().__init__(text, status=status)
        self.retry_after = retry_after


class ApplicationRefused(CloudError):
    """The sign-in service does not accept our client id, or not for this."""


class MobileAccessDisabled(CloudError):
    """The owner has switched Mobile Access off in the car."""


class PaymentRequired(CloudError):
    """Billing has to be set up before paid requests are answered, or a service wants to be paid.

    key: what is missing, as a key of the user's texts; empty for Tesla's own billing
    """

    def __init__(self, text: str, *, status: int = 0, key: str = "") -> None:
        """Keep what is missing."""
        super().__init__(text, status=status)
        self.key = key


class AccountLocked(CloudError):
    """Tesla has locked the account and has to unlock it."""


class ScopeMissing(CloudError):
    """The user did not grant what this request needs."""


class PrivacyForbids(CloudError):
    """The privacy settings of the owner or the car forbid it."""


class BillingLimitExceeded(CloudError):
    """The account's spending limit is reached; everything is refused until it is raised or the month ends."""


class SignatureRequired(CloudError):
    """The car takes signed commands only."""


class NotFound(CloudError):
    """Unknown car, or access to it was withdrawn."""


class InService(CloudError):
    """The car is at a service centre."""

    temporary = True


class CarUnreachable(CloudError):
    """The cloud cannot reach the car just now: asleep, offline or slow."""

    temporary = True


class CarSilent(CarUnreachable):
    """The car did not answer the cloud in time; it may have acted."""

    may_have_succeeded = True


class CarTrouble(CloudError):
    """The car answered the cloud with an error; repeating it soon will not help."""

    may_have_succeeded = True


class NotRegistered(CloudError):
    """The application is not registered in this region."""


class RegistrationRefused(CloudError):
    """The application cannot be registered in this region, or not yet."""


class OriginNotAllowed(RegistrationRefused):
    """The domain is none of the application's allowed origins; an edit of those takes minutes to count."""

    temporary = True


class KeyUnfetched(RegistrationRefused):
    """Tesla could not fetch the public key from the domain."""

    temporary = True


class DomainTaken(RegistrationRefused):
    """Another application holds the domain, or the public key."""


class ApplicationTooNew(RegistrationRefused):
    """Tesla does not know the application as a partner yet, which takes up to an hour after it was made."""

    temporary = True


class WrongRegion(CloudError):
    """The account lives at another host.

    base: the address to use instead, None if the answer named none that we would trust
    """

    def __init__(self, text: str, *, status: int = 0, base: str | None = None) -> None:
        """Keep where to go instead."""
        super().__init__(text, status=status)
        self.base = base


class RateLimited(CloudError):
    """Too many requests.

    retry_after: seconds until the next one is welcome
    """

    temporary = True

    def __init__(self, text: str, *, status: int = 0, retry_after: float) -> None:
        """Keep how long to wait."""
        super().__init__(text, status=status)
        self.retry_after = retry_after


class RequestRefused(CloudError):
    """The request itself is wrong for this car or account; repeating it will not help."""


class SignatureUnsupported(RequestRefused):
    """The car cannot check signatures; it takes plain commands only."""


class ConfigRefused(RequestRefused):
    """Tesla does not take a telemetry configuration.

    fields:   those of the configuration that its answer names
    category: of fields, the same; None where it names none
    scope:    that is missing for these fields, the same
    told:     why is said; a command proxy passes the status on, and no more
    """

    def __init__(  # noqa: PLR0913  # all that its answer may name
        self,
        text: str,
        *,
        status: int = 0,
        fields: tuple[str, ...] = (),
        category: str | None = None,
        scope: str | None = None,
        told: bool = True,
    ) -> None:
        """Keep what is wrong with it."""
        super().__init__(text, status=status)
        self.told = told
        self.fields = fields
        self.category = category
        self.scope = scope


class CloudTrouble(CloudError):
    """The cloud failed (5xx, 424); later it may work."""

    temporary = True


class OutcomeUnknown(CloudTrouble):
    """The cloud failed underway; what was asked may have been carried out."""

    may_have_succeeded = True


class Refused(TeslaError):
    """We say no ourselves: nothing was sent, nothing is billed."""


class CommandInvalid(Refused):
    """No such command, or a parameter that is missing, of a wrong type or out of range.

    parameter: which one; empty if it is the command itself. The text names the range, never the value
    """

    def __init__(self, text: str, *, parameter: str = "") -> None:
        """Keep which parameter it is."""
        super().__init__(text)
        self.parameter = parameter


class NoAccount(Refused):
    """Nobody has signed in: the cars tell by themselves, and there is no cloud to ask."""


class NotLoaded(Refused):
    """The account is being unloaded, or is not loaded yet."""


class CannotDo(Refused):
    """Asked for what this car cannot do, or not just now.

    obstacle: why, as a key of the user's texts
    """

    def __init__(self, text: str, *, obstacle: str) -> None:
        """Keep what is in the way."""
        super().__init__(text)
        self.obstacle = obstacle


class NotPaired(Refused):
    """Our key is not on the car's keychain, and this car demands it."""


class WakeNotAllowed(Refused):
    """The car sleeps, and the user's settings do not allow waking it for this."""


class WakeFailed(Refused):
    """The car did not wake up, and another try would only cost money.

    retry_after: seconds until it makes sense again
    """

    temporary = True

    def __init__(self, text: str, *, retry_after: float) -> None:
        """Keep how long to wait."""
        super().__init__(text)
        self.retry_after = retry_after


class OverBudget(Refused):
    """The user's budget is used up as far as this kind of call goes."""


class OverBillingLimit(OverBudget):
    """Tesla's billing limit is used up, as we reckon; Tesla would refuse everything and end all streams."""


class CarError(TeslaError):
    """The car answered, and the answer is no.

    fault: the protocol's number for it, 0 where there was none
    """

    def __init__(self, text: str, *, fault: int = 0) -> None:
        """Keep the number beside the text."""
        super().__init__(text)
        self.fault = fault


class KeyNotPaired(CarError):
    """Our public key is not on the car's keychain; the owner has to pair it."""


class ActionRefused(CarError):
    """The car understood, and did not do it.

    reason: in the car's words, as in `already_set`; may be empty
    """

    def __init__(self, text: str, *, fault: int = 0, reason: str = "") -> None:
        """Keep the car's words."""
        super().__init__(text, fault=fault)
        self.reason = reason


class KeychainRefused(ActionRefused):
    """The car did not change its keys."""


class CarBusy(CarError):
    """The car is busy, starting or finishing its wake-up; in a moment it may do it."""

    temporary = True


class SessionLost(CarError):
    """Counter, clock or signature do not fit what the car expects, or no longer."""

    temporary = True


class OutcomeOpen(CarError):
    """The answer leaves it open whether the car has acted."""

    may_have_succeeded = True


class StatusUnknown(CarError):
    """The car answered in a way that we do not know; it did not act."""


class Fault(CarError):
    """The car cannot take this command, or not from us; repeating it will not help."""


class KeyInactive(Fault):
    """Our key is on the car's keychain, but switched off."""


class PrivilegeMissing(Fault):
    """Our key's role, or the state the car is in, forbids it."""


class CommandUnknown(Fault):
    """The car's firmware does not know this command."""


class RemoteAccessOff(Fault):
    """The owner has switched Mobile Access off in the car."""


class WireError(TeslaError):
    """The bytes make no sense, or are not who they say."""


class AnswerUnreadable(WireError):
    """An answer of the cloud that is no JSON, or not of the documented shape."""

    temporary = True
    may_have_succeeded = True


class ReplyUnreadable(WireError):
    """An answer of the car to a command that cannot be understood; the car may have acted."""

    may_have_succeeded = True


class TagWrong(WireError):
    """What the bytes are authenticated with is not by who it says, or not about what we asked."""


class PublicKeyInvalid(WireError):
    """Not a public key of the curve P-256 in 65 bytes."""


class PublicKeyChanged(PublicKeyInvalid):
    """Another public key than the one the car had."""


class SigningKeyError(TeslaError):
    """A private key we were given cannot sign commands."""


class KeyUnreadable(SigningKeyError):
    """Not PEM, or damaged."""


class KeyEncrypted(SigningKeyError):
    """Protected with a passphrase."""


class KeyNotPrivate(SigningKeyError):
    """A public key or a certificate, where a private key is needed."""


class CurveUnsupported(SigningKeyError):
    """A private key, but not one of the curve P-256."""


class ProviderInvalid(TeslaError):
    """An address of a provider cannot serve.

    field: which one, as the provider's row names it
    """

    def __init__(self, field: str, text: str) -> None:
        """Keep which address it is."""
        super().__init__(f"{field}: {text}")
        self.field = field


class SettingsInvalid(ProviderInvalid):
    """A setting of TeslaMate's cannot serve.

    field:  the variable; empty where it is not about one
    reason: why, in a word
    """

    def __init__(self, field: str, reason: str) -> None:
        """Keep which one it is, and why."""
        super().__init__(field or "settings", reason)
        self.field = field
        self.reason = reason


class CertificateError(TeslaError):
    """A certificate or key we were given cannot serve."""


class FileUnreadable(CertificateError):
    """No such file, not allowed to read it, or not PEM."""


class CertificateExpired(CertificateError):
    """Its time is over, or has not begun."""


class KeyMismatch(CertificateError):
    """The private key belongs to another certificate."""


class NameMismatch(CertificateError):
    """The certificate is not for the public host name."""


class ChainIncomplete(CertificateError):
    """The chain does not end in the authority that cars would be given."""


class AuthorityUnknown(CertificateError):
    """A bundle holds certificates whose fingerprints we do not know.

    unknown: subject and SHA-256 fingerprint of each, as lower-case hex of the DER
    """

    def __init__(self, unknown: dict[str, str]) -> None:
        """Keep which ones they are, fingerprint to subject."""
        super().__init__(", ".join(f"{subject} ({finger[:16]}…)" for finger, subject in unknown.items()))
        self.unknown = unknown
