"""The pages of the sandbox for a person with a browser: what this is, and where a login ends unless told otherwise."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.routing import Route

from .layout import page
from .login_pages import LOGIN_PATH
from .redirects import END_PATH
from .refusals import Refusal, Refused
from .state import API_KEY

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from .state import SandboxState

_WELCOME = f"""\
<p>This is a local Torus for development and tests. Nothing in it is real.</p>
<p><a href="{LOGIN_PATH}{escape(API_KEY)}">Log in</a> to get a request token, or send a POST to
<code>/_sandbox/request-tokens</code>.</p>"""

_END = """\
<p>You are logged in. Copy this request token, or the whole address of this page:</p>
<p><code>{}</code></p>
<p>It is good for one use, and for a few minutes.</p>"""


class Pages:
    """The pages over one state."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = [
            Route("/", self.welcome),
            Route(END_PATH, self.end),
        ]

    async def welcome(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """Say what this is."""
        return page("Torus sandbox", _WELCOME)

    async def end(self, request: Request) -> Response:
        """Show the request token of the address; only one that was issued here, never any text that is handed in."""
        request_token = request.query_params.get("REQUEST_TOKEN", "")
        if not self._state.has_issued(request_token):
            raise Refused(Refusal.NOT_FOUND)
        return page("Logged in to the Torus sandbox", _END.format(escape(request_token)))
