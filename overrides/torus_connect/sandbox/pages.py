"""The pages of the sandbox for a person with a browser: the reference, a login, and where the login ends."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from torus_connect.spec import reference_page

from .refusals import Refusal, Refused
from .state import API_KEY, same

if TYPE_CHECKING:
    from starlette.requests import Request

    from .state import SandboxState

LOGIN_PATH = "/connect/login/"
END_PATH = "/_sandbox/end"
TO_LOGIN_PATH = "/_sandbox/login"

# The URL of the last page holds a request token: it is kept from other sites and out of caches. Nothing is loaded.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_LOGIN = """\
<p>The real service asks for a one-time password here. The sandbox asks for nothing.</p>
<form method="post"><button>Log in as the demo user</button></form>"""

_END = """\
<p>You are logged in. Copy this request token, or the whole address of this page:</p>
<p><code>{}</code></p>
<p>It is good for one use, and for a few minutes.</p>"""


class Pages:
    """The pages over one state."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._reference = reference_page()
        self._policy = policy_in(self._reference)
        self.routes = [
            Route("/", self.reference),
            Route(TO_LOGIN_PATH, self.to_login),
            Route(LOGIN_PATH + "{api_key}", self.login, methods=["GET", "POST"]),
            Route(END_PATH, self.end),
        ]

    async def reference(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Show the reference of the call, with its console."""
        return HTMLResponse(self._reference, headers=_HEADERS | {"Content-Security-Policy": self._policy})

    async def to_login(self, request: Request) -> Response:  # noqa: ARG002 - as above
        """Go to the login: the address of a page that does not know the API key."""
        return RedirectResponse(LOGIN_PATH + API_KEY, status_code=303, headers=_HEADERS)

    async def login(self, request: Request) -> Response:
        """Show the login; on its POST, issue a request token and go to the end URL with it."""
        if not same(request.path_params["api_key"], API_KEY):
            raise Refused(Refusal.NOT_FOUND)
        if request.method != "POST":
            return _page("Log in to the Torus sandbox", _LOGIN)
        query = urlencode({"REQUEST_TOKEN": self._state.issue()})
        return RedirectResponse(f"{END_PATH}?{query}", status_code=303, headers=_HEADERS)

    async def end(self, request: Request) -> Response:
        """Show the request token of the address; only one that was issued here, never any text that is handed in."""
        request_token = request.query_params.get("REQUEST_TOKEN", "")
        if not self._state.has_issued(request_token):
            raise Refused(Refusal.NOT_FOUND)
        return _page("Logged in to the Torus sandbox", _END.format(escape(request_token)))


def policy_in(page: str) -> str:
    """Return the policy that a page states for itself, with what only a header can add to it.

    Raises:
        ValueError: it states none.
    """
    stated = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    if stated is None:
        msg = "the reference page states no policy"
        raise ValueError(msg)
    return f"{unescape(stated[1])}; frame-ancestors 'none'"


def _page(title: str, content: str) -> Response:
    title = escape(title)
    document = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n<h1>{title}</h1>\n{content}\n</body>\n</html>\n"
    )
    return HTMLResponse(document, headers=_HEADERS)
