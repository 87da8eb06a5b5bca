# Made from async_stream.py by tools/unasync.py: do not edit.
"""One connection, from the look-up of a name to TLS: every step ends with the attempt that it is a part of."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from . import limits
from .attempt import UnexpectedData
from .sync_io import Socket, look_up
from .tls import PlainLayer, TlsLayer

if TYPE_CHECKING:
    import ssl

    from .attempt import Progress
    from .tls import TlsSessions


class Stream:
    """What HTTP is written to and read from.

    Args:
        tls_layers: how many layers of TLS there are between our request and the network.
        sessions: TLS sessions to resume.

    Attributes:
        progress: of the attempt that is under way.
        is_broken: whether something of the request was not sent that should have been.
    """

    progress: Progress

    def __init__(self, tls_layers: int, sessions: TlsSessions) -> None:
        self.is_broken = False
        self._socket = Socket()
        self._network = PlainLayer()
        self._layer: PlainLayer | TlsLayer = self._network
        self._ready: list[TlsLayer] = []
        self._tls_layers = tls_layers
        self._sessions = sessions
        self._is_unsent = False
        self._is_new = True

    def connect(self, host: str, port: int, local_address: str | None) -> None:
        """Connect to one of the addresses of a host, in what time is left, a fair share for each."""
        found = look_up(host, port, self.progress.left_to_connect())
        for left, info in zip(range(len(found), 0, -1), found, strict=True):
            try:
                self._socket.connect(info, local_address, self.progress.left_to_connect() / left)
            except OSError:  # a timeout is one, too
                if left == 1:
                    raise
            else:
                return
        raise ConnectionError  # a host without addresses

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str) -> None:
        """Shake hands, for as long as is left to connect."""
        self.refuse_unread()
        layer = self._layer = TlsLayer(self._layer, ssl_context, server_hostname, self._sessions)
        try:
            while not layer.shake_hands():
                self._flush()
                self._receive()
        except OSError:
            with suppress(OSError):
                self._flush()  # why it failed
            raise
        self._flush()
        self._ready.append(layer)

    def write(self, data: bytes) -> None:
        """Take what is to be sent; what is written in pieces leaves as one with the first `read`."""
        self._is_unsent = True
        self._layer.unsent.extend(data)

    def read(self) -> bytes:
        """Send what was written, and read, for as long as is left."""
        if self._is_unsent:
            self._is_unsent = False
            if self._is_new:  # at one that was idle, the pool has looked
                if self._is_through:
                    self._is_new = False
                    time.sleep(limits.LISTENING_SECONDS)
                self.refuse_unread()
            # A proxy is asked to CONNECT on an outer layer; that is not our request yet.
            self.progress.sent = self._is_through
            self._flush()
            self._receive()
        # Of a proxy's answer, no byte is taken that is behind it.
        while (chunk := self._layer.read(limits.READ_BYTES if self._is_through else 1)) is None:
            self._flush()
            self._receive()
        return chunk

    @property
    def _is_through(self) -> bool:
        return len(self._ready) == self._tls_layers

    def _left(self) -> float:
        return self.progress.left() if self._is_through else self.progress.left_to_connect()

    def _flush(self) -> None:
        self._layer.flush()
        if not self._network.unsent:
            return
        seconds = self._left()
        try:
            # It may hold the secrets, and must not be a local variable here when an interrupt comes.
            self._socket.send(self._network.unsent, seconds)
        except TimeoutError:
            raise
        except OSError:
            if not self.progress.sent:
                raise
            self.is_broken = True  # a service may refuse a request before it has read it: what it says counts
        finally:
            self._network.unsent.clear()

    def _receive(self) -> None:
        self._network.arrive(self._socket.receive(self._left()))

    def refuse_unread(self) -> None:
        """Raise `UnexpectedData` where `has_unread` says so."""
        if self.has_unread():
            raise UnexpectedData

    def has_unread(self) -> bool:
        """Return whether data arrived before a request was sent, or the connection has ended."""
        try:
            while not self._layer.has_unread():
                data = self._socket.poll()
                if data is None:
                    return False
                self._network.arrive(data)
                self._left()  # a server cannot go on for ever
        except OSError:
            pass
        return True

    def keep_sessions(self) -> None:
        """Keep the TLS sessions for the next connection; in TLS 1.3, their tickets have come with the first reply."""
        for layer in self._ready:
            self._sessions.take(layer)

    def abort(self) -> None:
        """Close the connection, at whatever step it is."""
        self._socket.abort()

    def close(self) -> None:
        """Close the connection, and wait for that."""
        self._socket.close()
