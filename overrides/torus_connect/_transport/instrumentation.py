"""Calls that somebody watches at httpx's transport, as OpenTelemetry's instrumentation of httpx does.

The engines do without httpx, so that nobody has to load it. Where it is loaded, and its transport is wrapped by a
watcher, a call goes through that transport: it is watched, and may get headers of the watcher's, as any call of httpx.
"""

from __future__ import annotations

import sys

TYPE_CHECKING: bool = False  # `typing` itself need not be loaded: see `torus_connect`

if TYPE_CHECKING:
    from typing import Any

    import httpcore
    import httpx


def handle_request(connection: httpcore.ConnectionInterface, request: httpcore.Request) -> httpcore.Response:
    """Send a request, seen by whoever watches."""
    if not _is_wrapped("HTTPTransport", "handle_request"):
        return connection.handle_request(request)
    import httpx  # noqa: PLC0415 - it is loaded

    class Transport(httpx.HTTPTransport):
        def __init__(self) -> None:
            self._pool: Any = connection  # and no pool of its own

    return _response(Transport().handle_request(_request(request)))


async def handle_async_request(
    connection: httpcore.AsyncConnectionInterface, request: httpcore.Request
) -> httpcore.Response:
    """Send a request, seen by whoever watches."""
    if not _is_wrapped("AsyncHTTPTransport", "handle_async_request"):
        return await connection.handle_async_request(request)
    import httpx  # noqa: PLC0415 - as above

    class Transport(httpx.AsyncHTTPTransport):
        def __init__(self) -> None:
            self._pool: Any = connection

    return _response(await Transport().handle_async_request(_request(request)))


def _is_wrapped(transport: str, method: str) -> bool:
    return hasattr(getattr(getattr(sys.modules.get("httpx"), transport, None), method, None), "__wrapped__")


def _request(request: httpcore.Request) -> httpx.Request:
    import httpx  # noqa: PLC0415

    stream: Any = request.stream
    content = b"".join(stream)
    url = bytes(request.url).decode()
    return httpx.Request(request.method.decode(), url, headers=request.headers, content=content)


def _response(response: httpx.Response) -> httpcore.Response:
    import httpcore  # noqa: PLC0415

    return httpcore.Response(response.status_code, headers=response.headers.raw, content=response.stream)
