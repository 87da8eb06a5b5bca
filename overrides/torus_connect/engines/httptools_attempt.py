"""One attempt on the wire, as the httptools engines see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import attempt

if TYPE_CHECKING:
    from torus_connect.exchange import WireRequest

_USUAL_PORTS = {"https": "443", "http": "80"}


class Attempt(attempt.Attempt):
    """One attempt to get one reply; see `attempt.Attempt`."""

    __slots__ = ("_request",)

    def __init__(self, request: WireRequest, seconds: float, connect_seconds: float) -> None:
        super().__init__(seconds, connect_seconds)
        self._request = request

    def address(self) -> tuple[str, int]:
        """Return host and port of the service."""
        scheme, _, rest = self._request.url.partition("://")
        host, _, port = rest.partition("/")[0].rpartition(":")
        if not host or port.endswith("]"):  # no port is written, and it was part of the address, or all of it
            host, port = rest.partition("/")[0], _USUAL_PORTS[scheme]
        return host.strip("[]"), int(port)

    def message(self) -> bytes:
        """Return the request as it goes over the wire; it holds the secrets, and is not to be kept in a variable."""
        request = self._request
        host, _, path = request.url.partition("://")[2].partition("/")
        return "".join(
            (
                f"{request.method} /{path} HTTP/1.1\r\nHost: {host}\r\n",
                *map(_line, request.headers.items()),
                *map(_line, request.credentials.items()),
                "\r\n",
                request.content,
            )
        ).encode("ascii")


def _line(header: tuple[str, str]) -> str:
    return f"{header[0]}: {header[1]}\r\n"
