"""Our errors in the user's language."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .tesla import errors
from .tesla.fleet_api.response import harmless

# The nearest ancestor that stands here speaks for an error; the tree is drawn in tesla/errors.py.
MESSAGES: dict[type[BaseException], str] = {
    errors.TeslaError: "unexpected",
    errors.TransportError: "cannot_reach",
    errors.CertificateUnexpected: "certificate_unexpected",
    errors.NoAnswer: "no_answer",
    errors.LoginExpired: "login_expired",
    errors.TokenUnavailable: "token_unavailable",
    errors.ApplicationRefused: "application_refused",
    errors.MobileAccessDisabled: "mobile_access_disabled",
    errors.PaymentRequired: "payment_required",
    errors.AccountLocked: "account_locked",
    errors.ScopeMissing: "scope_missing",
    errors.PrivacyForbids: "privacy_forbids",
    errors.BillingLimitExceeded: "billing_limit_exceeded",
    errors.SignatureRequired: "signature_required",
    errors.NotFound: "not_found",
    errors.InService: "in_service",
    errors.CarUnreachable: "car_unreachable",
    errors.CarTrouble: "car_trouble",
    errors.NotRegistered: "not_registered",
    errors.RegistrationRefused: "registration_refused",
    errors.OriginNotAllowed: "origin_not_allowed",
    errors.KeyUnfetched: "key_unfetched",
    errors.DomainTaken: "domain_taken",
    errors.ApplicationTooNew: "application_too_new",
    errors.WrongRegion: "wrong_region",
    errors.RateLimited: "rate_limited",
    errors.RequestRefused: "request_refused",
    errors.ConfigRefused: "config_refused",
    errors.CloudTrouble: "cloud_trouble",
    errors.AnswerUnreadable: "answer_unreadable",
    errors.CarError: "car_error",
    errors.KeyNotPaired: "key_not_paired",
    errors.KeyInactive: "key_inactive",
    errors.PrivilegeMissing: "privilege_missing",
    errors.CommandUnknown: "command_unknown",
    errors.RemoteAccessOff: "mobile_access_disabled",
    errors.CarBusy: "car_busy",
    errors.SessionLost: "session_lost",
    errors.OutcomeOpen: "outcome_open",
    errors.ReplyUnreadable: "outcome_open",
    errors.ActionRefused: "action_refused",
    errors.CommandInvalid: "command_invalid",
    errors.NoAccount: "no_account",
    errors.NotLoaded: "not_loaded",
    errors.CannotDo: "cannot_do",
    errors.NotPaired: "not_paired",
    errors.WakeNotAllowed: "wake_not_allowed",
    errors.WakeFailed: "wake_failed",
    errors.OverBudget: "over_budget",
    errors.OverBillingLimit: "over_billing_limit",
}
# Why a car cannot do something just now, and what cars say when they refuse, as far as we have better words.
OBSTACLES = frozenset(
    {
        "departure_off",
        "not_fitted",
        "firmware_too_old",
        "signed_only",
        "not_parked",
        "keyless_driving_off",
        "installing",
        "not_by_proxy",
        "nothing_chosen",
        "schedule_unknown",
        "state_unknown",
    }
)
UNPAID = frozenset({"subscription_required", "vehicle_subscription_required", "credits"})  # of a service
REASONS = frozenset(
    {
        "not_charging",
        "is_charging",
        "complete",
        "disconnected",
        "no_power",
        "not_supported",
        "user_not_present",
        "could_not_wake_buses",
        "cabin_comfort_remote_settings_not_enabled",
        "car_wash",
        "low_power_mode_enforced",
        "parental_controls_active",
        "speed_limit_mode_active",
        "invalid_value",
    }
)


def key_of(error: errors.TeslaError, *, commanded: bool = False) -> str:
    """Return the key of the nearest class we have a message for, or of one for its very reason.

    commanded: something was to be done, and not only read
    """
    if commanded and (key := _of_command(error)) is not None:
        return key
    match error:
        case errors.CannotDo(obstacle=obstacle) if obstacle in OBSTACLES:
            return f"cannot_{obstacle}"
        case errors.ActionRefused(reason=reason) if (known := reason.replace(" ", "_")) in REASONS:
            return f"refused_{known}"
        case errors.PaymentRequired(key=key) if key in UNPAID:
            return f"unpaid_{key}"
        case errors.ConfigRefused(fields=fields, scope=scope) if fields and scope is not None:
            return "config_scope_missing"
    return next(MESSAGES[cls] for cls in type(error).__mro__ if cls in MESSAGES)


def _of_command(error: errors.TeslaError) -> str | None:
    """Return what is to be said of a command, where its class says too much or too little."""
    match error:
        case errors.NoAnswer():
            # Where that was a question before it, the command itself was not sent.
            return MESSAGES[errors.NoAnswer if error.may_have_succeeded else errors.TransportError]
        case errors.KeyNotPaired():
            return None  # which its owner can do something about
        case _ if error.may_have_succeeded:
            return MESSAGES[errors.OutcomeOpen]
        case errors.CarUnreachable():
            return "car_not_reached"  # and not for want of trying to wake it
    return None


def translated(error: errors.TeslaError, *, commanded: bool = False) -> HomeAssistantError:
    """Return the message of the nearest class we have one for.

    commanded: something was to be done, and not only read
    """
    placeholders = {"detail": str(error)}
    if isinstance(error, errors.RateLimited | errors.WakeFailed):
        placeholders["seconds"] = str(round(error.retry_after))
    if isinstance(error, errors.CertificateUnexpected):
        placeholders["fingerprint"] = error.fingerprint or "?"
    if isinstance(error, errors.ConfigRefused):
        placeholders["fields"] = ", ".join(error.fields)
    if isinstance(error, errors.ActionRefused):
        placeholders["reason"] = harmless(error.reason.replace("_", " ")) or "it does not say why"
    # What nobody could have carried out is the caller's mistake; all else is the world's.
    cls = ServiceValidationError if isinstance(error, errors.CommandInvalid) else HomeAssistantError
    return cls(
        translation_domain=DOMAIN,
        translation_key=key_of(error, commanded=commanded),
        translation_placeholders=placeholders,
    )


def refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return why a wish makes no sense; there was nothing to ask anybody for."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
