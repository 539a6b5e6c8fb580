"""Sign-in: the authorize page as a real form, and the token endpoint."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from .accounts import PARTNER_SCOPES, SCOPES, Account
from .answers import Answer, rate_limited
from .asked import Asked
from .books import Books

AUTHORIZE = "/oauth2/v3/authorize"
TOKEN = "/oauth2/v3/token"  # noqa: S105  # a path
METADATA = "/oauth2/v3/thirdparty/.well-known/openid-configuration"
ENDPOINTS = {AUTHORIZE: "authorize", TOKEN: "token", METADATA: "openid_configuration"}
FORM = "application/x-www-form-urlencoded"

PAGE = """<!doctype html>
<html lang="en">
<title>Sign in</title>
<h1>{application} would like to</h1>
<form method="post" action="{action}">
{boxes}
<p><label>as <select name="account">{accounts}</select></label>
<p><button name="decision" value="grant">Allow</button>
<button name="decision" value="refuse">Cancel</button>
</form>
"""


class SignIn:
    """The host of the authorize page and of the tokens."""

    def __init__(self, books: Books) -> None:
        """Serve from the books."""
        self._books = books

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return what a path is for."""
        if method not in ({"POST"} if path == TOKEN else {"GET", "POST"}):
            return "other method", {}
        return ENDPOINTS.get(path, "unknown"), {}

    async def respond(self, asked: Asked) -> Answer:
        """Answer a browser or an application; never billed, but not without limit."""
        client = asked.form.get("client_id", [asked.query.get("client_id", "")])[0]
        limit, wait = self._books.limits.ask("auth", client)
        if wait > 0:
            return rate_limited(limit, wait)
        match asked.name:
            case "authorize":
                return self._authorize(asked)
            case "token":
                return self._token(asked)
            case "openid_configuration":
                base = f"{asked.scheme}://{asked.headers['Host']}"
                return Answer(
                    body={"token_endpoint": base + TOKEN, "authorization_endpoint": base + AUTHORIZE}
                )
            case "other method":
                return _refused(405, "invalid_request", "method not allowed")
        return Answer(status=404, body="404 page not found")

    def _authorize(self, asked: Asked) -> Answer:
        """Show the page, or take its answer and send the browser back to the application."""
        if mistake := self._mistake(asked.query):
            return _page(400, mistake)
        offered = self._offered(asked)
        if asked.method == "POST":
            return self._decided(asked, offered)
        approval = self._books.approval
        if approval.by_hand:
            return self._show(asked, offered)
        if approval.refuse:
            return _back(asked.query, error="access_denied")
        granted = offered if approval.scopes is None else offered & approval.scopes
        return self._granted(asked, approval.account or self._books.accounts[0], granted)

    def _mistake(self, query: Mapping[str, str]) -> str | None:
        """Say what is wrong with a request that must not lead back to anybody."""
        application = self._books.application
        if query.get("client_id") != application.client_id:
            return "unauthorized_client"
        if not application.takes(query.get("redirect_uri", "")):
            return "invalid_redirect_url"
        if query.get("response_type") != "code" or not query.get("state"):
            return "invalid_request"
        return None

    def _offered(self, asked: Asked) -> frozenset[str]:
        return frozenset(asked.query.get("scope", "").split()) & frozenset(SCOPES)

    def _decided(self, asked: Asked, offered: frozenset[str]) -> Answer:
        if asked.form.get("decision") != ["grant"]:
            return _back(asked.query, error="access_denied")
        granted = frozenset(asked.form.get("scope", ())) & offered
        if asked.query.get("require_requested_scopes") == "true" and granted != offered:
            return self._show(asked, offered)
        wanted = asked.form.get("account", [""])[0]
        accounts = self._books.accounts
        account = next((account for account in accounts if account.sub == wanted), accounts[0])
        return self._granted(asked, account, granted)

    def _granted(self, asked: Asked, account: Account, granted: frozenset[str]) -> Answer:
        """Keep the consent and hand out a code.

        Who has consented before is only asked for more if the application wants that.
        """
        client_id = asked.query["client_id"]
        before = account.consents.get(client_id)
        if before and asked.query.get("prompt_missing_scopes") != "true":
            granted = before
        account.consents[client_id] = granted
        code = self._books.tokens.code(account, client_id, asked.query["redirect_uri"], granted)
        return _back(asked.query, code=code, locale=account.locale)

    def _show(self, asked: Asked, offered: frozenset[str]) -> Answer:
        boxes = "\n".join(
            f'<p><label><input type="checkbox" name="scope" value="{scope}" checked> {scope}</label>'
            for scope in SCOPES
            if scope in offered
        )
        accounts = "".join(
            f'<option value="{escape(account.sub)}">{escape(account.email)}</option>'
            for account in self._books.accounts
        )
        page = PAGE.format(
            application=escape(asked.query["client_id"]),
            action=escape(f"{AUTHORIZE}?{urlencode(asked.query)}"),
            boxes=boxes,
            accounts=accounts,
        )
        return Answer(body=page, headers={"Content-Type": "text/html; charset=utf-8"})

    def _token(self, asked: Asked) -> Answer:
        """Exchange a code or a refresh token; a form, never JSON."""
        form = {name: values[-1] for name, values in asked.form.items()}
        if asked.media_type != FORM:
            return _refused(400, "invalid_request", "The request must be form encoded")
        if form.get("client_id") != self._books.application.client_id:
            return _refused(401, "unauthorized_client", "The client is not known")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                grant = self._books.tokens.refresh(form.get("refresh_token", ""), form["client_id"])
                return self._login_required() if grant is None else Answer(body=grant)
            case "client_credentials":
                return self._partner(form)
        return _refused(400, "unsupported_grant_type", "This grant type is not offered")

    def _exchange(self, form: Mapping[str, str]) -> Answer:
        application = self._books.application
        if form.get("client_secret") != application.client_secret:
            return _refused(401, "unauthorized_client", "The client secret is wrong")
        if (audience := form.get("audience")) and audience not in self._books.audience():
            return _refused(400, "invalid_request", "The audience is not known")
        code = self._books.tokens.take_code(form.get("code", ""))
        if code is None or code.client_id != form["client_id"]:
            return _refused(400, "invalid_auth_code", "The authorization code is invalid or expired")
        if code.redirect_uri != form.get("redirect_uri"):
            return _refused(400, "invalid_redirect_url", "The redirect URL is another one")
        return Answer(body=self._books.tokens.sign_in(code.account, application, code.scopes))

    def _partner(self, form: Mapping[str, str]) -> Answer:
        """Hand a token to the application itself, for one region."""
        if form.get("client_secret") != self._books.application.client_secret:
            return _refused(401, "unauthorized_client", "The client secret is wrong")
        scopes = frozenset(form.get("scope", "").split())
        if form.get("audience") not in self._books.bases.values():
            return _refused(400, "invalid_request", "The audience is not known")
        if "openid" not in scopes:
            return _refused(400, "invalid_request", "The scope openid is missing")
        granted = scopes & {*SCOPES, *PARTNER_SCOPES}
        return Answer(body=self._books.tokens.sign_in_partner(form["client_id"], form["audience"], granted))

    def _login_required(self) -> Answer:
        body = {
            "error": "login_required",
            "error_description": "The refresh_token is invalid",
            "referenceID": f"{self._books.random.getrandbits(64):016x}-{int(self._books.clock.now() * 1000)}",
        }
        return Answer(status=401, body=body)


def _back(query: Mapping[str, str], **result: str) -> Answer:
    """Send the browser back to the application."""
    redirect = query["redirect_uri"]
    joint = "&" if "?" in redirect else "?"
    location = f"{redirect}{joint}{urlencode({**result, 'state': query['state']})}"
    return Answer(status=302, headers={"Location": location})


def _refused(status: int, error: str, description: str) -> Answer:
    return Answer(status=status, body={"error": error, "error_description": description, "error_uri": ""})


def _page(status: int, error: str) -> Answer:
    body = f"<!doctype html><title>{error}</title><h1>{error}</h1>"
    return Answer(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
