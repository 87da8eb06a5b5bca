"""One layer of TLS, without its I/O.

asyncio's own reads ahead, and does not tell what it holds of a record that is not whole: that may be the beginning of a
reply that nobody waits for. This one takes one record at a time, and tells what is left.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class TlsLayer:
    """A client's side of TLS.

    Args:
        context: whom to trust.
        server_hostname: who has to be at the other end.

    Raises:
        OSError: nobody is named.

    Attributes:
        ssl_object: what Python's `ssl` knows of it.
    """

    __slots__ = ("_arrived", "_to_send", "ssl_object")

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        if not server_hostname:  # of nobody in particular, no name would be verified
            raise ConnectionError
        self._arrived, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        # As bytes: see `wire_sync`.
        name = server_hostname.encode("ascii")
        self.ssl_object = context.wrap_bio(self._arrived, self._to_send, server_hostname=name)

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
        if data:
            self._arrived.write(data)
        else:
            self._arrived.write_eof()

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

    def encrypt(self, data: bytes | bytearray) -> None:
        """Take what is to be sent."""
        self.ssl_object.write(data)

    def send(self, write: Callable[[bytes], object]) -> None:
        """Hand on what is to be sent, encrypted."""
        if self._to_send.pending:
            write(self._to_send.read())

    def holds_more(self) -> bool:
        """Return whether something has arrived that nobody has read, a part of a record for one."""
        return bool(self._arrived.pending or self.ssl_object.pending())
