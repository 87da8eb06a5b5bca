"""The body of a request, not larger than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from .refusals import Refusal, Refused

if TYPE_CHECKING:
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
