"""What every request of every client must be like, whatever the vector. No fault that is found repeats a value."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from .vector import ORDER, READ, SESSION

if TYPE_CHECKING:
    from .request import ReceivedRequest
    from .vector import Given, Vector

PATHS = {SESSION: "/api/v1/session/generate", ORDER: "/api/v1/order/entry", READ: "/api/v1/holdings/"}
"""Where the operations are, under a base URL that ends in /api/v1."""

_CONTENT_TYPE = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)


def fault_in(request: ReceivedRequest, vector: Vector, place: str) -> str | None:
    """Return what is wrong with a request that is whole, or `None`.

    Args:
        request: the request.
        vector: says what the client calls, and what it was given.
        place: host and port of the server that it came to.
    """
    given, is_session = vector.given, vector.operation == SESSION
    return (
        _fault_in_line(request.line, given, PATHS[vector.operation])
        or _fault_in_headers(request, given, place, is_session=is_session)
        or (_fault_in_body(request, given) if is_session else _fault_in_body_of_account(request, given))
    )


def _fault_in_line(line: str, given: Given, path: str) -> str | None:
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    secrets = (
        ("API secret", given.api_secret),
        ("request token", given.request_token),
        ("access token", given.access_token),
    )
    for name, value in secrets:
        if value and any(value in written for written in (target, _text(unquote(target)), _text(unquote_plus(target)))):
            return f"the {name} is in the URL"
    if method != "POST":
        return f"the method is {method}, not POST" if method.isalpha() else "there is no method"
    if "?" in target:
        return "the URL has a query string"
    if target != path:
        return f"the path is not {path}"
    return None if version == "HTTP/1.1" else "it is not HTTP/1.1"


def _fault_in_headers(request: ReceivedRequest, given: Given, place: str, *, is_session: bool) -> str | None:
    authorizations = request.values("authorization")
    if is_session and authorizations:
        return "there is an Authorization header"
    if request.values("cookie"):
        return "there is a Cookie header"
    if is_session and any(given.api_secret in _text(value) for _, value in request.headers):
        return "the API secret is in a header"
    if request.values("host") != [place]:
        return "the Host header is not that of the base URL"
    types = request.values("content-type")
    if len(types) != 1 or not _CONTENT_TYPE.fullmatch(types[0]):
        return "the Content-Type is not application/json" if types else "there is no Content-Type"
    if is_session:
        return _fault_in_token(request.values("token"), given.request_token)
    if authorizations != [f"Bearer {given.access_token}"]:
        return "there is not one Authorization header with Bearer and the access token"
    return "there is a Token header" if request.values("token") else None


def _fault_in_token(tokens: list[str], request_token: str) -> str | None:
    if len(tokens) != 1:
        return f"the Token header is there {len(tokens)} times" if tokens else "there is no Token header"
    if tokens[0].lower().startswith("bearer"):
        return "the Token header says Bearer"
    return None if _text(tokens[0]) == request_token else "the Token header is not the request token as it was given"


def _fault_in_body(request: ReceivedRequest, given: Given) -> str | None:
    try:
        pairs = json.loads(request.body.decode(), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return "the body is not JSON in UTF-8"
    if not isinstance(pairs, _Pairs):
        return "the body is not a JSON object"
    if sorted(name for name, _ in pairs) != ["API_KEY", "API_SECRET"]:
        return "the body does not have exactly API_KEY and API_SECRET, each once"
    body = dict(pairs)
    for name, value in (("API_KEY", given.api_key), ("API_SECRET", given.api_secret)):
        if not isinstance(body[name], str):
            return f"{name} is not a string"
        if body[name] != value:
            return f"{name} is not what was given"
    return None


def _fault_in_body_of_account(request: ReceivedRequest, given: Given) -> str | None:
    try:
        body = json.loads(request.body.decode(), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return "the body is not JSON in UTF-8"
    expected = ["data", "source"] if given.order else ["source"]
    if not isinstance(body, _Pairs) or sorted(name for name, _ in body) != expected:
        return f"the body does not have exactly {' and '.join(expected)}, each once"
    content = dict(body)
    if not (isinstance(content["source"], str) and content["source"]):
        return "source is not a string with something in it"
    data = content.get("data")
    pairs = data if isinstance(data, _Pairs) else []
    if any([value for known, value in pairs if known == name] != [wanted] for name, wanted in given.order.items()):
        return "data is not the order as it was given"
    return None


class _Pairs(list[tuple[str, object]]):
    """A JSON object with all of its members, those that are there twice, too."""


def _text(value: str) -> str:
    """Return what was read as Latin-1 as the UTF-8 that it may be."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")
