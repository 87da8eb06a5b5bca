"""What Schemathesis must know of the sandbox: `SCHEMATHESIS_HOOKS=hooks` makes it load this."""

from __future__ import annotations

import json
import os
from itertools import count
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import requests
import schemathesis

if TYPE_CHECKING:
    from schemathesis import AuthContext, Case, CheckContext, HookContext, Response

REQUEST_TOKENS = os.environ["TORUS_REQUEST_TOKENS"]
CREDENTIALS = {"API_KEY": os.environ["TORUS_API_KEY"], "API_SECRET": os.environ["TORUS_API_SECRET"]}
SERVED, MISSING, UNKNOWN = 200, 400, 401
positive = count()


class RequestToken:
    """A request token of its own for every case: each is good for one use."""

    def get(self, _case: Case, _context: AuthContext) -> str:
        """Let the sandbox issue one."""
        with urlopen(Request(REQUEST_TOKENS, method="POST"), timeout=10) as reply:  # noqa: S310 - the sandbox
            token: str = json.load(reply)["request_token"]
        return token

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        """Put it where the specification says."""
        case.headers["Token"] = data


def before_call(_context: HookContext, case: Case, _arguments: dict[str, object]) -> None:
    """Put the credentials of the sandbox into every other valid body, since made-up ones are never served."""
    valid = case.meta is not None and case.meta.generation.mode.value == "positive"
    if valid and isinstance(case.body, dict) and case.body.keys() == CREDENTIALS.keys() and next(positive) % 2:
        case.body = dict(CREDENTIALS)


def token_is_demanded(_context: CheckContext, response: Response, _case: Case) -> None:
    """Fail where a request that was served is served without its token, too, or with one that nobody issued."""
    if response.status_code == SERVED:
        for token, expected in ((None, MISSING), ("demo-made-up-token", UNKNOWN)):
            headers = {"Content-Type": "application/json"} | ({"Token": token} if token else {})
            again = requests.post(response.request.url, data=response.request.body, headers=headers, timeout=10)
            if again.status_code != expected:
                raise AssertionError(f"with {token} as its token it was answered {again.status_code}")


schemathesis.auth(refresh_interval=None)(RequestToken)
schemathesis.hook(before_call)
schemathesis.check(token_is_demanded)
