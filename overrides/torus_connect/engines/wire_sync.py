"""The network as httpcore sees it, for threads: every step ends with the attempt that it is a part of."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .progress import Progress


class Wire(httpcore.NetworkBackend):
    """One connection of one place.

    Args:
        layers: see `Route`.

    Attributes:
        progress: of the attempt that is under way. The timeouts that httpcore hands down are per read; this one is not.
        broken: whether something was not sent that should have been.
    """

    progress: Progress

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self.broken = False
        self._stream: httpcore.NetworkStream | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the addresses of a host, for as long as is left."""
        for address, seconds, is_last in _addresses(host, port, self.progress):
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if is_last:
                    raise
            else:
                return Stream(self, stream)
        raise httpcore.ConnectError

    def keep(self, stream: httpcore.NetworkStream) -> None:
        """Note which stream is to be closed, whatever httpcore makes of it."""
        self._stream = stream

    def close(self) -> None:
        """Close the connection, at whatever step it is."""
        if self._stream:
            self._stream.close()


class Stream(httpcore.NetworkStream):
    """What httpcore reads from and writes to. What it writes in pieces leaves as one when it comes to read."""

    def __init__(self, wire: Wire, stream: httpcore.NetworkStream, layer: int = 0) -> None:
        self._wire = wire
        self._stream = stream
        self._layer = layer
        self._unsent = bytearray()
        wire.keep(stream)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        """Send what was written, and read, for as long as is left."""
        if self._unsent:
            try:
                self._send()
            except httpcore.WriteError:
                self._wire.broken = True  # a service may refuse a request before it has read it: what it says counts
        return self._stream.read(max_bytes, self._left())

    def _left(self) -> float:
        """Return the seconds that are left; before the last layer, all there is to do is a part of connecting."""
        progress = self._wire.progress
        return progress.left() if self._layer == self._wire.layers else progress.left_to_connect()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Take what is to be sent."""
        # A proxy is asked to CONNECT on an outer layer; that is not our request yet.
        if self._layer == self._wire.layers:
            self._wire.progress.sent = True
        self._unsent += buffer

    def _send(self) -> None:
        unsent, self._unsent = [bytes(self._unsent)], bytearray()
        # It holds the secrets, and must not be a local variable here when an interrupt comes.
        self._stream.write(unsent.pop(), self._left())

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Shake hands, for as long as is left."""
        seconds = self._wire.progress.left_to_connect()
        return Stream(self._wire, self._stream.start_tls(ssl_context, server_hostname, seconds), self._layer + 1)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        if info == "is_readable" and _read_ahead(self._stream):
            return True
        return self._stream.get_extra_info(info)


def _read_ahead(stream: httpcore.NetworkStream) -> bool:
    """Return whether a layer of TLS holds bytes that the system does not know of any more."""
    inner, outer = stream.get_extra_info("ssl_object"), stream.get_extra_info("socket")
    # Where one TLS is within another, httpcore keeps what has been decrypted once in a buffer of its own.
    between = getattr(stream, "_incoming", None)
    return any(
        (
            inner is not None and inner.pending(),
            isinstance(outer, ssl.SSLSocket) and outer.pending(),
            between is not None and between.pending,
        )
    )


def _addresses(host: str, port: int, progress: Progress) -> Iterator[tuple[str, float, bool]]:
    """Yield each address, how many seconds to try it, a fair share of what is left, and whether it is the last one.

    How long the system may take to look up the name is up to the system.

    Raises:
        OSError: the host has none; `TimeoutError` where no time is left.
    """
    # As bytes, the name is taken as it is, which is ASCII. For a text, Python loads its tables for other names: 2 ms.
    found = [str(info[4][0]) for info in socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)]
    for left in range(len(found), 0, -1):
        yield found[-left], progress.left_to_connect() / left, left == 1
