"""The sandbox as a Starlette application: the call of the specification, and what a developer needs around it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Route

from .body import read_body
from .login_pages import LoginPages
from .pages import Pages
from .redirects import EndURL
from .refusals import Refusal, Refused
from .state import API_KEY, API_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from .contract import Contract
    from .state import SandboxState

REQUEST_TOKENS_PATH = "/_sandbox/request-tokens"
WHOAMI_PATH = "/_sandbox/whoami"
CREDENTIALS_PATH = "/_sandbox/credentials"
TOTP_CODES_PATH = "/_sandbox/totp-codes"

_LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"

_log = logging.getLogger("torus_connect.sandbox")


def build_app(state: SandboxState, contract: Contract, end: EndURL | None = None) -> Starlette:
    """Return the application that serves this state under this contract; its logins lead to the end URL."""
    calls, pages, logins = _Calls(state, contract), Pages(state), LoginPages(state, end or EndURL())
    app = Starlette(
        routes=[
            Route(contract.path, calls.generate_session, methods=["POST"]),
            Route(contract.totp_path, calls.generate_session_with_totp, methods=["POST"]),
            Route(TOTP_CODES_PATH, calls.show_code, methods=["POST"]),
            Route(REQUEST_TOKENS_PATH, calls.issue_request_token, methods=["POST"]),
            Route(WHOAMI_PATH, calls.who_am_i),
            Route(CREDENTIALS_PATH, calls.credentials),
            *pages.routes,
            *logins.routes,
        ],
        middleware=[
            # A page that had its own name resolved to 127.0.0.1 (DNS rebinding) still sends that name.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
            Middleware(
                CORSMiddleware,
                allow_origin_regex=_LOOPBACK_ORIGIN,
                allow_methods=["GET", "POST"],
                allow_headers=["Token", "Content-Type"],
            ),
        ],
        exception_handlers={Refused: calls.refuse, HTTPException: calls.refuse_route},
    )
    app.router.redirect_slashes = False  # a path that is nearly right is wrong: no client may be sent on with its token
    return app


class _Calls:
    def __init__(self, state: SandboxState, contract: Contract) -> None:
        self._state = state
        self._contract = contract

    async def generate_session(self, request: Request) -> Response:
        # The order counts: the state of the token is looked at last, so that nothing malformed burns a token.
        content = await self._content(self._contract.path, request)
        tokens = request.headers.getlist("Token")
        if len(tokens) != 1 or not tokens[0]:  # the specification cannot say either
            raise Refused(Refusal.TOKEN_MISSING)
        access_token = self._state.redeem(tokens[0], api_key=content["API_KEY"], api_secret=content["API_SECRET"])
        return self._checked(200, {"AccessToken": access_token})

    async def generate_session_with_totp(self, request: Request) -> Response:
        content = await self._content(self._contract.totp_path, request)
        return self._checked(200, {"AccessToken": self._state.redeem_code(content["TOTP"], api_key=content["API_KEY"])})

    async def _content(self, path: str, request: Request) -> dict[str, str]:
        media_type = self._contract.check_content_type(request.headers.get("Content-Type", ""))
        body = await read_body(request)
        return self._contract.check_request(path, headers=request.headers, media_type=media_type, body=body)

    async def show_code(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return _json(201, _encode({"totp": self._state.codes.show()}))

    async def issue_request_token(self, request: Request) -> Response:
        body = await read_body(request)
        if body:
            self._contract.check_content_type(request.headers.get("Content-Type", ""))
        try:
            request_token = self._state.issue(**_issue_arguments(body))
        except (ValueError, RecursionError):
            raise Refused(Refusal.BODY_MALFORMED) from None
        return _json(201, _encode({"request_token": request_token}))

    async def who_am_i(self, request: Request) -> Response:
        scheme, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._state.has_generated(access_token):
            return _json(200, _encode({"user": "sandbox-user"}))
        details = "No session of this access token was generated here."
        return _json(
            401, _encode({"error": "access_token_unknown", "details": details}), {"WWW-Authenticate": "Bearer"}
        )

    async def credentials(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        # By the names that they have in the calls: the console of the reference fills its fields in with them.
        return _json(200, _encode({"API_KEY": API_KEY, "API_SECRET": API_SECRET}))

    async def refuse(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 - as above
        refusal = error.refusal if isinstance(error, Refused) else Refusal.NOT_FOUND
        return self._checked(refusal.status, refusal.body)

    async def refuse_route(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 - as above
        known = isinstance(error, HTTPException) and error.status_code == Refusal.METHOD_NOT_ALLOWED.status
        refusal = Refusal.METHOD_NOT_ALLOWED if known else Refusal.NOT_FOUND
        return self._checked(refusal.status, refusal.body, getattr(error, "headers", None))

    def _checked(self, status: int, content: dict[str, str], headers: Mapping[str, str] | None = None) -> Response:
        body = _encode(content)
        fault = self._contract.fault_in_reply(status, body)
        if fault is None:
            return _json(status, body, headers)
        # Only the class of the fault is logged: its text repeats the reply, and with it an access token.
        _log.error("a reply of the sandbox with status %d does not fit the specification: %s", status, fault)
        details = "The sandbox made a reply that does not fit the specification: a bug of torus-connect."
        return _json(500, _encode({"error": "sandbox_fault", "details": details}))


def _issue_arguments(body: bytes) -> dict[str, Any]:
    arguments = json.loads(body or b"{}")
    if not isinstance(arguments, dict) or not arguments.keys() <= {"expires_in"} or None in arguments.values():
        raise ValueError
    return arguments


def _encode(content: dict[str, str]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _json(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body, status, headers=headers, media_type="application/json")
