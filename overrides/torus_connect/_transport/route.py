"""What connections are made with: httpcore, which is the transport of httpx, and no httpx above it.

Redirects, cookies, auth from a netrc file and default headers live in httpx, and none of them may touch this call. What
is left of httpx on the way costs a third of the process start (importing it takes 20 ms more than httpcore alone), and
half of a call under load. httpcore's own pool is not used either: see `connection`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import httpcore

from .tls import Sessions

if TYPE_CHECKING:
    from torus_connect._transport.network import Network


class Route:
    """The way from this machine to the service, for all connections of one engine.

    Attributes:
        proxy_address: that of the proxy, without its credentials; `None` for none.
        layers: how many layers of TLS there are between our request and the network.
        sessions: TLS sessions, which the next connection resumes.
    """

    __slots__ = ("_context", "_local_address", "_proxy", "layers", "proxy_address", "sessions")

    def __init__(self, network: Network) -> None:
        self._context = network.tls_context()
        self._local_address = network.local_address
        # It goes with an encrypted base URL only.
        self._proxy = network.proxy
        self.proxy_address = _address_and_credentials(network.proxy)[0] if network.proxy else None
        self.sessions = Sessions()
        self.layers = int(network.encrypted) + network.has_encrypted_proxy

    def connection(self, origin: httpcore.Origin, wire: httpcore.NetworkBackend) -> httpcore.ConnectionInterface:
        """Return a connection to the service that is not made yet."""
        if self._proxy:
            return httpcore.HTTPProxy(**self._proxy_options(), network_backend=wire).create_connection(origin)
        return httpcore.HTTPConnection(origin, self._context, local_address=self._local_address, network_backend=wire)

    def async_connection(
        self, origin: httpcore.Origin, wire: httpcore.AsyncNetworkBackend
    ) -> httpcore.AsyncConnectionInterface:
        """Return a connection to the service that is not made yet."""
        if self._proxy:
            return httpcore.AsyncHTTPProxy(**self._proxy_options(), network_backend=wire).create_connection(origin)
        return httpcore.AsyncHTTPConnection(
            origin, self._context, local_address=self._local_address, network_backend=wire
        )

    def _proxy_options(self) -> dict[str, Any]:
        address, credentials = _address_and_credentials(self._proxy or "")
        return {
            "proxy_url": address,
            "proxy_auth": credentials and tuple(part.encode() for part in credentials),
            "ssl_context": self._context,
            "proxy_ssl_context": self._context if address.startswith("https:") else None,
        }


def _address_and_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """Return a checked proxy URL without its credentials, and these: user and password, or `None`.

    They go in apart from the address, because httpcore logs that.
    """
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    address = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    return address, (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
