"""The sandbox as a Starlette application: the operations of its document, and what a developer needs around them."""

from __future__ import annotations

import json
import logging
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]
from openapi_core.datatypes import RequestParameters
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from .account_page import AccountPage
from .body import arguments_of, read_body
from .contract import header_names
from .control_api import ControlAPI
from .document import served_at
from .login_pages import LoginPages
from .losses import Kept
from .pages import Pages
from .redirects import EndURL
from .refusals import Refusal, Refused
from .replies import DEFAULT_USER, fault_of, find, reply_of
from .security import Security
from .sending import encode as _encode
from .sending import refusing as _refusing
from .sending import reply as _reply
from .sending import send
from .state import API_KEY, API_SECRET
from .timeline import CatchUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from .contract import Contract
    from .document import Operation, Scheme
    from .losses import Answer
    from .state import SandboxState

REQUEST_TOKENS_PATH = "/_sandbox/request-tokens"
WHOAMI_PATH = "/_sandbox/whoami"
CREDENTIALS_PATH = "/_sandbox/credentials"
TOTP_CODES_PATH = "/_sandbox/totp-codes"
REPLIES_PATH = "/_sandbox/replies"
FAULTS_PATH = "/_sandbox/faults"
DOCUMENT_PATHS = ("/openapi.json", "/openapi.yaml")

_CHECKED_ROWS = 20  # each takes 0.4 ms
_LARGEST_REPLY = 16 * 1024 * 1024
_LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"

_SESSION, _SESSION_WITH_TOTP = "generateSession", "generateSessionWithTotp"
_PARAMETER = re.compile(r"\{[^}]*\}")

_log = logging.getLogger("torus_connect.sandbox")


def build_app(
    state: SandboxState, contract: Contract, end: EndURL | None = None, reference: str | None = None
) -> Starlette:
    """Return the application that serves this state under this contract.

    Args:
        state: the tokens and codes that are good.
        contract: the operations.
        end: where a login leads; without it, to a page of the sandbox.
        reference: the reference page; without it, there is none.
    """
    calls, pages, logins = _Calls(state, contract), Pages(state, reference), LoginPages(state, end or EndURL())
    app = Starlette(
        routes=[
            *calls.routes(),
            Route(TOTP_CODES_PATH, calls.show_code, methods=["POST"]),
            Route(REQUEST_TOKENS_PATH, calls.issue_request_token, methods=["POST"]),
            Route(WHOAMI_PATH, calls.who_am_i),
            Route(CREDENTIALS_PATH, calls.credentials),
            Route(REPLIES_PATH, calls.reset, methods=["DELETE"]),
            Route(REPLIES_PATH + "/{operation_id:path}", calls.set_reply, methods=["PUT"]),
            Route(FAULTS_PATH + "/{operation_id:path}", calls.set_fault, methods=["PUT"]),
            *(Route(path, calls.document) for path in DOCUMENT_PATHS),
            *ControlAPI(state, contract).routes,
            *pages.routes,
            *logins.routes,
            AccountPage(state.trading).route,
        ],
        middleware=[
            # A page that had its own name resolved to 127.0.0.1 (DNS rebinding) still sends that name.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
            Middleware(CatchUp, timeline=state.timeline),
            Middleware(
                CORSMiddleware,
                allow_origin_regex=_LOOPBACK_ORIGIN,
                allow_methods=sorted({"GET", "POST"} | {each.method for each in contract.operations.values()}),
                allow_headers=sorted({"Content-Type"} | set(header_names(contract))),
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
        self._request_token = _request_token(contract)
        self._security = Security(state, self._request_token)

    def routes(self) -> Iterator[Route]:
        """Yield a route for each path of the document; one without parameters comes before those that match it, too."""
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in self._contract.operations.values():
            by_path.setdefault(operation.path, {})[operation.method] = operation
        for path in sorted(by_path, key=lambda path: ["{" in step for step in path.split("/")]):
            yield self._route(path, by_path[path])

    def _route(self, path: str, operations: dict[str, Operation]) -> Route:
        names = [parameter[1:-1] for parameter in _PARAMETER.findall(path)]
        # Starlette takes no such name as `company-code`.
        numbered = iter(range(len(names)))
        route = _PARAMETER.sub(lambda _: f"{{p{next(numbered)}}}", path)

        async def answer(request: Request) -> Response:
            operation = operations["GET" if request.method == "HEAD" and "HEAD" not in operations else request.method]
            values = {name: request.path_params[f"p{number}"] for number, name in enumerate(names)}
            if operation.id == _SESSION:
                return await self._generate_session(operation, request)
            if operation.id == _SESSION_WITH_TOTP:
                return await self._generate_session_with_totp(operation, request)
            user = self._security.check(operation, request)
            body = await self._check(operation, request, values)
            answer = self._state.replies.take(operation, user)
            return await send(
                answer, operation, request, lambda: self._trade(operation, user, body, closed=answer.rejects)
            )

        return Route(route, answer, methods=list(operations))

    async def _generate_session(self, operation: Operation, request: Request) -> Response:
        # The order counts: the state of the token is looked at last, so that nothing malformed burns a token.
        content = await self._content(operation, request)
        tokens = request.headers.getlist(self._request_token.name if self._request_token else "Token")
        if len(tokens) != 1 or not tokens[0]:  # the specification cannot say either
            raise Refused(Refusal.TOKEN_MISSING)

        def serve() -> bytes:
            access_token = self._state.redeem(tokens[0], api_key=content["API_KEY"], api_secret=content["API_SECRET"])
            return self._checked(operation, {"AccessToken": access_token})

        user = self._state.user_of_request_token(tokens[0])
        return await send(self._state.replies.take(operation, user), operation, request, serve)

    async def _generate_session_with_totp(self, operation: Operation, request: Request) -> Response:
        content = await self._content(operation, request)

        def serve() -> bytes:
            access_token = self._state.redeem_code(content["TOTP"], api_key=content["API_KEY"])
            return self._checked(operation, {"AccessToken": access_token})

        return await send(self._state.replies.take(operation, DEFAULT_USER), operation, request, serve)

    async def _content(self, operation: Operation, request: Request) -> dict[str, str]:
        content: dict[str, str] = json.loads(await self._check(operation, request, {}))
        return content

    async def _check(self, operation: Operation, request: Request, values: dict[str, str]) -> bytes:
        """Check all of a request but its security, and return its body."""
        media_type = request.headers.get("Content-Type", "")
        if operation.body_required:
            media_type = self._contract.check_content_type(operation, media_type)
        body = await read_body(request)
        if body and operation.media_types:
            media_type = self._contract.check_content_type(operation, media_type)
        parameters = RequestParameters(
            query=request.query_params, header=request.headers, cookie=request.cookies, path=values
        )
        self._contract.check_request(operation, parameters=parameters, media_type=media_type, body=body)
        return body

    async def show_code(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        return _reply(201, _encode({"totp": self._state.codes.show()}))

    async def issue_request_token(self, request: Request) -> Response:
        arguments = arguments_of(request, await read_body(request), {"expires_in", "user"})
        if None in arguments.values():
            raise Refused(Refusal.BODY_MALFORMED)
        return _reply(201, _encode({"request_token": _refusing(self._state.issue, **arguments)}))

    async def set_reply(self, request: Request) -> Response:
        return await self._set(request, {"reply", "validate"}, partial(reply_of, self._contract))

    async def set_fault(self, request: Request) -> Response:
        return await self._set(request, {"status", "headers", "body", "lost"}, fault_of)

    async def reset(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        self._state.reset()
        return _reply(204, b"", media_type=None)

    async def _set(self, request: Request, names: set[str], make: Callable[..., Answer]) -> Response:
        operation = _refusing(find, self._contract, request.path_params["operation_id"], refusal=Refusal.NOT_FOUND)
        arguments = arguments_of(request, await read_body(request, _LARGEST_REPLY), {*names, "user", "times"})
        if "reply" in names - arguments.keys():
            raise Refused(Refusal.BODY_MALFORMED, "The field reply is missing.")
        user, times = arguments.pop("user", None), arguments.pop("times", None)
        kept = Kept((_refusing(make, operation, **arguments),), times)
        _refusing(self._state.replies.keep, operation, kept, user)
        return _reply(204, b"", media_type=None)

    async def document(self, request: Request) -> Response:
        # Whoever points a console at it means to call this sandbox, by the name and port by which they reach it.
        served = served_at(self._contract.document, str(request.base_url).rstrip("/"))
        if request.url.path == DOCUMENT_PATHS[0]:
            return _reply(200, json.dumps(served).encode())
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(served, Dumper=dumper, sort_keys=False, allow_unicode=True)
        return _reply(200, text.encode(), media_type="application/yaml")

    async def who_am_i(self, request: Request) -> Response:
        user = self._security.bearer(request.headers.get("Authorization", ""))
        return _reply(200, _encode({"user": user}))

    async def credentials(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        # By the names that they have in the calls: the console of the reference fills its fields in with them.
        return _reply(200, _encode({"API_KEY": API_KEY, "API_SECRET": API_SECRET}))

    async def refuse(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 - Starlette's signature
        refused = error if isinstance(error, Refused) else Refused(Refusal.NOT_FOUND)
        headers = {"WWW-Authenticate": "Bearer"} if refused.refusal is Refusal.ACCESS_TOKEN_UNKNOWN else None
        return _reply(refused.refusal.status, _encode(refused.body), headers)

    async def refuse_route(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 - Starlette's signature
        known = isinstance(error, HTTPException) and error.status_code == Refusal.METHOD_NOT_ALLOWED.status
        refusal = Refusal.METHOD_NOT_ALLOWED if known else Refusal.NOT_FOUND
        return _reply(refusal.status, _encode(Refused(refusal).body), getattr(error, "headers", None))

    def _trade(self, operation: Operation, user: str | None, body: bytes, *, closed: bool) -> bytes | None:
        reply = _refusing(
            self._state.trading.answer, operation, user, body, closed=closed, refusal=Refusal.ORDER_REFUSED
        )
        return operation.example if reply is None else self._checked(operation, reply)

    def _checked(self, operation: Operation, reply: dict[str, Any]) -> bytes:
        """Return a reply that the sandbox made as its body, once it fits; of many rows, the last are looked at."""
        sample = {**reply, "data": reply["data"][-_CHECKED_ROWS:]} if "data" in reply else reply
        fault = self._contract.fault_in_reply(operation, operation.status, _encode(sample))
        if fault is not None:
            # Of the document alone: no value of the reply is in it, and so no access token.
            _log.error("a reply of the sandbox does not fit the specification: %s", fault)
            raise Refused(Refusal.SANDBOX_FAULT)
        return _encode(reply)


def _request_token(contract: Contract) -> Scheme | None:
    """Return the scheme of the request token: the one of the session call."""
    operation = contract.operations.get(_SESSION)
    schemes = [scheme for alternative in operation.security for scheme in alternative] if operation else []
    return schemes[0] if schemes else None
