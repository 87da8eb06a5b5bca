# Made from async_connection.py by tools/unasync.py: do not edit.
"""A connection to the service, for one request at a time: h11 writes and reads HTTP/1.1, over a stream of ours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import h11

from torus_connect._config.urls import address_of
from torus_connect._log import debug

from . import limits
from .attempt import ProxyRefusal
from .sync_stream import Stream

if TYPE_CHECKING:
    import ssl
    from collections.abc import Hashable

    from .attempt import Attempt
    from .network import Network
    from .tls import TlsSessions


class Connection:
    """A connection, made when something is to be sent over it.

    Args:
        network: how the service is reached.
        tls_context: for TLS, to the service and to the proxy.
        sessions: TLS sessions to resume.
        key: whose requests it carries; see `HTTPRequest`.

    Attributes:
        idle_seconds: how long it may be idle after the last exchange; 0 where it is not fit for another one.
        steps: what has been done to make it, of TCP, proxy, TLS.
    """

    def __init__(
        self, network: Network, tls_context: ssl.SSLContext | None, sessions: TlsSessions, key: Hashable
    ) -> None:
        self.key = key
        self.idle_seconds = 0.0
        self._network = network
        self._tls_context = tls_context
        self._stream = Stream(network.encrypted + network.has_encrypted_proxy, sessions)
        self._http = _new_http()
        self.steps: list[str] = []

    def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.idle_seconds = 0
        self._stream.progress = attempt.progress
        if _is_watched():
            from .sync_watched import exchange_watched  # noqa: PLC0415 - for few

            exchange_watched(attempt, self._exchange_checked)
        else:
            self._exchange(attempt)

    def _exchange_checked(self, attempt: Attempt) -> None:
        if self.steps:  # who watches may have taken its time since the pool has looked
            self._stream.refuse_unread()
        self._exchange(attempt)

    def _exchange(self, attempt: Attempt) -> None:
        if not self.steps:
            self._open(*address_of(attempt.request.url))
        request, write, send = attempt.request, self._stream.write, self._http.send
        # What h11 is given shows all that it holds: it must not be a local variable here when an interrupt comes.
        write(send(h11.Request(method=request.method, target=attempt.target, headers=attempt.headers)))
        if request.content:
            write(send(h11.Data(data=request.content.encode())))
        write(send(h11.EndOfMessage()))
        while attempt.take(self._next(self._http)):
            pass
        self._stream.keep_sessions()
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            # What has not been read from the network is looked for before the next request is sent.
            if not self._stream.is_broken and self._http.trailing_data == (b"", False):
                self.idle_seconds = attempt.keep_alive_seconds

    def _open(self, host: str, port: int) -> None:
        proxy = self._network.proxy
        first = address_of(proxy) if proxy else (host, port)
        self._stream.connect(*first, self._network.local_address)
        self.steps.append("TCP")
        if proxy:
            if self._network.has_encrypted_proxy and self._tls_context:
                self._stream.start_tls(self._tls_context, first[0])
            self._ask_proxy(f"{host}:{port}")
            self.steps.append("proxy")
        if self._tls_context:
            self._stream.start_tls(self._tls_context, host)
            self.steps.append("TLS")
        debug("connected to %s:%d by %s", host, port, ", ".join(self.steps))

    def _ask_proxy(self, target: str) -> None:
        http = _new_http()
        headers = [("Host", target), ("Accept", "*/*"), *self._network.proxy_headers()]
        self._stream.write(http.send(h11.Request(method="CONNECT", target=target, headers=headers)))
        self._stream.write(http.send(h11.EndOfMessage()))
        while not isinstance(event := self._next(http), h11.Response):
            pass
        if event.status_code // 100 != 2:  # noqa: PLR2004 - a success
            raise ProxyRefusal(event.status_code)

    def _next(self, http: h11.Connection) -> h11.Event:
        # What arrives may hold an access token: it must not be a local variable when the next read fails.
        while (event := http.next_event()) is h11.NEED_DATA:
            http.receive_data(self._stream.read())
        return event  # type: ignore[return-value]  # nor is it PAUSED, for nobody reads on behind the end

    def has_unread(self, attempt: Attempt) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        self._stream.progress = attempt.progress
        return self._stream.has_unread()

    def abort(self) -> None:
        """Close it, at whatever step it is."""
        self._stream.abort()

    def close(self) -> None:
        """Close it, and wait for that."""
        self._stream.close()


def _new_http() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.MAX_HEAD_BYTES)


def _is_watched() -> bool:
    """Return whether somebody has wrapped the transport of httpx, as OpenTelemetry's instrumentation does."""
    transport = getattr(sys.modules.get("httpx"), "HTTPTransport", None)
    return hasattr(getattr(transport, "handle_request", None), "__wrapped__")
