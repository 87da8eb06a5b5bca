"""The default engine for threads, on httpx's transport.

The transport is used without `httpx.Client` above it: redirects, cookies, auth from a netrc file and default headers
live up there, and none of them may touch this call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx

from .attempt import Attempt
from .deadline import Deadline, DeadlineBackend
from .leftovers import holds_more
from .quiet import hush, quiet
from .transport import MAX_CONNECTIONS, transport_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network
    from torus_connect.reply import Body, Reply


class HttpxEngine:
    """Sends from threads; see `Engine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        hush()
        self._connect_timeout = connect_timeout
        options = transport_options(network, network.tls_context(), connections=MAX_CONNECTIONS)
        self._transport = httpx.HTTPTransport(**options)
        # httpx has no public way to hand its pool a network backend; a test drips a reply to see that it is in use.
        pool = self._transport._pool  # noqa: SLF001
        pool._network_backend = DeadlineBackend(pool._network_backend)  # noqa: SLF001

    def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        whole = Deadline(seconds)
        connect = Deadline(self._connect_timeout, within=whole)
        attempt = Attempt(request, {"connect": connect, "read": whole, "write": whole, "pool": seconds})
        attempt.request.extensions["trace"] = attempt.trace
        ours = quiet.set(True)
        try:
            self._exchange(attempt)
        except Exception as exc:  # noqa: BLE001 - whatever fails in there, the phase decides what it means
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        finally:
            quiet.reset(ours)
        # Raised out here, so that no exception of the library, which holds the request, is its context.
        raise failure

    def _exchange(self, attempt: Attempt) -> None:
        attempt.response = self._transport.handle_request(attempt.request)
        try:
            attempt.head()
            _receive(cast("Iterable[bytes]", attempt.response.stream), attempt.body)
            if holds_more(attempt.response):
                attempt.response.extensions["network_stream"].close()
        finally:
            attempt.response.close()

    def close(self) -> None:
        """Close the pool."""
        self._transport.close()


def _receive(stream: Iterable[bytes], body: Body) -> None:
    for chunk in stream:
        more = body.take(chunk)
        # A chunk may hold an access token: it must not be a local variable when the next read fails.
        del chunk
        if not more:
            return
