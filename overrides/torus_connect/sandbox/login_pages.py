"""The other side of the login: the pages on which a user says who he is, and proves it by a one-time password."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .body import read_body
from .layout import HEADERS, page
from .logins import OTP_LIFETIME, LoginFault
from .refusals import Refusal, Refused
from .state import API_KEY, same

if TYPE_CHECKING:
    from starlette.requests import Request

    from .redirects import EndURL
    from .state import SandboxState

LOGIN_PATH = "/connect/login/"
USER_PATH = "/_sandbox/sso"
OTP_PATH = "/_sandbox/sso/otp"
SENT_PATH = "/_sandbox/otp"

_COOKIE = "torus_sandbox_login"
_TITLE = "Log in to the Torus sandbox"
_USER = """\
<p>Any e-mail address or mobile number will do: nothing is sent to it, and nothing here is real.</p>
<form method="post">{form}
<p><label for="user">E-mail or mobile</label>
<input id="user" name="user" required autofocus autocomplete="username" maxlength="200"></p>
<p><button name="go" value="1">Send a one-time password</button>
<button name="cancel" value="1" formnovalidate>Cancel</button></p></form>"""
_OTP = f"""\
<p>The sandbox sends no mail. Where it runs in a terminal, the one-time password is printed there; a program finds it at
<a href="{SENT_PATH}" target="_blank" rel="noopener noreferrer">{SENT_PATH}</a>. It is good for {OTP_LIFETIME:.0f}
seconds.</p>
<form method="post">{{form}}
<p><label for="otp">One-time password</label>
<input id="otp" name="otp" required autofocus autocomplete="one-time-code" inputmode="numeric" maxlength="20"></p>
<p><button name="go" value="1">Log in</button>
<button name="again" value="1" formnovalidate>Send another</button>
<button name="cancel" value="1" formnovalidate>Cancel</button></p></form>"""
_OVER = f"""\
<p role="alert">This login is over: it took too long, or too many one-time passwords were wrong.</p>
<p><a href="{LOGIN_PATH}{escape(API_KEY)}">Start again</a></p>"""


class LoginPages:
    """The pages over one state.

    Args:
        state: issues the request tokens, and knows the logins.
        end: where they lead.
    """

    def __init__(self, state: SandboxState, end: EndURL) -> None:
        self._state = state
        self._logins = state.logins
        self._end = end
        self.routes: list[Route] = [
            Route(LOGIN_PATH + "{api_key}", self.begin),
            Route(USER_PATH, self.user, methods=["GET", "POST"]),
            Route(OTP_PATH, self.one_time_password, methods=["GET", "POST"]),
            Route(SENT_PATH, self.sent),
        ]

    async def begin(self, request: Request) -> Response:
        """Begin a login, and go to the single sign-on page."""
        if not same(request.path_params["api_key"], API_KEY):
            raise Refused(Refusal.NOT_FOUND)
        reply = RedirectResponse(USER_PATH, status_code=302, headers=HEADERS)
        # Not sent along with a form of another site; but sent when a link of another site has led here.
        reply.set_cookie(_COOKIE, self._logins.start(), path=USER_PATH, httponly=True, samesite="lax")
        return reply

    async def user(self, request: Request) -> Response:
        """Ask who it is; send him a one-time password."""
        if request.method != "POST":
            return self._page(request, _USER)
        cookie, form = await self._form(request)
        if cookie is None:
            return _over()
        if "cancel" in form:
            return self._cancelled(cookie)
        if not self._logins.identify(cookie, form.get("user", "")):
            return self._page(request, _USER, "This is no e-mail address and no mobile number of ten digits.")
        return RedirectResponse(OTP_PATH, 303, HEADERS)

    async def one_time_password(self, request: Request) -> Response:
        """Ask for the one-time password; lead to the end URL with a request token."""
        if request.method != "POST":
            return self._page(request, _OTP)
        cookie, form = await self._form(request)
        if cookie is None:
            return _over()
        if "cancel" in form:
            return self._cancelled(cookie)
        if "again" in form:
            return RedirectResponse(OTP_PATH, 303, HEADERS) if self._logins.send_again(cookie) else _over()
        attempt = self._logins.attempt(cookie, form.get("otp", ""))
        if isinstance(attempt, str):
            return self._led(REQUEST_TOKEN=self._state.issue(user=attempt))
        return _over() if attempt is LoginFault.OVER else self._page(request, _OTP, attempt.value)

    async def sent(self, request: Request) -> Response:
        """Show, to programs, the last one-time password: of `?user=`, or of anybody."""
        sent = self._logins.last_sent(request.query_params.get("user"))
        if sent is None:
            raise Refused(Refusal.NOT_FOUND)
        content = json.dumps({"user": sent.user, "otp": sent.password})
        return Response(content, headers=HEADERS, media_type="application/json")

    async def _form(self, request: Request) -> tuple[str | None, dict[str, str]]:
        """Return the cookie and the fields of a form that a page of this login sent; no cookie where none did."""
        body = await read_body(request)
        fields = parse_qs(body.decode("utf-8", "replace"))
        form = {name: values[0] for name, values in fields.items()}
        cookie = request.cookies.get(_COOKIE, "")
        return (cookie if self._logins.knows(cookie, form.get("form_token", "")) else None), form

    def _page(self, request: Request, content: str, fault: str = "") -> Response:
        form_token = self._logins.form_token(request.cookies.get(_COOKIE, ""))
        if form_token is None:
            return _over()
        hidden = f'<input type="hidden" name="form_token" value="{escape(form_token)}">'
        alert = f'<p role="alert">{escape(fault)}</p>\n' if fault else ""
        return page(
            _TITLE,
            alert + content.format(form=hidden),
            status=422 if fault else 200,
            # A browser holds the policy of a page against where its form is redirected, too.
            form_action=self._end.form_action,
        )

    def _cancelled(self, cookie: str) -> Response:
        self._logins.end(cookie)
        return self._led(error="access_denied")

    def _led(self, **parameters: str) -> Response:
        reply = RedirectResponse(self._end.carrying(**parameters), status_code=303, headers=HEADERS)
        reply.delete_cookie(_COOKIE, path=USER_PATH, httponly=True, samesite="lax")
        return reply


def _over() -> Response:
    return page(_TITLE, _OVER, status=403)
