"""What Schemathesis must know of the sandbox: `SCHEMATHESIS_HOOKS=hooks` makes it load this."""

from __future__ import annotations

import json
import os
from functools import cache
from itertools import count
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import requests
import schemathesis

if TYPE_CHECKING:
    from schemathesis import AuthContext, Case, CheckContext, HookContext, Response

REQUEST_TOKENS = os.environ["TORUS_REQUEST_TOKENS"]
CREDENTIALS = {"API_KEY": os.environ["TORUS_API_KEY"], "API_SECRET": os.environ["TORUS_API_SECRET"]}
SESSION = os.environ["TORUS_SESSION"]
TOTP_CODES = os.environ["TORUS_TOTP_CODES"]
WITH_TOTP = {"API_KEY", "TOTP"}
SERVED, MISSING, UNKNOWN = 200, 400, 401
positive = count()


def issued(url: str, name: str) -> str:
    """Let the sandbox issue something."""
    with urlopen(Request(url, method="POST"), timeout=10) as reply:  # noqa: S310 - the sandbox
        value: str = json.load(reply)[name]
    return value


def asked_for(case: Case) -> dict[str, str]:
    """Return the headers that the security of the operation asks for, each with the value of nobody."""
    document = case.operation.schema.raw_schema
    alternatives = case.operation.definition.raw.get("security", document.get("security", []))
    schemes = [document["components"]["securitySchemes"][name] for name in (alternatives[0] if alternatives else {})]
    return {
        scheme["name"] if scheme["type"] == "apiKey" else "Authorization": "demo-made-up-token"
        if scheme["type"] == "apiKey"
        else "Bearer demo-made-up-token"
        for scheme in schemes
    }


class Credentials:
    """What each operation asks for: a request token of its own for every case, since each is good for one use."""

    def get(self, case: Case, _context: AuthContext) -> dict[str, str]:
        """Let the sandbox issue it."""
        headers = asked_for(case)
        if "Token" in headers:
            headers["Token"] = issued(REQUEST_TOKENS, "request_token")
        if "Authorization" in headers:
            headers["Authorization"] = f"Bearer {access_token()}"
        return headers

    def set(self, case: Case, data: dict[str, str], _context: AuthContext) -> None:
        """Put it where the specification says."""
        case.headers.update(data)


@cache
def access_token() -> str:
    """Return the access token of a session of the sandbox."""
    headers = {"Token": issued(REQUEST_TOKENS, "request_token")}
    reply = requests.post(SESSION, json=CREDENTIALS, headers=headers, timeout=10)
    token: str = reply.json()["AccessToken"]
    return token


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

    A call with a code has no token; that its code is good once is for the tests of the sandbox to see. An API key
    other than the request token may have any value.
    """
    made_up = asked_for(case) if response.status_code == SERVED else {}
    for headers in [{}, made_up] if made_up else []:
        if headers and headers.keys().isdisjoint({"Token", "Authorization"}):
            continue
        again = requests.request(
            response.request.method,
            response.request.url,
            data=response.request.body,
            headers={"Content-Type": "application/json"} | headers,
            timeout=10,
        )
        missing = MISSING if "Token" in made_up and not headers else UNKNOWN
        if again.status_code != missing:
            said = next(iter(headers.values()), None)
            raise AssertionError(f"with {said} as its token it was answered {again.status_code}")


schemathesis.auth(refresh_interval=None)(Credentials)
schemathesis.hook(before_call)
schemathesis.check(token_is_demanded)
