"""The Arazzo document runs against a sandbox, and does not against one that misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import arazzo
from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.app import build_app
from torus_connect.sandbox.background import BackgroundServer
from torus_connect.sandbox.contract import Contract
from torus_connect.sandbox.listener import listen
from torus_connect.sandbox.state import SandboxState

pytestmark = pytest.mark.toolchain

ISSUE, GENERATE, USE = "/_sandbox/request-tokens", "/api/v1/session/generate", "/api/v1/holdings/"
SHOW, GENERATE_WITH_TOTP = "/_sandbox/totp-codes", "/api/v1/session/totp/generate"
USES = "readHoldings readHoldingsAfterCode"
# What answers in the place of the sandbox, where, and the steps that must fail then.
MISBEHAVIOURS: dict[str, tuple[str, Callable[[], Response], str]] = {
    "no request token": (ISSUE, lambda: JSONResponse({}, 201), "obtainRequestToken"),
    "another request token": (ISSUE, lambda: JSONResponse({"request_token": "demo"}, 201), "generateSession"),
    "no access token": (GENERATE, lambda: JSONResponse({}), "generateSession"),
    "an empty access token": (GENERATE, lambda: JSONResponse({"AccessToken": ""}), "generateSession"),
    "a null access token": (GENERATE, lambda: JSONResponse({"AccessToken": None}), "generateSession"),
    "another access token": (GENERATE, lambda: JSONResponse({"AccessToken": "demo"}), "readHoldings"),
    "another success": (GENERATE, lambda: JSONResponse({"AccessToken": "demo"}, 201), "generateSession"),
    "a redirect": (GENERATE, lambda: RedirectResponse("/elsewhere", 303), "generateSession"),
    "an access token refused": (USE, lambda: JSONResponse({"error": "e", "details": "d"}, 401), USES),
    "an account call that fails": (USE, lambda: JSONResponse({}, 500), USES),
    "holdings that say an error": (USE, lambda: JSONResponse({"status": "error", "data": None}), USES),
    "no code": (SHOW, lambda: JSONResponse({}, 201), "obtainCode"),
    "another code": (SHOW, lambda: JSONResponse({"totp": "000000"}, 201), "generateSessionWithTotp"),
    "no access token for a code": (GENERATE_WITH_TOTP, lambda: JSONResponse({}), "generateSessionWithTotp"),
    "an empty one": (GENERATE_WITH_TOTP, lambda: JSONResponse({"AccessToken": ""}), "generateSessionWithTotp"),
    "another one": (GENERATE_WITH_TOTP, lambda: JSONResponse({"AccessToken": "demo"}), "readHoldingsAfterCode"),
    "a redirect of a code": (GENERATE_WITH_TOTP, lambda: RedirectResponse("/x", 303), "generateSessionWithTotp"),
}


class Misbehaving:
    """A sandbox that answers one path as it is told."""

    def __init__(self, app: ASGIApp, *, path: str, response: Callable[[], Response]) -> None:
        self._app, self._path, self._response = app, path, response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        there = scope["type"] == "http" and scope["path"] == self._path
        await (self._response() if there else self._app)(scope, receive, send)


def test_it_runs(torus_sandbox: Sandbox) -> None:
    before = torus_sandbox.exchanges
    done = arazzo.run(origin=torus_sandbox.origin, api_key=torus_sandbox.api_key, api_secret=torus_sandbox.api_secret)
    assert done.returncode == 0, done.stdout
    assert "Steps: 6 passed, 6 total" in done.stdout
    assert torus_sandbox.exchanges == before + 2


@pytest.mark.parametrize(
    ("wrong", "steps"),
    [("api_key", ["generateSession", "generateSessionWithTotp"]), ("api_secret", ["generateSession"])],
)
def test_wrong_credentials_fail(torus_sandbox: Sandbox, wrong: str, steps: list[str]) -> None:
    right = {"api_key": torus_sandbox.api_key, "api_secret": torus_sandbox.api_secret}
    done = arazzo.run(origin=torus_sandbox.origin, **{**right, wrong: "demo-wrong-not-real"})
    assert done.returncode == 1
    assert failed(done.stdout) == steps, done.stdout


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_a_sandbox_that_misbehaves_fails(misbehaviour: str) -> None:
    path, response, steps = MISBEHAVIOURS[misbehaviour]
    app = build_app(SandboxState(), Contract())
    app.add_middleware(Misbehaving, path=path, response=response)
    sock = listen(0)
    server = BackgroundServer(app, sock)
    server.start()
    try:
        origin = f"http://127.0.0.1:{sock.getsockname()[1]}"
        done = arazzo.run(origin=origin, api_key=Sandbox.api_key, api_secret=Sandbox.api_secret)
    finally:
        server.stop()
    assert done.returncode == 1
    assert failed(done.stdout) == steps.split(), done.stdout


def failed(output: str) -> list[str]:
    return re.findall(r"✗ .* - step (\w+)", output)
