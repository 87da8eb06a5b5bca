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
TOTP_CODES = os.environ["TORUS_TOTP_CODES"]
WITH_TOTP = {"API_KEY", "TOTP"}
SERVED, MISSING, UNKNOWN = 200, 400, 401
positive = count()


def issued(url: str, name: str) -> str:
    """Let the sandbox issue something."""
    with urlopen(Request(url, method="POST"), timeout=10) as reply:  # noqa: S310 - the sandbox
        value: str = json.load(reply)[name]
    return value


class RequestToken:
    """A request token of its own for every case: each is good for one use."""

    def get(self, _case: Case, _context: AuthContext) -> str:
        """Let the sandbox issue one."""
        return issued(REQUEST_TOKENS, "request_token")

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        """Put it where the specification says."""
        case.headers["Token"] = data


def before_call(_context: HookContext, case: Case, _arguments: dict[str, object]) -> None:
    """Put the credentials of the sandbox into every other valid body, since made-up ones are never served."""
    valid = case.meta is not None and case.meta.generation.mode.value == "positive"
    if not valid or not isinstance(case.body, dict):
        return
    if case.body.keys() == CREDENTIALS.keys() and next(positive) % 2:
        case.body = dict(CREDENTIALS)
    elif case.body.keys() == WITH_TOTP and next(positive) % 2:
        case.body = {"API_KEY": CREDENTIALS["API_KEY"], "TOTP": issued(TOTP_CODES, "totp")}


def token_is_demanded(_context: CheckContext, response: Response, case: Case) -> None:
    """Fail where a request that was served is served without its token, too, or with one that nobody issued.

    A call with a code has no token; that its code is good once is for the tests of the sandbox to see.
    """
    if response.status_code == SERVED and case.operation.definition.raw.get("security") != []:
        for token, expected in ((None, MISSING), ("demo-made-up-token", UNKNOWN)):
            headers = {"Content-Type": "application/json"} | ({"Token": token} if token else {})
            again = requests.post(response.request.url, data=response.request.body, headers=headers, timeout=10)
            if again.status_code != expected:
                raise AssertionError(f"with {token} as its token it was answered {again.status_code}")


schemathesis.auth(refresh_interval=None)(RequestToken)
schemathesis.hook(before_call)
schemathesis.check(token_is_demanded)
