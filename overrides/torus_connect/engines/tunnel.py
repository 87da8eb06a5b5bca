"""How a proxy is asked for a tunnel to the service (RFC 9110, section 9.3.6), without its I/O."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .failures import Told
from .httptools_reader import ReplyReader, Unreadable
from .proxy import address_and_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torus_connect.secret import Secret

_SUCCESS = range(200, 300)


class Tunnel:
    """One tunnel that is asked for; it keeps no credentials once it is open.

    Args:
        proxy: the URL of the proxy, `http://`.
        host: where the tunnel leads to.
        port: the port there.

    Attributes:
        address: host and port of the proxy.
        body: takes what stands behind the head of the answer: see `take`.
    """

    def __init__(self, proxy: Secret, host: str, port: int) -> None:
        address, self._credentials = address_and_credentials(proxy)
        parts = urlsplit(address)
        self.address = parts.hostname or "", parts.port or 80
        self.body = self
        self._target = f"{host}:{port}"
        self._reader = ReplyReader(self)
        self._status_code = 0
        self._excess = False

    def message(self) -> bytes:
        """Return the request; it holds the password, and is not to be kept in a variable."""
        return b"CONNECT %b HTTP/1.1\r\nHost: %b\r\nAccept: */*\r\n%b\r\n" % (
            self._target.encode(),
            self._target.encode(),
            b"Proxy-Authorization: Basic %b\r\n" % b64encode(":".join(self._credentials).encode())
            if self._credentials
            else b"",
        )

    def feed(self, data: bytes) -> bool:
        """Take what the proxy answers; return whether the tunnel is open.

        Raises:
            Told: the proxy refused, or is none.
        """
        if not self._has_answer(data):
            return False
        self._reader.close()
        if self._status_code in _SUCCESS and not self._excess:
            return True
        refused = self._status_code and self._status_code not in _SUCCESS
        raise Told(f"the proxy answered {self._status_code}" if refused else "the proxy failed")

    def _has_answer(self, data: bytes) -> bool:
        try:
            self._reader.feed(data)
        except Unreadable:
            self._excess = True
        return self._reader.has_head or self._excess

    def keep_head(self, status_code: int, _headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep the status."""
        self._status_code = status_code

    def take(self, _chunk: bytes) -> bool:
        """See something behind the head: before TLS, a tunnel has nothing to say."""
        self._excess = True
        return False
