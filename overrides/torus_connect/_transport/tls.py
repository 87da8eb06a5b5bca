"""What is between a connection and the HTTP on it, without I/O: no TLS, one layer of it, or another one within that.

Before a request is sent, one must know whether anything has arrived that nobody asked for; a readable socket does not
say, because a server may send session tickets at any time. `ssl.SSLSocket` and asyncio's TLS keep the part of a record
that they have read to themselves. Here every byte is accounted for.
"""

from __future__ import annotations

import ssl
from time import monotonic

from . import limits

_HEADER_BYTES = 5
"""A record begins with its type, two bytes of version and two of length."""

_Key = tuple[int, str]
"""A layer, and who is at its other end."""


class Sessions:
    """The TLS sessions of one client, which its next connections resume."""

    def __init__(self) -> None:
        self._taken: dict[_Key, tuple[float, ssl.SSLSession]] = {}

    def get(self, key: _Key) -> ssl.SSLSession | None:
        """Return the session for a connection, if there is one."""
        return self._taken[key][1] if key in self._taken else None

    def take(self, key: _Key, ssl_object: ssl.SSLObject) -> None:
        """Take the session of a connection where it is needed: that connection has not resumed the one before.

        Python before 3.12.8 loses 7 KB with each session that is taken (CPython issue 116810). So none is where one
        was taken just now, as with a service that resumes none.
        """
        now = monotonic()
        if ssl_object.session_reused or (key in self._taken and now < self._taken[key][0] + limits.SESSION_SECONDS):
            return
        session = ssl_object.session
        if session:
            self._taken[key] = now, session


class TlsLayer:
    """A client's side of TLS.

    Args:
        context: whom to trust.
        server_hostname: who has to be at the other end.
        session: what to resume.

    Raises:
        OSError: nobody is named.

    Attributes:
        ssl_object: what Python's `ssl` knows of it.
        unsent: what is still to be encrypted.
        begun: the part of a record that has arrived.
    """

    __slots__ = ("_arrived", "_to_send", "begun", "ssl_object", "unsent")

    def __init__(
        self, context: ssl.SSLContext, server_hostname: str | None, session: ssl.SSLSession | None = None
    ) -> None:
        if not server_hostname:  # of nobody in particular, no name would be verified
            raise ConnectionError
        self._arrived, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        # As bytes, the name is taken as it is. For a text, Python loads its tables of names that are not ASCII: 2 ms.
        name = server_hostname.encode("ascii")
        self.ssl_object = context.wrap_bio(self._arrived, self._to_send, server_hostname=name, session=session)
        self.unsent = bytearray()
        self.begun = bytearray()

    def shake_hands(self) -> bool:
        """Go on with the handshake; return whether it is done.

        Raises:
            OSError: it failed.
        """
        try:
            self.ssl_object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def arrive(self, data: bytes) -> None:
        """Take what has arrived, encrypted; nothing is the end of it."""
        if not data:
            self._arrived.write_eof()
            return
        self._arrived.write(data)
        self.begun += data
        while len(self.begun) >= (size := _HEADER_BYTES + int.from_bytes(self.begun[3:_HEADER_BYTES], "big")):
            del self.begun[:size]

    def read(self, max_bytes: int) -> bytes | None:
        """Return what is in the next record; nothing at the end, and `None` where more must arrive first.

        Raises:
            OSError: what has arrived is not what TLS allows.
        """
        try:
            return self.ssl_object.read(max_bytes)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):  # the same to a reader: HTTP, or JSON, tells if all has come
            return b""

    def encrypted(self) -> bytes:
        """Return what is to be sent. What must wait until more has arrived (a new handshake, in TLS 1.2) waits."""
        try:
            while self.unsent:
                del self.unsent[: self.ssl_object.write(self.unsent)]
        except ssl.SSLWantReadError:
            pass
        return self._to_send.read()


class TlsStack:
    """The layers of one connection, from the outermost on.

    Args:
        sessions: those to resume, and where new ones are kept.

    Attributes:
        ready: how many layers have shaken hands.
        to_send: what is to be sent over the network.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.ready = 0
        self.to_send = bytearray()
        self._sessions = sessions
        self._layers: list[tuple[_Key, TlsLayer]] = []
        self._received = bytearray()
        self._ended = False

    @property
    def ssl_object(self) -> ssl.SSLObject | None:
        """The innermost layer, as Python's `ssl` knows it."""
        return self._layers[-1][1].ssl_object if self._layers else None

    @property
    def unsent(self) -> bytearray:
        """What is to go through all layers: add to it."""
        return self._layers[-1][1].unsent if self._layers else self.to_send

    def arrive(self, data: bytes) -> None:
        """Take what has arrived from the network; nothing is the end of it."""
        self._received += data
        self._ended = self._ended or not data

    def read(self, max_bytes: int) -> bytes | None:
        """Return what has arrived, as it is within all layers; nothing at the end, `None` where more must arrive first.

        Raises:
            OSError: what has arrived is not what TLS allows.
        """
        return self._read(max_bytes, len(self._layers))

    def _read(self, max_bytes: int, level: int) -> bytes | None:
        if not level:
            chunk = bytes(memoryview(self._received)[:max_bytes])
            del self._received[:max_bytes]
            return chunk if chunk or self._ended else None
        layer = self._layers[level - 1][1]
        while (found := layer.read(max_bytes)) is None:
            below = self._read(limits.READ_BYTES, level - 1)
            if below is None:
                return None
            layer.arrive(below)
        return found

    def has_unread(self) -> bool:
        """Return whether anything has arrived that nobody asked for: bytes, a part of a record, the end.

        Asked before a request is sent. The connection is of no use where the answer is yes: it may have been read.
        """
        try:
            return self.read(1) is not None or any(layer.begun for _, layer in self._layers)
        except OSError:
            return True

    def flush(self) -> None:
        """Encrypt what is to be sent, and what TLS itself has to say."""
        for level in range(len(self._layers), 0, -1):
            below = self._layers[level - 2][1].unsent if level > 1 else self.to_send
            below += self._layers[level - 1][1].encrypted()

    def begin_tls(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        """Begin another layer, which then is to shake hands.

        Raises:
            OSError: nobody is named.
        """
        key = len(self._layers), server_hostname or ""
        self._layers.append((key, TlsLayer(context, server_hostname, self._sessions.get(key))))

    def shake_hands(self) -> bool:
        """Go on with the handshake; return whether it is done, or more must arrive first.

        Raises:
            OSError: it failed.
        """
        level = len(self._layers)
        layer = self._layers[-1][1]
        while not layer.shake_hands():
            below = self._read(limits.READ_BYTES, level - 1)
            if below is None:
                return False
            layer.arrive(below)
        self.ready = level
        return True

    def keep_sessions(self) -> None:
        """Keep the TLS sessions for the next connection; in TLS 1.3, their tickets have come with the first reply."""
        for key, layer in self._layers:
            self._sessions.take(key, layer.ssl_object)
