"""A connection to the service, for one request at a time: one of httpcore, and the stream that it goes over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

import httpcore

from .async_stream import AsyncStream
from .attempt import redacting

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterable, Hashable

    from torus_connect.reply import Body

    from .attempt import Attempt
    from .network import Network
    from .tls import Sessions


class AsyncConnection:
    """A connection, made when something is to be sent over it.

    Args:
        network: how the service is reached.
        tls_context: for TLS, to the service and to the proxy.
        sessions: TLS sessions to resume.
        key: whose requests it carries; see `HTTPRequest`.

    Attributes:
        idle_seconds: how long it may be idle after the last exchange; 0 where it is not fit for another one.
    """

    __slots__ = ("_connection", "_network", "_stream", "_tls_context", "idle_seconds", "key")

    def __init__(self, network: Network, tls_context: ssl.SSLContext | None, sessions: Sessions, key: Hashable) -> None:
        self.key = key
        self.idle_seconds = 0.0
        self._network = network
        self._tls_context = tls_context
        self._stream = AsyncStream(network.encrypted + network.has_encrypted_proxy, sessions)
        self._connection: httpcore.AsyncConnectionInterface | None = None

    async def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.idle_seconds = 0
        self._stream.progress = attempt.progress
        reset = redacting.set(True)
        try:
            connection = self._connection = self._connection or self._opened(attempt.request.url.origin)
            attempt.response = await _handle(connection, attempt.request)
            attempt.head()
            await _receive(cast("AsyncIterable[bytes]", attempt.response.stream), attempt.body)
            self._stream.keep_sessions()
            await attempt.response.aclose()
            if connection.is_idle() and not self._stream.is_broken and not _holds_more(connection):
                self.idle_seconds = attempt.keep_alive_seconds
        finally:
            redacting.reset(reset)

    def _opened(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        if not self._network.proxy:
            return httpcore.AsyncHTTPConnection(
                origin,
                self._tls_context,
                local_address=self._network.local_address,
                network_backend=self._stream,
            )
        proxy = httpcore.AsyncHTTPProxy(
            self._network.proxy_address or "",
            self._network.proxy_auth(),
            ssl_context=self._tls_context,
            proxy_ssl_context=self._tls_context if self._network.has_encrypted_proxy else None,
            network_backend=self._stream,
        )
        return proxy.create_connection(origin)

    async def has_unread(self, attempt: Attempt) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        self._stream.progress = attempt.progress
        return await self._stream.has_unread()

    def abort(self) -> None:
        """Close it, at whatever step it is."""
        self._stream.abort()

    async def aclose(self) -> None:
        """Close it, and wait for that."""
        await self._stream.aclose()


async def _receive(stream: AsyncIterable[bytes], body: Body) -> None:
    async for chunk in stream:
        more = body.take(chunk)
        # A chunk may hold an access token: it must not be a local variable when the next read fails.
        del chunk
        if not more:
            return


def _holds_more(connection: Any) -> bool:  # noqa: ANN401 - there is no public way
    """Return whether something is left behind a reply that was read to the end: it answers no request.

    What has not been read from the network is looked for before the next request is sent. h11, the parser of httpcore,
    may have read more. Where it is not what it was, the answer is the safe one, and a test of keeping connections says
    so.
    """
    try:
        return bool(connection._connection._h11_state.trailing_data[0])  # noqa: SLF001
    except AttributeError:
        return True


async def _handle(connection: httpcore.AsyncConnectionInterface, request: httpcore.Request) -> httpcore.Response:
    """Send a request, and return its response.

    Where OpenTelemetry's instrumentation has wrapped the transport of httpx, the request goes through that: it is
    watched, and may get headers, as any request of httpx. Nobody else has to load httpx.
    """
    transport = getattr(sys.modules.get("httpx"), "AsyncHTTPTransport", None)
    if not hasattr(getattr(transport, "handle_async_request", None), "__wrapped__"):
        return await connection.handle_async_request(request)
    import httpx  # noqa: PLC0415 - it is loaded

    class Transport(httpx.AsyncHTTPTransport):
        def __init__(self) -> None:
            self._pool: Any = connection  # and no pool of its own

    content = b"".join(cast("Any", request.stream))
    url = bytes(request.url).decode()
    watched = httpx.Request(request.method.decode(), url, headers=request.headers, content=content)
    response = await Transport().handle_async_request(watched)
    return httpcore.Response(response.status_code, headers=response.headers.raw, content=response.stream)
