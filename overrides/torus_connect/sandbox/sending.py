"""A reply on its way out: as it is, late, in half, or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import Response

from .refusals import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from .document import Operation
    from .losses import Answer

_JSON = "application/json"
_WITHOUT_BODY = (204, 304)
_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # closed so, a connection is reset

T = TypeVar("T")


async def send(answer: Answer, operation: Operation, request: Request, serve: Callable[[], bytes | None]) -> Response:
    """Answer a request that is well-formed so; `serve` does what it asks for, and gives the reply of that.

    Raises:
        Refused: it cannot be done, or there is nothing to answer with.
    """
    body = answer.body
    if answer.serves:
        served = serve()
        body = served if body is None else body
    if answer.ends == "reset":
        transport = request.state.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
        await _gone(request.receive)  # what is sent from then on goes nowhere
        return Response()
    if body is None:
        raise Refused(Refusal.EXAMPLE_MISSING)
    if answer.delay:
        with suppress(TimeoutError):
            async with asyncio.timeout(answer.delay):
                await _gone(request.receive)  # nobody waits for it any more
    media_type = (operation.media_type or None) if answer.body is None else answer.media_type
    status = answer.status or operation.status
    return reply(status, body, answer.headers, media_type, kind=_Half if answer.ends else Response)


def reply(
    status: int,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    media_type: str | None = _JSON,
    kind: type[Response] = Response,
) -> Response:
    """Return a reply that nobody may keep."""
    headers = {"Cache-Control": "no-store", **(headers or {})}
    body = b"" if status in _WITHOUT_BODY else body
    return kind(body, status, headers=headers, media_type=media_type)


def encode(content: object) -> bytes:
    """Return a body of JSON."""
    return json.dumps(content, separators=(",", ":"), default=float).encode()  # of an amount, which is a `Decimal`


def refusing(call: Callable[..., T], *args: object, refusal: Refusal = Refusal.BODY_MALFORMED, **arguments: Any) -> T:  # noqa: ANN401 - any
    """Call, and turn a `ValueError` of ours, whose text is of the document alone, into a refusal."""
    try:
        return call(*args, **arguments)
    except ValueError as error:
        raise Refused(refusal, str(error)) from None


class _Half(Response):
    """Says how long its body is, and closes the connection after half of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["state"]["transport"].close()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Return once the connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
