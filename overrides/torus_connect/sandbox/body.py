"""The body of a request, not larger than it may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from .contract import bare
from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from decimal import Decimal

    from starlette.requests import Request

_LARGEST_BODY = 64 * 1024


async def read_body(request: Request, largest: int = _LARGEST_BODY) -> bytes:
    """Return the whole body; what is over the limit is refused as soon as that is known, not when it has all come."""
    if int(request.headers.get("Content-Length", "0")) > largest:
        raise Refused(Refusal.BODY_TOO_LARGE)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                raise Refused(Refusal.BODY_TOO_LARGE)
    except ClientDisconnect:  # nobody is left to read what is answered
        raise Refused(Refusal.BODY_MALFORMED) from None
    return bytes(body)


def arguments_of(
    request: Request, body: bytes, names: set[str] | None = None, parse_float: type[float | Decimal] = float
) -> dict[str, Any]:
    """Return what a body of the helper calls holds, if it has no other names than these."""
    if body and bare(request.headers.get("Content-Type", "")) != "application/json":
        raise Refused(Refusal.CONTENT_TYPE_WRONG)
    try:
        arguments = json.loads(body or b"{}", parse_float=parse_float)
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict) or (names is not None and not arguments.keys() <= names):
        raise Refused(Refusal.BODY_MALFORMED)
    return arguments
