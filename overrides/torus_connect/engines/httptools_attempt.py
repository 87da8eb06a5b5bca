"""One attempt on the wire, as the httptools engines see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.checks import USUAL_PORTS

from . import attempt

if TYPE_CHECKING:
    from torus_connect.exchange import WireRequest


class Attempt(attempt.Attempt):
    """One attempt to get one reply; see `attempt.Attempt`."""

    __slots__ = ("_request",)

    def __init__(self, request: WireRequest, seconds: float, connect_seconds: float) -> None:
        super().__init__(seconds, connect_seconds)
        self._request = request

    def address(self) -> tuple[str, int]:
        """Return host and port of the service."""
        scheme, _, rest = self._request.url.partition("://")
        place = rest.partition("/")[0]
        host, _, port = place.rpartition(":")
        if host and not port.endswith("]"):  # that is the end of an IPv6 address without a port
            return host.strip("[]"), int(port)
        return place.strip("[]"), USUAL_PORTS[scheme]

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
