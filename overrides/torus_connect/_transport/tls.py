"""What is between a socket and the HTTP on it, without I/O: no TLS, one layer of it, or another one within that.

Before a request is sent, one must know whether data has arrived that no request asked for; a readable socket does not
say, because a server may send session tickets at any time. `ssl.SSLSocket` and asyncio's TLS keep the part of a record
that they have read to themselves. Here every byte is accounted for.
"""

from __future__ import annotations

import ssl
from time import monotonic

from . import limits

_HEADER_BYTES = 5
"""A record begins with its type, two bytes of version and two of length."""


class TlsSessions:
    """The TLS sessions of one pool, which its next connections resume."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, str], tuple[float, ssl.SSLSession]] = {}

    def get(self, layer: TlsLayer) -> ssl.SSLSession | None:
        """Return the session for a layer of a new connection, if there is one."""
        return self._taken.get(layer.key, (0, None))[1]

    def take(self, layer: TlsLayer) -> None:
        """Take the session of a layer where it is needed: that layer has not resumed the one before.

        Python before 3.12.8 loses 7 KB with each session that is taken (CPython issue 116810). So none is where one
        was taken just now, as with a service that resumes none.
        """
        now, (taken_at, _) = monotonic(), self._taken.get(layer.key, (-limits.SESSION_SECONDS, None))
        if layer.ssl_object.session_reused or now < taken_at + limits.SESSION_SECONDS:
            return
        if session := layer.ssl_object.session:
            self._taken[layer.key] = now, session


class PlainLayer:
    """The network itself.

    Attributes:
        depth: how many layers of TLS are between it and the network.
        unsent: what is still to be sent through it.
    """

    depth = 0

    def __init__(self) -> None:
        self.unsent = bytearray()
        self._received = bytearray()
        self._is_ended = False

    def arrive(self, data: bytes) -> None:
        """Take what has arrived from the network; nothing is the end of it."""
        self._received += data
        self._is_ended = self._is_ended or not data

    def read(self, max_bytes: int) -> bytes | None:
        """Return what has arrived; nothing at the end, and `None` where more must arrive first."""
        chunk = bytes(memoryview(self._received)[:max_bytes])
        del self._received[:max_bytes]
        return chunk if chunk or self._is_ended else None

    def has_unread(self) -> bool:
        """Return whether data has arrived that no request asked for. Then the connection is of no further use."""
        return bool(self._received) or self._is_ended

    def flush(self) -> None:
        """Hand what is to be sent to the layer below; there is none."""


class TlsLayer:
    """A client's side of TLS; attributes as for `PlainLayer`.

    Args:
        below: what is between it and the network.
        context: whom to trust.
        server_hostname: who has to be at the other end.
        sessions: those to resume, and where new ones are kept.

    Raises:
        OSError: there is no server name.

    Attributes:
        key: whose session it may resume.
        ssl_object: what Python's `ssl` knows of it.
        begun: the part of a record that has arrived.
    """

    def __init__(
        self, below: PlainLayer | TlsLayer, context: ssl.SSLContext, server_hostname: str | None, sessions: TlsSessions
    ) -> None:
        if not server_hostname:  # without one, no name would be verified
            raise ConnectionError
        self.depth: int = below.depth + 1
        self.key = self.depth, server_hostname
        self.unsent = bytearray()
        self.begun = bytearray()
        self._below = below
        self._arrived, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        # As bytes, the name is taken as it is. For a text, Python loads its tables of names that are not ASCII: 2 ms.
        name = server_hostname.encode("ascii")
        context.set_alpn_protocols(["http/1.1"])  # now: who shares the context may have asked for HTTP/2 since
        self.ssl_object = context.wrap_bio(
            self._arrived, self._to_send, server_hostname=name, session=sessions.get(self)
        )

    def shake_hands(self) -> bool:
        """Go on with the handshake; return whether it is done, or more must arrive first.

        Raises:
            OSError: it failed.
        """
        while True:
            try:
                self.ssl_object.do_handshake()
            except ssl.SSLWantReadError:
                if not self._fetch():
                    return False
            else:
                return True

    def read(self, max_bytes: int) -> bytes | None:
        """Return what has arrived within this layer; nothing at the end, and `None` where more must arrive first.

        Raises:
            OSError: what has arrived is not what TLS allows, or came before what is to be sent could be.
        """
        while True:
            has_more = self._fetch()
            try:
                chunk = self.ssl_object.read(max_bytes)
            except ssl.SSLWantReadError:
                if not has_more:
                    return None
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):  # HTTP, or JSON, tells whether all has come
                return b""
            else:
                if self.unsent:  # it waits for a new handshake: this is no answer to it
                    raise ConnectionAbortedError
                return chunk

    def _fetch(self) -> bool:
        data = self._below.read(limits.READ_BYTES)
        if data is None:
            return False
        if not data:
            self._arrived.write_eof()
            return True
        self._arrived.write(data)
        self.begun += data
        while len(self.begun) >= (size := _HEADER_BYTES + int.from_bytes(self.begun[3:_HEADER_BYTES], "big")):
            del self.begun[:size]
        return True

    def has_unread(self) -> bool:
        """See `PlainLayer.has_unread`. A part of a record counts, and so does what is not TLS."""
        try:
            return self.read(1) is not None or bool(self.begun) or self._below.has_unread()
        except OSError:
            return True

    def flush(self) -> None:
        """Encrypt what is to be sent, and what TLS itself has to say, for the layer below."""
        # What must wait until more has arrived (a new handshake, in TLS 1.2) waits.
        try:
            while self.unsent:
                del self.unsent[: self.ssl_object.write(self.unsent)]
        except ssl.SSLWantReadError:
            pass
        self._below.unsent += self._to_send.read()
        self._below.flush()
