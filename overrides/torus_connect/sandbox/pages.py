"""The pages of the sandbox for a person with a browser: the reference, and where a login ends unless told otherwise."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .account_page import ACCOUNT_PATH
from .layout import HEADERS, page
from .login_pages import LOGIN_PATH
from .redirects import END_PATH
from .refusals import Refusal, Refused
from .state import API_KEY

if TYPE_CHECKING:
    from starlette.requests import Request

    from .state import SandboxState

TO_LOGIN_PATH = "/_sandbox/login"

_END = """\
<p>You are logged in. Copy this request token, or the whole address of this page:</p>
<p><code>{}</code></p>
<p>It is good for one use, and for a few minutes.</p>
<p><a href="{}">The account of {}</a></p>"""


class Pages:
    """The pages over one state, and the reference page, where there is one."""

    def __init__(self, state: SandboxState, reference: str | None) -> None:
        self._state = state
        self._reference = reference
        self._policy = policy_in(reference) if reference else ""
        self.routes: list[Route] = [
            Route("/", self.reference),
            Route(TO_LOGIN_PATH, self.to_login),
            Route(END_PATH, self.end),
        ]

    async def reference(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Show the reference of the calls, with a console for each."""
        if not self._reference:
            raise Refused(Refusal.NOT_FOUND)
        return HTMLResponse(self._reference, headers=HEADERS | {"Content-Security-Policy": self._policy})

    async def to_login(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Go to the login: the address of a page that does not know the API key."""
        return RedirectResponse(LOGIN_PATH + API_KEY, status_code=303, headers=HEADERS)

    async def end(self, request: Request) -> Response:
        """Show the request token of the address; only one that was issued here, never any text that is handed in."""
        request_token = request.query_params.get("REQUEST_TOKEN", "")
        user = self._state.user_of_request_token(request_token)
        if user is None:
            raise Refused(Refusal.NOT_FOUND)
        account = f"{ACCOUNT_PATH}?{urlencode({'user': user})}"
        return page("Logged in to the Torus sandbox", _END.format(escape(request_token), account, escape(user)))


def policy_in(document: str) -> str:
    """Return the policy that a page states for itself, with what only a header can add to it.

    Raises:
        ValueError: it states none.
    """
    stated = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', document)
    if stated is None:
        msg = "the reference page states no policy"
        raise ValueError(msg)
    return f"{unescape(stated[1])}; frame-ancestors 'none'"
