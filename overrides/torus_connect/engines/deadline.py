"""One deadline over many reads.

A timeout of httpx is per read, so that a reply dripped a byte at a time never ends. Here the timeout that httpcore
hands from the request down to the socket is a `Deadline`, and a network backend turns it into the seconds left.
"""

from __future__ import annotations

import socket
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


class Deadline:
    """A moment in the future, in the place of a timeout in seconds.

    Args:
        seconds: how far ahead it is.
        within: another one that comes first if it comes earlier; then the seconds count from the first use on.
    """

    __slots__ = ("_at", "_seconds", "_within")

    def __init__(self, seconds: float, *, within: Deadline | None = None) -> None:
        self._seconds = seconds
        self._within = within
        self._at = None if within else monotonic() + seconds

    def remaining(self, expired: type[httpcore.TimeoutException]) -> float:
        """Return the seconds that are left, or raise where there are none."""
        if self._at is None:
            self._at = monotonic() + self._seconds
        seconds = self._at - monotonic()
        if self._within:
            seconds = min(seconds, self._within.remaining(expired))
        if seconds <= 0:
            raise expired
        return seconds


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose timeouts are deadlines."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read, for as long as is left."""
        return self._stream.read(max_bytes, _seconds(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, for as long as is left."""
        # It holds the secrets, and must not be a local variable here when an interrupt comes.
        held = [buffer]
        del buffer
        self._stream.write(held.pop(), _seconds(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Shake hands, for as long as is left."""
        seconds = _seconds(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """A network backend whose timeouts are deadlines."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the addresses of a host, for as long as is left, a fair share for each.

        How long the system may take to look up the name is up to the system.
        """
        addresses = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for left in range(len(addresses), 0, -1):
            seconds = _seconds(timeout, httpcore.ConnectTimeout) / left
            address = str(addresses[-left])
            try:
                return DeadlineStream(self._backend.connect_tcp(address, port, seconds, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
        raise httpcore.ConnectError


def _seconds(timeout: float | None, expired: type[httpcore.TimeoutException]) -> float:
    # httpcore hands a timeout on without looking at it, so that what arrives here is what `Attempt` was given.
    return cast("Deadline", timeout).remaining(expired)
