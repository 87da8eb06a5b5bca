"""How a proxy is asked for a tunnel to the service (RFC 9110, section 9.3.6), without its I/O."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from torus_connect.checks import USUAL_PORTS

from .failures import Told
from .httptools_reader import ReplyReader, Unreadable
from .proxy import address_and_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torus_connect.secret import Secret

_SUCCESS = range(200, 300)


class Tunnel:
    """One tunnel that is asked for.

    Args:
        proxy: the URL of the proxy, `http://`.
        host: where the tunnel leads to.
        port: the port there.

    Attributes:
        address: host and port of the proxy.
    """

    def __init__(self, proxy: Secret, host: str, port: int) -> None:
        address, self._credentials = address_and_credentials(proxy)
        parts = urlsplit(address)
        self.address = parts.hostname or "", parts.port or USUAL_PORTS[parts.scheme]
        self._target = f"{host}:{port}"
        self._answer = _Answer()
        self._reader = ReplyReader(self._answer)

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
        status_code, excess = self._answer.status_code, self._answer.excess
        if status_code in _SUCCESS and not excess:
            return True
        raise Told(f"the proxy answered {status_code}" if status_code not in (0, *_SUCCESS) else "the proxy failed")

    def _has_answer(self, data: bytes) -> bool:
        try:
            self._reader.feed(data)
        except Unreadable:
            self._answer.excess = True
        return self._reader.has_head or self._answer.excess


class _Answer:
    """What a proxy says; whatever stands behind the head is too much: before TLS, a tunnel has nothing to say."""

    def __init__(self) -> None:
        self.status_code = 0
        self.excess = False

    @property
    def body(self) -> _Answer:
        return self

    def keep_head(self, status_code: int, _headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.status_code = status_code

    def take(self, _chunk: bytes) -> bool:
        self.excess = True
        return False
