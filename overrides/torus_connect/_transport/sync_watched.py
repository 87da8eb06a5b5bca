# Made from async_watched.py by tools/unasync.py: do not edit.
"""Requests that go through the transport of httpx, where OpenTelemetry's instrumentation has wrapped that.

So they are watched, and may get headers, as any request of httpx. Nobody else has to load httpx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from .attempt import Attempt


def exchange_watched(attempt: Attempt, exchange: Callable[[Attempt], Any]) -> None:
    """Send a request, and read its reply into the attempt, within a call of httpx's transport.

    Args:
        attempt: the one that is watched.
        exchange: does it.

    Raises:
        RuntimeError: whoever watches wants it sent twice, or answers in the place of the service.
    """

    class Pool:
        has_begun = has_ended = False

        def handle_request(self, request: httpcore.Request) -> httpcore.Response:
            if self.has_begun:
                raise RuntimeError("a request is sent once")
            self.has_begun = True
            attempt.headers = list(request.headers)
            try:
                exchange(attempt)
            except Exception as exc:  # noqa: BLE001 - as in the pool
                failure = attempt.failure(exc)
            else:
                self.has_ended = True
                reply = attempt.reply()
                headers = [(name, value.encode()) for name, value in reply.headers.items()]
                return httpcore.Response(reply.status_code, headers=headers)
            # Whoever watches records it: the text of an exception of h11 may quote the reply.
            raise failure

    class Transport(httpx.HTTPTransport):
        def __init__(self) -> None:
            self._pool: Any = pool

    pool, request = Pool(), attempt.request
    try:
        Transport().handle_request(
            httpx.Request(request.method, request.url, headers=attempt.headers, content=request.content.encode())
        )
    except BaseException as exc:
        exc.__traceback__ = None  # the frames of whoever watches hold the request
        raise
    if not pool.has_ended:
        raise RuntimeError("the service was not asked, or its reply is not whole")
