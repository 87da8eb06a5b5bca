"""The default engine for threads, on the transport layer of httpx; see `route`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from . import limits
from .attempt import Attempt
from .instrumented import handle_request
from .leftovers import holds_more
from .places import Idle, Place
from .quiet import hush, quiet
from .route import Route
from .wire_sync import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpcore

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network
    from torus_connect.reply import Body, Reply

    from .places import SyncPlace


class HttpxEngine:
    """Sends from threads; see `Engine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        hush()
        self._connect_timeout = connect_timeout
        self._route = Route(network)
        self._free = threading.Semaphore(limits.MAX_CONNECTIONS)
        self._idle: Idle[SyncPlace] = Idle()

    def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = Attempt(request, seconds, self._connect_timeout)
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
        if not self._free.acquire(timeout=attempt.progress.left()):
            raise limits.NoPlace
        try:
            place = self._place(attempt.request.url.origin)
            try:
                place.wire.progress = attempt.progress
                attempt.response = handle_request(place.connection, attempt.request)
                attempt.head()
                _receive(cast("Iterable[bytes]", attempt.response.stream), attempt.body)
                more = holds_more(place.connection)
                attempt.response.close()
            except BaseException:
                place.wire.close()
                raise
            if place.connection.is_idle() and not more:
                self._idle.put(place)
            else:
                place.wire.close()
        finally:
            self._free.release()

    def _place(self, origin: httpcore.Origin) -> SyncPlace:
        while stale := self._idle.take_stale():
            stale.wire.close()
        while place := self._idle.take():
            if not place.connection.has_expired():
                return place
            place.wire.close()
        wire = Wire(self._route.layers)
        return Place(self._route.connection(origin, wire), wire)

    def close(self) -> None:
        """Close the connections that are idle."""
        while place := self._idle.take():
            place.wire.close()


def _receive(stream: Iterable[bytes], body: Body) -> None:
    for chunk in stream:
        more = body.take(chunk)
        # A chunk may hold an access token: it must not be a local variable when the next read fails.
        del chunk
        if not more:
            return
