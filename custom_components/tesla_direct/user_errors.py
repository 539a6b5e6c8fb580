"""Our errors in the user's language."""

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .tesla import errors

# The nearest ancestor that stands here speaks for an error; the tree is drawn in tesla/errors.py.
MESSAGES: dict[type[BaseException], str] = {
    errors.TeslaError: "unexpected",
    errors.TransportError: "cannot_reach",
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
    errors.WrongRegion: "wrong_region",
    errors.RateLimited: "rate_limited",
    errors.RequestRefused: "request_refused",
    errors.CloudTrouble: "cloud_trouble",
    errors.AnswerUnreadable: "answer_unreadable",
}


def key_of(error: errors.TeslaError) -> str:
    """Return the key of the nearest class we have a message for."""
    return next(MESSAGES[cls] for cls in type(error).__mro__ if cls in MESSAGES)


def translated(error: errors.TeslaError) -> HomeAssistantError:
    """Return the message of the nearest class we have one for."""
    placeholders = {"detail": str(error)}
    if isinstance(error, errors.RateLimited):
        placeholders["seconds"] = str(round(error.retry_after))
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key_of(error),
        translation_placeholders=placeholders,
    )
